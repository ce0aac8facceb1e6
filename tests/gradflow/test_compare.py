"""What is said of a typed line."""

import numpy as np
import pytest
from deepcourse.gradflow.compare import compare

WANTED = np.array([[21.0, 43.0], [2100.0, -4300.0]])


@pytest.mark.parametrize(
    ("mine", "says"),
    [
        (..., "not yet"),
        (WANTED, "exact"),
        (WANTED.tolist(), "exact"),
        (WANTED.astype(int), "exact"),
        (WANTED * (1 + 1e-12), "close, off by 4.3e-09 where values reach 4.3e+03"),
        (-WANTED, "wrong, off by 8.6e+03 where values reach 4.3e+03"),
        (WANTED.T, "wrong, off by 2.06e+03 where values reach 4.3e+03"),
        (WANTED * 1.01, "wrong, off by 43 where values reach 4.3e+03"),
        (WANTED.ravel(), "wrong, shape (4,) where (2, 2) belongs"),
        (WANTED[:1], "wrong, shape (1, 2) where (2, 2) belongs"),
        (21.0, "wrong, shape () where (2, 2) belongs"),
        (WANTED * np.nan, "wrong, not all values are finite"),
        (None, "wrong, no array of real numbers"),
        ("dy @ w.T", "wrong, no array of real numbers"),
        ([..., ...], "wrong, no array of real numbers"),
        (WANTED * 1j, "wrong, no array of real numbers"),
    ],
)
def test_a_line_is_told_to_be_right_or_by_how_much_it_is_wrong(mine, says, capsys):
    compare("dx", mine, WANTED)
    assert capsys.readouterr().out == f"dx: {says}\n"


def test_zeros_that_should_be_zeros_are_exact_and_others_wrong(capsys):
    compare("db", np.zeros(2), np.zeros(2))
    compare("db", [0.0, 1e-9], np.zeros(2))
    assert capsys.readouterr().out == "db: exact\ndb: wrong, off by 1e-09 where values reach 0\n"


def test_what_is_wanted_is_an_array():
    with pytest.raises(ValueError, match=r"^wanted: got "):
        compare("dx", 1.0, None)

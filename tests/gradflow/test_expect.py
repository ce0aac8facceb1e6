"""What `expect` makes of arguments, and what its errors say."""

import ast
from pathlib import Path

import numpy as np
import pytest
from deepcourse import gradflow
from deepcourse.gradflow import expect

FOLDER = Path(gradflow.__file__).parent


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        ([1, 2], "float64"),
        (np.ones(2, np.uint8), "float64"),
        (np.ones(2, np.float16), "float32"),
        (np.ones(2, np.float32), "float32"),
        (np.ones(2, ">f4"), "float32"),
        (np.ones(2), "float64"),
        (np.float32(1), "float32"),
        (3, "float64"),
        ([], "float64"),
        (np.matrix([[1]]), "float64"),
    ],
)
def test_what_comes_out_is_an_array_of_native_floats(value, dtype):
    found = expect.array("x", value)
    assert type(found) is np.ndarray
    assert found.dtype == dtype
    assert found.dtype.isnative


def test_an_array_of_floats_is_not_copied_and_an_unmasked_one_is_taken():
    x = np.ones(3)
    assert expect.array("x", x) is x
    assert expect.array("x", np.ma.masked_array(x, mask=False)).tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"x": (np.ones(3), "B, D")}, r"x: got shape \(3,\), expected \(B, D\)"),
        ({"x": (np.ones((2, 3)), "B, D"), "w": (np.ones((4, 5)), "D, H")}, r"w: got shape \(4, 5\), expected \(3, H\)"),
        ({"h": (np.ones((2, 3)), "B, H"), "b": (np.ones(11), "4H")}, r"b: got shape \(11,\), expected \(12,\)"),
        ({"x": (np.ones((2, 3)), "..., C"), "b": (np.ones(2), "C")}, r"b: got shape \(2,\), expected \(3,\)"),
        ({"x": (np.ones(()), "..., C")}, r"x: got shape \(\), expected \(\.\.\., C\)"),
        ({"b": (np.ones((3, 6)), "2, K")}, r"b: got shape \(3, 6\), expected \(2, K\)"),
        ({"x": (np.ones(2), (3,))}, r"x: got shape \(2,\), expected \(3,\)"),
        ({"x": (np.ones(2), ())}, r"x: got shape \(2,\), expected \(\)"),
    ],
)
def test_a_shape_that_does_not_fit_is_named_with_what_is_known(stated, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        expect.arrays(**stated)


def test_arrays_come_out_in_the_highest_precision_of_any():
    a, b = expect.arrays(a=(np.ones(2, np.float32), "N"), b=([1, 2], "N"))
    assert a.dtype == b.dtype == np.float64
    a, b = expect.arrays(a=(np.ones(2, np.float32), "N"), b=(np.ones(2, np.float16), "N"))
    assert a.dtype == b.dtype == np.float32


@pytest.mark.parametrize("value", [["no", "yes"], [np.nan, 1.0], [None, 1], 1j, [[1], [1, 2]]])
def test_a_mask_is_of_bools_or_finite_numbers(value):
    with pytest.raises(ValueError, match=r"^mask: got "):
        expect.mask("mask", value)


@pytest.mark.parametrize("value", [[True, False], [2, 0], np.array([0.5, 0.0], np.float32)])
def test_a_mask_may_be_of_numbers(value):
    assert expect.mask("mask", value, (2,)).tolist() == [True, False]


@pytest.mark.parametrize("value", [0.5, np.float32(0.5), np.array(0.5), 0])
def test_a_number_may_come_from_numpy(value):
    assert expect.number("rate", value, lambda r: 0 <= r < 1, "0 <= rate < 1") == value


@pytest.mark.parametrize("value", [True, "0.5", None, [0.5], np.array([0.5]), 0.5j, np.nan, 1])
def test_what_is_no_number_in_the_range_is_refused(value):
    with pytest.raises(ValueError, match=r"^rate: got .*, expected 0 <= rate < 1$"):
        expect.number("rate", value, lambda r: 0 <= r < 1, "0 <= rate < 1")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_no_module_raises_by_itself(path):
    """One way to refuse: `expect.refuse`."""
    raised = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Raise)]
    assert len(raised) == (path.stem == "expect")

"""In the lab one writes five lines, and is told of each whether it is right."""

import pytest
from judged import Lab

LAB = Lab("lessons/05-recurrent-ntm", ("r", "new", "mixed", "moved", "sharp"))


def test_the_solution_is_right_and_what_is_not_written_is_told(capsys):
    LAB.asked(capsys)


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("r", 'np.einsum("ni,nij->ni", alpha, m)', "(4, 6), not (4, 3)"),
        ("new", "(m + alpha[..., None] * add[:, None]) * (1 - alpha[..., None] * erase[:, None])", "wrong, off by"),
        ("mixed", "gate * last + (1 - gate) * alpha", "wrong, off by"),
        ("moved", "sum(taps[:, [u]] * np.roll(alpha, 1 - u, 1) for u in range(3))", "wrong, off by"),
        ("sharp", "alpha**2", "wrong, off by"),
    ],
)
def test_a_wrong_line_is_told_by_how_much_it_is_off(capsys, name, line, said):
    assert LAB.told(capsys, **LAB.solution | {name: line})[name].startswith(said)

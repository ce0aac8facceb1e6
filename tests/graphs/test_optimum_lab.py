"""In the lab one writes five lines, and is told of each whether it is right."""

import pytest
from judged import Lab

LAB = Lab("lessons/01-graphs-optimum", ("dw", "d", "dy", "lack", "dx"))


def test_the_solution_is_right_and_what_is_not_written_is_told(capsys):
    LAB.asked(capsys)


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("dw", "a.T @ a @ (w - 1 / 3)", "wrong, off by 67%"),
        ("d", "points - y", "(7, 2), not (7,)"),
        ("lack", "h - m @ x", "wrong, off by"),
        ("dx", "prices + weight * m.T @ lack", "wrong, off by 2"),
    ],
)
def test_a_wrong_line_is_told_by_how_much_it_is_off(capsys, name, line, said):
    assert LAB.told(capsys, **LAB.solution | {name: line})[name].startswith(said)

"""In the lab one writes five lines of gates, and is told of each whether it is right."""

import pytest
from judged import Lab

LAB = Lab("lessons/05-recurrent", ("i", "new_c", "new_h", "z", "gru"))


def test_the_solution_is_right_and_what_is_not_written_is_told(capsys):
    LAB.asked(capsys)


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("i", "sigmoid(a)", "(4, 12), not (4, 3)"),
        ("i", "sigmoid(a[:, 3:6])", "wrong, off by"),
        ("new_c", "c + sigmoid(a[:, :3]) * np.tanh(a[:, 6:9])", "wrong, off by"),
        ("new_h", "sigmoid(a[:, 9:]) * np.tanh(c)", "wrong, off by"),
        ("z", "sigmoid(ax[:, 3:6])", "wrong, off by"),
        ("gru", "(1 - sigmoid(ax[:, :3])) * h + sigmoid(ax[:, :3]) * np.tanh(ax[:, 6:])", "wrong, off by"),
    ],
)
def test_a_wrong_line_is_told_by_how_much_it_is_off(capsys, name, line, said):
    assert LAB.told(capsys, **LAB.solution | {name: line})[name].startswith(said)

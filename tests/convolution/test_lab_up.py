"""In the lab on the way back up one writes five lines, and is told of each whether it is right."""

import numpy as np
import pytest
from deepcourse.convolution.up import conv_up, phases
from judged import Lab

LAB = Lab("lessons/04-convolution-up", ("size", "made", "dy", "even", "wide"))


def test_the_solution_is_right_and_what_is_not_written_is_told(capsys):
    LAB.asked(capsys)


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("size", "8 * 2", "wrong, off by"),
        ("made", 'np.einsum("npqk,pqjick->nijc", x, table)', "wrong, off by"),
        ("dy", "0 * x", "wrong, off by"),
        ("even", "along", "(3,), not (2,)"),
        ("wide", "np.convolve(along, [1, 1])", "wrong, off by"),
    ],
)
def test_a_wrong_line_is_told_by_how_much_it_is_off(capsys, name, line, said):
    assert LAB.told(capsys, **LAB.solution | {name: line})[name].startswith(said)


def test_what_the_solutions_say_holds():
    hill, ones = np.array([1, 2, 3, 2, 1.0]).reshape(1, 5, 1, 1), np.ones((1, 3, 1, 1))
    assert phases(hill, 3)[0, :, 0].tolist() == [3, 3, 3]
    assert phases(hill, 2)[0, :, 0].tolist() == [5, 4]
    once = conv_up(np.ones((1, 1, 20, 1)), ones, (1, 41), 2)
    row = conv_up(once, ones, (1, 83), 2)[0, 0, 20:40, 0]
    assert sorted(set(np.outer(row, row).ravel())) == [1, 2, 3, 4, 6, 9]

"""In the lab one writes five lines, and is told of each whether it is right."""

import pytest
from deepcourse.datasets import digits
from deepcourse.training.begin import begin
from deepcourse.training.norms import norms
from judged import Lab

LAB = Lab("lessons/03-training", ("h2", "da2", "da1", "dw2", "jacobian"))


def test_the_solution_is_right_and_what_is_not_written_is_told(capsys):
    LAB.asked(capsys)


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("h2", "h1 @ w2", "wrong, off by"),
        ("da1", "da2 @ w2 * (1 - h1**2)", "wrong, off by"),
        ("dw2", "h1 @ da2.T", "(128, 128), not (30, 30)"),
        ("jacobian", "w2.T * (1 - h2[0] ** 2)", "wrong, off by"),
    ],
)
def test_a_wrong_line_is_told_by_how_much_it_is_off(capsys, name, line, said):
    assert LAB.told(capsys, **LAB.solution | {name: line})[name].startswith(said)


def test_what_the_solutions_say_of_scale_and_biases_holds():
    data = digits()
    x, labels = data.images[:128].reshape(128, -1) / 255, data.labels[:128]
    drawn = begin([64, *[100] * 19, 10], "glorot", 0)
    first, *_, last = norms(x, labels, [(2 * w, b) for w, b in drawn], "tanh")
    assert 5 < first / last < 20
    centred = [(4 * w, -2 * w.sum(axis=0) if i else b) for i, (w, b) in enumerate(drawn)]
    first, *_, last = norms(x, labels, centred, "sigmoid")
    assert 0.1 < first / last < 0.5

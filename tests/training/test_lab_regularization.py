"""In the lab on regularization one writes five lines, and is told of each whether it is right."""

import pytest
from deepcourse.training.begin import begin
from deepcourse.training.boundary import learn, misread, moons
from judged import Lab

LAB = Lab("lessons/03-training-regularization", ("slope", "left", "reached", "limited", "added"))


def test_the_solution_is_right_and_what_is_not_written_is_told(capsys):
    LAB.asked(capsys)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("slope", "g - decay * w"),
        ("left", "c / (c - decay)"),
        ("reached", "(1 - rate * c) ** steps"),
        ("limited", "w * (longest / np.linalg.norm(w, axis=0))"),
        ("added", "r * ((x**2).mean(axis=0) * v**2).sum() / 2"),
    ],
)
def test_a_wrong_line_is_told_by_how_much_it_is_off(capsys, name, line):
    assert LAB.told(capsys, **LAB.solution | {name: line})[name].startswith("wrong, off by")


def bought(many, noise):
    """By how much decay lowers the share of others that is misread, and that share without it."""
    found = []
    for decay in (0, 0.003):
        net = begin([2, 16, 1], "glorot", 3)
        learn(*moons(many, noise, (3, 0)), net, 0.3, 500, decay)
        found.append(misread(*moons(400, noise, (3, 1)), net))
    return found[0] - found[1], found[0]


def test_what_the_solutions_say_of_noise_and_of_more_points_holds():
    few, _ = bought(40, 0.35)
    assert few > 0.02
    assert bought(40, 0)[1] == 0
    assert bought(400, 0.35)[0] < 0

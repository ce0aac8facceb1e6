"""In the lab on what stands around a step one writes five lines, and is told of each whether it is right."""

import pytest
from deepcourse.training.noise import expected_losses
from deepcourse.training.schedule import rate_at, stable_rate_at
from judged import Lab

LAB = Lab("lessons/03-training-loop", ("after", "rest", "cosine", "clipped", "joint"))


def test_the_solution_is_right_and_what_is_not_written_is_told(capsys):
    LAB.asked(capsys)


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("after", "(1 - rate * c) ** 2 * square", "wrong, off by"),
        ("rest", "rate * noise / (2 * c)", "wrong, off by"),
        ("clipped", "np.clip(g, -limit, limit)", "wrong, off by"),
        ("joint", "(first.mean(axis=0) + second.mean(axis=0)) / 2", "wrong, off by"),
        ("joint", "first + 0", "(7, 6), not (6,)"),
    ],
)
def test_a_wrong_line_is_told_by_how_much_it_is_off(capsys, name, line, said):
    assert LAB.told(capsys, **LAB.solution | {name: line})[name].startswith(said)


def ends(highest, many):
    t = range(1, many + 1)
    constant = [highest] * many
    ways = constant, [rate_at(i, many, highest, 0) for i in t], [stable_rate_at(i, many, highest, 0, 60) for i in t]
    return [expected_losses(rates, [1, 0.05], 0.01)[-1] for rates in ways]


def test_what_the_solutions_say_of_a_low_rate_and_of_more_steps_holds():
    constant, cosine, stable = ends(0.05, 300)
    assert constant < min(cosine, stable)
    before, after = ends(0.5, 300), ends(0.5, 3000)
    assert after[0] == pytest.approx(before[0], rel=0.01)
    assert after[2] == pytest.approx(before[2], rel=0.01)
    assert after[1] < before[1] / 2

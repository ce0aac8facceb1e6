"""In the lab on optimizers one writes five lines, and is told of each whether it is right."""

import numpy as np
import pytest
from deepcourse.training.optimizers import adagrad, adam, gradient_descent
from deepcourse.training.surfaces import bowl, bowl_gradient
from judged import Lab

LAB = Lab("lessons/03-training-adaptive", ("new_u", "ada_step", "new_m", "new_v", "unbias"))


def test_the_solution_is_right_and_what_is_not_written_is_told(capsys):
    LAB.asked(capsys)


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("new_u", "0.9 * u - g", "wrong, off by"),
        ("ada_step", "0.1 * g / np.sqrt(v)", "wrong, off by"),
        ("new_v", "0.999 * v + 0.001 * g", "wrong, off by"),
        ("unbias", "np.ones(4)", "(4,), not ()"),
    ],
)
def test_a_wrong_line_is_told_by_how_much_it_is_off(capsys, name, line, said):
    assert LAB.told(capsys, **LAB.solution | {name: line})[name].startswith(said)


def descended(step, factor=1.0, **by):
    w, kept, losses = np.ones(2), {}, []
    for _ in range(100):
        losses.append(bowl(w))
        step(w, factor * bowl_gradient(w), kept, **by)
    return np.array(losses)


def test_what_the_solutions_say_of_rates_and_of_a_larger_gradient_holds():
    for rate in (0.03, 0.1, 0.3, 1.0):
        assert 35 < np.flatnonzero(descended(adam, rate=rate) > 0.13)[-1] < 43
    for step in (adagrad, adam):
        np.testing.assert_allclose(descended(step, 1000, rate=0.1)[:30], descended(step, rate=0.1)[:30], rtol=1e-2)
    with np.errstate(all="ignore"):
        assert descended(gradient_descent, 1000, rate=1 / 13)[29] > 1e50

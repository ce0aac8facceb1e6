"""Exercise 1 of the post on optimizers: the steps that a factor foretells."""

import pytest
from deepcourse.training.quadratic import best_momentum, best_plain
from deepcourse.training.solutions.optimizers import foretold


def test_the_steps_of_a_narrower_bowl_are_those_of_the_solution():
    rate, factor = best_plain(1, 81)
    assert (rate, factor) == (pytest.approx(1 / 41), pytest.approx(40 / 41))
    assert foretold(factor, 0.001) == pytest.approx(280, abs=0.5)
    rate, beta, factor = best_momentum(1, 81)
    assert (rate, beta) == (pytest.approx(0.04), pytest.approx(0.64))
    assert foretold(factor, 0.001) == pytest.approx(31, abs=0.5)
    ratio = foretold(best_plain(1, 900)[1], 0.001) / foretold(best_momentum(1, 900)[2], 0.001)
    assert ratio == pytest.approx(30, rel=0.01)

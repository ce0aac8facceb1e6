"""The linear program, and where a fine ends instead of it."""

import numpy as np
import pytest
from deepcourse.graphs import diet
from deepcourse.graphs.run import run


def test_the_program_has_enough_and_its_prices_pay_for_it():
    x, prices = diet.solved()
    m, h = diet.constraints()
    assert (m @ x >= h - 1e-9).all()
    assert (prices >= 0).all()
    assert prices @ h == pytest.approx(diet.PRICES @ x)  # duality
    np.testing.assert_allclose(prices * (m @ x - h), 0, atol=1e-9)  # only what binds has a price


@pytest.mark.parametrize("weight", [1, 10, 1000])
def test_where_the_fine_ends_its_slope_is_zero(weight):
    end = diet.fined_optimum(weight)
    nodes = diet.fined(end, weight)
    np.testing.assert_allclose(run(nodes.train)[:, 0], end, atol=1e-9)


def test_the_error_of_the_fine_goes_as_one_over_its_weight():
    best, prices = diet.solved()
    errors = [np.linalg.norm(diet.fined_optimum(w) - best) for w in (1, 10, 100)]
    np.testing.assert_allclose(errors[:-1], 10 * np.array(errors[1:]))
    assert diet.PRICES @ (best - diet.fined_optimum(10)) == pytest.approx(prices @ prices / 10)


def test_at_the_safe_rate_the_descent_never_goes_up():
    nodes = diet.fined(np.array([1.0, 0.0, 9.0]), 10)
    lacks = []
    for _ in range(200):
        cost, lack, _ = run([nodes.cost, nodes.lack, nodes.train])
        lacks.append(cost + 5 * (lack**2).sum())
    assert (np.diff(lacks) <= 1e-12).all()

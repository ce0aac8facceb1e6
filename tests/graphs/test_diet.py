"""The linear program, and where a fine ends instead of it."""

import numpy as np
import pytest
from deepcourse.graphs import diet
from deepcourse.graphs.run import run
from deepcourse.graphs.runs import diet as runs
from deepcourse.graphs.solutions.optimum import remembered


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


def test_the_shadow_prices_balance_the_prices_of_the_foods():
    (m, _), (_, q) = diet.constraints(), diet.solved()
    np.testing.assert_allclose(m.T @ q, diet.PRICES, atol=1e-9)


@pytest.mark.parametrize(("weight", "lacking"), [(0.25, False), (0.23, True)])
def test_below_a_weight_of_0_24_protein_is_lacking_where_the_formula_leads(weight, lacking):
    m, h = diet.constraints()
    assert (h - m @ diet.fined_optimum(weight) > 0)[1] == lacking


def test_going_on_takes_fewer_steps_than_each_weight_from_afar():
    few = runs.Settings(weights=(1, 3, 10), raised=(1, 3, 10), near=0.1)
    found = runs.raised(few)
    assert found["raised_1"]["steps"] == runs.of_a_weight(few, 1)["steps"]
    assert found["raised_10"]["steps"] < runs.of_a_weight(few, 10)["steps"] / 4
    assert found["raised_10"]["error"] == pytest.approx(runs.of_a_weight(few, 10)["error"], rel=0.2)


def test_a_fine_that_remembers_comes_to_the_diet_itself():
    errors = remembered(18, 100)
    assert errors[9] < np.linalg.norm(diet.fined_optimum(100) - diet.solved()[0])
    assert errors[17] < 1e-8

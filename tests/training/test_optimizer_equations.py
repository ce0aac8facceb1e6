"""What the displayed equations of the post on optimizers say is what the code does."""

import numpy as np
import pytest
from deepcourse.training import optimizers as o
from deepcourse.training.quadratic import best_momentum, step_matrix
from deepcourse.training.schedule import rate_at
from deepcourse.training.solutions import optimizers as solutions
from deepcourse.training.step_sizes import longest_step, step_sizes

STEPS = np.random.default_rng(0).normal(size=(12, 5))


def walked(step, gradients, name, **settings):
    """The weights and what is kept under a name, before each step and in the end, gradients counted from 1."""
    w, kept = np.ones(5), {}
    found, others = [w.copy()], [np.zeros(5)]
    for g in gradients:
        step(w, g, kept, 0.03, **settings)
        found.append(w.copy())
        others.append(kept[name].copy())
    return found, others, [np.full(5, np.nan), *gradients]


@pytest.mark.equation("training/descent")
def test_a_step_in_a_bowl_multiplies_the_weight(proof):
    w = np.array([0.7])
    found = [w.copy()]
    for _ in range(5):
        o.gradient_descent(w, 3.0 * w, {}, 0.2)
        found.append(w.copy())
    proof.tex({r"\eta": 0.2}, c=3.0, w=found, t=range(1, 6), tolerance=1e-12)


@pytest.mark.equation("training/momentum-step")
def test_a_step_of_momentum_in_a_bowl_is_a_matrix(proof):
    w, kept = np.array([0.7]), {}
    found, sums = [w.copy()], [np.zeros(1)]
    for _ in range(5):
        o.momentum(w, 3.0 * w, kept, 0.2, 0.8)
        found.append(w.copy())
        sums.append(kept["u"].copy())
    proof.tex({r"\eta": 0.2, r"\beta": 0.8}, c=3.0, w=found, u=sums, t=range(1, 6), tolerance=1e-12)


@pytest.mark.equation("training/best-momentum")
def test_the_best_rate_and_beta_end_the_flat_part_at_both_curvatures(proof):
    rate, beta, _ = best_momentum(2.0, 50.0)
    proof.tex({r"\eta": rate, r"\beta": beta, "c_1": 2.0, "c_2": 50.0}, tolerance=1e-12)
    for c, sign in ((2.0, -1), (50.0, 1)):
        assert rate * c == pytest.approx((1 + sign * beta**0.5) ** 2)
        assert np.abs(np.linalg.eigvals(step_matrix(c, rate, beta))) == pytest.approx(beta**0.5, abs=1e-6)


@pytest.mark.equation("training/adagrad")
def test_adagrad_divides_by_the_root_of_the_sum_of_squares(proof):
    w, v, g = walked(o.adagrad, STEPS, "v", epsilon=0.05)
    proof.tex({r"\eta": 0.03, r"\epsilon": 0.05}, w=w, v=v, g=g, t=range(1, 13), tolerance=1e-12)


@pytest.mark.equation("training/rmsprop")
def test_rmsprop_keeps_a_mean_of_squares(proof):
    _, v, g = walked(o.rmsprop, STEPS, "v", beta2=0.8)
    proof.tex({r"\beta_2": 0.8}, v=v, g=g, t=range(1, 13), tolerance=1e-12)


@pytest.mark.equation("training/adam")
def test_adam_divides_a_corrected_mean_by_a_corrected_root(proof):
    settings = {"beta1": 0.8, "beta2": 0.95, "epsilon": 0.05}
    w, v, g = walked(o.adam, STEPS, "v", **settings)
    _, m, _ = walked(o.adam, STEPS, "m", **settings)
    fixed = {r"\eta": 0.03, r"\epsilon": 0.05, r"\beta_1": 0.8, r"\beta_2": 0.95}
    proof.tex(fixed, w=w, m=m, v=v, g=g, t=range(1, 13), tolerance=1e-12)


@pytest.mark.equation("training/longest")
def test_the_longest_step_is_the_root_of_a_geometric_series(proof):
    k = np.arange(300)
    a, b = 0.1 * 0.9**k, 0.01 * 0.99**k
    proof.tex({r"\beta_1": 0.9, r"\beta_2": 0.99}, a=a, b=b, k=range(300), tolerance=1e-9)
    assert longest_step(0.9, 0.99) == pytest.approx(np.sqrt((a**2 / b).sum()))


@pytest.mark.equation("training/adamw")
def test_adamw_takes_a_share_off_the_weight_first(proof):
    w, kept = np.array([2.0]), {}
    o.adamw(w, np.zeros(1), kept, 0.1, decay=0.5)
    bound = {r"w_{t-1}": np.array([2.0]), r"\leftarrow w_{t-1}": w, r"\eta": 0.1, r"\lambda": 0.5}
    proof.tex(bound, tolerance=1e-12)


def test_the_rate_rises_in_a_line_and_falls_to_nothing():
    rates = np.array([rate_at(t, 100, 0.1, 10) for t in range(1, 101)])
    np.testing.assert_allclose(np.diff(rates[:10]), 0.01)
    assert (np.diff(rates[9:]) < 0).all()
    assert rates[54] == pytest.approx(0.05)
    assert rates[-1] == 0
    with pytest.raises(ValueError, match=r"^warm: got 100"):
        rate_at(1, 100, 0.1, 100)
    with pytest.raises(ValueError, match=r"^t: got 0"):
        rate_at(0, 100, 0.1, 10)


def test_the_planted_bug_keeps_nothing_and_the_mended_one_is_adam():
    gradients = np.random.default_rng(1).normal(size=400)
    np.testing.assert_allclose(step_sizes(solutions.mended_adam, gradients), step_sizes(o.adam, gradients), rtol=1e-12)
    found = step_sizes(solutions.my_adam, np.tile(gradients, 20))
    np.testing.assert_allclose(found[-400:], np.sign(gradients) * 10**0.5, rtol=0.03)


@pytest.mark.parametrize("step", [o.gradient_descent, o.momentum, o.nesterov])
def test_a_turn_of_the_bowl_is_noticed_by_no_sum_of_gradients(step):
    ends = [solutions.turned(step, np.array([1.0, 25.0]), angle, 30, rate=0.02) for angle in (0, 30, 45)]
    np.testing.assert_allclose(ends, ends[0], rtol=1e-9)


def test_a_turn_of_the_bowl_is_noticed_by_a_rate_for_each_weight():
    level, tilted = (solutions.turned(o.adagrad, np.array([1.0, 25.0]), angle, 50, rate=0.5) for angle in (0, 45))
    assert tilted > 1e6 * level

"""What the page on optimization displays, against its modules, and the descent of all three problems."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.graphs import descent, diet, mean, median

SEVEN = np.array([[0, 0], [4, 0], [5, 3], [1, 4], [9, 6], [2, 1], [-1, 3]], float)


@pytest.fixture(scope="module")
def taped():
    """A batch, weights, guesses, the loss, and the slope that the tape finds."""
    a, w = mean.batch(0, 0, 5, 3), tf.Variable(mean.first_weights(0, 3))
    with tf.GradientTape() as tape:
        y = a @ w
        loss = tf.nn.l2_loss(a - y)
    dw = tape.gradient(loss, w).numpy()[:, 0]
    return a, w.numpy()[:, 0], y.numpy()[:, 0], loss.numpy(), dw


@pytest.mark.equation("graphs/optimum-loss")
def test_the_loss_is_half_the_squared_distance_of_all_numbers_to_the_guess_of_their_row(proof, taped):
    a, w, y, loss, _ = taped
    proof.tex(a=a, w=w, y=y, L=loss, tolerance=1e-12)


@pytest.mark.equation("graphs/optimum-slope")
def test_the_slope_is_the_error_seen_through_the_data(proof, taped):
    a, w, _, _, dw = taped
    proof.tex(a=a, e=w - 1 / 3, dw=dw, N=3, tolerance=1e-12)


@pytest.mark.equation("graphs/optimum-moments", digest="c9c0a538")  # it is symmetric
def test_the_second_moments_are_a_quarter_and_a_twelfth_more_on_the_diagonal(proof):
    a = mean.batch(0, 0, 400_000, 4)
    proof.tex(A=a.T @ a / len(a), tolerance=0.01)


@pytest.mark.equation("graphs/optimum-factors")
def test_the_two_factors_are_those_of_the_matrix(proof):
    rate, size, n = 1e-5, 1000, 10
    slow, fast = mean.shrinking(rate, size, n)
    proof.tex({r"f_1": slow, r"f_2": fast, r"\eta": rate}, B=size, N=n, tolerance=1e-12)
    moments = np.full((n, n), 1 / 4) + np.eye(n) / 12
    found = np.linalg.eigvalsh(np.eye(n) - rate * size * n * moments)
    np.testing.assert_allclose(found, [fast] + [slow] * 9, rtol=1e-12)


@pytest.mark.equation("graphs/optimum-limit")
@pytest.mark.parametrize(("size", "n"), [(1000, 10), (7, 3)])
def test_at_the_largest_rate_the_fast_factor_is_minus_one(proof, size, n):
    limit = mean.largest_rate(size, n)
    proof.tex({r"\eta_{\max}": limit}, B=size, N=n, tolerance=1e-12)
    assert mean.shrinking(limit, size, n)[1] == pytest.approx(-1)


@pytest.mark.equation("graphs/optimum-floor")
@pytest.mark.parametrize(("size", "n"), [(40_000, 10), (80_000, 3)])
def test_the_right_weights_leave_the_floor(proof, size, n):
    a = mean.batch(0, 1, size, n)
    left = ((a - a.mean(axis=1, keepdims=True)) ** 2).sum() / 2
    proof.tex({"L_0": left}, B=size, N=n, tolerance=0.01)
    assert mean.floor(size, n) == pytest.approx(left, rel=0.01)


@pytest.mark.equation("graphs/optimum-distance")
def test_the_slope_of_the_summed_distance_is_minus_the_pull(proof):
    y = tf.Variable([1.0, 2.5], dtype=tf.float64)
    with tf.GradientTape() as tape:
        loss = descent.distances(SEVEN)(y)
    dy, d = tape.gradient(loss, y).numpy(), np.linalg.norm(SEVEN - y.numpy(), axis=1)
    np.testing.assert_allclose(dy, -median.pull(SEVEN, y.numpy()), rtol=1e-12)
    proof.tex(p=SEVEN, y=y.numpy(), d=d, L=loss.numpy(), dy=dy, tolerance=1e-12)


@pytest.mark.equation("graphs/optimum-weiszfeld")
def test_weiszfelds_step_is_a_weighted_mean_and_a_descent_at_a_rate_of_its_own(proof):
    y = np.array([1.0, 2.5])
    d = np.linalg.norm(SEVEN - y, axis=1)
    to = median.weiszfeld_step(SEVEN, y)
    proof.tex({"y^+": to}, p=SEVEN, d=d, tolerance=1e-12)
    np.testing.assert_allclose(descent.descend(descent.distances(SEVEN), y, 1 / (1 / d).sum(), 1), to, rtol=1e-12)


@pytest.mark.equation("graphs/optimum-fine")
def test_the_slope_of_cost_and_fine_is_that_of_the_tape(proof):
    (m, h), weight = diet.constraints(), 7.0
    x = tf.Variable([1.0, 2.0, -0.5], dtype=tf.float64)
    with tf.GradientTape() as tape:
        loss = descent.fined(diet.PRICES, m, h, weight)(x)
    lack = np.maximum(h - m @ x.numpy(), 0)
    assert (lack > 0).any()
    assert (lack == 0).any()
    bound = {r"\xi": lack, r"\rho": weight}
    dx = tape.gradient(loss, x).numpy()
    proof.tex(bound, x=x.numpy(), c=diet.PRICES, M=m, h=h, L=loss.numpy(), dx=dx, tolerance=1e-12)


@pytest.mark.equation("graphs/optimum-lack")
@pytest.mark.parametrize("weight", [1, 10])
def test_what_lacks_in_the_end_is_the_shadow_price_over_the_weight(proof, weight):
    (m, h), (_, prices) = diet.constraints(), diet.solved()
    loss = descent.fined(diet.PRICES, m, h, weight)
    x = descent.descend(loss, [10, 10, 10], diet.safe_rate(weight), 1500 * weight)
    proof.tex({r"\xi": np.maximum(h - m @ x, 0), r"\rho": weight}, q=prices, tolerance=1e-6)


def test_the_descent_comes_to_the_median_and_is_lost_at_a_point():
    loss, there = descent.distances(SEVEN), median.geometric_median(SEVEN)[0]
    np.testing.assert_allclose(descent.descend(loss, SEVEN.mean(axis=0), 0.5, 60), there, atol=1e-10)
    assert np.isnan(descent.descend(loss, SEVEN[0], 0.5, 1)).all()


def test_the_descent_of_our_builder_and_of_tensorflow_are_the_same():
    from deepcourse.graphs.run import run

    nodes = median.descent(7, [1.0, 1.5], 0.4)
    for _ in range(5):
        run(nodes.train, {nodes.points: SEVEN})
    found = descent.descend(descent.distances(SEVEN), [1.0, 1.5], 0.4, 5)
    np.testing.assert_allclose(found, run(nodes.y), rtol=1e-12)


def test_keras_takes_the_same_steps():
    import keras

    at = keras.Variable([1.0, 1.5], dtype="float64")
    optimizer = keras.optimizers.SGD(0.4)
    for _ in range(5):
        with tf.GradientTape() as tape:
            loss = descent.distances(SEVEN)(at.value)
        optimizer.apply([tape.gradient(loss, at.value)], [at])
    found = descent.descend(descent.distances(SEVEN), [1.0, 1.5], 0.4, 5)
    np.testing.assert_allclose(found, at.numpy(), rtol=1e-6)  # Keras keeps its rate in float32

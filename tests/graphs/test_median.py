"""Weiszfeld's iteration, its trap, and the descent of our builder, against SciPy and TensorFlow."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.graphs import median
from deepcourse.graphs.run import run
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

SEVEN = np.array([[0, 0], [4, 0], [5, 3], [1, 4], [9, 6], [2, 1], [-1, 3]], float)


def distances(points, y):
    return np.linalg.norm(points - y, axis=1).sum()


@given(st.integers(3, 8), st.integers(0, 2**32 - 1))
def test_nothing_around_the_median_is_nearer_to_all_points(n, seed):
    points = np.random.default_rng(seed).normal(size=(n, 2))
    y, _ = median.geometric_median(points)
    assert np.linalg.norm(median.pull(points, y)) < 1 + 1e-9 if (points == y).all(1).any() else 1e-5
    found = minimize(lambda z: distances(points, z), y + 0.1, method="Nelder-Mead", options={"xatol": 1e-10}).x
    assert distances(points, y) <= distances(points, found) + 1e-12


def test_the_points_pull_at_their_median_with_no_force():
    y, _ = median.geometric_median(SEVEN)
    assert np.linalg.norm(median.pull(SEVEN, y)) < 1e-8


def test_the_plain_iteration_is_lost_at_a_point_and_the_mended_one_goes_on():
    assert np.isnan(median.weiszfeld_step(SEVEN, SEVEN[0])).all()
    there, _ = median.geometric_median(SEVEN, SEVEN[0])
    np.testing.assert_allclose(there, median.geometric_median(SEVEN)[0], atol=1e-8)


def test_a_point_that_is_the_median_is_kept():
    points = np.vstack([SEVEN, [2.5, 1.5]])
    assert np.linalg.norm(median.pull(points, points[-1])) < 1
    np.testing.assert_array_equal(median.mended_step(points, points[-1]), points[-1])


@pytest.mark.parametrize("points", [[[1.0, 2.0]], [[1.0, 2.0], [1.0, 2.0]], [[0.0, 0.0], [2.0, 0.0], [2.0, 0.0]]])
def test_one_point_the_same_point_twice_and_a_majority_have_that_point(points):
    np.testing.assert_allclose(median.geometric_median(points)[0], points[-1], atol=1e-6)


def test_the_slope_is_tensorflows_and_none_at_a_point():
    y = tf.Variable([1.0, 2.5], dtype=tf.float64)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.sqrt(tf.reduce_sum((SEVEN - y) ** 2, 1) + 0.3**2))
    nodes = median.descent(7, y.numpy(), 0.1, softness=0.3)
    mine = run([nodes.loss, nodes.slope], {nodes.points: SEVEN})
    np.testing.assert_allclose(mine[0], loss, rtol=1e-12)
    np.testing.assert_allclose(mine[1], tape.gradient(loss, y), rtol=1e-10)
    nodes = median.descent(7, SEVEN[0], 0.1)
    with np.errstate(divide="ignore", invalid="ignore"):
        assert np.isnan(run(nodes.slope, {nodes.points: SEVEN})).all()


@pytest.mark.equation("graphs/optimum-curvature", digest="c5734a36")
def test_the_curvature_is_a_sum_over_points_of_what_a_pull_turns(proof):
    y = np.array([0.3, 0.7])
    away = SEVEN - y
    d = np.linalg.norm(away, axis=1)
    v = away / d[:, None]
    expected = sum((np.eye(2) - np.outer(each, each)) / far for each, far in zip(v, d, strict=True))
    proof(median.curvature(SEVEN, y), expected, tolerance=1e-12)


def test_the_curvature_is_the_slope_of_the_pull():
    y, h = np.array([1.0, 2.5]), 1e-6
    slopes = [(median.pull(SEVEN, y - d) - median.pull(SEVEN, y + d)) / (2 * h) for d in h * np.eye(2)]
    np.testing.assert_allclose(median.curvature(SEVEN, y), slopes, rtol=1e-6)


def test_the_descent_comes_to_the_median():
    there, _ = median.geometric_median(SEVEN)
    nodes = median.descent(7, [0, 0], 0.5)
    with np.errstate(divide="ignore", invalid="ignore"):
        assert np.isnan(run(nodes.slope, {nodes.points: SEVEN})).all()  # it may not begin at a point
    nodes = median.descent(7, [0.1, 0], 0.5)
    for _ in range(60):
        run(nodes.train, {nodes.points: SEVEN})
    np.testing.assert_allclose(run(nodes.y), there, atol=1e-8)


def test_what_is_no_list_of_points_is_refused():
    with pytest.raises(ValueError, match=r"^points: got shape \(3,\), expected \(N, 2\), N from 1"):
        median.geometric_median([1, 2, 3])
    with pytest.raises(ValueError, match=r"^steps: got 2, expected enough of them"):
        median.geometric_median(SEVEN, steps=2)
    with pytest.raises(ValueError, match=r"^start: got shape \(3,\), expected shape \(2,\)"):
        median.descent(7, [1, 2, 3], 0.1)

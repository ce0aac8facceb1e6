"""The reader's two tools: what they measure, and what they refuse."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.gradflow.gradcheck import central_difference, layer_error, relative_error
from deepcourse.gradflow.matmul import dense_backward, dense_forward
from hypothesis import given
from hypothesis import strategies as st


@given(shape=st.lists(st.integers(0, 4), max_size=3), seed=st.integers(0, 2**31))
def test_the_gradient_of_a_quadratic_is_measured_in_any_shape_the_empty_and_the_scalar_too(shape, seed):
    rng = np.random.default_rng(seed)
    a, x = rng.normal(size=shape), rng.normal(size=shape)
    before = x.copy()
    found = central_difference(lambda z: np.sum(a * z * z), x)
    assert found.shape == x.shape
    assert found.dtype == np.float64
    assert relative_error(found, 2 * a * x) < 1e-8
    assert (x == before).all()


@pytest.mark.equation("gradflow/central-difference", digest="04ca69a4")
def test_the_error_of_a_central_difference_is_a_sixth_of_delta_squared_times_the_third_derivative(proof):
    for x in (0.3, 1.0, 2.0):
        for delta in (1e-2, 5e-3):
            found = central_difference(np.sin, x, delta)
            error = -delta * delta / 6 * -np.cos(x)  # the third derivative of a sine is minus its cosine
            proof(np.cos(x), found + error, tolerance=1e-8)
            assert abs(found - np.cos(x)) > 1e-6


def test_a_smaller_step_is_better_only_until_rounding_takes_over():
    errors = {d: abs(float(central_difference(np.exp, 1.0, d)) - np.e) for d in (1e-2, 1e-5, 1e-12)}
    assert errors[1e-5] < 1e-4 * errors[1e-2]
    assert errors[1e-5] < 1e-4 * errors[1e-12]


def test_the_relative_error_is_in_units_of_the_largest_value_of_either():
    assert relative_error([1.0, -4.0], [1.0, -3.0]) == 0.25
    assert relative_error([0.0], [2.0]) == 1.0
    assert relative_error([1e308], [-1e308]) == 2.0  # and no overflow
    assert relative_error([[0.0]], [[0.0]]) == 0.0
    assert relative_error(np.zeros((0, 3)), np.zeros((0, 3))) == 0.0
    assert relative_error(3.0, 3.0) == 0.0


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_infinitely_wrong_even_if_both_agree(bad):
    assert relative_error([bad], [bad]) == np.inf


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: central_difference(np.sum, np.ones(2), delta=0), "delta: got 0, expected a number above 0"),
        (lambda: central_difference(np.sum, np.array(["a"])), "x: got dtype <U1, expected real numbers"),
        (lambda: central_difference(lambda x: x, np.ones(2)), r"f: got a result of shape \(2,\), expected \(\)"),
        (lambda: relative_error(np.ones(2), np.ones((2, 1))), r"found: got shape \(2,\), expected \(2, 1\)"),
    ],
)
def test_bad_input_is_named_with_what_was_expected(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_integers_are_pushed_as_real_numbers():
    assert relative_error(central_difference(lambda x: np.sum(x**2), np.array([1, 2])), [2.0, 4.0]) < 1e-9


def test_tensorflow_takes_a_pair_of_one_s_own_unchecked_and_has_the_check_beside_it():
    @tf.custom_gradient
    def square(x):
        return x * x, lambda dy: 3 * dy  # where 2 x dy is right

    x = tf.constant([1.0, 2.0], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = square(x)
    assert tape.gradient(y, x).numpy().tolist() == [3, 3]
    (stated,), (measured,) = tf.test.compute_gradient(square, [x], delta=1e-5)
    ours = central_difference(lambda x: np.sum(x * x), x.numpy())
    assert stated.tolist() == [[3, 0], [0, 3]]
    np.testing.assert_allclose(measured, np.diag(ours), atol=1e-9)


@pytest.mark.parametrize("wrong", [None, 0, 1, 2])
def test_the_error_of_a_layer_is_that_of_its_worst_gradient(wrong):
    rng = np.random.default_rng(0)
    given = [rng.normal(size=shape) for shape in ((4, 3), (3, 2), (2,))]

    def backward(dy, cache):
        found = list(dense_backward(dy, *cache))
        if wrong is not None:
            found[wrong] = -found[wrong]
        return found

    error = layer_error(lambda x, w, b: (dense_forward(x, w, b), (x, w)), backward, given)
    assert error < 1e-7 if wrong is None else error == pytest.approx(2)

"""What the exercises' solutions of gradflow 3 claim."""

from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse.gradflow import batchnorm
from deepcourse.gradflow.gradcheck import central_difference, relative_error
from deepcourse.gradflow.solutions import batchnorm as solutions


def test_a_frozen_layer_would_send_back_twice_what_it_got():
    x, one = np.array([[0.0], [1.0]]), np.ones(1)
    cache = batchnorm.inference(x, one, 0 * one, *batchnorm.moments(x))[1]
    assert batchnorm.inference_backward(np.array([[1.0], [0.0]]), cache)[0][0, 0] == pytest.approx(2, rel=0.01)


def test_each_slip_is_caught_alone_and_the_mended_pass_is_right():
    for slip, wrong in {1: ["deviation", "dx"], 2: ["dx"], 3: ["dx"]}.items():
        assert solutions.verdict(partial(solutions.mended, slips={slip})) == wrong
    assert solutions.verdict(solutions.mended) == []
    assert solutions.verdict(solutions.planted) == ["deviation", "dx"]


@pytest.mark.parametrize("name", ["y", "dx", "dgamma", "dbeta"])
def test_each_of_four_results_is_checked(name):
    def off(**given):
        results = dict(zip(("y", "dx", "dgamma", "dbeta"), solutions.mended(**given), strict=True))
        return tuple((results | {name: 1.1 * results[name]}).values())

    assert {"y": "deviation"}.get(name, name) in solutions.verdict(off)


def test_the_mended_pass_is_the_module_and_with_all_slips_it_is_the_planted_one():
    x, dy = np.random.default_rng(1).normal(size=(2, 6, 3))
    gamma = np.array([0.5, 1.0, 2.0])
    y, cache = batchnorm.batchnorm_forward(x, gamma, gamma, eps=0.1)
    found, planted = solutions.mended(x, gamma, gamma, dy, 0.1), solutions.planted(x, gamma, gamma, dy, 0.1)
    for a, b in zip(found, (y, *batchnorm.batchnorm_backward(dy, cache)), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-14)
    for a, b in zip(planted, solutions.mended(x, gamma, gamma, dy, 0.1, {1, 2, 3}), strict=True):
        assert (a == b).all()


def test_the_true_gradient_of_a_bias_is_zero_by_central_differences():
    z, dy = np.random.default_rng(2).normal(size=(2, 6, 3))
    one = np.ones(3)
    found = central_difference(lambda b: np.sum(dy * batchnorm.batchnorm_forward(z + b, one, one)[0]), one)
    assert np.abs(found).max() < 1e-9


def test_frozen_drift_is_linear_in_the_steps():
    once, twice = (solutions.drift(batchnorm.inference_backward, steps)[0] for steps in (50, 100))
    assert twice == pytest.approx(2 * once)


@pytest.mark.parametrize("shape", [(4, 3), (2, 3, 5), (1, 2)])
def test_rms_normalization_equals_keras_and_central_differences(shape):
    rng = np.random.default_rng(3)
    x, dy, gamma = *rng.normal(size=(2, *shape)), rng.normal(1, 0.3, shape[-1])
    y, cache = solutions.rms_forward(x, gamma)
    dx, dgamma = solutions.rms_backward(dy, cache)
    layer = keras.layers.RMSNormalization(dtype="float64")
    layer.build(shape)
    layer.set_weights([gamma])
    v = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(v)
        out = layer(v)
        loss = tf.reduce_sum(dy * out)
    expected = tape.gradient(loss, [v, layer.scale])
    for a, b in zip((y, dx, dgamma), (out, *expected), strict=True):
        assert relative_error(a, b.numpy()) < 1e-10
    by_hand = central_difference(lambda x: np.sum(dy * solutions.rms_forward(x, gamma)[0]), x)
    assert relative_error(dx, by_hand) < 1e-7


@pytest.mark.equation("gradflow/rms-dx")
def test_without_the_mean_one_term_is_left(proof):
    x, dy = np.random.default_rng(4).normal(size=(2, 6))
    gamma, d, eps = np.random.default_rng(5).normal(1, 0.3, 6), 6, 1e-6
    r = (sum(x**2) / d + eps) ** 0.5
    dx = central_difference(lambda x: np.sum(dy * solutions.rms_forward(x, gamma)[0]), x)
    proof.tex({r"\hat x": x / r, r"d\hat x": gamma * dy}, dx=dx, r=r, D=d, tolerance=1e-7)


def test_the_turn_depends_on_the_product_of_rate_and_decay_alone():
    """Three more settings are the examples of its docstring."""
    assert solutions.turn(1.0, 0.005) == pytest.approx((2 * 1.0 * 0.005) ** 0.5, rel=0.1)


@pytest.mark.parametrize(("dtype", "high"), [("float16", 60000), ("float32", 1e30), ("int8", 100)])
def test_the_root_mean_square_does_not_overflow(dtype, high):
    y, cache = solutions.rms_forward(np.array([[0, high]], dtype), np.ones(2))
    np.testing.assert_allclose(y, [[0, 2**0.5]], rtol=1e-6)
    dx, dgamma = solutions.rms_backward(np.ones((1, 2), int), cache)
    assert np.isfinite(dx).all()
    np.testing.assert_allclose(dgamma, y[0])

"""Layer normalization by hand: against central differences, against Keras, and equation by equation."""

import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse.gradflow import batchnorm, layernorm
from deepcourse.gradflow.gradcheck import central_difference, relative_error
from hypothesis import example, given, settings
from hypothesis import strategies as st

CENTRAL, TAPE, FLOAT32 = 1e-7, 1e-10, 1e-4
draws = settings(deadline=None, derandomize=True, max_examples=15)
leading = st.lists(st.integers(1, 3), max_size=3).map(tuple)
seeds = st.integers(0, 2**31 - 1)


def drawn(seed, shape, dtype="float64"):
    rng = np.random.default_rng(seed)
    x, dy = rng.normal(1, 2, (2, *shape))
    gamma, beta = rng.normal(1, 0.5, (2, shape[-1]))
    return [a.astype(dtype) for a in (x, gamma, beta, dy)]


def twin(x, gamma, beta, dy):
    """Keras' value and the gradients of sum(dy * y)."""
    layer = keras.layers.LayerNormalization(dtype=x.dtype.name)
    layer.build(x.shape)
    layer.set_weights([gamma, beta])
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x)
        loss = tf.reduce_sum(dy * y)
    return y.numpy(), *(g.numpy() for g in tape.gradient(loss, [x, layer.gamma, layer.beta]))


def ours(x, gamma, beta, dy):
    y, cache = layernorm.layernorm_forward(x, gamma, beta)
    return y, *layernorm.layernorm_backward(dy, cache)


@draws
@given(leading, st.integers(3, 6), seeds)
@example((), 4, 0)
def test_gradients_equal_central_differences(lead, d, seed):
    *inputs, dy = drawn(seed, (*lead, d))
    for i, found in enumerate(ours(*inputs, dy)[1:]):

        def loss(value, i=i):
            return np.sum(dy * layernorm.layernorm_forward(*inputs[:i], value, *inputs[i + 1 :])[0])

        assert relative_error(found, central_difference(loss, inputs[i])) <= CENTRAL


@draws
@given(leading, st.integers(2, 6), seeds)
@example((1,), 1, 0)
def test_values_and_gradients_equal_keras_in_float64(lead, d, seed):
    inputs = drawn(seed, (2, *lead, d))
    for a, b in zip(ours(*inputs), twin(*inputs), strict=True):
        assert relative_error(a, b) <= TAPE


@draws
@given(leading, st.integers(3, 6), seeds)
def test_values_and_gradients_equal_keras_in_float32(lead, d, seed):
    inputs = drawn(seed, (2, *lead, d), "float32")
    for a, b in zip(ours(*inputs), twin(*inputs), strict=True):
        assert a.dtype == "float32"
        assert relative_error(a, b) <= FLOAT32


def test_an_empty_batch_is_no_error_because_no_example_needs_another():
    y, dx, dgamma, dbeta = ours(np.zeros((0, 3)), np.ones(3), np.zeros(3), np.zeros((0, 3)))
    assert (y.shape, dx.shape) == ((0, 3), (0, 3))
    assert not dgamma.any()
    assert not dbeta.any()


def test_one_feature_gives_beta_and_sends_nothing_back():
    y, dx, *_ = ours(*drawn(1, (4, 1)))
    assert (y == drawn(1, (4, 1))[2]).all()
    assert not dx.any()


def test_examples_do_not_touch_each_other():
    x, gamma, beta, dy = drawn(2, (4, 5))
    np.testing.assert_allclose(ours(x, gamma, beta, dy)[1][1:2], ours(x[1:2], gamma, beta, dy[1:2])[1], rtol=1e-12)


def test_it_is_batch_normalization_of_the_transposed_batch():
    x, _, _, dy = drawn(3, (4, 5))
    y, cache = batchnorm.batchnorm_forward(x.T, np.ones(4), np.zeros(4))
    found = ours(x, np.ones(5), np.zeros(5), dy)
    np.testing.assert_allclose(found[0], y.T, rtol=1e-12)
    np.testing.assert_allclose(found[1], batchnorm.batchnorm_backward(dy.T, cache)[0].T, rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": np.zeros((2, 0))}, r"x: got shape \(2, 0\), expected features"),
        ({"x": np.array(1.0)}, r"x: got shape \(\), expected features"),
        ({"gamma": np.ones(2)}, r"gamma: got shape \(2,\), expected \(3,\)"),
        ({"beta": np.ones(1)}, r"beta: got shape \(1,\), expected \(3,\)"),
        ({"eps": -1.0}, r"eps: got -1.0, expected at least 0"),
    ],
)
def test_bad_input_is_named(change, message):
    good = {"x": np.zeros((2, 3)), "gamma": np.ones(3), "beta": np.zeros(3)}
    with pytest.raises(ValueError, match=message):
        layernorm.layernorm_forward(**{**good, **change})
    with pytest.raises(ValueError, match=r"dy: got shape \(3,\), expected \(2, 3\)"):
        layernorm.layernorm_backward(np.zeros(3), layernorm.layernorm_forward(**good)[1])


def test_default_eps_is_that_of_keras():
    default = inspect.signature(layernorm.layernorm_forward).parameters["eps"].default
    assert default == keras.layers.LayerNormalization().epsilon == 1e-3


@pytest.mark.equation("gradflow/ln-dx")
def test_the_same_formula_with_gamma_inside_the_means(proof):
    x, gamma, beta, dy = (a.ravel() for a in drawn(4, (1, 6)))
    mu = sum(x) / 6
    std = (sum((x - mu) ** 2) / 6 + 1e-3) ** 0.5
    bound = {r"\sigma_\epsilon": std, r"\hat x": (x - mu) / std, "gamma": gamma, "dy": dy, "D": 6}
    proof.tex(bound, dx=ours(x, gamma, beta, dy)[1])
    dx = central_difference(lambda x: dy @ layernorm.layernorm_forward(x, gamma, beta)[0], x)
    proof.tex(bound, dx=dx, tolerance=CENTRAL)

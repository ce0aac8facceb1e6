"""The plain recurrent layer against its formulas, central differences and keras.layers.SimpleRNN."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse.gradflow import rnn
from deepcourse.gradflow.gradcheck import central_difference, relative_error
from hypothesis import example, given, settings
from hypothesis import strategies as st

NAMES = ("x", "h0", "wx", "wh", "b")
sizes = st.integers(1, 4)
lengths = st.integers(0, 5)
seeds = st.integers(0, 2**31 - 1)


def draw(seed, b, t, d, h, dtype="float64"):
    """Arguments of `forward`, and a gradient from above."""
    rng = np.random.default_rng(seed)
    shapes = [(b, t, d), (b, h), (d, h), (h, h), (h,), (b, t, h)]
    *arguments, dh = (rng.normal(size=shape).astype(dtype) for shape in shapes)
    return arguments, dh


def gradients(arguments, dh):
    h, cache = rnn.rnn_forward(*arguments)
    return h, *rnn.rnn_backward(dh, cache)


def keras_gradients(arguments, dh):
    x, h0, wx, wh, b = map(tf.constant, arguments)
    layer = keras.layers.SimpleRNN(wh.shape[0], return_sequences=True, dtype=x.dtype.name)
    layer.build(x.shape)
    rest = [v.value for v in layer.non_trainable_variables]
    with tf.GradientTape() as tape:
        tape.watch((x, h0, wx, wh, b))
        h = layer.stateless_call([wx, wh, b], rest, x, initial_state=h0)[0]
    return h, *tape.gradient(h, [x, h0, wx, wh, b], output_gradients=tf.constant(dh))


@settings(deadline=None, derandomize=True, max_examples=15)
@given(b=sizes, t=lengths, d=sizes, h=sizes, seed=seeds)
@example(b=1, t=0, d=1, h=1, seed=0)
@example(b=1, t=1, d=1, h=1, seed=0)
def test_rnn_gradients_equal_central_differences(b, t, d, h, seed):
    arguments, dh = draw(seed, b, t, d, h)
    _, *found = gradients(arguments, dh)
    for n, (name, gradient) in enumerate(zip(NAMES, found, strict=True)):

        def loss(value, n=n):
            return np.sum(dh * rnn.rnn_forward(*arguments[:n], value, *arguments[n + 1 :])[0])

        assert gradient.shape == arguments[n].shape
        assert relative_error(gradient, central_difference(loss, arguments[n])) < 1e-7, name


@settings(deadline=None, derandomize=True, max_examples=10)
@given(b=sizes, t=st.integers(1, 8), d=sizes, h=sizes, dtype=st.sampled_from(["float32", "float64"]), seed=seeds)
@example(b=1, t=1, d=1, h=1, dtype="float64", seed=0)
def test_rnn_equals_keras_values_and_gradients(b, t, d, h, dtype, seed):
    arguments, dh = draw(seed, b, t, d, h, dtype)
    for found, expected in zip(gradients(arguments, dh), keras_gradients(arguments, dh), strict=True):
        assert found.dtype == dtype
        assert relative_error(found, expected) < {"float32": 1e-4, "float64": 1e-10}[dtype]


def test_an_empty_sequence_leaves_the_state_and_sends_nothing_back():
    arguments, dh = draw(0, 2, 0, 3, 4)
    h, dx, dh0, *weights = gradients(arguments, dh)
    assert (h.shape, dx.shape, dh0.shape) == ((2, 0, 4), (2, 0, 3), (2, 4))
    assert not any(np.any(g) for g in (dh0, *weights))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": np.zeros((2, 3))}, r"x: got shape \(2, 3\), expected \(B, T, D\)"),
        ({"h0": np.zeros((3, 4))}, r"h0: got shape \(3, 4\), expected \(2, H\)"),
        ({"wx": np.zeros((4, 4))}, r"wx: got shape \(4, 4\), expected \(3, 4\)"),
        ({"wh": np.zeros((4, 3))}, r"wh: got shape \(4, 3\), expected \(4, 4\)"),
        ({"b": np.zeros(3)}, r"b: got shape \(3,\), expected \(4,\)"),
    ],
)
def test_rnn_refuses_what_does_not_fit(change, message):
    arguments = dict(zip(NAMES, draw(0, 2, 5, 3, 4)[0], strict=True))
    with pytest.raises(ValueError, match=message):
        rnn.rnn_forward(**(arguments | change))


def test_rnn_refuses_a_gradient_of_another_shape():
    arguments, dh = draw(0, 2, 5, 3, 4)
    with pytest.raises(ValueError, match=r"dh: got shape \(2, 4, 4\), expected \(2, 5, 4\)"):
        rnn.rnn_backward(dh[:, 1:], rnn.rnn_forward(*arguments)[1])


def test_the_result_is_no_view_of_the_cache():
    arguments, dh = draw(0, 2, 5, 3, 4)
    h, cache = rnn.rnn_forward(*arguments)
    expected = rnn.rnn_backward(dh, cache)
    h[:] = 0
    for found, same in zip(rnn.rnn_backward(dh, cache), expected, strict=True):
        assert (found == same).all()

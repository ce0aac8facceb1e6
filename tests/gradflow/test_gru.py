"""Both forms of the GRU against central differences and keras.layers.GRU: values, gradients, masks, lengths 0 and 1."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse.gradflow import gru, gru_before
from deepcourse.gradflow.gradcheck import central_difference, relative_error
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ways import backward_of, forward_of

NAMES = ("x", "h0", "wx", "wh", "b")
sizes = st.integers(1, 4)
lengths = st.integers(0, 5)
seeds = st.integers(0, 2**31 - 1)
masks = st.sampled_from(["none", "padded", "ragged", "nothing"])
FORMS = [True, False]
MODULES = {True: gru, False: gru_before}


def draw(seed, b, t, d, h, reset_after, dtype="float64"):
    """Arguments of `forward`, and a gradient from above."""
    rng = np.random.default_rng(seed)
    bias = (2, 3 * h) if reset_after else (3 * h,)
    shapes = [(b, t, d), (b, h), (d, 3 * h), (h, 3 * h), bias, (b, t, h)]
    *arguments, dh = (rng.normal(size=shape).astype(dtype) for shape in shapes)
    return arguments, dh


def make_mask(kind, b, t, seed):
    rng = np.random.default_rng(seed)
    return {
        "none": None,
        "padded": np.arange(t) < rng.integers(0, t + 1, (b, 1)),
        "ragged": rng.random((b, t)) < 0.6,
        "nothing": np.zeros((b, t), bool),
    }[kind]


def gradients(arguments, dh, reset_after, mask=None):
    module = MODULES[reset_after]
    h, cache = forward_of(module)(*arguments, mask)
    return h, *backward_of(module)(dh, cache)


def keras_gradients(arguments, dh, reset_after, mask=None):
    x, h0, wx, wh, b = map(tf.constant, arguments)
    layer = keras.layers.GRU(wh.shape[0], return_sequences=True, reset_after=reset_after, dtype=x.dtype.name)
    layer.build(x.shape)
    rest = [v.value for v in layer.non_trainable_variables]
    with tf.GradientTape() as tape:
        tape.watch((x, h0, wx, wh, b))
        h = layer.stateless_call([wx, wh, b], rest, x, initial_state=h0, mask=mask)[0]
    return h, *tape.gradient(h, [x, h0, wx, wh, b], output_gradients=tf.constant(dh))


@settings(deadline=None, derandomize=True, max_examples=15)
@given(b=sizes, t=lengths, d=sizes, h=sizes, after=st.booleans(), mask=masks, seed=seeds)
@example(b=1, t=0, d=1, h=1, after=True, mask="none", seed=0)
@example(b=1, t=1, d=1, h=1, after=False, mask="none", seed=0)
@example(b=3, t=5, d=2, h=3, after=True, mask="ragged", seed=0)
@example(b=3, t=5, d=2, h=3, after=False, mask="ragged", seed=0)
def test_gru_gradients_equal_central_differences(b, t, d, h, after, mask, seed):
    arguments, dh = draw(seed, b, t, d, h, after)
    mask = make_mask(mask, b, t, seed)
    _, *found = gradients(arguments, dh, after, mask)
    for n, (name, gradient) in enumerate(zip(NAMES, found, strict=True)):

        def loss(value, n=n):
            return np.sum(dh * forward_of(MODULES[after])(*arguments[:n], value, *arguments[n + 1 :], mask)[0])

        assert gradient.shape == arguments[n].shape
        assert relative_error(gradient, central_difference(loss, arguments[n])) < 1e-7, name


@settings(deadline=None, derandomize=True, max_examples=12)
@given(
    b=sizes,
    t=st.integers(1, 8),
    d=sizes,
    h=sizes,
    after=st.booleans(),
    mask=masks,
    dtype=st.sampled_from(["float32", "float64"]),
    seed=seeds,
)
@example(b=1, t=1, d=1, h=1, after=True, mask="none", dtype="float64", seed=0)
@example(b=4, t=8, d=2, h=3, after=True, mask="ragged", dtype="float64", seed=1)
@example(b=4, t=8, d=2, h=3, after=False, mask="ragged", dtype="float64", seed=1)
@example(b=4, t=8, d=2, h=3, after=False, mask="padded", dtype="float32", seed=1)
def test_gru_equals_keras_values_and_gradients(b, t, d, h, after, mask, dtype, seed):
    arguments, dh = draw(seed, b, t, d, h, after, dtype)
    mask = make_mask(mask, b, t, seed)
    if mask is not None:
        arguments[1] *= 0  # before its first step Keras puts out 0, and not h0
    ours = gradients(arguments, dh, after, mask)
    theirs = keras_gradients(arguments, dh, after, mask)
    for n, (found, expected) in enumerate(zip(ours, theirs, strict=True)):
        assert found.dtype == dtype
        if n == 2 and mask is not None:
            continue  # dh0, likewise
        assert relative_error(found, expected) < {"float32": 1e-4, "float64": 1e-10}[dtype]


@pytest.mark.parametrize("after", FORMS)
@pytest.mark.parametrize("kind", ["padded", "ragged"])
def test_masked_steps_repeat_the_state_and_do_not_see_their_input(kind, after):
    arguments, dh = draw(4, 5, 7, 2, 3, after)
    mask = make_mask(kind, 5, 7, 4)
    first = gradients(arguments, dh, after, mask)
    h = np.concatenate([arguments[1][:, None], first[0]], axis=1)
    assert (h[:, 1:][~mask] == h[:, :-1][~mask]).all()
    assert (first[1][~mask] == 0).all()
    arguments[0] = np.where(mask[:, :, None], arguments[0], 1e6)
    for found, expected in zip(gradients(arguments, dh, after, mask), first, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("after", FORMS)
def test_an_empty_sequence_sends_nothing_back(after):
    arguments, dh = draw(0, 2, 0, 3, 4, after)
    h, dx, dh0, *weights = gradients(arguments, dh, after)
    assert (h.shape, dx.shape) == ((2, 0, 4), (2, 0, 3))
    assert not any(np.any(g) for g in (dh0, *weights))


def test_the_forms_differ_although_their_weights_have_the_same_shapes():
    arguments, _ = draw(1, 2, 5, 3, 4, True)
    *rest, b = arguments
    b = np.stack([b[0], b[1] * 0])
    after, before = gru.gru_forward(*rest, b)[0], gru_before.gru_before_forward(*rest, b[0])[0]
    assert np.abs(after - before).max() > 0.05


def test_the_forms_agree_when_the_recurrent_weights_of_the_candidate_are_diagonal_and_its_second_bias_is_zero():
    """One weight per unit commutes with a product by unit, so where the reset stands makes no difference."""
    (x, h0, wx, wh, b), _ = draw(1, 2, 5, 3, 4, True)
    wh[:, 8:] = np.diag(wh[:, 8:].diagonal())
    before = gru_before.gru_before_forward(x, h0, wx, wh, b.sum(axis=0))[0]
    assert np.abs(gru.gru_forward(x, h0, wx, wh, b)[0] - before).max() > 0.1  # r multiplies the second bias
    b[1, 8:] = 0
    before = gru_before.gru_before_forward(x, h0, wx, wh, b.sum(axis=0))[0]
    np.testing.assert_allclose(gru.gru_forward(x, h0, wx, wh, b)[0], before, atol=1e-14)


def test_default_keras_gru_resets_after_and_has_two_biases_though_its_documentation_says_before():
    said = " ".join(keras.layers.GRU.__doc__.split())
    assert re.search(r"The default one is based on .{0,60}reset gate applied to hidden state before", said)
    layer = keras.layers.GRU(3)
    layer.build((1, 2, 5))
    assert layer.reset_after is True
    assert [w.shape for w in layer.weights] == [(5, 9), (3, 9), (2, 9)]


def test_weights_of_the_paper_s_gru_fit_keras_only_with_reset_after_off():
    (x, h0, *weights), _ = draw(2, 2, 5, 3, 4, False)
    layer = keras.layers.GRU(4, dtype="float64")
    layer.build(x.shape)
    with pytest.raises(ValueError, match=r"shape \(12,\)"):
        layer.set_weights(weights)
    layer = keras.layers.GRU(4, reset_after=False, return_sequences=True, dtype="float64")
    layer.build(x.shape)
    layer.set_weights(weights)
    found = layer(x, initial_state=tf.constant(h0)).numpy()
    np.testing.assert_allclose(found, gru_before.gru_before_forward(x, h0, *weights)[0], rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": np.zeros((2, 3))}, r"x: got shape \(2, 3\), expected \(B, T, D\)"),
        ({"h0": np.zeros((3, 4))}, r"h0: got shape \(3, 4\), expected \(2, H\)"),
        ({"wx": np.zeros((3, 16))}, r"wx: got shape \(3, 16\), expected \(3, 12\)"),
        ({"wh": np.zeros((4, 4))}, r"wh: got shape \(4, 4\), expected \(4, 12\)"),
        ({"b": np.zeros(12)}, r"b: got shape \(12,\), expected \(2, 12\)"),
        ({"mask": np.zeros((2, 4), bool)}, r"mask: got shape \(2, 4\), expected \(2, 5\)"),
    ],
)
def test_gru_refuses_what_does_not_fit(change, message):
    arguments = dict(zip(NAMES, draw(0, 2, 5, 3, 4, True)[0], strict=True))
    with pytest.raises(ValueError, match=message):
        gru.gru_forward(**(arguments | change))


def test_the_form_with_one_bias_refuses_two():
    arguments, _ = draw(0, 2, 5, 3, 4, True)
    with pytest.raises(ValueError, match=r"b: got shape \(2, 12\), expected \(12,\)"):
        gru_before.gru_before_forward(*arguments)


def test_gru_refuses_a_gradient_of_another_shape():
    arguments, dh = draw(0, 2, 5, 3, 4, True)
    with pytest.raises(ValueError, match=r"dh: got shape \(2, 4, 4\), expected \(2, 5, 4\)"):
        gru.gru_backward(dh[:, 1:], gru.gru_forward(*arguments)[1])

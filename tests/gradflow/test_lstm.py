"""The LSTM against its formulas, central differences and keras.layers.LSTM, with masks and lengths 0 and 1."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse.gradflow import lstm
from deepcourse.gradflow.gradcheck import central_difference, relative_error
from hypothesis import example, given, settings
from hypothesis import strategies as st

NAMES = ("x", "h0", "c0", "wx", "wh", "b")
sizes = st.integers(1, 4)
lengths = st.integers(0, 5)
seeds = st.integers(0, 2**31 - 1)
masks = st.sampled_from(["none", "padded", "ragged", "all", "nothing"])


def draw(seed, b, t, d, h, dtype="float64"):
    """Arguments of `forward`, and gradients from above."""
    rng = np.random.default_rng(seed)
    shapes = [(b, t, d), (b, h), (b, h), (d, 4 * h), (h, 4 * h), (4 * h,), (b, t, h), (b, h)]
    *arguments, dh, dc_last = (rng.normal(size=shape).astype(dtype) for shape in shapes)
    return arguments, dh, dc_last


def make_mask(kind, b, t, seed):
    rng = np.random.default_rng(seed)
    return {
        "none": None,
        "padded": np.arange(t) < rng.integers(0, t + 1, (b, 1)),
        "ragged": rng.random((b, t)) < 0.6,
        "all": np.ones((b, t), bool),
        "nothing": np.zeros((b, t), bool),
    }[kind]


def gradients(arguments, dh, dc_last, mask=None):
    h, c_last, cache = lstm.lstm_forward(*arguments, mask=mask)
    return h, c_last, *lstm.lstm_backward(dh, cache, dc_last)


def keras_gradients(arguments, dh, dc_last, mask=None):
    x, h0, c0, wx, wh, b = map(tf.constant, arguments)
    layer = keras.layers.LSTM(wh.shape[0], return_sequences=True, return_state=True, dtype=x.dtype.name)
    layer.build(x.shape)
    rest = [v.value for v in layer.non_trainable_variables]
    with tf.GradientTape() as tape:
        tape.watch((x, h0, c0, wx, wh, b))
        h, _, c = layer.stateless_call([wx, wh, b], rest, x, initial_state=[h0, c0], mask=mask)[0]
    above = [tf.constant(dh), tf.constant(dc_last)]
    return h, c, *tape.gradient([h, c], [x, h0, c0, wx, wh, b], output_gradients=above)


@settings(deadline=None, derandomize=True, max_examples=15)
@given(b=sizes, t=lengths, d=sizes, h=sizes, mask=masks, seed=seeds)
@example(b=1, t=0, d=1, h=1, mask="none", seed=0)
@example(b=1, t=1, d=1, h=1, mask="none", seed=0)
@example(b=3, t=5, d=2, h=3, mask="ragged", seed=0)
def test_lstm_gradients_equal_central_differences(b, t, d, h, mask, seed):
    arguments, dh, dc_last = draw(seed, b, t, d, h)
    mask = make_mask(mask, b, t, seed)
    _, _, *found = gradients(arguments, dh, dc_last, mask)
    for n, (name, gradient) in enumerate(zip(NAMES, found, strict=True)):

        def loss(value, n=n):
            h, c, _ = lstm.lstm_forward(*arguments[:n], value, *arguments[n + 1 :], mask=mask)
            return np.sum(dh * h) + np.sum(dc_last * c)

        assert gradient.shape == arguments[n].shape
        assert relative_error(gradient, central_difference(loss, arguments[n])) < 1e-7, name


@settings(deadline=None, derandomize=True, max_examples=12)
@given(
    b=sizes,
    t=st.integers(1, 8),
    d=sizes,
    h=sizes,
    mask=masks,
    dtype=st.sampled_from(["float32", "float64"]),
    seed=seeds,
)
@example(b=1, t=1, d=1, h=1, mask="none", dtype="float64", seed=0)
@example(b=4, t=8, d=2, h=3, mask="ragged", dtype="float64", seed=1)
@example(b=4, t=8, d=2, h=3, mask="padded", dtype="float32", seed=1)
def test_lstm_equals_keras_values_and_gradients(b, t, d, h, mask, dtype, seed):
    arguments, dh, dc_last = draw(seed, b, t, d, h, dtype)
    mask = make_mask(mask, b, t, seed)
    if mask is not None:
        arguments[1] *= 0  # before its first step Keras puts out 0, and not h0: the next test
    ours = gradients(arguments, dh, dc_last, mask)
    theirs = keras_gradients(arguments, dh, dc_last, mask)
    for n, (found, expected) in enumerate(zip(ours, theirs, strict=True)):
        assert found.dtype == dtype
        if n == 3 and mask is not None:
            continue  # dh0, likewise
        assert relative_error(found, expected) < {"float32": 1e-4, "float64": 1e-10}[dtype]


def test_before_its_first_step_keras_puts_out_zero_where_ours_repeats_h0():
    arguments, dh, dc_last = draw(3, 2, 3, 2, 4)
    mask = np.array([[False, False, True], [True, False, True]])
    ours = gradients(arguments, dh, dc_last, mask)[0]
    theirs = keras_gradients(arguments, dh, dc_last, mask)[0].numpy()
    assert (ours[0, :2] == arguments[1][0]).all()
    assert (theirs[0, :2] == 0).all()
    assert relative_error(ours[0, 2:], theirs[0, 2:]) < 1e-12
    assert relative_error(ours[1], theirs[1]) < 1e-12


@pytest.mark.parametrize("kind", ["padded", "ragged"])
def test_masked_steps_repeat_the_state_and_do_not_see_their_input(kind):
    arguments, dh, dc_last = draw(4, 5, 7, 2, 3)
    mask = make_mask(kind, 5, 7, 4)
    first = gradients(arguments, dh, dc_last, mask)
    h = np.concatenate([arguments[1][:, None], first[0]], axis=1)
    assert (h[:, 1:][~mask] == h[:, :-1][~mask]).all()
    assert (h[:, 1:][mask] != h[:, :-1][mask]).any(axis=1).all()
    assert (first[2][~mask] == 0).all()
    arguments[0] = np.where(mask[:, :, None], arguments[0], 1e6)
    for found, expected in zip(gradients(arguments, dh, dc_last, mask), first, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_a_ragged_batch_equals_its_sequences_run_one_by_one():
    arguments, dh, dc_last = draw(5, 3, 6, 2, 4)
    lengths = [6, 0, 3]
    mask = np.arange(6) < np.array(lengths)[:, None]
    whole = gradients(arguments, dh * mask[:, :, None], dc_last, mask)
    total = [0, 0, 0]
    for n, length in enumerate(lengths):
        x, h0, c0, *weights = arguments
        one = [x[n : n + 1, :length], h0[n : n + 1], c0[n : n + 1], *weights]
        h, c, dx, dh0, dc0, *dw = gradients(one, dh[n : n + 1, :length], dc_last[n : n + 1])
        np.testing.assert_allclose(whole[0][n, :length], h[0], atol=1e-12)
        np.testing.assert_allclose(whole[1][n], c[0], atol=1e-12)
        np.testing.assert_allclose(whole[2][n, :length], dx[0], atol=1e-12)
        np.testing.assert_allclose(whole[3][n], dh0[0], atol=1e-12)
        np.testing.assert_allclose(whole[4][n], dc0[0], atol=1e-12)
        total = [a + b for a, b in zip(total, dw, strict=True)]
    for found, expected in zip(whole[5:], total, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_an_empty_sequence_hands_the_states_through_in_both_directions():
    arguments, dh, dc_last = draw(0, 2, 0, 3, 4)
    h, c_last, dx, dh0, dc0, *weights = gradients(arguments, dh, dc_last)
    assert (h.shape, dx.shape) == ((2, 0, 4), (2, 0, 3))
    assert (c_last == arguments[2]).all()
    assert (dc0 == dc_last).all()
    assert not any(np.any(g) for g in (dh0, *weights))


def test_without_dc_last_nothing_arrives_at_the_last_cell_state():
    arguments, dh, dc_last = draw(0, 2, 3, 3, 4)
    cache = lstm.lstm_forward(*arguments)[2]
    for found, expected in zip(lstm.lstm_backward(dh, cache), lstm.lstm_backward(dh, cache, dc_last * 0), strict=True):
        assert (found == expected).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": np.zeros((2, 3))}, r"x: got shape \(2, 3\), expected \(B, T, D\)"),
        ({"h0": np.zeros((3, 4))}, r"h0: got shape \(3, 4\), expected \(2, H\)"),
        ({"c0": np.zeros((2, 5))}, r"c0: got shape \(2, 5\), expected \(2, 4\)"),
        ({"wx": np.zeros((3, 12))}, r"wx: got shape \(3, 12\), expected \(3, 16\)"),
        ({"wh": np.zeros((4, 4))}, r"wh: got shape \(4, 4\), expected \(4, 16\)"),
        ({"b": np.zeros((1, 16))}, r"b: got shape \(1, 16\), expected \(16,\)"),
        ({"mask": np.zeros((2, 4), bool)}, r"mask: got shape \(2, 4\), expected \(2, 5\)"),
    ],
)
def test_lstm_refuses_what_does_not_fit(change, message):
    arguments = dict(zip(NAMES, draw(0, 2, 5, 3, 4)[0], strict=True))
    with pytest.raises(ValueError, match=message):
        lstm.lstm_forward(**(arguments | change))


def test_lstm_refuses_gradients_of_another_shape():
    arguments, dh, dc_last = draw(0, 2, 5, 3, 4)
    cache = lstm.lstm_forward(*arguments)[2]
    with pytest.raises(ValueError, match=r"dh: got shape \(2, 4, 4\), expected \(2, 5, 4\)"):
        lstm.lstm_backward(dh[:, 1:], cache)
    with pytest.raises(ValueError, match=r"dc_last: got shape \(1, 4\), expected \(2, 4\)"):
        lstm.lstm_backward(dh, cache, dc_last[:1])


def test_default_keras_lstm_starts_with_a_forget_bias_of_one_and_the_others_at_zero():
    layer = keras.layers.LSTM(3)
    layer.build((1, 2, 5))
    assert [w.shape for w in layer.weights] == [(5, 12), (3, 12), (12,)]
    assert layer.weights[2].numpy().tolist() == [0] * 3 + [1] * 3 + [0] * 6


def test_with_the_forget_gate_stuck_at_1_and_the_input_gate_at_0_the_cell_of_keras_is_constant():
    arguments, dh, dc_last = draw(7, 2, 5, 3, 4)
    arguments[5][:8] = [-1000] * 4 + [1000] * 4
    assert (keras_gradients(arguments, dh, dc_last)[1].numpy() == arguments[2]).all()
    arguments[5][:8] = [1000] * 4 + [-1000] * 4  # the other order of both blocks
    assert np.abs(keras_gradients(arguments, dh, dc_last)[1].numpy() - arguments[2]).max() > 0.1


def test_without_a_mask_keras_reads_padding_as_data_and_with_one_a_million_there_changes_nothing():
    arguments, *_ = draw(8, 2, 3, 2, 4)
    layer = keras.layers.LSTM(4, return_sequences=True, dtype="float64")
    layer.build((2, 3, 2))
    layer.set_weights(arguments[3:])
    x, padding = arguments[0], np.zeros((2, 2, 2))
    mask = np.arange(5) < [[3], [3]]
    alone = layer(x).numpy()[:, -1]
    padded = np.concatenate([x, padding], axis=1)
    assert np.abs(layer(padded).numpy()[:, -1] - alone).max() > 0.01
    for value in (0, 1e6):
        padded = np.concatenate([x, padding + value], axis=1)
        np.testing.assert_allclose(layer(padded, mask=mask).numpy()[:, -1], alone, rtol=1e-12)


def test_results_are_no_views_of_the_cache():
    arguments, dh, dc_last = draw(0, 2, 5, 3, 4)
    h, c_last, cache = lstm.lstm_forward(*arguments)
    expected = lstm.lstm_backward(dh, cache, dc_last)
    h[:], c_last[:] = 0, 0
    for found, same in zip(lstm.lstm_backward(dh, cache, dc_last), expected, strict=True):
        assert (found == same).all()

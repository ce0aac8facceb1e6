"""The layers of lesson 5 against Keras', from the same weights: values, gradients, masks, states."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse.gradflow import gru, gru_before, lstm, rnn
from deepcourse.recurrent import cells
from deepcourse.recurrent.layers import GRU, LSTM, Recurrent, SimpleRNN, unroll
from hypothesis import given, settings
from hypothesis import strategies as st

PAIRS = {
    "rnn": (SimpleRNN, keras.layers.SimpleRNN, {}),
    "lstm": (LSTM, keras.layers.LSTM, {}),
    "gru": (GRU, keras.layers.GRU, {}),
    "gru-before": (GRU, keras.layers.GRU, {"reset_after": False}),
}
kinds = st.sampled_from(list(PAIRS))
few = st.integers(1, 4)
seeds = st.integers(0, 2**31)
LIMITS = {"float32": 1e-5, "float64": 1e-10}


def twins(kind, units, shape, seed, dtype="float64", theirs=None, **how):
    """Our layer and Keras', with the same drawn weights."""
    ours, keras_layer, more = PAIRS[kind]
    rng = np.random.default_rng(seed)
    pair = ours(units, dtype=dtype, **more, **how), keras_layer(units, dtype=dtype, **more, **how, **(theirs or {}))
    for layer in pair:
        layer.build(shape)
    weights = [rng.normal(size=w.shape) * 0.5 for w in pair[1].trainable_weights]
    for layer in pair:
        for variable, w in zip(layer.trainable_weights, weights, strict=True):
            variable.assign(w)
    return pair


def drawn(shape, seed, dtype="float64"):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def padding(b, t, seed):
    """A mask with at least one step in each row, and the first one among them."""
    mask = np.random.default_rng(seed).random((b, t)) < 0.6
    mask[:, 0] = True
    return mask


def value_and_slopes(layer, x, **given_too):
    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.nest.flatten(layer(x, **given_too))
        loss = tf.add_n([tf.reduce_sum(tf.sin(part) * (n + 1)) for n, part in enumerate(y)])
    return [*y, *tape.gradient(loss, [x, *(w.value for w in layer.trainable_weights)])]


def same(one, other, limit=1e-10):
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, rtol=limit, atol=limit)


@settings(max_examples=12)
@given(kinds, few, few, few, few, st.booleans(), st.booleans(), st.booleans(), st.booleans(), seeds)
def test_values_and_gradients_are_keras_own(kind, b, t, d, units, masked, sequences, state, backwards, seed):
    how = {"return_sequences": sequences, "return_state": state, "go_backwards": backwards}
    ours, theirs = twins(kind, units, (b, t, d), seed, **how)
    x, mask = drawn((b, t, d), seed + 1), padding(b, t, seed + 2)
    mask = mask[:, ::-1] if backwards else mask  # what is read first isn't masked
    given_too = {"mask": tf.constant(mask)} if masked else {}
    same(value_and_slopes(ours, x, **given_too), value_and_slopes(theirs, x, **given_too))


@pytest.mark.parametrize("kind", PAIRS)
@pytest.mark.parametrize("dtype", LIMITS)
def test_in_both_dtypes_and_compiled_too(kind, dtype):
    ours, theirs = twins(kind, 5, (3, 7, 2), 0, dtype, return_sequences=True)
    x = drawn((3, 7, 2), 1, dtype)
    given_too = {"mask": tf.constant(padding(3, 7, 2))}
    found = tf.function(lambda x: value_and_slopes(ours, x, **given_too), autograph=False)(x)
    assert found[0].dtype == dtype
    same(found, value_and_slopes(theirs, x, **given_too), LIMITS[dtype])


@pytest.mark.parametrize("kind", PAIRS)
def test_it_begins_where_it_is_told_to(kind):
    ours, theirs = twins(kind, 3, (2, 4, 2), 0)
    x, states = drawn((2, 4, 2), 1), [tf.constant(s) for s in drawn((ours.held, 2, 3), 2)]
    same([ours(x, initial_state=states)], [theirs(x, initial_state=states if ours.held == 2 else states[0])])


@pytest.mark.parametrize("kind", PAIRS)
def test_a_stateful_layer_goes_on_until_it_is_reset(kind):
    ours, theirs = twins(kind, 3, (2, 4, 2), 0, stateful=True)
    x, plain = drawn((2, 4, 2), 1), twins(kind, 3, (2, 8, 2), 0)[0]
    first = ours(x), theirs(x)
    second = ours(x), theirs(x)
    same(*([each] for each in first))
    same(*([each] for each in second))
    same([second[0]], [plain(np.concatenate([x, x], axis=1))])
    assert np.abs(first[0] - second[0]).max() > 1e-3
    ours.reset_state()
    same([ours(x)], [first[0]])


@pytest.mark.parametrize("kind", PAIRS)
def test_weights_go_from_keras_to_ours_and_back_by_their_names(kind):
    ours, theirs = twins(kind, 3, (2, 4, 2), 0)
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights if "seed" not in w.name]
    ours.set_weights([w + 1 for w in theirs.get_weights()])
    theirs.set_weights(ours.get_weights())
    x = drawn((2, 4, 2), 1)
    same([ours(x)], [theirs(x)])


@pytest.mark.parametrize("kind", PAIRS)
def test_before_training_they_are_drawn_as_keras_draws_them(kind):
    ours, keras_layer, more = PAIRS[kind]
    layers = ours(64, **more), keras_layer(64, **more)
    for layer in layers:
        layer.build((None, None, 32))
    kernels, recurrent, biases = zip(*(layer.get_weights() for layer in layers), strict=True)
    np.testing.assert_array_equal(*biases)
    limit = np.sqrt(6 / sum(kernels[0].shape))  # of a uniform one
    for kernel, wh in zip(kernels, recurrent, strict=True):
        assert 0.99 * limit < np.abs(kernel).max() <= limit
        np.testing.assert_allclose(wh @ wh.T, np.eye(64), atol=1e-5)


def test_the_forget_gate_begins_at_its_bias_and_without_it_there_is_none():
    lstm_3, first = LSTM(2, forget_bias=3.0), LSTM(2, forget=False)
    for layer in (lstm_3, first):
        layer.build((None, None, 5))
    assert lstm_3.bias.numpy().tolist() == [0, 0, 3, 3, 0, 0, 0, 0]
    assert [w.shape for w in first.weights] == [(5, 6), (2, 6), (6,)]


def test_the_first_lstm_is_one_that_never_forgets():
    first, today = LSTM(3, forget=False, dtype="float64"), keras.layers.LSTM(3, dtype="float64")
    x = drawn((2, 6, 4), 0)
    for layer in (first, today):
        layer.build(x.shape)
    weights = [drawn(w.shape, 1 + n) for n, w in enumerate(first.weights)]
    first.set_weights(weights)
    with_gate = [np.insert(w, [3] * 3, 0, axis=-1) for w in weights]
    with_gate[2][3:6] = 1000  # its sigmoid is 1
    today.set_weights(with_gate)
    same([first(x)], [today(x)])


@pytest.mark.parametrize("kind", PAIRS)
def test_what_stands_in_a_masked_step_is_not_read(kind):
    layer = twins(kind, 3, (2, 5, 2), 0, return_sequences=True)[0]
    x, mask = drawn((2, 5, 2), 1), padding(2, 5, 2)
    filled = np.where(mask[:, :, None], x, np.nan)
    given_too = {"mask": tf.constant(mask)}
    found = value_and_slopes(layer, filled, **given_too)
    same(found, value_and_slopes(layer, x, **given_too))
    assert not found[1].numpy()[~mask].any()


def test_a_masked_step_repeats_the_state_also_at_the_beginning_where_keras_gives_zeros():
    ours, theirs = twins("gru", 3, (1, 2, 2), 0, return_sequences=True)
    x, h = drawn((1, 2, 2), 1), tf.constant(drawn((1, 3), 2))
    mask = tf.constant([[False, True]])
    y = ours(x, mask=mask, initial_state=h), theirs(x, mask=mask, initial_state=h)
    same([y[0][:, 0]], [h])
    assert not y[1][:, 0].numpy().any()
    same([y[0][:, 1]], [y[1][:, 1]])


def test_masks_reach_it_from_the_layer_before_and_go_on_with_the_sequence():
    x = drawn((2, 5, 2), 0, "float32")
    x[0, 3:] = 0
    for sequences in (True, False):
        masking = keras.layers.Masking()
        ours, theirs = twins("lstm", 3, (2, 5, 2), 1, "float32", return_sequences=sequences)
        same([keras.Sequential([masking, ours])(x)], [keras.Sequential([masking, theirs])(x)], 1e-5)
        mask = tf.constant([[True]])
        assert (ours.compute_mask(x, mask) is mask) == sequences
    assert LSTM(2, return_state=True).compute_mask(x, mask) == [None] * 3


def test_it_learns_in_a_keras_model_of_any_length():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((None, 1))
    h, last, c = LSTM(8, return_sequences=True, return_state=True)(inputs)
    assert (h.shape, last.shape, c.shape) == ((None, None, 8), (None, 8), (None, 8))
    net = keras.Model(inputs, keras.layers.Dense(1)(last))
    net.compile(keras.optimizers.Adam(0.02), "mse")
    x = np.random.default_rng(0).choice([-1.0, 1.0], (64, 5, 1))
    losses = net.fit(x, x[:, 0], epochs=40, batch_size=64, verbose=0).history["loss"]
    assert losses[-1] < 0.05 < losses[0]
    assert net(x[:3, :2]).shape == (3, 1)


@given(few, few, st.integers(0, 5), st.integers(0, 5), seeds)
def test_each_step_is_the_one_that_gradflow_derives(b, units, d, t, seed):
    rng = np.random.default_rng(seed)
    h, c = rng.normal(size=(2, b, units))
    a = {n: rng.normal(size=(b, n * units)) for n in (1, 3, 4)}
    wh = {n: rng.normal(size=(units, n * units)) for n in (1, 3, 4)}
    bh = rng.normal(size=3 * units)
    same([cells.rnn_step(a[1], h, wh[1])], [np.tanh(a[1] + h @ wh[1])])
    gates = lstm.lstm_step(a[4] + h @ wh[4], c)
    same(cells.lstm_step(a[4], h, c, wh[4]), gates[:2])
    same(cells.lstm_gates(a[4] + h @ wh[4]), np.split(gates[2], 4, axis=1))
    same([cells.gru_step(a[3], h, wh[3], bh)], [gru.gru_step(a[3], h, wh[3], bh)[0]])
    same([cells.gru_before_step(a[3], h, wh[3])], [gru_before.gru_before_step(a[3], h, wh[3])[0]])


@pytest.mark.parametrize("kind", PAIRS)
def test_the_layers_are_those_of_gradflow(kind):
    layer = twins(kind, 3, (2, 4, 5), 0, return_sequences=True)[0]
    x, weights, zeros = drawn((2, 4, 5), 1), layer.get_weights(), np.zeros((2, 3))
    states = [zeros] * layer.held
    theirs = {"rnn": rnn.rnn_forward, "lstm": lstm.lstm_forward, "gru": gru.gru_forward}
    forward = theirs.get(kind, gru_before.gru_before_forward)
    same([layer(x)], [forward(x, *states, *weights)[0]])


def test_unrolling_takes_one_step_after_the_other():
    ax = drawn((6, 2, 3), 0)
    states = unroll(lambda ax, h, n: (0.5 * h + ax, n + 1), ax, [np.zeros((2, 3)), np.zeros((2, 3))])
    h = np.zeros((2, 3))
    for t in range(6):
        h = 0.5 * h + ax[t]
        same([states[0][t], states[1][t]], [h, np.full((2, 3), t + 1.0)])


def test_a_graph_holds_the_step_once_however_long_the_sequence():
    layer = LSTM(2)
    layer.build((1, 3, 1))

    def ops(t):
        return len(tf.function(layer).get_concrete_function(tf.TensorSpec((1, t, 1))).graph.get_operations())

    assert ops(3) == ops(300)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: LSTM(0), "units: got 0"),
        (lambda: GRU(2.5), "units: got 2.5"),
        (lambda: SimpleRNN(2)(np.zeros((3, 4))), "x: got shape (3, 4)"),
        (lambda: SimpleRNN(2)(np.zeros((3, 0, 4))), "x: got 0 steps"),
        (lambda: LSTM(2, stateful=True).build((None, 3, 1)), "B of a stateful layer: got None"),
        (lambda: LSTM(2)(np.zeros((3, 4, 1)), mask=np.ones((3, 5))), "mask: got shape (3, 5), expected (3, 4)"),
        (lambda: LSTM(2)(np.zeros((3, 4, 1)), initial_state=[np.zeros((3, 2))]), "initial_state: got 1, expected 2"),
        (lambda: GRU(2)(np.zeros((3, 4, 1)), initial_state=np.zeros((3, 1))), "states[0]: got shape (3, 1)"),
        (lambda: SimpleRNN(2)(np.zeros((3, 4, 1), complex)), "expected real numbers"),
        (lambda: cells.lstm_gates(np.zeros((2, 6))), "a: got 6 columns, expected a multiple of 4"),
        (lambda: cells.rnn_step(np.zeros((2, 3)), np.zeros((2, 2)), np.zeros((3, 3))), "h: got shape (2, 2)"),
        (lambda: cells.lstm_step(*map(np.zeros, [(2, 4), (2, 1), (3, 1), (1, 4)])), "c: got shape (3, 1)"),
        (lambda: cells.lstm_1997_step(*map(np.zeros, [(2, 3), (2, 1), (2, 1), (1, 4)])), "wh: got shape (1, 4)"),
        (lambda: cells.gru_step(*map(np.zeros, [(2, 3), (2, 1), (1, 3), (4,)])), "bh: got shape (4,)"),
        (lambda: cells.gru_before_step(*map(np.zeros, [(2, 4), (2, 1), (1, 3)])), "ax: got 4 columns"),
        (lambda: unroll(lambda ax, h: h, np.zeros((2, 3)), [np.zeros((2, 3))]), "ax: got shape (2, 3)"),
    ],
)
def test_bad_input_is_refused_by_name(call, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        call()


def test_whole_numbers_are_taken_as_numbers():
    layer = twins("lstm", 2, (1, 3, 1), 0, "float32")[0]
    x = np.array([[[1], [0], [2]]])
    same([layer(x)], [layer(x.astype("float32"))], 1e-7)


def test_what_all_share_has_no_step_of_its_own():
    with pytest.raises(NotImplementedError):
        Recurrent(2).parts()

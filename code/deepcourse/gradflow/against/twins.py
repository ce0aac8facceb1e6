"""The layers of gradflow as TensorFlow has them, gradients included.

A twin takes what gradflow's `forward` takes and, before the options, what
its `backward` is given; it returns the values and then the gradients, in
gradflow's order. NumPy goes in and comes out. Keras' own layer computes
wherever there is one.
"""

import keras
import numpy as np
import tensorflow as tf


def pull(function, inputs, upstream):
    """Values, and the gradients of sum(dy * y), by `tf.GradientTape`.

    Args:
        function: from tensors to one tensor, or to a tuple of them.
        inputs: arrays, each of which gets a gradient.
        upstream: for each value the gradient that reaches it.

    Returns:
        All values, then one gradient for each input, as arrays.
    """
    inputs = [tf.convert_to_tensor(a) for a in inputs]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        y = function(*inputs)
        y = y if isinstance(y, tuple) else (y,)
    gradients = tape.gradient(
        y,
        inputs,
        output_gradients=[tf.convert_to_tensor(dy) for dy in upstream],
        unconnected_gradients=tf.UnconnectedGradients.ZERO,
    )
    return tuple(np.asarray(a) for a in (*y, *gradients))


def matmul(x, w, b, dy):
    """The dense layer: `y, dx, dw, db`."""
    return pull(lambda x, w, b: tf.nn.bias_add(x @ w, b), (x, w, b), (dy,))


ACTIVATIONS = {
    "sigmoid": tf.nn.sigmoid,
    "tanh": tf.nn.tanh,
    "relu": tf.nn.relu,
    "softplus": tf.nn.softplus,
}


def activation(name, x, dy):
    """One of `ACTIVATIONS`: `y, dx`."""
    return pull(ACTIVATIONS[name], (x,), (dy,))


def dropout(x, mask, rate, dy):
    """Dropout with a mask that is given: `y, dx`."""
    factor = tf.cast(mask, np.asarray(x).dtype) / (1 - rate)
    return pull(lambda x: x * factor, (x,), (dy,))


def softmax_cross_entropy(logits, labels):
    """The mean loss of a batch: `loss, dlogits`."""
    loss = keras.losses.SparseCategoricalCrossentropy(
        from_logits=True, dtype=str(np.asarray(logits).dtype)
    )
    one = np.ones((), np.asarray(logits).dtype)
    return pull(lambda z: loss(labels, z), (logits,), (one,))


def conv2d(x, k, dy, stride=1, padding="valid"):
    """Convolution, NHWC and HWIO: `y, dx, dk`."""
    pair = (stride, stride) if isinstance(stride, int) else tuple(stride)

    def run(x, k):
        return tf.nn.conv2d(x, k, pair, padding.upper())

    return pull(run, (x, k), (dy,))


def stateless(layer, *shapes):
    """A built layer as a function of its weights and its input."""
    layer.build(*shapes)
    rest = [v.value for v in layer.non_trainable_variables]

    def run(weights, *inputs, **options):
        return layer.stateless_call(list(weights), rest, *inputs, **options)[0]

    return run


def recurrent(layer, cell, x, state, mask):
    """All steps of a Keras layer: h (B, T, H), then its last state.

    Keras' own loop wants a step, and gives 0 for the masked steps before
    the first real one, where gradflow still has its h0. So no step and
    masks go through Keras' cell, one step at a time.
    """
    if mask is None and x.shape[1]:
        h, *state = layer(x, state)
        return (h, *state)
    steps = [tf.zeros((x.shape[0], 0, state[0].shape[1]), x.dtype)]
    for t in range(x.shape[1]):
        new = cell(x[:, t], state)
        if mask is not None:
            on = tf.cast(mask[:, t, None], bool)
            new = [tf.where(on, a, b) for a, b in zip(new, state)]
        state = new
        steps.append(state[0][:, None])
    return (tf.concat(steps, axis=1), *state)


def recurrent_twin(kind, cell_kind, x, states, weights, mask, **options):
    """A function of x, states and weights for `pull`, from Keras' layer."""
    units, dtype = np.asarray(states[0]).shape[1], str(np.asarray(x).dtype)
    options = {"units": units, "dtype": dtype, **options}
    x_shape = (None, None, np.asarray(x).shape[2])
    layer = stateless(
        kind(return_sequences=True, return_state=True, **options), x_shape
    )
    cell = stateless(cell_kind(**options), (None, x_shape[2]))
    mask = None if mask is None else tf.convert_to_tensor(mask)
    n = len(states)

    def run(x, *rest):
        state, w = list(rest[:n]), rest[n:]
        return recurrent(
            lambda x, s: layer(w, x, initial_state=s),
            lambda x, s: cell(w, x, s)[1],
            x,
            state,
            mask,
        )

    return run


def rnn(x, h0, wx, wh, b, dh, mask=None):
    """The plain recurrent layer: `h, dx, dh0, dwx, dwh, db`."""
    run = recurrent_twin(
        keras.layers.SimpleRNN,
        keras.layers.SimpleRNNCell,
        *(x, (h0,), (wx, wh, b), mask),
    )
    return pull(lambda *a: run(*a)[0], (x, h0, wx, wh, b), (dh,))


def lstm(x, h0, c0, wx, wh, b, dh, dc_last=None, mask=None):
    """The LSTM: `h, c_last, dx, dh0, dc0, dwx, dwh, db`."""
    run = recurrent_twin(
        keras.layers.LSTM,
        keras.layers.LSTMCell,
        *(x, (h0, c0), (wx, wh, b), mask),
    )

    def both(*arguments):
        h, _, c_last = run(*arguments)
        return h, c_last

    if dc_last is None:
        dc_last = np.zeros_like(c0)
    return pull(both, (x, h0, c0, wx, wh, b), (dh, dc_last))


def gru(x, h0, wx, wh, b, dh, reset_after=True, mask=None):
    """The GRU in either convention: `h, dx, dh0, dwx, dwh, db`."""
    run = recurrent_twin(
        keras.layers.GRU,
        keras.layers.GRUCell,
        *(x, (h0,), (wx, wh, b), mask),
        reset_after=reset_after,
    )
    return pull(lambda *a: run(*a)[0], (x, h0, wx, wh, b), (dh,))


def batchnorm(x, gamma, beta, dy, eps=1e-3):
    """Batch normalization in training: `y, dx, dgamma, dbeta`."""
    dtype = str(np.asarray(x).dtype)
    run = stateless(
        keras.layers.BatchNormalization(epsilon=eps, dtype=dtype),
        np.asarray(x).shape,
    )
    return pull(
        lambda x, gamma, beta: run((gamma, beta), x, training=True),
        (x, gamma, beta),
        (dy,),
    )


def batchnorm_inference(x, gamma, beta, mean, var, dy, eps=1e-3):
    """Batch normalization with given statistics: `y, dx, dgamma, dbeta`."""
    return pull(
        lambda x, gamma, beta: tf.nn.batch_normalization(
            x, mean, var, beta, gamma, eps
        ),
        (x, gamma, beta),
        (dy,),
    )


def layernorm(x, gamma, beta, dy, eps=1e-3):
    """Layer normalization over the last axis: `y, dx, dgamma, dbeta`."""
    dtype = str(np.asarray(x).dtype)
    run = stateless(
        keras.layers.LayerNormalization(epsilon=eps, dtype=dtype),
        np.asarray(x).shape,
    )
    return pull(
        lambda x, gamma, beta: run((gamma, beta), x), (x, gamma, beta), (dy,)
    )

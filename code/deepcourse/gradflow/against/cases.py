"""Random cases for every layer of gradflow, each beside its twin.

A case holds the arrays that get gradients, the layer forward and backward,
and the twin in TensorFlow. Sizes, strides, paddings, masks and lengths are
drawn too; a length may be 0 or 1.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from deepcourse.gradflow import (
    activations,
    batchnorm,
    conv2d,
    conv2d_loops,
    conv2d_transposed,
    dropout,
    gru,
    gru_before,
    layernorm,
    lstm,
    matmul,
    rnn,
)
from deepcourse.gradflow.against import twins
from deepcourse.gradflow.loss import softmax_cross_entropy


class Case(NamedTuple):
    """One draw for one layer."""

    inputs: dict  # by name, the arrays that get gradients
    forward: Callable  # *inputs -> a tuple of outputs
    backward: Callable  # inputs, a gradient per output -> gradients
    twin: Callable  # the same by TensorFlow


def sizes(rng, *limits):
    """One size for each limit, from 1 to the limit."""
    return tuple(int(rng.integers(1, limit + 1)) for limit in limits)


def normal(rng, **shapes):
    """Standard normal arrays by name."""
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def case_matmul(rng):
    """A dense layer; a batch may be empty."""
    b, (d, h) = int(rng.integers(0, 6)), sizes(rng, 6, 6)
    return Case(
        normal(rng, x=(b, d), w=(d, h), b=(h,)),
        lambda x, w, b: (matmul.dense_forward(x, w, b),),
        lambda given, dy: matmul.dense_backward(*dy, given[0], given[1]),
        lambda given, dy: twins.matmul(*given, *dy)[1:],
    )


def case_activation(name):
    """A function that draws cases for one activation."""
    value = getattr(activations, name)
    slope = getattr(activations, f"{name}_backward")

    def draw(rng):
        return Case(
            {"x": 3 * rng.normal(size=sizes(rng, 4, 4, 4))},
            lambda x: (value(x),),
            lambda given, dy: (slope(*dy, value(*given)),),
            lambda given, dy: twins.activation(name, *given, *dy)[1:],
        )

    return draw


def case_dropout(rng):
    """Dropout with one mask for all that is compared."""
    x, rate = rng.normal(size=sizes(rng, 5, 6)), float(rng.uniform(0, 0.9))
    seed = int(rng.integers(2**31))
    _, mask = dropout.dropout_forward(x, rate, np.random.default_rng(seed))
    return Case(
        {"x": x},
        lambda x: (
            dropout.dropout_forward(x, rate, np.random.default_rng(seed))[0],
        ),
        lambda given, dy: (dropout.dropout_backward(*dy, mask, rate),),
        lambda given, dy: twins.dropout(*given, mask, rate, *dy)[1:],
    )


def case_loss(rng):
    """The loss with logits from small to far apart."""
    b, k = sizes(rng, 6, 10)
    labels = rng.integers(0, k, b)
    return Case(
        {"logits": rng.normal(size=(b, k)) * 10.0 ** rng.uniform(-1, 1)},
        lambda z: (softmax_cross_entropy(z, labels)[0],),
        lambda given, dy: (dy[0] * softmax_cross_entropy(*given, labels)[1],),
        lambda given, dy: (
            dy[0] * twins.softmax_cross_entropy(*given, labels)[1],
        ),
    )


def case_conv2d(forward, backward):
    """A function that draws cases for one form of the convolution."""

    def draw(rng):
        i, j, u, v, c, k = sizes(rng, 7, 7, 4, 4, 3, 3)
        b = int(rng.integers(0, 4))
        padding = str(rng.choice(["valid", "same"]))
        if padding == "valid":
            u, v = min(u, i), min(v, j)
        stride = sizes(rng, 4, 4)
        size = {"x": (b, i, j, c), "k": (u, v, c, k)}
        return Case(
            normal(rng, **size),
            lambda x, k: (forward(x, k, stride, padding),),
            lambda given, dy: backward(*dy, *given, stride, padding),
            lambda given, dy: twins.conv2d(*given, *dy, stride, padding)[1:],
        )

    return draw


def sequence(rng, gates, bias=(), states=("h0",)):
    """Arrays for a recurrent layer of up to 6 steps, and a mask or none.

    Weights have the variance that a layer starts with, 1 / fan-in; states
    and biases are half as large as inputs. Larger ones saturate tanh, where
    1 - h² has few digits left in float32, in any library.
    """
    t, (b, d, h) = int(rng.integers(0, 7)), sizes(rng, 3, 4, 4)
    shapes = {"x": (b, t, d)} | dict.fromkeys(states, (b, h))
    wide = gates * h
    shapes |= {"wx": (d, wide), "wh": (h, wide), "b": (*bias, wide)}
    mask = None if rng.random() < 0.3 else rng.random((b, t)) < 0.7
    arrays = normal(rng, **shapes)
    for name in ("wx", "wh"):
        arrays[name] /= len(arrays[name]) ** 0.5
    for name in (*states, "b"):
        arrays[name] /= 2
    return arrays, mask


def case_rnn(rng):
    """The plain recurrent layer, which takes no mask."""
    return Case(
        sequence(rng, 1)[0],
        lambda *given: (rnn.rnn_forward(*given)[0],),
        lambda given, dh: rnn.rnn_backward(*dh, rnn.rnn_forward(*given)[1]),
        lambda given, dh: twins.rnn(*given, *dh)[1:],
    )


def case_lstm(rng):
    """The LSTM, judged by all its states and by its last cell state."""
    inputs, mask = sequence(rng, 4, states=("h0", "c0"))
    return Case(
        inputs,
        lambda *given: lstm.lstm_forward(*given, mask)[:2],
        lambda given, up: lstm.lstm_backward(
            up[0], lstm.lstm_forward(*given, mask)[2], up[1]
        ),
        lambda given, up: twins.lstm(*given, *up, mask)[2:],
    )


def case_gru(forward, backward, after):
    """A function that draws cases for one of the two GRUs."""

    def draw(rng):
        inputs, mask = sequence(rng, 3, (2,) if after else ())
        return Case(
            inputs,
            lambda *given: (forward(*given, mask)[0],),
            lambda given, dh: backward(*dh, forward(*given, mask)[1]),
            lambda given, dh: twins.gru(*given, *dh, after, mask)[1:],
        )

    return draw


def case_batchnorm(rng):
    """Batch normalization of 2 to 4 axes, at least 8 values per channel.

    With two values the gradient is 0 but for rounding, so that a relative
    error says nothing.
    """
    axes = int(rng.integers(1, 4))
    shape = (int(rng.integers(8, 12)), *sizes(rng, *(4,) * axes))
    channels = shape[-1:]
    return Case(
        normal(rng, x=shape, gamma=channels, beta=channels),
        lambda *given: (batchnorm.batchnorm_forward(*given)[0],),
        lambda given, dy: batchnorm.batchnorm_backward(
            *dy, batchnorm.batchnorm_forward(*given)[1]
        ),
        lambda given, dy: twins.batchnorm(*given, *dy)[1:],
    )


def case_batchnorm_inference(rng):
    """Batch normalization with given statistics."""
    shape = sizes(rng, 5, 4, 4)
    mean, var = rng.normal(size=shape[-1:]), rng.uniform(0.1, 4, shape[-1:])
    inputs = normal(rng, x=shape, gamma=shape[-1:], beta=shape[-1:])

    def run(*given):
        dtype = given[0].dtype
        return batchnorm.inference(
            *given, mean.astype(dtype), var.astype(dtype)
        )

    def twin(given, dy):
        dtype = given[0].dtype
        fixed = mean.astype(dtype), var.astype(dtype)
        return twins.batchnorm_inference(*given, *fixed, *dy)[1:]

    return Case(
        inputs,
        lambda *given: (run(*given)[0],),
        lambda given, dy: batchnorm.inference_backward(*dy, run(*given)[1]),
        twin,
    )


def case_layernorm(rng):
    """Layer normalization of 1 to 3 axes, at least 8 features."""
    axes = int(rng.integers(1, 3))
    shape = (*sizes(rng, *(4,) * axes), int(rng.integers(8, 12)))
    return Case(
        normal(rng, x=shape, gamma=shape[-1:], beta=shape[-1:]),
        lambda *given: (layernorm.layernorm_forward(*given)[0],),
        lambda given, dy: layernorm.layernorm_backward(
            *dy, layernorm.layernorm_forward(*given)[1]
        ),
        lambda given, dy: twins.layernorm(*given, *dy)[1:],
    )


CASES = {
    "matmul": case_matmul,
    "sigmoid": case_activation("sigmoid"),
    "tanh": case_activation("tanh"),
    "relu": case_activation("relu"),
    "softplus": case_activation("softplus"),
    "dropout": case_dropout,
    "loss": case_loss,
    "conv2d": case_conv2d(conv2d.conv_forward, conv2d.conv_backward),
    "conv2d_loops": case_conv2d(
        conv2d_loops.conv_loops_forward, conv2d_loops.conv_loops_backward
    ),
    "conv2d_transposed": case_conv2d(
        conv2d.conv_forward, conv2d_transposed.conv_transposed_backward
    ),
    "rnn": case_rnn,
    "lstm": case_lstm,
    "gru": case_gru(gru.gru_forward, gru.gru_backward, True),
    "gru_reset_before": case_gru(
        gru_before.gru_before_forward, gru_before.gru_before_backward, False
    ),
    "batchnorm": case_batchnorm,
    "batchnorm_inference": case_batchnorm_inference,
    "layernorm": case_layernorm,
}

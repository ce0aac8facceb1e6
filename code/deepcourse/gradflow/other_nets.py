"""Three more nets by hand: dense with dropout, LSTM and GRU.

Each has a forward and a backward function, as in `nets`. A recurrent net
reads a picture row by row, and what it holds after the last row is judged.
"""

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.gradflow.activations import relu, relu_backward
from deepcourse.gradflow.dropout import (
    dropout_backward,
    dropout_forward,
)
from deepcourse.gradflow.gru import gru_backward, gru_forward
from deepcourse.gradflow.lstm import lstm_backward, lstm_forward
from deepcourse.gradflow.matmul import (
    dense_backward,
    dense_forward,
)
from deepcourse.gradflow.nets import CONV, Net, normal

HIDDEN, RATE = 64, 0.3  # hidden units; how many are dropped


def dense_net_forward(w, x, rng):
    """From 64 pixels to 64 units with relu and dropout, and to 10 logits.

    Args:
        w: the weights, by name.
        x: (B, 8, 8, 1) pictures.
        rng: a numpy.random.Generator that drops, and moves on.

    Returns:
        Logits of shape (B, 10), and what `dense_net_backward` needs.
    """
    (x,) = expect.arrays(x=(x, "B, 8, 8, 1"))
    flat = x.reshape(len(x), 64)  # (B, 64)
    y = relu(dense_forward(flat, w["w1"], w["b1"]))  # (B, H)
    z, mask = dropout_forward(y, RATE, rng)
    logits = dense_forward(z, w["w2"], w["b2"])  # (B, 10)
    return logits, (flat, y, z, mask)


def dense_net_backward(dlogits, w, cache):
    """Each step of `dense_net_forward` in reverse order.

    Args:
        dlogits: (B, 10) gradient with respect to the logits.
        w: the weights, by name.
        cache: of `dense_net_forward`.

    Returns:
        A gradient for each weight, by the same names.
    """
    flat, y, z, mask = cache
    dz, dw2, db2 = dense_backward(dlogits, z, w["w2"])
    dy = dropout_backward(dz, mask, RATE)  # (B, H)
    dy = relu_backward(dy, y)  # (B, H)
    _, dw1, db1 = dense_backward(dy, flat, w["w1"])
    return {"w1": dw1, "b1": db1, "w2": dw2, "b2": db2}


def dense_weights(rng):
    """He's weights for the layer with relu.

    Args:
        rng: a numpy.random.Generator, which moves on.

    Returns:
        The weights, by name.
    """
    return {
        "w1": normal(rng, (64, HIDDEN), 2 / 64),
        "b1": np.zeros(HIDDEN),
        "w2": normal(rng, (HIDDEN, 10), 1 / HIDDEN),
        "b2": np.zeros(10),
    }


def lstm_net_forward(w, x):
    """Eight rows of eight pixels through an LSTM; its last h is judged.

    Args:
        w: the weights, by name.
        x: (B, 8, 8, 1) pictures.

    Returns:
        Logits of shape (B, 10), and what `lstm_net_backward` needs.
    """
    (x,) = expect.arrays(x=(x, "B, 8, 8, 1"))
    rows = x.reshape(-1, 8, 8)  # (B, 8, 8)
    zero = np.zeros((len(x), HIDDEN), x.dtype)
    h, _, cache = lstm_forward(
        rows, zero, zero, w["wx"], w["wh"], w["b"]
    )
    logits = dense_forward(h[:, -1], w["w"], w["c"])  # (B, 10)
    return logits, (h, cache)


def lstm_net_backward(dlogits, w, cache):
    """Each step of `lstm_net_forward` in reverse; the loss reads the last h.

    Args:
        dlogits: (B, 10) gradient with respect to the logits.
        w: the weights, by name.
        cache: of `lstm_net_forward`.

    Returns:
        A gradient for each weight, by the same names.
    """
    h, cache = cache
    dh = np.zeros_like(h)
    dh[:, -1], dw, dc = dense_backward(dlogits, h[:, -1], w["w"])
    _, _, _, dwx, dwh, db = lstm_backward(dh, cache)
    return {"wx": dwx, "wh": dwh, "b": db, "w": dw, "c": dc}


def gru_net_forward(w, x):
    """Eight rows of eight pixels through a GRU; its last h is judged.

    Args:
        w: the weights, by name.
        x: (B, 8, 8, 1) pictures.

    Returns:
        Logits of shape (B, 10), and what `gru_net_backward` needs.
    """
    (x,) = expect.arrays(x=(x, "B, 8, 8, 1"))
    rows = x.reshape(-1, 8, 8)  # (B, 8, 8)
    zero = np.zeros((len(x), HIDDEN), x.dtype)
    h, cache = gru_forward(rows, zero, w["wx"], w["wh"], w["b"])
    logits = dense_forward(h[:, -1], w["w"], w["c"])  # (B, 10)
    return logits, (h, cache)


def gru_net_backward(dlogits, w, cache):
    """Each step of `gru_net_forward` in reverse order.

    Args:
        dlogits: (B, 10) gradient with respect to the logits.
        w: the weights, by name.
        cache: of `gru_net_forward`.

    Returns:
        A gradient for each weight, by the same names.
    """
    h, cache = cache
    dh = np.zeros_like(h)
    dh[:, -1], dw, dc = dense_backward(dlogits, h[:, -1], w["w"])
    _, _, dwx, dwh, db = gru_backward(dh, cache)
    return {"wx": dwx, "wh": dwh, "b": db, "w": dw, "c": dc}


def recurrent_weights(rng, gates, bias):
    """Weights of variance 1 / fan-in, and zeros for every bias.

    Args:
        rng: a numpy.random.Generator, which moves on.
        gates: how many blocks of columns the weights have.
        bias: the shape of the bias.

    Returns:
        The weights, by name.
    """
    return {
        "wx": normal(rng, (8, gates * HIDDEN), 1 / 8),
        "wh": normal(rng, (HIDDEN, gates * HIDDEN), 1 / HIDDEN),
        "b": np.zeros(bias),
        "w": normal(rng, (HIDDEN, 10), 1 / HIDDEN),
        "c": np.zeros(10),
    }


def lstm_weights(rng):
    """As Keras does, the forget gate starts with a bias of 1.

    Args:
        rng: a numpy.random.Generator, which moves on.

    Returns:
        The weights, by name.
    """
    w = recurrent_weights(rng, 4, 4 * HIDDEN)
    w["b"][HIDDEN : 2 * HIDDEN] = 1
    return w


def gru_weights(rng):
    """Two biases, because the reset comes after the product.

    Args:
        rng: a numpy.random.Generator, which moves on.

    Returns:
        The weights, by name.
    """
    return recurrent_weights(rng, 3, (2, 3 * HIDDEN))


NETS = {
    "dense": Net(
        dense_weights, dense_net_forward, dense_net_backward
    ),
    "conv": CONV,
    "lstm": Net(
        lstm_weights, lstm_net_forward, lstm_net_backward
    ),
    "gru": Net(gru_weights, gru_net_forward, gru_net_backward),
}

"""The plain recurrent layer with tanh: forward, and backward through time.

Weights and outputs are laid out as in keras.layers.SimpleRNN.
"""

from typing import NamedTuple

import numpy as np

from deepcourse.gradflow import expect


# --8<-- [start:forward]
class RnnCache(NamedTuple):
    """What the backward pass needs, time first."""

    x: np.ndarray  # (T, B, D)
    h: np.ndarray  # (T+1, B, H)
    wx: np.ndarray  # (D, H)
    wh: np.ndarray  # (H, H)


def rnn_forward(x, h0, wx, wh, b):
    """Step by step: h_t = tanh(x_t wx + h_{t-1} wh + b).

    Args:
        x: (B, T, D) one sequence per example.
        h0: (B, H) the state before the first step.
        wx: (D, H) weights on the input.
        wh: (H, H) weights on the previous state.
        b: (H,) biases.

    Returns:
        The states after each step, of shape (B, T, H), and the cache.

    Raises:
        ValueError: A shape does not fit the others.
    """
    x, h0, wx, wh, b = expect.arrays(
        x=(x, "B, T, D"),
        h0=(h0, "B, H"),
        wx=(wx, "D, H"),
        wh=(wh, "H, H"),
        b=(b, "H"),
    )
    x = np.swapaxes(x, 0, 1)  # (T, B, D)
    a = np.tensordot(x, wx, 1) + b  # (T, B, H)
    h = np.empty((len(x) + 1, *h0.shape), x.dtype)  # (T+1, B, H)
    h[0] = h0
    for t in range(len(x)):
        h[t + 1] = np.tanh(a[t] + h[t] @ wh)
    return h[1:].swapaxes(0, 1).copy(), RnnCache(x, h, wx, wh)


# --8<-- [end:forward]


# --8<-- [start:backward]
def rnn_backward(dh, cache):
    """The gradients, the last step first.

    Args:
        dh: (B, T, H) the gradient with respect to each output, from above.
        cache: what `rnn_forward` returned.

    Returns:
        (B, T, D) dx.
        (B, H) dh0.
        (D, H) dwx.
        (H, H) dwh.
        (H,) db.

    Raises:
        ValueError: dh has another shape than the outputs.
    """
    x, h, wx, wh = expect.cache(cache, RnnCache)
    dh = expect.array("dh", dh, h[1:].swapaxes(0, 1).shape)
    da = np.empty_like(h[1:])  # (T, B, H)
    back = np.zeros_like(h[0])  # (B, H)
    for t in reversed(range(len(x))):
        da[t] = (dh[:, t] + back) * (1 - h[t + 1] ** 2)
        back = da[t] @ wh.T  # (B, H)
    dx = np.tensordot(da, wx.T, 1).swapaxes(0, 1)  # (B, T, D)
    dwx, dwh = weight_gradient(x, da), weight_gradient(h[:-1], da)
    return dx, back, dwx, dwh, da.sum(axis=(0, 1))


def weight_gradient(x, da):
    """Sum x^T da over steps and examples, in one product.

    Args:
        x: (T, B, D) what the weights were multiplied with.
        da: (T, B, H) the gradient of what came out.

    Returns:
        (D, H) the gradient of the weights.
    """
    x, da = expect.arrays(x=(x, "T, B, D"), da=(da, "T, B, H"))
    return np.tensordot(x, da, axes=((0, 1), (0, 1)))  # (D, H)


# --8<-- [end:backward]

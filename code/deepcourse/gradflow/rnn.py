"""The plain recurrent layer with tanh: forward, and backward through time.

Weights and outputs are laid out as in keras.layers.SimpleRNN.
"""

from typing import NamedTuple

import numpy as np


# --8<-- [start:require]
def require(x, **stated):
    """Refuse sequences or arrays of another shape than they should have.

    Args:
        x: the sequences, an array of three axes.
        **stated: by its name, each array and the shape it should have.

    Raises:
        ValueError: The argument, what came and what was expected.
    """
    if np.ndim(x) != 3:
        raise ValueError(f"x: got shape {np.shape(x)}, expected (B, T, D)")
    for name, (array, shape) in stated.items():
        if np.shape(array) != shape:
            got = np.shape(array)
            raise ValueError(f"{name}: got shape {got}, expected {shape}")


# --8<-- [end:require]


# --8<-- [start:forward]
class Cache(NamedTuple):
    """What the backward pass needs of the forward pass, time first."""

    x: np.ndarray  # (T, B, D)
    h: np.ndarray  # (T+1, B, H)
    wx: np.ndarray  # (D, H)
    wh: np.ndarray  # (H, H)


def forward(x, h0, wx, wh, b):
    """Read sequences step by step: h_t = tanh(x_t wx + h_{t-1} wh + b).

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
    check(x, h0, wx, wh, b)
    x = np.swapaxes(x, 0, 1)  # (T, B, D)
    a = np.tensordot(x, wx, 1) + b  # (T, B, H)
    h = np.empty((len(x) + 1, *h0.shape), a.dtype)  # (T+1, B, H)
    h[0] = h0
    for t in range(len(x)):
        h[t + 1] = np.tanh(a[t] + h[t] @ wh)
    return h[1:].swapaxes(0, 1).copy(), Cache(x, h, wx, wh)


# --8<-- [end:forward]


# --8<-- [start:check]
def check(x, h0, wx, wh, b):
    """Refuse what does not fit."""
    require(x)
    (examples, _, inputs), n = x.shape, np.atleast_1d(h0).shape[-1]
    require(
        x,
        h0=(h0, (examples, n)),
        b=(b, (n,)),
        wx=(wx, (inputs, n)),
        wh=(wh, (n, n)),
    )


# --8<-- [end:check]


# --8<-- [start:backward]
def backward(dh, cache):
    """The gradients, the last step first.

    Args:
        dh: (B, T, H) the gradient with respect to each output, from above.
        cache: what `forward` returned.

    Returns:
        (B, T, D) dx.
        (B, H) dh0.
        (D, H) dwx.
        (H, H) dwh.
        (H,) db.

    Raises:
        ValueError: dh has another shape than the outputs.
    """
    x, h, wx, wh = cache
    require(x, dh=(dh, h[1:].swapaxes(0, 1).shape))
    da = np.empty_like(h[1:])  # (T, B, H)
    back = np.zeros_like(h[0])  # (B, H)
    for t in reversed(range(len(x))):
        da[t] = (dh[:, t] + back) * (1 - h[t + 1] ** 2)
        back = da[t] @ wh.T  # (B, H)
    dx = np.tensordot(da, wx.T, 1).swapaxes(0, 1)  # (B, T, D)
    return dx, back, outer(x, da), outer(h[:-1], da), da.sum(axis=(0, 1))


def outer(x, da):
    """Sum x^T da over steps and examples, in one product.

    Args:
        x: (T, B, D) what the weights were multiplied with.
        da: (T, B, N) the gradient of what came out.

    Returns:
        (D, N) the gradient of the weights.
    """
    return np.tensordot(x, da, axes=((0, 1), (0, 1)))


# --8<-- [end:backward]

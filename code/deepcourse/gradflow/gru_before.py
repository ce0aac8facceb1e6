"""The gated recurrent unit of the paper: the reset comes before the product.

Cho et al. 2014, equation 8; keras.layers.GRU with `reset_after=False`.
Weights, masks and outputs are those of that layer; `gru` is its default.
"""

from typing import NamedTuple

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.gradflow.activations import sigmoid
from deepcourse.gradflow.rnn import weight_gradient


# --8<-- [start:step]
def gru_before_step(ax, h, wh):
    """One step, reset before the product.

    Args:
        ax: (B, 3H) x_t wx and the bias; columns z, r, g.
        h: (B, H) the state before the step.
        wh: (H, 3H) weights on it.

    Returns:
        (B, H) the new state.
        (B, 3H) the gates z, r and the candidate g.
        (B, H) r times h, the state as it was reset.
    """
    h, ax, wh = expect.arrays(
        h=(h, "B, H"), ax=(ax, "B, 3H"), wh=(wh, "H, 3H")
    )
    both = 2 * h.shape[1]  # columns of z and r
    zr = sigmoid(ax[:, :both] + h @ wh[:, :both])
    z, r = np.split(zr, 2, axis=1)  # (B, H), (B, H)
    u = r * h  # (B, H)
    g = np.tanh(ax[:, both:] + u @ wh[:, both:])  # (B, H)
    return (
        z * h + (1 - z) * g,
        np.concatenate([z, r, g], axis=1),
        u,
    )


def gru_before_step_backward(at_h, h, wh, gates):
    """The same step backward.

    Args:
        at_h: (B, H) all that arrives at the new state.
        h: (B, H) the state before the step.
        wh: (H, 3H) weights on it.
        gates: (B, 3H) z, r, g.

    Returns:
        (B, 3H) da, for both sides of the sum.
        (B, H) what goes to the state before the step.
    """
    at_h, h, wh, gates = expect.arrays(
        at_h=(at_h, "B, H"),
        h=(h, "B, H"),
        wh=(wh, "H, 3H"),
        gates=(gates, "B, 3H"),
    )
    both = 2 * h.shape[1]  # columns of z and r
    z, r, g = np.split(gates, 3, axis=1)  # (B, H), (B, H), (B, H)
    dz, dg = at_h * (h - g), at_h * (1 - z) * (1 - g**2)
    du = dg @ wh[:, both:].T  # (B, H)
    dzr = dz * z * (1 - z), du * h * r * (1 - r)
    da = np.concatenate([*dzr, dg], axis=1)  # (B, 3H)
    back = at_h * z + du * r + da[:, :both] @ wh[:, :both].T
    return da, back


# --8<-- [end:step]


class GruBeforeCache(NamedTuple):
    """What the backward pass needs, time first."""

    x: np.ndarray  # (T, B, D)
    h: np.ndarray  # (T+1, B, H)
    gates: np.ndarray  # (T, B, 3H)
    u: np.ndarray  # (T, B, H)
    wx: np.ndarray  # (D, 3H)
    wh: np.ndarray  # (H, 3H)
    mask: np.ndarray | None  # (T, B, 1)


def gru_before_forward(x, h0, wx, wh, b, mask=None):
    """Read sequences step by step.

    Args:
        x: (B, T, D) as in `lstm.lstm_forward`, like h0 and mask.
        h0: (B, H).
        wx: (D, 3H) weights on the input; columns z, r, g.
        wh: (H, 3H) weights on the previous state.
        b: (3H,) biases.
        mask: (B, T).

    Returns:
        The states after each step, of shape (B, T, H), and the cache.

    Raises:
        ValueError: A shape does not fit the others.
    """
    x, h0, wx, wh, b = expect.arrays(
        x=(x, "B, T, D"),
        h0=(h0, "B, H"),
        wx=(wx, "D, 3H"),
        wh=(wh, "H, 3H"),
        b=(b, "3H"),
    )
    if mask is not None:
        mask = expect.mask("mask", mask, x.shape[:2])
        mask = mask.T[:, :, None]
        x = np.where(mask.swapaxes(0, 1), x, 0)  # (B, T, D)
    x = np.swapaxes(x, 0, 1)  # (T, B, D)
    h = np.empty((len(x) + 1, *h0.shape), x.dtype)  # (T+1, B, H)
    gates = np.tensordot(x, wx, 1) + b  # (T, B, 3H)
    u = np.empty_like(h[1:])  # (T, B, H)
    h[0] = h0
    for t in range(len(x)):
        h[t + 1], gates[t], u[t] = gru_before_step(
            gates[t], h[t], wh
        )
        if mask is not None:
            np.copyto(h[t + 1], h[t], where=~mask[t])
    cache = GruBeforeCache(x, h, gates, u, wx, wh, mask)
    return h[1:].swapaxes(0, 1).copy(), cache


def gru_before_backward(dh, cache):
    """The gradients, the last step first.

    Args:
        dh: (B, T, H) the gradient with respect to each output, from above.
        cache: what `gru_before_forward` returned.

    Returns:
        (B, T, D) dx.
        (B, H) dh0.
        (D, 3H) dwx.
        (H, 3H) dwh.
        (3H,) db.

    Raises:
        ValueError: dh has another shape than the outputs.
    """
    x, h, gates, u, wx, wh, mask = expect.cache(
        cache, GruBeforeCache
    )
    dh = expect.array("dh", dh, h[1:].swapaxes(0, 1).shape)
    da, back = np.empty_like(gates), np.zeros_like(h[0])
    both = 2 * len(wh)  # columns of z and r
    for t in reversed(range(len(x))):
        at_h = dh[:, t] + back  # (B, H)
        da[t], back = gru_before_step_backward(
            at_h, h[t], wh, gates[t]
        )
        if mask is not None:
            da[t] = np.where(mask[t], da[t], 0)
            back = np.where(mask[t], back, at_h)  # (B, H)
    dx = np.tensordot(da, wx.T, 1).swapaxes(0, 1)  # (B, T, D)
    dwx, dwh = weight_gradient(x, da), weight_gradient(h[:-1], da)
    dwh[:, both:] = weight_gradient(u, da[:, :, both:])
    return dx, back, dwx, dwh, da.sum(axis=(0, 1))

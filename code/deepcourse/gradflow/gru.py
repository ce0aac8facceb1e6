"""The gated recurrent unit as Keras has it: the reset comes after the product.

Cho et al. 2014, with the candidate as in keras.layers.GRU's
`reset_after=True`. Weights, masks and outputs are those of that layer;
`gru_before` is the paper's own.
"""

from typing import NamedTuple

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.gradflow.activations import sigmoid
from deepcourse.gradflow.rnn import weight_gradient


# --8<-- [start:step]
def gru_step(ax, h, wh, bh):
    """One step, reset after the product.

    Args:
        ax: (B, 3H) x_t wx and its bias; columns z, r, g.
        h: (B, H) the state before the step.
        wh: (H, 3H) weights on it.
        bh: (3H,) the bias on its side of the sum.

    Returns:
        (B, H) the new state.
        (B, 3H) the gates z, r and the candidate g.
        (B, H) what r was multiplied with.
    """
    h, ax, wh, bh = expect.arrays(
        h=(h, "B, H"),
        ax=(ax, "B, 3H"),
        wh=(wh, "H, 3H"),
        bh=(bh, "3H"),
    )
    both = 2 * h.shape[1]  # columns of z and r
    ah = h @ wh + bh
    zr = sigmoid(ax[:, :both] + ah[:, :both])
    z, r = np.split(zr, 2, axis=1)  # (B, H), (B, H)
    u = ah[:, both:]  # (B, H)
    g = np.tanh(ax[:, both:] + r * u)  # (B, H)
    return (
        z * h + (1 - z) * g,
        np.concatenate([z, r, g], axis=1),
        u,
    )


def gru_step_backward(at_h, h, wh, gates, u):
    """The same step backward.

    Args:
        at_h: (B, H) all that arrives at the new state.
        h: (B, H) the state before the step.
        wh: (H, 3H) weights on it.
        gates: (B, 3H) z, r, g.
        u: (B, H) what r was multiplied with.

    Returns:
        (B, 3H) dax, on the side of the input.
        (B, 3H) dah, on the side of the state.
        (B, H) what goes to the state before the step.
    """
    at_h, h, wh, gates, u = expect.arrays(
        at_h=(at_h, "B, H"),
        h=(h, "B, H"),
        wh=(wh, "H, 3H"),
        gates=(gates, "B, 3H"),
        u=(u, "B, H"),
    )
    z, r, g = np.split(gates, 3, axis=1)  # (B, H), (B, H), (B, H)
    dz, dg = at_h * (h - g), at_h * (1 - z) * (1 - g**2)
    dzr = dz * z * (1 - z), dg * u * r * (1 - r)
    dah = np.concatenate([*dzr, dg * r], axis=1)  # (B, 3H)
    return (
        np.concatenate([*dzr, dg], axis=1),
        dah,
        at_h * z + dah @ wh.T,
    )


# --8<-- [end:step]


class GruCache(NamedTuple):
    """What the backward pass needs, time first."""

    x: np.ndarray  # (T, B, D)
    h: np.ndarray  # (T+1, B, H)
    gates: np.ndarray  # (T, B, 3H)
    u: np.ndarray  # (T, B, H)
    wx: np.ndarray  # (D, 3H)
    wh: np.ndarray  # (H, 3H)
    mask: np.ndarray | None  # (T, B, 1)


def gru_forward(x, h0, wx, wh, b, mask=None):
    """Read sequences step by step.

    Args:
        x: (B, T, D) as in `lstm.lstm_forward`, like h0 and mask.
        h0: (B, H).
        wx: (D, 3H) weights on the input; columns z, r, g.
        wh: (H, 3H) weights on the previous state.
        b: (2, 3H) biases, for the input and for the state.
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
        b=(b, "2, 3H"),
    )
    if mask is not None:
        mask = expect.mask("mask", mask, x.shape[:2])
        mask = mask.T[:, :, None]
        x = np.where(mask.swapaxes(0, 1), x, 0)  # (B, T, D)
    x = np.swapaxes(x, 0, 1)  # (T, B, D)
    h = np.empty((len(x) + 1, *h0.shape), x.dtype)  # (T+1, B, H)
    gates = np.tensordot(x, wx, 1) + b[0]  # (T, B, 3H)
    u = np.empty_like(h[1:])  # (T, B, H)
    h[0] = h0
    for t in range(len(x)):
        h[t + 1], gates[t], u[t] = gru_step(
            gates[t], h[t], wh, b[1]
        )
        if mask is not None:
            np.copyto(h[t + 1], h[t], where=~mask[t])
    cache = GruCache(x, h, gates, u, wx, wh, mask)
    return h[1:].swapaxes(0, 1).copy(), cache


def gru_backward(dh, cache):
    """The gradients, the last step first.

    Args:
        dh: (B, T, H) the gradient with respect to each output, from above.
        cache: what `gru_forward` returned.

    Returns:
        (B, T, D) dx.
        (B, H) dh0.
        (D, 3H) dwx.
        (H, 3H) dwh.
        (2, 3H) db.

    Raises:
        ValueError: dh has another shape than the outputs.
    """
    x, h, gates, u, wx, wh, mask = expect.cache(cache, GruCache)
    dh = expect.array("dh", dh, h[1:].swapaxes(0, 1).shape)
    dax, dah = np.empty_like(gates), np.empty_like(gates)
    back = np.zeros_like(h[0])  # (B, H)
    for t in reversed(range(len(x))):
        at_h = dh[:, t] + back  # (B, H)
        dax[t], dah[t], back = gru_step_backward(
            at_h, h[t], wh, gates[t], u[t]
        )
        if mask is not None:
            dax[t] = np.where(mask[t], dax[t], 0)
            dah[t] = np.where(mask[t], dah[t], 0)
            back = np.where(mask[t], back, at_h)  # (B, H)
    dx = np.tensordot(dax, wx.T, 1).swapaxes(0, 1)  # (B, T, D)
    dwx = weight_gradient(x, dax)  # (D, 3H)
    dwh = weight_gradient(h[:-1], dah)  # (H, 3H)
    db = [dax.sum(axis=(0, 1)), dah.sum(axis=(0, 1))]
    db = np.stack(db)  # (2, 3H)
    return dx, back, dwx, dwh, db

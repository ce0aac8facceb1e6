"""The gated recurrent unit in both of its forms, forward and backward.

Cho et al. 2014. Weights, masks and outputs are those of keras.layers.GRU:
`reset_after=True` resets what comes out of the recurrent product, and
`reset_after=False`, the paper's equation 8, what goes into it.
"""

from typing import NamedTuple

import numpy as np

from deepcourse.gradflow.activations import sigmoid
from deepcourse.gradflow.rnn import outer, require


# --8<-- [start:after]
def step_after(ax, h, wh, bh):
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
    n = h.shape[1]
    ah = h @ wh + bh  # (B, 3H)
    zr = sigmoid(ax[:, : 2 * n] + ah[:, : 2 * n])  # (B, 2H)
    (z, r), u = np.split(zr, 2, axis=1), ah[:, 2 * n :]
    g = np.tanh(ax[:, 2 * n :] + r * u)  # (B, H)
    return z * h + (1 - z) * g, np.concatenate([z, r, g], axis=1), u


def step_after_backward(dh, h, wh, gates, u):
    """The same step backward.

    Args:
        dh: (B, H) all that arrives at the new state.
        h: (B, H) the state before the step.
        wh: (H, 3H) weights on it.
        gates: (B, 3H) z, r, g.
        u: (B, H) what r was multiplied with.

    Returns:
        (B, 3H) dax, on the side of the input.
        (B, 3H) dah, on the side of the state.
        (B, H) dh before the step.
    """
    z, r, g = np.split(gates, 3, axis=1)  # (B, H), (B, H), (B, H)
    dz, dg = dh * (h - g), dh * (1 - z) * (1 - g**2)
    dzr = [dz * z * (1 - z), dg * u * r * (1 - r)]  # (B, H), (B, H)
    dah = np.concatenate([*dzr, dg * r], axis=1)  # (B, 3H)
    return np.concatenate([*dzr, dg], axis=1), dah, dh * z + dah @ wh.T


# --8<-- [end:after]


# --8<-- [start:before]
def step_before(ax, h, wh, bh):
    """One step, reset before the product: arguments as in `step_after`.

    Args:
        ax: (B, 3H).
        h: (B, H).
        wh: (H, 3H).
        bh: not used, there is one bias only.

    Returns:
        (B, H), (B, 3H), (B, H) the new state; z, r, g; r times h.
    """
    n = h.shape[1]
    zr = sigmoid(ax[:, : 2 * n] + h @ wh[:, : 2 * n])  # (B, 2H)
    z, r = np.split(zr, 2, axis=1)  # (B, H), (B, H)
    u = r * h  # (B, H)
    g = np.tanh(ax[:, 2 * n :] + u @ wh[:, 2 * n :])  # (B, H)
    return z * h + (1 - z) * g, np.concatenate([z, r, g], axis=1), u


def step_before_backward(dh, h, wh, gates, u):
    """The same step backward: arguments as in `step_after_backward`.

    Args:
        dh: (B, H).
        h: (B, H).
        wh: (H, 3H).
        gates: (B, 3H).
        u: (B, H) r times h, which its own gradient doesn't need.

    Returns:
        (B, 3H), (B, 3H), (B, H) dax, the same as dah, and dh before the step.
    """
    n = h.shape[1]
    z, r, g = np.split(gates, 3, axis=1)  # (B, H), (B, H), (B, H)
    dz, dg = dh * (h - g), dh * (1 - z) * (1 - g**2)
    du = dg @ wh[:, 2 * n :].T  # (B, H)
    dzr = [dz * z * (1 - z), du * h * r * (1 - r)]  # (B, H), (B, H)
    da = np.concatenate([*dzr, dg], axis=1)  # (B, 3H)
    dh = dh * z + du * r + da[:, : 2 * n] @ wh[:, : 2 * n].T  # (B, H)
    return da, da, dh


# --8<-- [end:before]


# --8<-- [start:forward]
class Cache(NamedTuple):
    """What the backward pass needs of the forward pass, time first."""

    x: np.ndarray  # (T, B, D)
    h: np.ndarray  # (T+1, B, H)
    gates: np.ndarray  # (T, B, 3H)
    u: np.ndarray  # (T, B, H)
    wx: np.ndarray  # (D, 3H)
    wh: np.ndarray  # (H, 3H)
    reset_after: bool
    mask: np.ndarray | None  # (T, B, 1)


def forward(x, h0, wx, wh, b, reset_after=True, mask=None):
    """Read sequences step by step.

    Args:
        x: (B, T, D) as in `lstm.forward`, like h0 and mask.
        h0: (B, H).
        wx: (D, 3H) weights on the input; columns z, r, g.
        wh: (H, 3H) weights on the previous state.
        b: biases: (2, 3H) if the reset comes after, for the input and for
            the state; (3H,) if it comes before.
        reset_after: whether the reset comes after the recurrent product.
        mask: (B, T).

    Returns:
        The states after each step, of shape (B, T, H), and the cache.

    Raises:
        ValueError: A shape does not fit the others.
    """
    mask = check(x, h0, wx, wh, b, reset_after, mask)
    step = step_after if reset_after else step_before
    bx, bh = b if reset_after else (b, 0)
    x = np.swapaxes(x, 0, 1)  # (T, B, D)
    gates = np.tensordot(x, wx, 1) + bx  # (T, B, 3H)
    h = np.empty((len(x) + 1, *h0.shape), gates.dtype)  # (T+1, B, H)
    u = np.empty_like(h[1:])  # (T, B, H)
    h[0] = h0
    for t in range(len(x)):
        h[t + 1], gates[t], u[t] = step(gates[t], h[t], wh, bh)
        if mask is not None:
            np.copyto(h[t + 1], h[t], where=~mask[t])
    cache = Cache(x, h, gates, u, wx, wh, reset_after, mask)
    return h[1:].swapaxes(0, 1).copy(), cache


# --8<-- [end:forward]


# --8<-- [start:check]
def check(x, h0, wx, wh, b, reset_after, mask):
    """Refuse what does not fit; return the mask as (T, B, 1), or None."""
    require(x)
    (examples, steps, inputs), n = x.shape, np.atleast_1d(h0).shape[-1]
    bias = (2, 3 * n) if reset_after else (3 * n,)
    require(
        x, h0=(h0, (examples, n)), wx=(wx, (inputs, 3 * n)), wh=(wh, (n, 3 * n))
    )
    require(x, b=(b, bias))
    if mask is None:
        return None
    require(x, mask=(mask, (examples, steps)))
    return np.asarray(mask, bool).T[:, :, None]


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
        (D, 3H) dwx.
        (H, 3H) dwh.
        (..., 3H) db, with the shape of the bias.

    Raises:
        ValueError: dh has another shape than the outputs.
    """
    x, h, gates, u, wx, wh, reset_after, mask = cache
    require(x, dh=(dh, h[1:].swapaxes(0, 1).shape))
    step = step_after_backward if reset_after else step_before_backward
    dax, dah, back = np.empty_like(gates), np.empty_like(gates), h[0] * 0
    for t in reversed(range(len(x))):
        at_h = dh[:, t] + back  # (B, H)
        dax[t], dah[t], back = step(at_h, h[t], wh, gates[t], u[t])
        if mask is not None:
            dax[t] *= mask[t]
            dah[t] *= mask[t]
            back = np.where(mask[t], back, at_h)  # (B, H)
    dx = np.tensordot(dax, wx.T, 1).swapaxes(0, 1)  # (B, T, D)
    dwx, dwh = outer(x, dax), outer(h[:-1], dah)
    if not reset_after:
        n = len(wh)
        dwh[:, 2 * n :] = outer(u, dah[:, :, 2 * n :])
        return dx, back, dwx, dwh, dax.sum(axis=(0, 1))
    db = np.stack([dax.sum(axis=(0, 1)), dah.sum(axis=(0, 1))])  # (2, 3H)
    return dx, back, dwx, dwh, db


# --8<-- [end:backward]

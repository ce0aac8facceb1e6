"""Long short-term memory: forward, and backward through time.

Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
Weights, masks and outputs are those of keras.layers.LSTM.
"""

from typing import NamedTuple

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.gradflow.activations import sigmoid
from deepcourse.gradflow.rnn import weight_gradient


# --8<-- [start:gates]
def activate(a):
    """The gates of a step: sigmoid on i, f, o; tanh on g.

    Args:
        a: (B, N) weighed inputs and states of N / 4 units; i, f, g, o.

    Returns:
        (B, N) the gates.
    """
    (a,) = expect.arrays(a=(a, "B, N"))
    units = a.shape[1] // 4
    g = slice(2 * units, 3 * units)
    gates = sigmoid(a)
    gates[:, g] = np.tanh(a[:, g])
    return gates


# --8<-- [end:gates]


# --8<-- [start:step]
def lstm_step(a, c):
    """One step forward.

    Args:
        a: (B, 4H) x_t wx + h_{t-1} wh + b.
        c: (B, H) the cell state before the step.

    Returns:
        (B, H) the new state h.
        (B, H) the new cell state.
        (B, 4H) the gates i, f, g, o.
    """
    c, a = expect.arrays(c=(c, "B, H"), a=(a, "B, 4H"))
    gates = activate(a)
    i, f, g, o = np.split(gates, 4, axis=1)  # each (B, H)
    c = f * c + i * g  # (B, H)
    return o * np.tanh(c), c, gates


# --8<-- [end:step]


# --8<-- [start:step-backward]
def lstm_step_backward(at_h, dc_next, gates, c_before, tanh_c):
    """The same step backward, line by line.

    Args:
        at_h: (B, H) all that arrives at the new state h.
        dc_next: (B, H) what the next step sends to the new cell state.
        gates: (B, 4H) i, f, g, o.
        c_before: (B, H) the cell state before the step.
        tanh_c: (B, H) tanh of the new cell state.

    Returns:
        (B, 4H) da, at the input of the gates.
        (B, H) dc, at the cell state before the step.
    """
    at_h, dc_next, gates, c_before, tanh_c = expect.arrays(
        at_h=(at_h, "B, H"),
        dc_next=(dc_next, "B, H"),
        gates=(gates, "B, 4H"),
        c_before=(c_before, "B, H"),
        tanh_c=(tanh_c, "B, H"),
    )
    i, f, g, o = np.split(gates, 4, axis=1)  # each (B, H)
    dc = dc_next + at_h * o * (1 - tanh_c**2)  # (B, H)
    di, df, dg, do = dc * g, dc * c_before, dc * i, at_h * tanh_c
    da = [
        di * i * (1 - i),
        df * f * (1 - f),
        dg * (1 - g**2),
        do * o * (1 - o),
    ]
    return np.concatenate(da, axis=1), dc * f


# --8<-- [end:step-backward]


# --8<-- [start:forward]
class LstmCache(NamedTuple):
    """What the backward pass needs, time first."""

    x: np.ndarray  # (T, B, D)
    h: np.ndarray  # (T+1, B, H)
    c: np.ndarray  # (T+1, B, H)
    gates: np.ndarray  # (T, B, 4H)
    wx: np.ndarray  # (D, 4H)
    wh: np.ndarray  # (H, 4H)
    mask: np.ndarray | None  # (T, B, 1)


def lstm_forward(x, h0, c0, wx, wh, b, mask=None):
    """Read sequences step by step.

    Args:
        x: (B, T, D) one sequence per example.
        h0: (B, H) the state before the first step.
        c0: (B, H) the cell state before the first step.
        wx: (D, 4H) weights on the input; columns i, f, g, o.
        wh: (H, 4H) weights on the previous state.
        b: (4H,) biases.
        mask: (B, T) False where a step is padding; None if none is.

    Returns:
        The states after each step, of shape (B, T, H); the last cell state,
        of shape (B, H); and the cache. A masked step repeats both states,
        and what stands in its x is not read.

    Raises:
        ValueError: A shape does not fit the others.
    """
    x, h0, c0, wx, wh, b = expect.arrays(
        x=(x, "B, T, D"),
        h0=(h0, "B, H"),
        c0=(c0, "B, H"),
        wx=(wx, "D, 4H"),
        wh=(wh, "H, 4H"),
        b=(b, "4H"),
    )
    if mask is not None:
        mask = expect.mask("mask", mask, x.shape[:2])
        mask = mask.T[:, :, None]
        x = np.where(mask.swapaxes(0, 1), x, 0)  # (B, T, D)
    x = np.swapaxes(x, 0, 1)  # (T, B, D)
    h = np.empty((len(x) + 1, *h0.shape), x.dtype)  # (T+1, B, H)
    c = np.empty_like(h)  # (T+1, B, H)
    gates = np.tensordot(x, wx, 1) + b  # (T, B, 4H)
    h[0], c[0] = h0, c0
    for t in range(len(x)):
        a = gates[t] + h[t] @ wh  # (B, 4H)
        h[t + 1], c[t + 1], gates[t] = lstm_step(a, c[t])
        if mask is not None:
            np.copyto(h[t + 1], h[t], where=~mask[t])
            np.copyto(c[t + 1], c[t], where=~mask[t])
    cache = LstmCache(x, h, c, gates, wx, wh, mask)
    return h[1:].swapaxes(0, 1).copy(), c[-1].copy(), cache


# --8<-- [end:forward]


# --8<-- [start:backward]
def lstm_backward(dh, cache, dc_last=None):
    """The gradients, the last step first.

    Args:
        dh: (B, T, H) the gradient with respect to each output, from above.
        cache: what `lstm_forward` returned.
        dc_last: (B, H) the gradient with respect to the last cell state.

    Returns:
        (B, T, D) dx.
        (B, H) dh0.
        (B, H) dc0.
        (D, 4H) dwx.
        (H, 4H) dwh.
        (4H,) db.

    Raises:
        ValueError: dh or dc_last has not the shape of what it belongs to.
    """
    x, h, c, gates, wx, wh, mask = expect.cache(cache, LstmCache)
    back = np.zeros_like(h[0])
    dc = back if dc_last is None else dc_last
    dh = expect.array("dh", dh, h[1:].swapaxes(0, 1).shape)
    dc = expect.array("dc_last", dc, back.shape)
    da, tanh_c = np.empty_like(gates), np.tanh(c[1:])
    for t in reversed(range(len(x))):
        at_h, at_c = dh[:, t] + back, dc
        da[t], dc = lstm_step_backward(
            at_h, at_c, gates[t], c[t], tanh_c[t]
        )
        if mask is not None:
            da[t] = np.where(mask[t], da[t], 0)
            dc = np.where(mask[t], dc, at_c)  # (B, H)
        back = da[t] @ wh.T  # (B, H)
        if mask is not None:
            back = np.where(mask[t], back, at_h)  # (B, H)
    dx = np.tensordot(da, wx.T, 1).swapaxes(0, 1)  # (B, T, D)
    dwx, dwh = weight_gradient(x, da), weight_gradient(h[:-1], da)
    return dx, back, dc, dwx, dwh, da.sum(axis=(0, 1))


# --8<-- [end:backward]

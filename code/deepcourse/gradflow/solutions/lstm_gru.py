"""What the exercises of gradflow 2 ask for, one section each."""

import numpy as np

from deepcourse.gradflow import adam
from deepcourse.gradflow.activations import sigmoid
from deepcourse.gradflow.gradcheck import (
    central_difference,
    relative_error,
)
from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.gradflow.lstm import (
    lstm_forward,
    lstm_step_backward,
)
from deepcourse.gradflow.matmul import (
    dense_backward,
    dense_forward,
)
from deepcourse.gradflow.rnn import weight_gradient
from deepcourse.gradflow.runs.remember import start, task
from deepcourse.gradflow.runs.time_distance import NETS
from deepcourse.gradflow.truncate import forward_backward


# --8<-- [start:stretch]
def stretch(steps, w=((0.9, 1.0), (0.0, 0.9))):
    """The most that so many products with w stretch a row.

    Both eigenvalues are 0.9, and power k has the entries 0.9^k and
    k 0.9^(k - 1). The bound of the page, the first number to the power of
    100, says much less.

    Examples:
        >>> tuple(float(f"{stretch(k):.3g}") for k in (1, 10, 100))
        (1.53, 3.91, 0.00295)
        >>> round(10 * 0.9**9, 2), round(100 * 0.9**99, 5)
        (3.87, 0.00295)
        >>> stretch(1) ** 100 > 1e18
        True
    """
    return float(
        np.linalg.norm(np.linalg.matrix_power(w, steps), 2)
    )


# --8<-- [end:stretch]


# --8<-- [start:half-life]
def half_life_bias(steps):
    """The forget bias that leaves a half after so many steps.

    >>> tuple(round(half_life_bias(d), 2) for d in (2, 10, 100, 1000))
    (0.88, 2.63, 4.97, 7.27)

    For long spans it grows like log(steps / log 2), so ten times the span
    costs about 2.3 more.

    >>> round(np.log(1000 / np.log(2)), 2)
    np.float64(7.27)

    Keras' bias of 1 keeps one half for about two steps.

    >>> round(np.log(0.5) / np.log(sigmoid(1.0)), 1)
    np.float64(2.2)
    """
    return float(-np.log(2 ** (1 / steps) - 1))


# --8<-- [end:half-life]


# --8<-- [start:planted]
def planted_backward(dh, cache):
    """The gradients of an LSTM, the last step first."""
    x, h, c, gates, wx, wh, _ = cache
    back, dc = np.zeros_like(h[0]), np.zeros_like(h[0])
    da, tanh_c = np.empty_like(gates), np.tanh(c[1:])
    for t in reversed(range(len(x))):
        at_h = dh[:, t - 1] + back
        da[t], dc = lstm_step_backward(
            at_h, dc, gates[t], c[t], tanh_c[t]
        )
        back = da[t] @ wh.T
    dx = np.tensordot(da, wx.T, 1).swapaxes(0, 1)
    dwx, dwh = weight_gradient(x, da), weight_gradient(h[:-1], da)
    return dx, back, dc, dwx, dwh, da.sum(axis=(0, 1))


# --8<-- [end:planted]


# --8<-- [start:find-the-bug]
def error(backward, dh, seed=0):
    """The relative error of db, against central differences.

    At step t the line adds the gradient of output t - 1, and at step 0, by
    index -1, that of the last. Right: `dh[:, t]`.

    >>> from deepcourse.gradflow.lstm import lstm_backward
    >>> random = np.random.default_rng(1).normal(size=(2, 6, 3))
    >>> bool(error(lstm_backward, random) < 1e-8)
    True
    >>> bool(error(planted_backward, random) > 0.1)
    True

    A loss that sums all outputs has the same gradient at each of them, and
    no check can tell.

    >>> bool(error(planted_backward, np.ones((2, 6, 3))) < 1e-8)
    True
    """
    rng = np.random.default_rng(seed)
    shapes = ((2, 6, 4), (2, 3), (2, 3), (4, 12), (3, 12), (12,))
    *rest, b = (rng.normal(size=shape) for shape in shapes)

    def loss(b):
        return np.sum(dh * lstm_forward(*rest, b)[0])

    found = backward(dh, lstm_forward(*rest, b)[2])[-1]
    return relative_error(found, central_difference(loss, b))


def hears(backward, step):
    """The steps that hear of the output of `step` alone.

    An output depends on its own input and on earlier ones:

    >>> from deepcourse.gradflow.lstm import lstm_backward
    >>> hears(lstm_backward, 2)
    [0, 1, 2]

    The planted one reads one step too late, and from the last output, the
    usual loss of a classifier, nothing arrives but at step 0.

    >>> hears(planted_backward, 2), hears(planted_backward, 5)
    ([0, 1, 2, 3], [0])
    """
    rng = np.random.default_rng(0)
    shapes = ((1, 6, 4), (1, 3), (1, 3), (4, 12), (3, 12), (12,))
    cache = lstm_forward(
        *(rng.normal(size=shape) for shape in shapes)
    )[2]
    dh = np.zeros((1, 6, 3))
    dh[:, step] = 1
    dx = backward(dh, cache)[0]
    return np.flatnonzero(np.abs(dx).sum(axis=(0, 2))).tolist()


# --8<-- [end:find-the-bug]


# --8<-- [start:coupled]
def coupled_step(a, c):
    """An LSTM step with 1 - f for i: columns f, g, o.

    Args:
        a: (B, 3H) weighed inputs and states.
        c: (B, H) the cell state before the step.

    Returns:
        The new h and c, and f, g and o, each of shape (B, H).
    """
    a_f, a_g, a_o = np.split(a, 3, axis=1)
    f, g, o = sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)
    c = f * c + (1 - f) * g  # (B, H)
    return o * np.tanh(c), c, f, g, o


def coupled_step_backward(dh, dc, c_before, c, f, g, o):
    """Back: two read f, so df is a sum, dc (c_before - g).

    >>> rng = np.random.default_rng(0)
    >>> a, c, dh, dc = (rng.normal(size=(2, n)) for n in (9, 3, 3, 3))
    >>> def loss(a):
    ...     h, c_new, *_ = coupled_step(a, c)
    ...     return np.sum(dh * h) + np.sum(dc * c_new)
    >>> da, _ = coupled_step_backward(dh, dc, c, *coupled_step(a, c)[1:])
    >>> bool(relative_error(da, central_difference(loss, a)) < 1e-8)
    True
    """
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)
    df, dg = dc * (c_before - g), dc * (1 - f)
    do = dh * np.tanh(c)
    da = [df * f * (1 - f), dg * (1 - g**2), do * o * (1 - o)]
    return np.concatenate(da, axis=1), dc * f


# --8<-- [end:coupled]


# --8<-- [start:recall]
def recall(net, size, steps=12, updates=80, seed=0):
    """Train an LSTM on `task`, its gradients cut into chunks.

    With a forget bias of 0 the whole gradient learns, and the cut one fails.

    >>> recall("lstm_0", size=12) > 0.95, recall("lstm_0", size=3) < 0.6
    (True, True)

    The state isn't cut. So much of the first step do the forget gates leave,
    before anything is learnt, at biases of 0, 1 and 3:

    >>> for b in (0.0, 1.0, 3.0):
    ...     print(round(float(sigmoid(b) ** 8), 3))
    0.004
    0.082
    0.678

    With 3 it is enough to learn to read it. With 1 it is little, but in the
    last chunk the gradient asks for more of it. The weights that it changes
    serve all steps, so the memory grows in those before the border, too.

    >>> recall("lstm_1", size=3) > 0.95, recall("lstm_3", size=3) > 0.95
    (True, True)

    Returns:
        The share of 500 new sequences whose first step it recalls.
    """
    rng = np.random.default_rng(seed)
    theta = start(NETS[net], 32, rng)
    m, v = ([np.zeros_like(w) for w in theta] for _ in range(2))
    for t in range(1, updates + 1):
        found = truncated_gradients(
            theta, *task(32, steps, rng), size
        )
        for each in zip(theta, m, v, found):
            adam.update(*each, rate=0.01, t=t)
    x, labels = task(500, steps, rng)
    logits = answer(theta, x)[0]
    return float(np.mean(logits.argmax(axis=1) == labels))


def answer(theta, x):
    """The logits at the last step, and all states."""
    *recurrent, w, b = theta
    zeros = np.zeros((len(x), len(w)), x.dtype)
    h, _, _ = lstm_forward(x, zeros, zeros, *recurrent)
    return dense_forward(h[:, -1], w, b), h


def truncated_gradients(theta, x, labels, size):
    """Gradients of the last step's loss, cut at the borders."""
    logits, h = answer(theta, x)
    dlogits = softmax_cross_entropy(logits, labels)[1]
    dh = np.zeros_like(h)
    dh[:, -1], dw, db = dense_backward(
        dlogits, h[:, -1], theta[3]
    )
    zeros = np.zeros_like(h[:, 0])
    _, _, found = forward_backward(
        x, zeros, zeros, *theta[:3], dh, size
    )
    return [*found, dw, db]


# --8<-- [end:recall]

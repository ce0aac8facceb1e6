"""Layers with a bug, planted on purpose: each is one that people have written.

Nets train with them in `runs.wrong_gradients`, and exercises ask for the bug.
"""

import numpy as np

from deepcourse.gradflow.conv2d_geometry import geometry
from deepcourse.gradflow.matmul import dense_backward


def untransposed(dy, x, w):
    """A dense layer's backward pass with w where w.T belongs.

    Args:
        dy: (B, H) as in `dense_backward`, like x and w.
        x: (B, D).
        w: (D, H) with D = H, or the product has no meaning.

    Returns:
        (B, D), (D, H), (H,) the gradients, of which the first is wrong.
    """
    _, dw, db = dense_backward(dy, x, w)
    return dy @ w, dw, db


# --8<-- [start:softplus]
def planted_softplus(x):
    """A smooth relu."""
    return np.logaddexp(0, -x)


def planted_softplus_backward(dy, x):
    """Its gradient."""
    return dy / (1 + np.exp(x))


# --8<-- [end:softplus]


def planted_softplus_backward_by_output(dy, y):
    """The same wrong gradient of `planted_softplus`, from its output.

    Args:
        dy: array, the gradient with respect to y.
        y: array of the same shape, what `planted_softplus` returned.

    Returns:
        dx of the same shape, with the wrong sign: y falls, this is positive.
    """
    return dy * -np.expm1(-y)


# --8<-- [start:dropout]
def planted_forward(x, rate, rng):
    """Drop values with probability `rate`, scale the rest up."""
    mask = rng.random(x.shape) < rate
    return x * mask / rate, mask


def planted_backward(dy, mask, rate):
    """The same mask, the same factor."""
    return dy * mask / rate


# --8<-- [end:dropout]


# --8<-- [start:lopsided]
def lopsided(dy, x, w, stride):
    """The dx of a convolution with padding "same"."""
    g = geometry(x, w, stride, "same")
    size = map(sum, zip(x.shape[1:3], g.before, g.after))
    padded = np.zeros((len(x), *size, x.shape[3]))
    (rows, columns), (si, sj), _, (top, left) = g
    for u, v in np.ndindex(w.shape[:2]):
        down = slice(u, u + si * rows, si)
        across = slice(v, v + sj * columns, sj)
        padded[:, down, across] += dy @ w[u, v].T
    height, width = x.shape[1:3]
    return padded[:, top : top + height, left : left + width]


# --8<-- [end:lopsided]

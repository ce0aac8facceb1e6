"""Batch normalization edge by edge: each line forward has one backward.

The same function as `batchnorm`, with every stage and every gradient kept,
so that each of them can be looked at and checked alone.
"""

from typing import NamedTuple

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.gradflow.batchnorm import channels, deviation


# --8<-- [start:stages]
class Stages(NamedTuple):
    """Each stage of the forward pass, or the gradient at each."""

    x: np.ndarray  # (..., C)
    gamma: np.ndarray  # (C,)
    beta: np.ndarray  # (C,)
    mean: np.ndarray  # (C,)
    centred: np.ndarray  # (..., C)
    square: np.ndarray  # (..., C)
    var: np.ndarray  # (C,)
    inverse: np.ndarray  # (C,)
    xhat: np.ndarray  # (..., C)
    y: np.ndarray  # (..., C)


# --8<-- [end:stages]


# --8<-- [start:forward]
def staged_forward(x, gamma, beta, eps=1e-3):
    """Normalize each channel by its batch, a step a line.

    Args:
        x: (..., C).
        gamma: (C,) the deviation that a channel gets.
        beta: (C,) the mean that a channel gets.
        eps: added to the variance.

    Returns:
        Every stage; the last one is y.

    Raises:
        ValueError: As `batchnorm.batchnorm_forward`.
    """
    x, gamma, beta = expect.arrays(
        x=(channels(x), "..., C"),
        gamma=(gamma, "C"),
        beta=(beta, "C"),
    )
    axes = tuple(range(x.ndim - 1))
    mean = x.mean(axes)  # (C,)
    centred = x - mean  # (..., C)
    square = centred**2  # (..., C)
    var = square.mean(axes)  # (C,)
    inverse = 1 / deviation(var, eps)  # (C,)
    xhat = centred * inverse  # (..., C)
    y = gamma * xhat + beta  # (..., C)
    first = x, gamma, beta, mean, centred
    return Stages(*first, square, var, inverse, xhat, y)


# --8<-- [end:forward]


# --8<-- [start:backward]
def staged_backward(dy, s):
    """The gradient at every stage, the last one first.

    Args:
        dy: (..., C) gradient with respect to y.
        s: the stages that `staged_forward` returned.

    Returns:
        The gradients, under the names of the stages.

    Raises:
        ValueError: dy has not the shape of y, or s is no `Stages`.
    """
    s = expect.cache(s, Stages, "s")
    dy = expect.array("dy", dy, s.y.shape)
    axes = tuple(range(dy.ndim - 1))
    count = int(np.prod(dy.shape[:-1]))  # M, values per channel
    dbeta = dy.sum(axes)  # (C,)
    dgamma = (dy * s.xhat).sum(axes)  # (C,)
    dxhat = dy * s.gamma  # (..., C)
    dinverse = (dxhat * s.centred).sum(axes)  # (C,)
    dvar = dinverse * -0.5 * s.inverse**3  # (C,)
    dsquare = np.broadcast_to(dvar / count, dy.shape)  # (..., C)
    dcentred = dxhat * s.inverse + dsquare * 2 * s.centred
    dmean = -dcentred.sum(axes)  # (C,)
    dx = dcentred + dmean / count  # (..., C)
    first = dx, dgamma, dbeta, dmean, dcentred
    return Stages(*first, dsquare, dvar, dinverse, dxhat, dy)


# --8<-- [end:backward]

"""Layer normalization: each example gets mean beta and deviation gamma.

Ba, Kiros and Hinton 2016, equations 3 and 4, for any shape with the features
last. Batch normalization's formula along the other axis, so that no other
example and no running average is needed.
"""

from typing import NamedTuple

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.gradflow.batchnorm import deviation


# --8<-- [start:layernorm]
class RowCache(NamedTuple):
    """What the forward pass leaves for the backward pass."""

    xhat: np.ndarray  # (..., D) the normalized input
    gamma: np.ndarray  # (D,)
    std: np.ndarray  # (..., 1) root of the variance plus eps


def layernorm_forward(x, gamma, beta, eps=1e-3):
    """Normalize each example by its features; scale, shift it.

    Args:
        x: (..., D), for example (B, D) or (B, T, D).
        gamma: (D,) the deviation that a feature gets.
        beta: (D,) the mean that a feature gets.
        eps: added to the variance, so that a constant example is no error;
            1e-3 as in Keras.

    Returns:
        y of the shape of x, and the cache.

    Raises:
        ValueError: No features, a wrong shape, an eps below 0, or of 0 with
            a constant example.

    Examples:
        >>> x = np.array([[1.0, 3.0], [10.0, 30.0]])
        >>> y, _ = layernorm_forward(x, *np.eye(2) + 1)
        >>> y.round(2).tolist()
        [[-1.0, 3.0], [-1.0, 3.0]]
    """
    x, gamma, beta = expect.arrays(
        x=(features(x), "..., D"),
        gamma=(gamma, "D"),
        beta=(beta, "D"),
    )
    mean = x.mean(-1, keepdims=True)  # (..., 1)
    var = ((x - mean) ** 2).mean(-1, keepdims=True)  # (..., 1)
    std = deviation(var, eps)  # (..., 1)
    xhat = (x - mean) / std  # (..., D)
    return gamma * xhat + beta, RowCache(xhat, gamma, std)


def layernorm_backward(dy, cache):
    """Send dy back: now gamma varies along the row.

    Args:
        dy: (..., D) gradient with respect to y.
        cache: of `layernorm_forward`.

    Returns:
        (..., D), (D,), (D,) dx, dgamma and dbeta.

    Raises:
        ValueError: dy has not the shape of y, or the cache is another's.
    """
    xhat, gamma, std = expect.cache(cache, RowCache)
    dy = expect.array("dy", dy, xhat.shape)
    axes = tuple(range(dy.ndim - 1))
    dbeta = dy.sum(axes)  # (D,)
    dgamma = (dy * xhat).sum(axes)  # (D,)
    dxhat = gamma * dy  # (..., D)
    mean = dxhat.mean(-1, keepdims=True)  # (..., 1)
    slope = (dxhat * xhat).mean(-1, keepdims=True)  # (..., 1)
    residual = dxhat - mean - xhat * slope  # (..., D)
    return residual / std, dgamma, dbeta


# --8<-- [end:layernorm]


def features(x):
    """The input, once each example has features and squares don't overflow.

    Args:
        x: (..., D).

    Returns:
        (..., D) of floats.

    Raises:
        ValueError: No features, or values that are too large.
    """
    x = expect.array("x", x)
    if x.ndim < 1 or not x.shape[-1]:
        expect.refuse("x", f"shape {x.shape}", "features")
    return expect.squarable("x", x)

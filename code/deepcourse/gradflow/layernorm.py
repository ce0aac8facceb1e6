"""Layer normalization: batch normalization's formula along the other axis.

Ba, Kiros and Hinton 2016, equations 3 and 4. Each example is normalized by
its own features, so that no other example and no running average is needed.
"""

from typing import NamedTuple

import numpy as np

from deepcourse.gradflow.batchnorm import check_gradient


# --8<-- [start:layernorm]
class RowCache(NamedTuple):
    """What is left behind for the backward pass: statistics of each row."""

    xhat: np.ndarray  # (..., D) the normalized input
    gamma: np.ndarray  # (D,)
    std: np.ndarray  # (..., 1) root of the variance plus eps


def forward(x, gamma, beta, eps=1e-3):
    """Normalize each example by its own features, then scale and shift.

    Args:
        x: (..., D), for example (B, D) or (B, T, D).
        gamma: (D,).
        beta: (D,).
        eps: added to the variance; 1e-3 as in Keras.

    Returns:
        y of the shape of x, and the cache for `backward`.

    Raises:
        ValueError: x has no features, or gamma or beta a wrong shape.

    >>> y, _ = forward(np.array([[1.0, 3.0], [10.0, 30.0]]), *np.eye(2) + 1)
    >>> y.round(2).tolist()
    [[-1.0, 3.0], [-1.0, 3.0]]
    """
    check(x, eps, gamma=gamma, beta=beta)
    mean = x.mean(-1, keepdims=True)  # (..., 1)
    var = ((x - mean) ** 2).mean(-1, keepdims=True)  # (..., 1)
    std = np.sqrt(var + eps)  # (..., 1)
    xhat = (x - mean) / std  # (..., D)
    return gamma * xhat + beta, RowCache(xhat, gamma, std)


def backward(dy, cache):
    """The gradients of `forward`.

    Args:
        dy: (..., D) gradient with respect to y.
        cache: of `forward`.

    Returns:
        (..., D), (D,), (D,) dx, dgamma and dbeta.

    Raises:
        ValueError: dy has not the shape of y.
    """
    check_gradient(dy, cache.xhat)
    xhat, gamma, std = cache
    axes = tuple(range(dy.ndim - 1))
    dbeta = dy.sum(axes)  # (D,)
    dgamma = (dy * xhat).sum(axes)  # (D,)
    dxhat = gamma * dy  # (..., D)
    constant = dxhat.mean(-1, keepdims=True)  # (..., 1)
    slope = (dxhat * xhat).mean(-1, keepdims=True)  # (..., 1)
    dx = (dxhat - constant - xhat * slope) / std  # (..., D)
    return dx, dgamma, dbeta


# --8<-- [end:layernorm]


def check(x, eps, **features):
    """Refuse what can't be normalized, naming the argument."""
    if x.ndim < 1 or not x.shape[-1]:
        raise ValueError(f"x: got shape {x.shape}, expected features")
    if eps < 0:
        raise ValueError(f"eps: got {eps}, expected at least 0")
    for name, value in features.items():
        if value.shape != x.shape[-1:]:
            raise ValueError(
                f"{name}: got shape {value.shape}, expected {x.shape[-1:]}"
            )

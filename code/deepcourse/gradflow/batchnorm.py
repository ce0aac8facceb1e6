"""Batch normalization: each channel gets mean beta and deviation gamma.

Ioffe and Szegedy 2015, algorithm 1, for any shape with the channel last.
`forward` and `backward` belong to training, where the statistics are those
of the batch; `inference` and `inference_backward` take them as constants.
"""

from typing import NamedTuple

import numpy as np


# --8<-- [start:layer]
class Cache(NamedTuple):
    """What the forward pass leaves behind for the backward pass."""

    xhat: np.ndarray  # (..., C) the normalized input
    gamma: np.ndarray  # (C,)
    std: np.ndarray  # (C,) root of the variance plus eps
    mean: np.ndarray  # (C,)
    var: np.ndarray  # (C,)


def moments(x):
    """Mean and variance of each channel: (..., C) to (C,) and (C,).

    >>> x = np.array([[1.0, 0.0], [3.0, 8.0]])
    >>> moments(x)
    (array([2., 4.]), array([ 1., 16.]))
    """
    axes = tuple(range(x.ndim - 1))
    mean = x.mean(axes)  # (C,)
    var = ((x - mean) ** 2).mean(axes)  # (C,)
    return mean, var


def inference(x, gamma, beta, mean, var, eps=1e-3):
    """Normalize by given statistics: a scale and a shift per channel.

    Args:
        x: (..., C).
        gamma: (C,) the deviation that a channel gets.
        beta: (C,) the mean that a channel gets.
        mean: (C,) what to take off.
        var: (C,) what to divide by the root of.
        eps: added to the variance, so that a constant channel is no error.

    Returns:
        y of the shape of x, and the cache.

    Raises:
        ValueError: No value per channel, a wrong shape, or a negative eps.
    """
    check(x, gamma=gamma, beta=beta, mean=mean, var=var, eps=eps)
    std = np.sqrt(var + eps)  # (C,)
    xhat = (x - mean) / std  # (..., C)
    return gamma * xhat + beta, Cache(xhat, gamma, std, mean, var)


def forward(x, gamma, beta, eps=1e-3):
    """Normalize each channel by its own batch, then scale and shift it.

    Arguments and results are those of `inference`; the statistics are the
    batch's, and `update` wants them from the cache.

    >>> y, cache = forward(np.array([[1.0], [3.0]]), np.ones(1), np.ones(1))
    >>> y.round(3).tolist()
    [[0.0], [2.0]]
    """
    check(x, gamma=gamma, beta=beta, eps=eps)
    return inference(x, gamma, beta, *moments(x), eps)


def backward(dy, cache):
    """The gradients of `forward`: both means are gradients already.

    Args:
        dy: (..., C) gradient with respect to y.
        cache: of `forward`.

    Returns:
        (..., C), (C,), (C,) dx, dgamma and dbeta.

    Raises:
        ValueError: dy has not the shape of y.
    """
    check_gradient(dy, cache.xhat)
    xhat, gamma, std = cache.xhat, cache.gamma, cache.std
    axes = tuple(range(dy.ndim - 1))
    count = xhat.size // max(gamma.size, 1)  # values per channel
    dbeta = dy.sum(axes)  # (C,)
    dgamma = (dy * xhat).sum(axes)  # (C,)
    left = dy - dbeta / count - xhat * (dgamma / count)  # (..., C)
    return gamma / std * left, dgamma, dbeta


# --8<-- [end:layer]


# --8<-- [start:inference-backward]
def inference_backward(dy, cache):
    """The gradients of `inference`: nothing but a scale reaches x.

    Arguments, results and errors are those of `backward`.
    """
    check_gradient(dy, cache.xhat)
    axes = tuple(range(dy.ndim - 1))
    dbeta = dy.sum(axes)  # (C,)
    dgamma = (dy * cache.xhat).sum(axes)  # (C,)
    return cache.gamma / cache.std * dy, dgamma, dbeta


# --8<-- [end:inference-backward]


# --8<-- [start:update]
def update(running, batch, momentum=0.99):
    """Move a running average: momentum is the share that the old one keeps.

    Keras' sense of the word. PyTorch calls the share of the new one so.

    Args:
        running: (C,) the average so far.
        batch: (C,) mean or variance of a batch.
        momentum: 0 .. 1.

    Returns:
        (C,) the new average.

    Raises:
        ValueError: momentum is not between 0 and 1.

    >>> update(np.array([1.0]), np.array([2.0]), momentum=0.75)
    array([1.25])
    """
    if not 0 <= momentum <= 1:
        raise ValueError(f"momentum: got {momentum}, expected 0 .. 1")
    return momentum * running + (1 - momentum) * batch  # (C,)


# --8<-- [end:update]


def check(x, eps, **channels):
    """Refuse what can't be normalized, naming the argument."""
    if x.ndim < 1 or 0 in x.shape[:-1]:
        raise ValueError(
            f"x: got shape {x.shape}, expected at least one value per channel"
        )
    if eps < 0:
        raise ValueError(f"eps: got {eps}, expected at least 0")
    for name, value in channels.items():
        if value.shape != x.shape[-1:]:
            raise ValueError(
                f"{name}: got shape {value.shape}, expected {x.shape[-1:]}"
            )


def check_gradient(dy, y):
    """Refuse a gradient that has not the shape of what it belongs to."""
    if dy.shape != y.shape:
        raise ValueError(f"dy: got shape {dy.shape}, expected {y.shape}")

"""Batch normalization: each channel gets mean beta and deviation gamma.

Ioffe and Szegedy 2015, algorithm 1, for any shape with the channel last.
`batchnorm_forward` and `batchnorm_backward` belong to training, where the
statistics are those of the batch; `inference` and `inference_backward` take
them as constants.
"""

from typing import NamedTuple

import numpy as np

from deepcourse.gradflow import expect


# --8<-- [start:forward]
class Cache(NamedTuple):
    """What the forward pass leaves for the backward pass."""

    xhat: np.ndarray  # (..., C) the normalized input
    gamma: np.ndarray  # (C,)
    std: np.ndarray  # (C,) root of the variance plus eps
    mean: np.ndarray  # (C,)
    var: np.ndarray  # (C,)


def moments(x):
    """Mean and variance of each channel.

    Args:
        x: (..., C).

    Returns:
        (C,), (C,) the two.

    Raises:
        ValueError: There is no value per channel.

    Examples:
        >>> moments(np.array([[1.0, 0.0], [3.0, 8.0]]))
        (array([2., 4.]), array([ 1., 16.]))
    """
    x = channels(x)
    axes = tuple(range(x.ndim - 1))
    mean = x.mean(axes)  # (C,)
    var = ((x - mean) ** 2).mean(axes)  # (C,)
    return mean, var


def inference(x, gamma, beta, mean, var, eps=1e-3):
    """Normalize by given statistics: scale and shift.

    Args:
        x: (..., C).
        gamma: (C,) the deviation that a channel gets.
        beta: (C,) the mean that a channel gets.
        mean: (C,) what to take off.
        var: (C,) what to divide by the root of.
        eps: added to the variance, so that a constant channel is no error;
            1e-3 as in Keras.

    Returns:
        y of the shape of x, and the cache.

    Raises:
        ValueError: No value per channel, a wrong shape, a variance or an eps
            below 0, or both 0.
    """
    x, gamma, beta, mean, var = expect.arrays(
        x=(channels(x), "..., C"),
        gamma=(gamma, "C"),
        beta=(beta, "C"),
        mean=(mean, "C"),
        var=(var, "C"),
    )
    std = deviation(var, eps)  # (C,)
    xhat = (x - mean) / std  # (..., C)
    return gamma * xhat + beta, Cache(xhat, gamma, std, mean, var)


def batchnorm_forward(x, gamma, beta, eps=1e-3):
    """Normalize each channel by its batch; scale, shift it.

    Args:
        x: (..., C), for example (B, C) or (B, I, J, C).
        gamma: (C,) the deviation that a channel gets.
        beta: (C,) the mean that a channel gets.
        eps: added to the variance, so that a constant channel is no error;
            1e-3 as in Keras.

    Returns:
        y of the shape of x, and the cache; `update` wants its statistics.

    Raises:
        ValueError: No value per channel, a wrong shape, an eps below 0, or
            of 0 with a constant channel.

    Examples:
        >>> x, one = np.array([[1.0], [3.0]]), np.ones(1)
        >>> y, _ = batchnorm_forward(x, one, one)
        >>> y.round(3).tolist()
        [[0.0], [2.0]]
    """
    return inference(x, gamma, beta, *moments(x), eps)


# --8<-- [end:forward]


# --8<-- [start:backward]
def batchnorm_backward(dy, cache):
    """Send dy back: two means, and both are gradients.

    Args:
        dy: (..., C) gradient with respect to y.
        cache: of `batchnorm_forward`.

    Returns:
        (..., C), (C,), (C,) dx, dgamma and dbeta.

    Raises:
        ValueError: dy has not the shape of y, or the cache is another's.
    """
    xhat, gamma, std, _, _ = expect.cache(cache, Cache)
    dy = expect.array("dy", dy, xhat.shape)
    axes = tuple(range(dy.ndim - 1))
    dbeta = dy.sum(axes)  # (C,)
    dgamma = (dy * xhat).sum(axes)  # (C,)
    count = int(np.prod(dy.shape[:-1]))  # M, values per channel
    residual = dy - dbeta / count - xhat * (dgamma / count)
    return gamma / std * residual, dgamma, dbeta


# --8<-- [end:backward]


# --8<-- [start:inference-backward]
def inference_backward(dy, cache):
    """The gradients of `inference`: for x, just a scale.

    Args:
        dy: (..., C) gradient with respect to y.
        cache: of `inference`.

    Returns:
        (..., C), (C,), (C,) dx, dgamma and dbeta.

    Raises:
        ValueError: dy has not the shape of y, or the cache is another's.
    """
    xhat, gamma, std, _, _ = expect.cache(cache, Cache)
    dy = expect.array("dy", dy, xhat.shape)
    axes = tuple(range(dy.ndim - 1))
    dbeta = dy.sum(axes)  # (C,)
    dgamma = (dy * xhat).sum(axes)  # (C,)
    return gamma / std * dy, dgamma, dbeta


# --8<-- [end:inference-backward]


# --8<-- [start:update]
def update(running, batch, momentum=0.99):
    """Move a running average: momentum of the old one stays.

    Keras' sense of the word. PyTorch calls the share of the new one so.

    Args:
        running: (C,) the average so far.
        batch: (C,) mean or variance of a batch.
        momentum: 0 .. 1.

    Returns:
        (C,) the new average.

    Raises:
        ValueError: momentum is not between 0 and 1, or the shapes differ.

    Examples:
        >>> update(np.array([1.0]), np.array([2.0]), momentum=0.75)
        array([1.25])
    """
    keep = expect.number(
        "momentum", momentum, lambda m: 0 <= m <= 1, "0 .. 1"
    )
    running, batch = expect.arrays(
        running=(running, "C"), batch=(batch, "C")
    )
    return keep * running + (1 - keep) * batch  # (C,)


# --8<-- [end:update]


def channels(x):
    """The input, once each channel has a value and squares don't overflow.

    Args:
        x: (..., C).

    Returns:
        (..., C) of floats.

    Raises:
        ValueError: No value per channel, or values that are too large.
    """
    x = expect.array("x", x)
    if x.ndim < 1 or 0 in x.shape[:-1]:
        expect.refuse(
            "x",
            f"shape {x.shape}",
            "at least one value per channel",
        )
    return expect.squarable("x", x)


def deviation(var, eps):
    """The root of the variance plus eps, once it is no 0 to divide by.

    Args:
        var: array of variances.
        eps: at least 0.

    Returns:
        The deviations, of the shape of var.

    Raises:
        ValueError: The variance or eps is below 0, or both are 0.
    """
    var = expect.array("var", var)
    eps = expect.number(
        "eps", eps, lambda e: 0 <= e < np.inf, "at least 0"
    )
    if (var < 0).any():
        expect.refuse("var", var.min(), "at least 0")
    std = np.sqrt(var + eps)
    if (std == 0).any():
        expect.refuse(
            "eps", eps, "above 0, where a variance is 0"
        )
    return std

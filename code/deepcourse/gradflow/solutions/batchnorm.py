"""What the exercises of gradflow 3 ask for, one section each."""

from functools import partial

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.gradflow.batchnorm import (
    batchnorm_backward,
    batchnorm_forward,
)
from deepcourse.gradflow.gradcheck import (
    central_difference,
    relative_error,
)
from deepcourse.gradflow.runs.scale_invariance import (
    Settings,
    Variant,
    train,
)


# --8<-- [start:two]
def pair(low, high, dy, eps=1e-3):
    """What becomes of a batch of two, and what comes back.

    >>> pair(0.0, 1.0, dy=[1.0, 0.0], eps=0.0)[1].tolist()
    [0.0, 0.0]
    """
    x, one = np.array([[low], [high]]), np.ones(1)
    _, cache = batchnorm_forward(x, one, 0 * one, eps)
    dx, _, _ = batchnorm_backward(np.array(dy)[:, None], cache)
    return cache.xhat[:, 0], dx[:, 0]


# --8<-- [end:two]


# --8<-- [start:planted]
def planted(x, gamma, beta, dy, eps):
    """Batch normalization of (B, D): y, dx, dgamma and dbeta."""
    count = len(x)
    centred = x - x.mean(0)
    var = centred.mean(0)
    inverse = (var + eps) ** -0.5
    xhat = centred * inverse
    y = gamma * xhat + beta
    dbeta = dy.sum(0)
    dgamma = (dy * xhat).sum(0)
    dxhat = gamma * xhat
    dvar = (dxhat * centred).sum(0) * -0.5 * inverse**3
    dcentred = dxhat / inverse + 2 / count * dvar * centred
    dx = dcentred - dcentred.mean(0)
    return y, dx, dgamma, dbeta


# --8<-- [end:planted]


# --8<-- [start:find-the-bug]
def mended(x, gamma, beta, dy, eps, slips=()):
    """The same pass, right but for the slips asked for."""
    count = len(x)
    centred = x - x.mean(0)
    var = (centred if 1 in slips else centred**2).mean(0)
    inverse = (var + eps) ** -0.5
    xhat = centred * inverse
    y = gamma * xhat + beta
    dbeta = dy.sum(0)
    dgamma = (dy * xhat).sum(0)
    dxhat = gamma * (xhat if 2 in slips else dy)
    dvar = (dxhat * centred).sum(0) * -0.5 * inverse**3
    direct = dxhat / inverse if 3 in slips else dxhat * inverse
    dcentred = direct + 2 / count * dvar * centred
    dx = dcentred - dcentred.mean(0)
    return y, dx, dgamma, dbeta


def verdict(layer, eps=0.1):
    """Which of four things are wrong: y's deviation, dx, ...

    >>> verdict(mended)
    []
    """
    x, dy = np.random.default_rng(0).normal(2, 3, (2, 5, 1))
    given = {
        "x": x,
        "gamma": np.array([1.5]),
        "beta": np.array([0.5]),
    }
    y, *found = layer(**given, dy=dy, eps=eps)
    var = x.var(0)
    wanted = given["gamma"] * np.sqrt(var / (var + eps))
    wrong = [] if np.allclose(y.std(0), wanted) else ["deviation"]

    def weighed(name, a):
        return np.sum(
            dy * layer(**given | {name: a}, dy=dy, eps=eps)[0]
        )

    for name, gradient in zip(given, found, strict=True):
        f = partial(weighed, name)
        measured = central_difference(f, given[name])
        if relative_error(gradient, measured) > 1e-7:
            wrong.append(f"d{name}")
    return wrong


# --8<-- [end:find-the-bug]


# --8<-- [start:bias]
def drift(backward, steps=100, rate=0.1):
    """How far a bias before the layer moves, and the output.

    >>> bias, output = drift(batchnorm_backward)
    >>> bias < 1e-13, output < 1e-13
    (True, True)
    """
    z, dy = np.random.default_rng(0).normal(size=(2, 16, 4))
    one, bias = np.ones(4), np.zeros(4)
    first, _ = batchnorm_forward(z, one, 0 * one)
    for _ in range(steps):
        y, cache = batchnorm_forward(z + bias, one, 0 * one)
        bias = bias - rate * backward(dy, cache)[0].sum(0)
    moved = np.abs(bias).max(), np.abs(y - first).max()
    return tuple(map(float, moved))


# --8<-- [end:bias]


# --8<-- [start:rmsnorm]
def rms_forward(x, gamma, eps=1e-6):
    """Divide each example by its root mean square.

    Args:
        x: (..., D).
        gamma: (D,).
        eps: added to the mean square; 1e-6 as in Keras.

    Returns:
        y of the shape of x, and the cache for `rms_backward`.
    """
    x, gamma = expect.arrays(x=(x, "..., D"), gamma=(gamma, "D"))
    x = expect.squarable("x", x)
    square = (x**2).mean(-1, keepdims=True)  # (..., 1)
    rms = np.sqrt(square + eps)  # (..., 1)
    xhat = x / rms  # (..., D)
    return gamma * xhat, (xhat, gamma, rms)


def rms_backward(dy, cache):
    """One mean is left: dx is orthogonal to xhat alone.

    >>> x, dy = np.random.default_rng(0).normal(size=(2, 1, 5))
    >>> _, cache = rms_forward(x, np.ones(5), eps=0.0)
    >>> dx, _ = rms_backward(dy, cache)
    >>> print(f"{abs((dx * cache[0]).sum()):.1f} {dx.sum():.1f}")
    0.0 0.9
    """
    xhat, gamma, rms = cache
    dy = expect.array("dy", dy, xhat.shape)
    dgamma = (dy * xhat).sum(tuple(range(dy.ndim - 1)))  # (D,)
    dxhat = gamma * dy  # (..., D)
    slope = (dxhat * xhat).mean(-1, keepdims=True)  # (..., 1)
    return (dxhat - xhat * slope) / rms, dgamma


# --8<-- [end:rmsnorm]


# --8<-- [start:turn]
def turn(rate, decay, steps=2000, seed=0):
    """The root mean square of a step's angle, in radians.

    Taken over the second half of the steps, when decay has settled.

    >>> predicted = (1 / (1 - 0.4 * 0.005) ** 2 - 1) ** 0.5
    >>> print(f"{predicted:.3f} {turn(0.4, 0.005) / predicted:.1f}")
    0.063 1.0
    """
    rows, _ = train(
        Variant(decay=decay), Settings(rate=rate), seed, steps
    )
    return rows.turn[steps // 2 :].mean() ** 0.5


# --8<-- [end:turn]

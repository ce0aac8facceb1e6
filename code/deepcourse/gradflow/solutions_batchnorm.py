"""What the exercises of gradflow 3 ask for, one section each."""

import numpy as np

from deepcourse.gradflow import batchnorm
from deepcourse.gradflow.check import central_difference, relative_error
from deepcourse.gradflow.scale_invariance import Settings, Variant, train


# --8<-- [start:two]
def pair(low, high, dy, eps=1e-3):
    """What becomes of a batch of two, and what comes back.

    Whatever the two values are, they become -1 and 1, but for eps.

    >>> for high in (1.0, 10.0, 1000.0):
    ...     xhat, dx = pair(0.0, high, dy=[1.0, 0.0])
    ...     print(xhat.round(4), f"{dx[0]:.1e}")
    [-0.998  0.998] 4.0e-03
    [-1.  1.] 4.0e-06
    [-1.  1.] 4.0e-12

    A frozen layer would send back 1 / 0.5 = 2 in the first case. Without
    eps nothing comes back at all: two values minus two directions.

    >>> pair(0.0, 1.0, dy=[1.0, 0.0], eps=0.0)[1].tolist()
    [0.0, 0.0]
    """
    x, one = np.array([[low], [high]]), np.ones(1)
    _, cache = batchnorm.forward(x, one, 0 * one, eps)
    dx, _, _ = batchnorm.backward(np.array(dy)[:, None], cache)
    return cache.xhat[:, 0], dx[:, 0]


# --8<-- [end:two]


# --8<-- [start:planted]
def planted_variance(centred):
    """The variance: the mean of the squared distances."""
    return centred.mean(0)


def planted_dxhat(dy, xhat, gamma):
    """Back through y = gamma xhat + beta."""
    return gamma * xhat


def planted_quotient(dxhat, inverse):
    """Back through xhat = centred * inverse, to centred."""
    return dxhat / inverse


# --8<-- [end:planted]


# --8<-- [start:find-the-bug]
def right_variance(centred):
    """The mean of the squared distances."""
    return (centred**2).mean(0)


def right_dxhat(dy, xhat, gamma):
    """The product swaps: dy times the other factor, which is gamma."""
    return gamma * dy


def right_quotient(dxhat, inverse):
    """The product swaps: dxhat times the other factor, the inverse."""
    return dxhat * inverse


RIGHT = [right_variance, right_dxhat, right_quotient]
PLANTED = [planted_variance, planted_dxhat, planted_quotient]


def passes(x, gamma, dy, edges, eps=0.1):
    """Compute xhat and dx from three replaceable edges."""
    variance, dxhat, quotient = edges
    centred = x - x.mean(0)
    inverse = (np.abs(variance(centred)) + eps) ** -0.5
    xhat = centred * inverse
    g = dxhat(dy, xhat, gamma)
    dvar = (g * centred).sum(0) * -0.5 * inverse**3
    dcentred = quotient(g, inverse) + 2 / len(x) * dvar * centred
    return xhat, dcentred - dcentred.mean(0)


def caught(edges, eps=0.1):
    """Two checks: the deviation of xhat, and dx by central differences.

    One slip at a time, in the order in which they are planted:

    >>> for i in range(3):
    ...     edges = RIGHT[:i] + [PLANTED[i]] + RIGHT[i + 1 :]
    ...     print(PLANTED[i].__name__, *caught(edges))
    planted_variance wrong deviation, wrong dx
    planted_dxhat right deviation, wrong dx
    planted_quotient right deviation, wrong dx
    >>> print(*caught(RIGHT))
    right deviation, right dx
    """
    x, dy = np.random.default_rng(0).normal(2, 3, (2, 5, 1))
    gamma = np.array([1.5])
    xhat, dx = passes(x, gamma, dy, edges, eps)
    by_hand = central_difference(
        lambda x: np.sum(dy * gamma * passes(x, gamma, dy, edges, eps)[0]), x
    )
    var = x.var(0)
    checks = (
        np.allclose(xhat.std(0), np.sqrt(var / (var + eps))),
        relative_error(dx, by_hand) < 1e-7,
    )
    words = ["right" if passed else "wrong" for passed in checks]
    return f"{words[0]} deviation,", f"{words[1]} dx"


# --8<-- [end:find-the-bug]


# --8<-- [start:bias]
def drift(backward, steps=100, rate=0.1):
    """How far a bias before the layer moves, and how far the output does.

    The true gradient of the bias is a sum of dx, and that is 0.

    >>> bias, output = drift(batchnorm.backward)
    >>> bias < 1e-13, output < 1e-13
    (True, True)

    With the statistics taken as constants the bias moves on and on, and
    the output, which is all that the loss can see, stays where it was.

    >>> bias, output = drift(batchnorm.inference_backward)
    >>> f"{bias:.0f}", output < 1e-13
    ('34', True)
    """
    z, dy = np.random.default_rng(0).normal(size=(2, 16, 4))
    one, bias = np.ones(4), np.zeros(4)
    first, _ = batchnorm.forward(z, one, 0 * one)
    for _ in range(steps):
        y, cache = batchnorm.forward(z + bias, one, 0 * one)
        bias = bias - rate * backward(dy, cache)[0].sum(0)
    return float(np.abs(bias).max()), float(np.abs(y - first).max())


# --8<-- [end:bias]


# --8<-- [start:rmsnorm]
def rms_forward(x, gamma, eps=1e-6):
    """Divide each example by its root mean square; no mean is taken off.

    Args:
        x: (..., D).
        gamma: (D,).
        eps: added to the mean square; 1e-6 as in Keras.

    Returns:
        y of the shape of x, and the cache for `rms_backward`.
    """
    rms = np.sqrt((x**2).mean(-1, keepdims=True) + eps)  # (..., 1)
    xhat = x / rms  # (..., D)
    return gamma * xhat, (xhat, gamma, rms)


def rms_backward(dy, cache):
    """One mean is left: the gradient is off xhat, and no longer off 1.

    >>> x, dy = np.random.default_rng(0).normal(size=(2, 1, 5))
    >>> _, cache = rms_forward(x, np.ones(5), eps=0.0)
    >>> dx, _ = rms_backward(dy, cache)
    >>> print(f"{abs((dx * cache[0]).sum()):.1f} {dx.sum():.1f}")
    0.0 0.9
    """
    xhat, gamma, rms = cache
    dgamma = (dy * xhat).sum(tuple(range(dy.ndim - 1)))  # (D,)
    dxhat = gamma * dy  # (..., D)
    slope = (dxhat * xhat).mean(-1, keepdims=True)  # (..., 1)
    return (dxhat - xhat * slope) / rms, dgamma


# --8<-- [end:rmsnorm]


# --8<-- [start:turn]
def turn(rate, decay, steps=2000, seed=0):
    """The angle of a step once weight decay has settled, in radians.

    The square root of 2 * 0.5 * 0.01 is 0.1. It stays where it is when one
    setting doubles and the other halves, and doubles when both double.

    >>> for rate, decay in [(0.5, 0.01), (0.25, 0.02), (1.0, 0.02)]:
    ...     print(f"{(2 * rate * decay) ** 0.5:.1f} {turn(rate, decay):.1f}")
    0.1 0.1
    0.1 0.1
    0.2 0.2
    """
    rows, _ = train(Variant(decay=decay), Settings(rate=rate), seed, steps)
    return rows[steps // 2 :, 4].mean() ** 0.5


# --8<-- [end:turn]

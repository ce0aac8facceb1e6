"""What the exercises of gradflow 3 ask for, one section each."""

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

    For 0 and 1, delta is -0.5, so xhat is `-0.5 / 0.251**0.5` = -0.998
    and dx is `1 / 0.251**0.5 * 1/2 * 0.001 / 0.251` = 0.0040. Whatever
    the two values are, they become -1 and 1, but for eps.

    >>> for high in (1.0, 10.0, 1000.0):
    ...     xhat, dx = pair(0.0, high, dy=[1.0, 0.0])
    ...     print(xhat.round(4), f"{dx[0]:.1e}")
    [-0.998  0.998] 4.0e-03
    [-1.  1.] 4.0e-06
    [-1.  1.] 4.0e-12

    A frozen layer with the same statistics divides by the deviation and
    does no more. It would send back much more:

    >>> for high in (1.0, 10.0, 1000.0):
    ...     print(f"{1 / (high**2 / 4 + 1e-3) ** 0.5:.3f}")
    1.996
    0.200
    0.002

    Without eps nothing comes back at all: two values minus two directions.

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
    """Two checks: the deviation of y, and dx as measured.

    The first slip forgets the square: the mean of centred values is 0. The
    other two swap a product wrongly: dxhat is gamma times dy, and the other
    factor of dxhat is the inverse itself. Each alone, then none:

    >>> for slips in [{1}, {2}, {3}, set()]:
    ...     print(slips, *verdict(lambda *a: mended(*a, slips)))
    {1} wrong deviation, wrong dx
    {2} right deviation, wrong dx
    {3} right deviation, wrong dx
    set() right deviation, right dx

    The last step is no slip: dcentred less its mean is dcentred plus
    dmean / M.
    """
    x, dy = np.random.default_rng(0).normal(2, 3, (2, 5, 1))
    gamma, beta = np.array([1.5]), np.array([0.5])
    y, dx, _, _ = layer(x, gamma, beta, dy, eps)
    by_hand = central_difference(
        lambda x: np.sum(dy * layer(x, gamma, beta, dy, eps)[0]),
        x,
    )
    var = x.var(0)
    checks = (
        np.allclose(y.std(0), gamma * np.sqrt(var / (var + eps))),
        relative_error(dx, by_hand) < 1e-7,
    )
    words = ["right" if passed else "wrong" for passed in checks]
    return f"{words[0]} deviation,", f"{words[1]} dx"


# --8<-- [end:find-the-bug]


# --8<-- [start:bias]
def drift(backward, steps=100, rate=0.1):
    """How far a bias before the layer moves, and the output.

    The true gradient of the bias is a sum of dx, and that is 0.

    >>> bias, output = drift(batchnorm_backward)
    >>> bias < 1e-13, output < 1e-13
    (True, True)

    With the statistics taken as constants the bias moves on and on, and
    the output, which is all that the loss can see, stays where it was.

    >>> from deepcourse.gradflow.batchnorm import inference_backward
    >>> bias, output = drift(inference_backward)
    >>> f"{bias:.0f}", output < 1e-13
    ('34', True)
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
    """One mean is left: dx is off xhat, no longer off 1.

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
    """The angle of a step once decay has settled, in radians.

    The formula says 0.1, the same again when one setting halves and the
    other doubles, and twice that when both double. Measured over predicted:

    >>> for rate, decay in [(0.5, 0.01), (0.25, 0.02), (1.0, 0.02)]:
    ...     predicted = (1 / (1 - rate * decay) ** 2 - 1) ** 0.5
    ...     ratio = turn(rate, decay) / predicted
    ...     print(f"{predicted:.2f}", 1 < ratio < 1.08)
    0.10 True
    0.10 True
    0.20 True

    All lie a few per cent high. Lengths fluctuate, and short weights take
    the longer steps, so the mean of step over length is more than the mean
    step over the mean length, which is what the formula fixes.
    """
    rows, _ = train(
        Variant(decay=decay), Settings(rate=rate), seed, steps
    )
    return rows.turn[steps // 2 :].mean() ** 0.5


# --8<-- [end:turn]

"""A gradient that is large and rare: where Adam goes the wrong way."""

import numpy as np

from deepcourse.training.check_numbers import check_whole
from deepcourse.training.check_step import (
    check_number,
    check_share,
)


# --8<-- [start:rare]
def walk(step, large, steps, rate=1.0, beta2=0.999):
    """Where a weight goes on the slopes large, -1, -1, ...

    Args:
        step: `adam` or `amsgrad`.
        large: the slope in each third step, the first one too.
        steps: how many.
        rate: of the first step; step t has rate over the root of t.
        beta2: the share of v that is kept, 0 <= beta2 < 1.

    Returns:
        (steps,) where the weight is after each step; it begins at 0.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Source: Reddi, Kale and Kumar 2018, theorem 1.
    """
    large = check_number("large", large)
    check_share(beta2=beta2)
    w, kept, places = np.zeros(1), {}, []
    for t in range(steps):
        g = np.array([large if t % 3 == 0 else -1.0])
        now = rate / (t + 1) ** 0.5
        step(w, g, kept, now, beta1=0.0, beta2=beta2)
        w.clip(-1, 1, out=w)
        places.append(w[0])
    return np.array(places)


# --8<-- [end:rare]


# --8<-- [start:drift]
def drift(n, beta2, beta1=0.0):
    """How far Adam walks in n steps on slopes n, -1, -1, ...

    In the long run. Then m and v repeat themselves every n steps: a slope k
    steps back has its share of a mean, and so has the one n steps before it.

    Args:
        n: the large slope, and how many steps it comes after; from 2.
        beta2: the share of v that is kept, 0 <= beta2 < 1.
        beta1: the share of m that is kept, 0 <= beta1 < 1.

    Returns:
        The sum of the moves, in rates: above 0 to the right, uphill.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> round(drift(3, 0.1), 2)
        0.68
    """
    n = check_whole("n", n, 2)
    check_share(beta1=beta1, beta2=beta2)
    g = np.r_[n, -np.ones(n - 1)]
    back = np.subtract.outer(np.arange(n), np.arange(n)) % n
    m, v = (
        (1 - beta) / (1 - beta**n) * beta**back @ x
        for beta, x in ((beta1, g), (beta2, g**2))
    )
    return float(-(m / np.sqrt(v)).sum())


# --8<-- [end:drift]

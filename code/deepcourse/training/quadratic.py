"""How fast momentum descends in a bowl: by eigenvalues, and by counting."""

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.training.check_step import (
    check_curvatures,
    check_number,
    check_share,
)


# --8<-- [start:matrix]
def step_matrix(curvature, rate, beta):
    """What a step of momentum does to u and w of one weight.

    Args:
        curvature: of the loss, above 0.
        rate: of learning, at least 0.
        beta: the share of u that is kept, 0 <= beta < 1.

    Returns:
        (2, 2) matrix that takes (u, w) to the next (u, w).

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> step_matrix(2, 0.1, 0.9)
        array([[ 0.9 ,  2.  ],
               [-0.09,  0.8 ]])
    """
    rate = check_number("rate", rate)
    check_share(beta=beta)
    return np.array(
        [[beta, curvature], [-rate * beta, 1 - rate * curvature]]
    )


# --8<-- [end:matrix]


# --8<-- [start:best]
def best_plain(low, high):
    """The best rate of gradient descent, and its factor.

    Args:
        low: the smallest curvature, above 0.
        high: the largest.

    Returns:
        The rate, and by what a step multiplies the distance at worst.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> rate, factor = best_plain(1, 25)
        >>> round(1 / rate, 6), round(factor * 13, 6)
        (13.0, 12.0)
    """
    check_curvatures(low, high)
    return 2 / (low + high), (high - low) / (high + low)


def best_momentum(low, high):
    """Rate and beta of the smallest factor in the long run.

    For a given number of steps others may be better: a curve that falls like
    t times a power is slow at the start.

    Args:
        low: the smallest curvature, above 0.
        high: the largest.

    Returns:
        The rate, beta, and by what a step multiplies the distance in the
        long run.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Source: Polyak 1964.

    Examples:
        >>> rate, beta, factor = best_momentum(1, 25)
        >>> round(rate * 9, 6), round(beta * 9, 6), round(factor * 3, 6)
        (1.0, 4.0, 2.0)
    """
    check_curvatures(low, high)
    root1, root2 = low**0.5, high**0.5
    factor = (root2 - root1) / (root2 + root1)
    return (2 / (root1 + root2)) ** 2, factor**2, factor


# --8<-- [end:best]


# --8<-- [start:count]
def count_steps(step, curvatures, share, **settings):
    """Steps until w is that share of where it began.

    Args:
        step: of `deepcourse.training.optimizers`.
        curvatures: (D,), of the bowl.
        share: of the distance from the lowest point, 0 < share < 1.
        **settings: of the step, its rate too.

    Returns:
        The number of steps, at most 10,000.

    Raises:
        ValueError: The argument, what came, and what was expected, or the
            weights go to infinity.
    """
    [curvatures] = expect.arrays(curvatures=(curvatures, "D"))
    w, kept, t = np.ones(len(curvatures)), {}, 0
    start = np.linalg.norm(w)
    while np.linalg.norm(w) > share * start and t < 10_000:
        step(w, curvatures * w, kept, **settings)
        t += 1
        check_number("distance", float(np.abs(w).max()))
    return t


# --8<-- [end:count]

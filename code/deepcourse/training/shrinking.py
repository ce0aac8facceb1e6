"""What L2 and early stopping leave of the best weights of a bowl."""

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.training.check_numbers import (
    check_at_least_0,
    check_whole,
)
from deepcourse.training.regularization import l2


# --8<-- [start:bowl]
def on_bowl(curvature, best, rate, steps, decay=0.0):
    """Descend from 0 on a bowl whose lowest point is `best`.

    The loss is half of (w - best) curvature (w - best).

    Args:
        curvature: (D, D) symmetric, of the bowl.
        best: (D,) where its slope is 0.
        rate: of learning, at least 0.
        steps: a whole number from 0.
        decay: at least 0, of an L2 penalty.

    Returns:
        (D,) the weights after all steps.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> on_bowl([[4, 0], [0, 0.25]], [1, 1], 0.1, 1)
        array([0.4  , 0.025])
    """
    curvature, best = expect.arrays(
        curvature=(curvature, "D, D"), best=(best, "D")
    )
    rate = check_at_least_0("rate", rate)
    steps = check_whole("steps", steps, 0)
    w = np.zeros_like(best)
    for _ in range(steps):
        g = curvature @ (w - best) + l2(w, decay)[1]
        w = w - rate * g
    return w


# --8<-- [end:bowl]


# --8<-- [start:shares]
def left_by_l2(curvature, decay):
    """The share of the best weight that L2 leaves.

    Args:
        curvature: above 0, of the bowl along an axis of it.
        decay: at least 0.

    Returns:
        A number 0 .. 1, or an array of them.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> left_by_l2(4, 1)
        0.8
    """
    decay = check_at_least_0("decay", decay)
    return curvature / (curvature + decay)


def left_by_stopping(curvature, rate, steps):
    """The share of the best weight after some steps from 0.

    Args:
        curvature: above 0, of the bowl along an axis of it.
        rate: of learning, at least 0.
        steps: a whole number from 0.

    Returns:
        A number, or an array of them; 0 .. 1 if rate times curvature is.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> left_by_stopping(4, 0.1, 1)
        0.4
    """
    rate = check_at_least_0("rate", rate)
    steps = check_whole("steps", steps, 0)
    return 1 - (1 - rate * curvature) ** steps


# --8<-- [end:shares]

"""A rate that rises at first and falls in the end, in two shapes."""

import math

from deepcourse.gradflow import expect
from deepcourse.training.check_step import check_number


# --8<-- [start:schedule]
def rate_at(t, steps, highest, warm):
    """Up in a line for some steps, then down along a cosine.

    Args:
        t: the number of the step, from 1 to steps.
        steps: in all.
        highest: the rate at the step `warm`.
        warm: how many steps the rate rises, below steps.

    Returns:
        The rate; 0 at the last step.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Source: Loshchilov and Hutter 2017, equation 5, without restarts.

    Examples:
        >>> rate_at(5, 100, 0.1, 10), rate_at(10, 100, 0.1, 10)
        (0.05, 0.1)
    """
    highest = check_number("highest", highest)
    if not 0 <= warm < steps:
        expect.refuse("warm", warm, f"0 <= warm < {steps}")
    if not 1 <= t <= steps:
        expect.refuse("t", t, f"1 <= t <= {steps}")
    if t <= warm:
        return highest * t / warm
    done = (t - warm) / (steps - warm)
    return highest * (1 + math.cos(math.pi * done)) / 2


# --8<-- [end:schedule]


# --8<-- [start:stable]
def stable_rate_at(t, steps, highest, warm, fall):
    """Up in a line, level, and down in a line at the end.

    Args:
        t: the number of the step, from 1 to steps.
        steps: in all.
        highest: the rate while it is level.
        warm: how many steps the rate rises.
        fall: how many steps it falls; warm + fall is at most steps.

    Returns:
        The rate; 0 at the last step, if it falls.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Source: Hu et al. 2024, with a fall in a line.

    Examples:
        >>> [stable_rate_at(t, 100, 0.1, 10, 20) for t in (5, 50, 90)]
        [0.05, 0.1, 0.05]
    """
    highest = check_number("highest", highest)
    if not (warm >= 0 and fall >= 0 and warm + fall <= steps):
        expect.refuse(
            "warm, fall", (warm, fall), f"0 .. {steps} together"
        )
    if not 1 <= t <= steps:
        expect.refuse("t", t, f"1 <= t <= {steps}")
    if t <= warm:
        return highest * t / warm
    if t <= steps - fall:
        return highest
    return highest * (steps - t) / fall


# --8<-- [end:stable]

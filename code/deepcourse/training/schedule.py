"""A rate that rises at first and falls in the end."""

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

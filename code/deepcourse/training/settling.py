"""Why RMSProp and Adam don't settle at a constant rate: the root of v fades."""

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.training.check_numbers import check_whole
from deepcourse.training.check_step import (
    check_number,
    check_share,
)
from deepcourse.training.optimizers import adam, rmsprop
from deepcourse.training.surfaces import CURVATURES


def edge(beta1=0.0):
    """Where a constant root stops to shrink a weight.

    Of momentum, the rate times the curvature may be 2 (1 + beta1). Adam's m
    is 1 - beta1 times momentum's sum.

    Args:
        beta1: the share of m that is kept, 0 <= beta1 < 1.

    Returns:
        What the rate times the curvature over the root must stay below.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> edge(), round(edge(0.9), 9)
        (2.0, 38.0)
    """
    check_share(beta1=beta1)
    return 2 * (1 + beta1) / (1 - beta1)


def follow(step, rate, start, steps, beta2):
    """The way down the bowl, and how near the edge each step is.

    Args:
        step: `rmsprop` or `adam`.
        rate: of learning, at least 0.
        start: (2,) weights.
        steps: how many, a whole number from 1.
        beta2: the share of v that is kept, 0 <= beta2 < 1.

    Returns:
        (steps, 2) the weights, and (steps, 2) the rate times the curvature
        over the root of v, epsilon included.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    if step not in (rmsprop, adam):
        expect.refuse("step", step, "rmsprop or adam")
    rate = check_number("rate", rate)
    steps = check_whole("steps", steps, 1)
    check_share(beta2=beta2)
    [w] = expect.arrays(start=(start, "2"))
    w, kept, epsilon = w.astype(float), {}, 1e-7
    places, ratios = np.empty((2, steps, 2))
    for t in range(steps):
        step(w, CURVATURES * w, kept, rate, beta2=beta2)
        places[t], v = w, kept["v"]
        if step is adam:
            root = (np.sqrt(v) + epsilon) / (
                1 - beta2 ** (t + 1)
            ) ** 0.5
        else:
            root = np.sqrt(v + epsilon)
        ratios[t] = rate * CURVATURES / root
    return places, ratios

"""Noisy gradients in a bowl: where the weight's variance settles."""

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.training.check_noise import check_settles
from deepcourse.training.check_step import check_number


# --8<-- [start:floor]
def variance_at_rest(rate, curvature, noise):
    """What the mean square of a weight settles at.

    Args:
        rate: of learning; rate times curvature lies between 0 and 2.
        curvature: of the bowl, above 0.
        noise: the variance of a gradient, at least 0.

    Returns:
        The mean square, around the bottom of the bowl.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> round(variance_at_rest(0.1, 1, 1), 4)
        0.0526
    """
    check_settles(rate, curvature)
    noise = check_number("noise", noise)
    return rate * noise / (curvature * (2 - rate * curvature))


# --8<-- [end:floor]


# --8<-- [start:expected]
def expected_losses(rates, curvatures, noise, start=1.0):
    """The loss after each step, a mean over all noise.

    Args:
        rates: of learning, one for each step.
        curvatures: of the bowl, one for each weight.
        noise: the variance of each gradient.
        start: where all weights begin.

    Returns:
        One number for each step.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> expected_losses([0.5], [1.0], 0.0)
        array([0.125])
    """
    rates = expect.array("rates", rates)
    curvatures = expect.array("curvatures", curvatures)
    noise = check_number("noise", noise)
    c, losses = np.asarray(curvatures), []
    square = np.full(len(c), float(start) ** 2)
    for rate in rates:
        square = (1 - rate * c) ** 2 * square + rate**2 * noise
        losses.append((c * square).sum() / 2)
    return np.array(losses)


# --8<-- [end:expected]

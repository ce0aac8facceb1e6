"""Clipping a gradient by its global norm.

Pascanu et al. 2013, algorithm 1, over all weights together.
"""

import math

import numpy as np

from deepcourse.gradflow import expect


# --8<-- [start:clip]
def global_norm(gradients):
    """The length of several arrays, laid end to end.

    Args:
        gradients: arrays of any shapes.

    Returns:
        The length, a float. In units of the largest entry, no square of it
        overflows.

    Raises:
        ValueError: One isn't of real numbers.

    Examples:
        >>> global_norm([np.array([3.0]), np.array([[4.0]])])
        5.0
    """
    gradients = expect.several("gradients", gradients)
    arrays = [np.asarray(each, float) for each in gradients]
    largest = max(
        (np.abs(each).max(initial=0) for each in arrays),
        default=0.0,
    )
    if largest == 0 or not math.isfinite(largest):
        return float(largest)
    total = sum(
        np.sum(np.square(each / largest)) for each in arrays
    )
    return float(largest) * math.sqrt(total)


def clip_by_global_norm(gradients, limit):
    """Scale all gradients by one factor if they are too long.

    One factor for all keeps the direction of the step.

    Args:
        gradients: arrays of any shapes.
        limit: the largest length that passes unchanged, above 0.

    Returns:
        The gradients, and their length before clipping.

    Raises:
        ValueError: The limit is not above 0, or the length isn't finite.

    Examples:
        >>> clip_by_global_norm([np.array([3.0]), np.array([4.0])], limit=1.0)
        ([array([0.6]), array([0.8])], 5.0)
    """
    gradients = expect.several("gradients", gradients)
    limit = expect.number(
        "limit", limit, lambda n: n > 0, "a number above 0"
    )
    norm = global_norm(gradients)
    if not math.isfinite(norm):
        expect.refuse("gradients", f"a norm of {norm}", "finite")
    scale = np.float64(min(1.0, limit / norm) if norm else 1.0)
    scaled = [
        (each * scale).astype(each.dtype) for each in gradients
    ]
    return scaled, norm


# --8<-- [end:clip]

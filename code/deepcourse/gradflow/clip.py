"""Clipping a gradient by its global norm.

Pascanu et al. 2013, algorithm 1, over all weights together.
"""

import math

import numpy as np


# --8<-- [start:clip]
def global_norm(gradients):
    """The length of several arrays laid end to end, as one vector.

    >>> global_norm([np.array([3.0]), np.array([[4.0]])])
    5.0
    """
    return math.sqrt(sum(float(np.sum(np.square(g))) for g in gradients))


def clip_by_global_norm(gradients, limit):
    """Scale all gradients by one factor if together they are too long.

    One factor for all keeps the direction of the step.

    Args:
        gradients: arrays of any shapes.
        limit: the largest length that passes unchanged, above 0.

    Returns:
        The gradients, and their length before clipping.

    Raises:
        ValueError: The limit is not above 0, or the length isn't finite.

    >>> clip_by_global_norm([np.array([3.0]), np.array([4.0])], limit=1.0)
    ([array([0.6]), array([0.8])], 5.0)
    """
    if not limit > 0:
        raise ValueError(f"limit: got {limit}, expected a number above 0")
    norm = global_norm(gradients)
    if not math.isfinite(norm):
        raise ValueError(f"gradients: got a norm of {norm}, expected finite")
    scale = min(1.0, limit / norm) if norm else 1.0
    return [g * scale for g in gradients], norm


# --8<-- [end:clip]

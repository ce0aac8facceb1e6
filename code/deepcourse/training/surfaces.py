"""Three surfaces to descend on: a bowl, a bent valley and a saddle.

Each is a loss of two weights, with its gradient written out.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.training.check_numbers import check_whole


class Surface(NamedTuple):
    """A loss of two weights."""

    loss: Callable  # of (..., 2) weights
    gradient: Callable  # of (2,) weights, (2,)
    lowest: tuple  # weights where the loss is least


# --8<-- [start:bowl]
CURVATURES = np.array([1.0, 25.0])


def bowl(w):
    """Half of each curvature times the square of its weight.

    Args:
        w: (..., 2) weights.

    Returns:
        (...) losses.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> float(bowl([1, 1]))
        13.0
    """
    [w] = expect.arrays(w=(w, "..., 2"))
    return (CURVATURES * w**2).sum(axis=-1) / 2


def bowl_gradient(w):
    """Each curvature times its weight.

    Args:
        w: (2,) weights.

    Returns:
        (2,).

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    [w] = expect.arrays(w=(w, "2"))
    return CURVATURES * w


# --8<-- [end:bowl]


def valley(w):
    """Rosenbrock's valley along a parabola, with 10 for his 100.

    Args:
        w: (..., 2) weights.

    Returns:
        (...) losses.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Source: Rosenbrock 1960.

    Examples:
        >>> float(valley([0, 0])), float(valley([1, 1]))
        (1.0, 0.0)
    """
    [w] = expect.arrays(w=(w, "..., 2"))
    x, y = w[..., 0], w[..., 1]
    return (1 - x) ** 2 + 10 * (y - x**2) ** 2


def valley_gradient(w):
    """Its slope by each of the two weights.

    Args:
        w: (2,) weights.

    Returns:
        (2,).

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    [w] = expect.arrays(w=(w, "2"))
    x, y = w
    along = -2 * (1 - x) - 40 * x * (y - x**2)
    return np.array([along, 20 * (y - x**2)])


def saddle(w):
    """Up along the first weight, down along the second, with two ends.

    Args:
        w: (..., 2) weights.

    Returns:
        (...) losses: 0 at the saddle, -1/4 at the two ends.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> float(saddle([0, 0])), float(saddle([0, -1]))
        (0.0, -0.25)
    """
    [w] = expect.arrays(w=(w, "..., 2"))
    x, y = w[..., 0], w[..., 1]
    return x**2 / 2 - y**2 / 2 + y**4 / 4


def saddle_gradient(w):
    """Its slope by each of the two weights.

    Args:
        w: (2,) weights.

    Returns:
        (2,).

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    [w] = expect.arrays(w=(w, "2"))
    x, y = w
    return np.array([x, y**3 - y])


SURFACES = {
    "bowl": Surface(bowl, bowl_gradient, (0.0, 0.0)),
    "valley": Surface(valley, valley_gradient, (1.0, 1.0)),
    "saddle": Surface(saddle, saddle_gradient, (0.0, 1.0)),
}


def descend(step, surface, start, steps, far=1e6, **settings):
    """Where an optimizer goes on a surface.

    Args:
        step: of `deepcourse.training.optimizers`.
        surface: of `SURFACES`.
        start: (2,) weights, where it begins.
        steps: how many, a whole number from 0.
        far: a weight beyond this size, and it goes no further.
        **settings: of the step, its rate too.

    Returns:
        (steps + 1, 2) weights, the start first; NaN from where they are far.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    [w] = expect.arrays(start=(start, "2"))
    w, kept = w.astype(float), {}
    steps = check_whole("steps", steps, 0)
    found = np.full((steps + 1, 2), np.nan)
    found[0] = w
    for t in range(1, steps + 1):
        step(w, surface.gradient(w), kept, **settings)
        if np.abs(w).max() > far:
            break
        found[t] = w
    return found

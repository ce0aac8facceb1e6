"""The geometric median: the point of least summed distance to some points.

The mean has a formula, and this has none. Weiszfeld's iteration of 1937 finds
it, but divides by 0 when it comes to one of the points; Vardi and Zhang
mended that in 2000. Gradient descent needs nothing but the loss.
"""

from typing import NamedTuple

import numpy as np

from deepcourse.graphs.expect import array, refuse
from deepcourse.graphs.gradients import gradients
from deepcourse.graphs.graph import (
    Graph,
    Node,
    assign,
    reduce_sum,
)


class Descent(NamedTuple):
    """A graph that walks to the median of its points."""

    points: Node  # fed
    y: Node  # the state: where the walk is
    loss: Node
    slope: Node
    train: Node


def descent(n, start, rate, softness=0.0):
    """Build the graph of gradient descent on the summed distance.

    Args:
        n: how many points will be fed.
        start: (2,) where to begin.
        rate: length of a step for a slope of 1.
        softness: 0, or what rounds the tips: sqrt(d² + softness²).

    Returns:
        The nodes. At a point, without softness, the slope is 0/0.

    Raises:
        ValueError: The start isn't two real numbers.
    """
    g = Graph()
    points = g.placeholder((n, 2), "points")
    y = g.variable(array("start", start, (2,)), "y")
    squares = reduce_sum((points - y) ** 2, 1)
    loss = reduce_sum((squares + softness**2) ** 0.5)
    [slope] = gradients(loss, [y])
    train = assign(y, y - rate * slope)
    return Descent(points, y, loss, slope, train)


# --8<-- [start:weiszfeld]
def weiszfeld_step(points, y):
    """The mean of the points, weighted by 1 / distance.

    Weiszfeld 1937. At a point that weight is infinite, and the step nan.

    Args:
        points: (N, 2).
        y: (2,) where we are.

    Returns:
        (2,) where we go.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = 1 / np.linalg.norm(points - y, axis=1)  # (N,)
        return weights @ points / weights.sum()  # (2,)


# --8<-- [end:weiszfeld]


# --8<-- [start:pull]
def pull(points, y):
    """The sum of unit vectors to all points but those at y.

    Args:
        points: (N, 2).
        y: (2,).

    Returns:
        (2,) minus the slope of the summed distance, where it has one.
    """
    away = points[(points != y).any(axis=1)] - y  # (M, 2)
    lengths = np.linalg.norm(away, axis=1, keepdims=True)
    return (away / lengths).sum(axis=0)  # (2,)


# --8<-- [end:pull]


# --8<-- [start:mended]
def mended_step(points, y):
    """A step that leaves a point, unless it is the median.

    Vardi and Zhang 2000, equation 2.6, for points that differ: a point is the
    median if the others pull with a force of at most 1.

    Args:
        points: (N, 2).
        y: (2,) where we are.

    Returns:
        (2,) where we go.
    """
    here = (points == y).all(axis=1)  # (N,)
    force = np.linalg.norm(pull(points, y))
    if not here.any():
        return weiszfeld_step(points, y)
    if force <= here.sum():
        return y
    stay = here.sum() / force
    return stay * y + (1 - stay) * weiszfeld_step(
        points[~here], y
    )


# --8<-- [end:mended]


def geometric_median(
    points, start=None, least=1e-13, steps=100_000
):
    """Go on until a step is shorter than `least`.

    Args:
        points: (N, 2) real numbers, N from 1.
        start: (2,) where to begin; by default at the mean.
        least: length of a step that is none any more.
        steps: after which it gives up.

    Returns:
        The median, (2,), and the number of steps.

    Raises:
        ValueError: The points are none, or the steps don't suffice.

    Examples:
        >>> corners = [[0, 0], [1, 0], [1, 1], [0, 1]]
        >>> geometric_median(corners)[0]
        array([0.5, 0.5])
    """
    points = array("points", points)
    if (
        points.ndim != 2
        or points.shape[1] != 2
        or not len(points)
    ):
        refuse(
            "points", f"shape {points.shape}", "(N, 2), N from 1"
        )
    y = (
        points.mean(axis=0)
        if start is None
        else array("start", start)
    )
    for step in range(1, steps + 1):
        before, y = y, mended_step(points, y)
        if np.linalg.norm(y - before) <= least:
            return y, step
    refuse("steps", steps, "enough of them")


# --8<-- [start:curvature]
def curvature(points, y):
    """The second derivatives of the summed distance.

    Args:
        points: (N, 2).
        y: (2,) none of the points.

    Returns:
        (2, 2).
    """
    away = points - y  # (N, 2)
    d = np.linalg.norm(away, axis=1)  # (N,)
    unit = away / d[:, None]  # (N, 2)
    return np.eye(2) * (1 / d).sum() - (unit.T / d) @ unit


# --8<-- [end:curvature]

"""Five points of one channel, for the figure of the straight line.

`python -m deepcourse.gradflow.runs.line [--quick]` writes
runs/gradflow/line.json: where the points of the figure begin, and by how much
the backward pass differs from the residuals of a ridge regression.
"""

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.gradflow.batchnorm import (
    batchnorm_backward,
    batchnorm_forward,
)
from deepcourse.gradflow.gradcheck import relative_error


@dataclass(frozen=True)
class Settings:
    """What the figure begins with, and what it can be set to."""

    x: tuple = (1.0, 3.0, 4.0, 5.0, 7.0)
    dy: tuple = (1.0, 0.0, 0.0, 0.0, 0.0)
    gamma: float = 2.0
    epsilons: tuple = (0.0, 0.001, 0.01, 0.1, 0.5, 1.0, 4.0, 16.0, 64.0)
    draws: int = 100  # of five other points, for each epsilon
    seed: int = 0


QUICK = replace(Settings(), draws=5)


def ridge(x, dy, eps: float) -> np.ndarray:
    """The line through the points with M eps as penalty on its slope.

    Args:
        x: (M,) the values of a channel.
        dy: (M,) the gradient that arrives.
        eps: that of the layer.

    Returns:
        (2,) its height at x = 0, and its slope.
    """
    table = np.stack([np.ones_like(x), x], axis=1)  # (M, 2)
    penalty = np.diag([0.0, len(x) * eps])
    return np.linalg.solve(table.T @ table + penalty, table.T @ dy)


def residuals(x, dy, gamma: float, eps: float) -> np.ndarray:
    """(M,) distances from that line, times gamma over the deviation."""
    start, slope = ridge(x, dy, eps)
    return gamma / np.sqrt(x.var() + eps) * (dy - start - slope * x)


def backward(x, dy, gamma: float, eps: float) -> np.ndarray:
    """(M,) dx by the layer's own backward pass."""
    one = np.ones(1)
    _, cache = batchnorm_forward(x[:, None], gamma * one, one, eps)
    return batchnorm_backward(dy[:, None], cache)[0][:, 0]


def measure(s: Settings, _: Path) -> dict:
    """Compare both for the points of the figure and for drawn ones."""
    rng, errors = np.random.default_rng(s.seed), []
    for eps in s.epsilons:
        every = [(np.array(s.x), np.array(s.dy))]
        every += [rng.normal(size=(2, len(s.x))) for _ in range(s.draws)]
        for x, dy in every:
            given = x, dy, s.gamma, eps
            errors.append(relative_error(backward(*given), residuals(*given)))
    return {
        "values": {"cases": len(errors), "error": max(errors)},
        "units": {"cases": "count", "error": "relative error"},
        "settings": asdict(s),
        "seeds": [s.seed],
        "data": {"name": "points of the page, and normal random numbers"},
    }


if __name__ == "__main__":
    records.run("gradflow/line", measure, Settings(), QUICK)

"""One small image and one kernel, for the figure of the convolution.

`python -m deepcourse.gradflow.runs.window [--quick]` writes
runs/gradflow/window.json: numbers that are easily multiplied, and by how much
the list of products differs from the matrix product over all settings.
"""

import itertools
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.gradflow.conv2d import conv_backward, conv_forward
from deepcourse.gradflow.conv2d_loops import (
    conv_loops_backward,
    conv_loops_forward,
)
from deepcourse.gradflow.gradcheck import relative_error


@dataclass(frozen=True)
class Settings:
    """What the figure can be set to, and the seed of its numbers."""

    size: int = 5  # I and J
    windows: tuple = (1, 2, 3)  # U and V
    strides: tuple = (1, 2, 3)
    paddings: tuple = ("valid", "same")
    seed: int = 2


QUICK = replace(Settings(), strides=(2,))


def arrays(s: Settings) -> dict[str, np.ndarray]:
    """Whole numbers: a large enough x, k and dy, of which a setting cuts."""
    rng, most = np.random.default_rng(s.seed), max(s.windows)
    return {
        "x": rng.integers(0, 4, (s.size, s.size)),
        "k": rng.choice([-2, -1, 1, 2], (most, most)),
        "dy": rng.choice([-2, -1, 1, 2], (s.size, s.size)),
    }


def cut(found: dict, window: int, stride: int, padding: str) -> tuple:
    """The arrays of one setting, with an axis for examples and channels.

    Returns:
        (1, I, J, 1), (U, V, 1, 1), (1, P, Q, 1).
    """
    x = np.array(found["x"], float)[None, :, :, None]
    k = np.array(found["k"], float)[:window, :window, None, None]
    _, p, q, _ = conv_forward(x, k, stride, padding).shape
    return x, k, np.array(found["dy"], float)[None, :p, :q, None]


def difference(x, k, dy, stride: int, padding: str) -> float:
    """How far two ways to compute y, dx and dk are apart, at most."""
    way = stride, padding
    both = [
        (forward(x, k, *way), *backward(dy, x, k, *way))
        for forward, backward in (
            (conv_forward, conv_backward),
            (conv_loops_forward, conv_loops_backward),
        )
    ]
    return max(relative_error(*pair) for pair in zip(*both))


def measure(s: Settings, _: Path) -> dict:
    """Draw the numbers, and compare the two ways in every setting."""
    found = arrays(s)
    errors = [
        difference(*cut(found, *setting), *setting[1:])
        for setting in itertools.product(s.windows, s.strides, s.paddings)
    ]
    return {
        "values": {"cases": len(errors), "error": max(errors)},
        "units": {"cases": "count", "error": "relative error"},
        "settings": asdict(s),
        "seeds": [s.seed],
        "data": {"name": "whole random numbers"},
        "arrays": {name: a.tolist() for name, a in found.items()},
    }


if __name__ == "__main__":
    records.run("gradflow/window", measure, Settings(), QUICK)

"""What a kernel and a stride print on a flat picture, for the page's figure.

`python -m deepcourse.convolution.runs.overlap [--quick]` writes
runs/convolution/overlap.json. The figure computes by itself; what this says
of each setting is what it must say.
"""

from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.convolution.up import conv_up, sizes_up, widened

SIDE = 24  # rows and columns that are shown, far from the border
KINDS = "ones", "hill", "random"


@dataclass(frozen=True)
class Settings:
    """What the figure can be set to."""

    windows: tuple = (1, 2, 3, 4, 5, 6)
    strides: tuple = (1, 2, 3, 4)
    layers: tuple = (1, 2)
    most: int = 5  # of a random tap
    seed: int = 3


QUICK = Settings(windows=(2, 3), strides=(2,))


def taps(s: Settings, kind: str, window: int) -> np.ndarray:
    """(U,) the taps of a kernel along an axis."""
    if kind == "ones":
        return np.ones(window)
    if kind == "hill":
        return 1.0 + np.minimum(np.arange(window), np.arange(window)[::-1])
    return random(s)[:window].astype(float)


def random(s: Settings) -> np.ndarray:
    """Whole numbers for the largest window; smaller ones take the first."""
    draw = np.random.default_rng(s.seed)
    return draw.integers(0, s.most + 1, max(s.windows))


def row(along: np.ndarray, stride: int, layers: int, resized: bool):
    """(SIDE,) what layers in a row make of ones, far from the border."""
    w = along.reshape(1, -1, 1, 1)
    if resized:
        w = widened(w, stride)[:1]  # all its rows are the same
    start = 2 * len(along) * stride**layers
    y = np.ones((1, 1, start + SIDE, 1))
    for _ in range(layers):
        size = sizes_up(y.shape[2], w.shape[1], stride)
        y = conv_up(y, w, (1, size[0]), stride)
    return y[0, 0, start : start + SIDE, 0]


def pattern(along, stride: int, layers: int = 1, resized: bool = False):
    """(SIDE, SIDE) what they make of a flat picture of ones."""
    found = row(along, stride, layers, resized)
    return np.outer(found, found)


def measure(s: Settings, _: Path) -> dict:
    """Lowest and highest value of each setting, in one layer."""
    values = {}
    for kind, window in product(KINDS, s.windows):
        place = values.setdefault(kind, {}).setdefault(f"window_{window}", {})
        for stride in s.strides:
            found = pattern(taps(s, kind, window), stride)
            place[f"stride_{stride}"] = {
                "lowest": float(found.min()),
                "highest": float(found.max()),
            }
    return {
        "values": values,
        "units": {"lowest": "1", "highest": "1"},
        "seeds": [s.seed],
        "data": {"name": "a flat picture of ones"},
        "random": random(s).tolist(),
    }


if __name__ == "__main__":
    records.run("convolution/overlap", measure, Settings(), QUICK)

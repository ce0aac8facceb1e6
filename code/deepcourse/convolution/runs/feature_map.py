"""Digits and kernels for the figure of the page, and what a push does to maps.

`python -m deepcourse.convolution.runs.feature_map [--quick]` writes
runs/convolution/feature_map.json. The figure computes by itself; what this
measures of the digit that it begins with is what it must say.
"""

import base64
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from deepcourse import datasets, records
from deepcourse.convolution.conv import conv

PRESETS = {
    "upright edge": "1 0 -1  1 0 -1  1 0 -1",
    "level edge": "1 1 1  0 0 0  -1 -1 -1",
    "blur (sum)": "1 1 1  1 1 1  1 1 1",
    "copy": "0 0 0  0 1 0  0 0 0",
    "outline": "-1 -1 -1  -1 8 -1  -1 -1 -1",
    "upright line": "-1 2 -1  -1 2 -1  -1 2 -1",
    "level line": "-1 -1 -1  2 2 2  -1 -1 -1",
    "falling line": "2 -1 -1  -1 2 -1  -1 -1 2",
    "rising line": "-1 -1 2  -1 2 -1  2 -1 -1",
}
WINDOW = 3  # rows and columns of a kernel


@dataclass(frozen=True)
class Settings:
    """What the figure can be set to."""

    data: str = "mnist"  # the function of `datasets`
    periods: tuple = (1, 2, 3, 26)  # the last has a kernel for each place
    most: int = 2  # of a random weight
    pushes: int = 3  # pixels to the right
    shown: int = 7  # the class that the figure begins with
    seed: int = 0


QUICK = Settings(data="digits", periods=(1, 2, 6))


def presets() -> np.ndarray:
    """(9, 3, 3) the kernels that have names."""
    rows = [text.split() for text in PRESETS.values()]
    return np.array(rows, int).reshape(-1, WINDOW, WINDOW)


def local(s: Settings) -> np.ndarray:
    """(26, 26, 3, 3) whole random weights, a kernel for each place."""
    draw, many = np.random.default_rng(s.seed), s.periods[-1]
    size = many, many, WINDOW, WINDOW
    return draw.integers(-s.most, s.most + 1, size)


def kernels(s: Settings, period: int) -> np.ndarray:
    """(Y, Z, U, V, C, K) as the figure has them before one is edited."""
    named, size = presets(), (period, period, WINDOW, WINDOW, 1, 1)
    many = period * period
    w = named[:many] if many <= len(named) else local(s)
    return w.reshape(size).astype(float)


def moved(image: np.ndarray, down: int, right: int) -> np.ndarray:
    """(I, J) an image some pixels further; what leaves it is gone."""
    found = np.zeros_like(image)
    to, of = (
        tuple(slice(max(n, 0), size + min(n, 0)) for n, size in each)
        for each in (
            zip((down, right), image.shape),
            zip((-down, -right), image.shape),
        )
    )
    found[to] = image[of]
    return found


def feature_map(image: np.ndarray, w: np.ndarray) -> np.ndarray:
    """(P, Q) the sums of one image of 0 .. 255."""
    return conv(image[None, :, :, None] / 255, w)[0, :, :, 0]


def apart(image, w, down: int, right: int) -> float:
    """How far the map of a pushed image is from the pushed map, at most.

    Places are compared that both have.
    """
    before = feature_map(image, w)
    after = feature_map(moved(image, down, right), w)
    there = moved(np.ones_like(before), down, right) > 0
    difference = np.abs(after - moved(before, down, right))[there]
    return float(difference.max(initial=0))


def measure(s: Settings, _: Path) -> dict:
    """Push the digit that the figure begins with, under each period."""
    source = getattr(datasets, s.data)()
    images, labels = source.test_images, source.test_labels
    first = [int(np.flatnonzero(labels == k)[0]) for k in range(10)]
    digit = images[first[s.shown]]
    values = {
        f"period_{period}": {
            f"by_{right}": apart(digit, kernels(s, period), 0, right)
            for right in range(1, s.pushes + 1)
        }
        for period in s.periods
    }
    return {
        "values": values,
        "units": {f"by_{n}": "1" for n in range(1, s.pushes + 1)},
        "seeds": [s.seed],
        "data": source.facts(),
        "presets": [
            {"name": name, "weights": w.ravel().tolist()}
            for name, w in zip(PRESETS, presets())
        ],
        "local": coded(local(s).astype(np.int8)),
        "shown": s.shown,  # of the digits, before one is chosen
        "digits": [
            {"test_image": i, "label": int(labels[i]), "pixels": coded(image)}
            for i, image in zip(first, images[first].astype(np.uint8))
        ],
    }


def coded(numbers: np.ndarray) -> str:
    """Bytes in base64."""
    return base64.b64encode(numbers.tobytes()).decode()


if __name__ == "__main__":
    records.run("convolution/feature_map", measure, Settings(), QUICK)

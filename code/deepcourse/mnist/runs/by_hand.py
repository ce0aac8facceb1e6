"""Nets of several widths, and nets by hand from equal units.

`python -m deepcourse.mnist.runs.by_hand [--quick]`: what exercises 3 and 4 of
the lesson's first part ask.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.mnist.solutions.by_hand import misread_by_width, twins


@dataclass(frozen=True)
class Settings:
    """The widths, and how long the nets train; 0 is softmax regression."""

    data: str = "mnist"
    units: tuple[int, ...] = (0, 2, 4, 8, 16, 64, 256, 1024)
    epochs: int = 5
    seeds: tuple[int, ...] = (0, 1, 2)
    twins: tuple[int, ...] = (50, 64)
    at: tuple[int, ...] = (100, 400, 3200)


def measure(s: Settings, runs: Path) -> dict:
    """Train each net."""
    source = getattr(datasets, s.data)()
    x, y = source.images / np.float32(source.images.max()), source.labels
    values = {}
    for units in tqdm(s.units, unit="width"):
        wrong = [
            misread_by_width(x, y, units, seed, s.epochs) for seed in s.seeds
        ]
        values[f"units_{units}"] = {
            "validation_error": float(np.mean(wrong)),
            "validation_error_low": min(wrong),
            "validation_error_high": max(wrong),
        }
    for units in s.twins:
        seen = twins(units, *small_digits(), s.at)
        for at, (apart, right) in zip(s.at, seen, strict=True):
            found = {"apart": apart, "test_accuracy": right}
            values.setdefault(f"twins_{units}", {})[f"after_{at}"] = found
    return {
        "values": values,
        "units": {
            "validation_error": "fraction",
            "validation_error_low": "fraction",
            "validation_error_high": "fraction",
            "test_accuracy": "fraction",
            "apart": "1",
        },
        "settings": asdict(s),
        "seeds": s.seeds,
        "data": [source.facts(), datasets.digits().facts()],
    }


def small_digits():
    """Pictures and labels to learn and to test by, as the page cuts them."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    x = np.float32(x / 16)
    return (x[:1437], y[:1437]), (x[1437:], y[1437:])


if __name__ == "__main__":
    quick = Settings("digits", (0, 2), 1, (0,), twins=(4,), at=(1, 2))
    records.run("mnist/by_hand", measure, Settings(), quick)

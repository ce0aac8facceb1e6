"""Nets trained by hand on the small digits: by width, and from equal units.

`python -m deepcourse.mnist.runs.by_hand [--quick]`: what exercises 3 and 4 of
the lesson's first part ask.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import records
from deepcourse.datasets import digits
from deepcourse.mnist.solutions.by_hand import by_width, twins


@dataclass(frozen=True)
class Settings:
    """The widths, and how long the nets train; 0 is softmax regression."""

    units: tuple[int, ...] = (0, 2, 4, 8, 16, 64, 256)
    steps: int = 1200
    rate: float = 0.5
    validation: int = 200
    seeds: tuple[int, ...] = (0, 1, 2)
    twins: tuple[int, ...] = (50, 64)
    at: tuple[int, ...] = (100, 400, 3200)


def measure(s: Settings, runs: Path) -> dict:
    """Train each net."""
    values = {}
    for units in tqdm(s.units, unit="width"):
        read = [by_width(units, seed, s.steps) for seed in s.seeds]
        values[f"units_{units}"] = {
            "validation_accuracy": float(np.mean(read)),
            "validation_accuracy_low": min(read),
            "validation_accuracy_high": max(read),
        }
    for units in s.twins:
        for at, (apart, right) in zip(s.at, twins(units, s.at), strict=True):
            found = {"apart": apart, "test_accuracy": right}
            values.setdefault(f"twins_{units}", {})[f"after_{at}"] = found
    accuracies = {name for each in values.values() for name in each}
    return {
        "values": values,
        "units": dict.fromkeys(
            (name for name in accuracies if "accuracy" in name), "fraction"
        )
        | {"test_accuracy": "fraction", "apart": "1"},
        "settings": asdict(s),
        "seeds": s.seeds,
        "data": digits().facts(),
    }


if __name__ == "__main__":
    quick = Settings((0, 2), 3, seeds=(0,), twins=(4,), at=(1, 2))
    records.run("mnist/by_hand", measure, Settings(), quick)

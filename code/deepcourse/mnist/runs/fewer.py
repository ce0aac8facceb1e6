"""What dropout buys on how many pictures: the answer to an exercise.

`python -m deepcourse.mnist.runs.fewer [--quick]`
"""

import functools
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.mnist.solutions.mnist import fewer


@dataclass(frozen=True)
class Settings:
    """How many pictures are learnt, and how."""

    data: str = "mnist"
    many: tuple[int, ...] = (500, 2000, 8000, 50000)  # training pictures
    rates: tuple[float, ...] = (0.0, 0.5)  # of dropout
    steps: int = 3000  # of 128 pictures each
    seeds: tuple[int, ...] = tuple(range(10))


def measure(settings: Settings, runs: Path) -> dict:
    """Train on each number of pictures, without dropout and with it."""
    source = getattr(datasets, settings.data)()
    x, y = source.images / np.float32(source.images.max()), source.labels

    def error(*case):
        part = functools.partial(fewer, x, y, *case, steps=settings.steps)
        what = (case, settings.steps, source.sha256)
        return records.kept("mnist/fewer", what, Path(__file__), part)

    values = {}
    for many in tqdm(settings.many, unit="size"):
        without, dropped = (
            np.array([error(many, rate, seed) for seed in settings.seeds])
            for rate in settings.rates
        )
        bought = 100 * (without - dropped)  # percentage points, by seed
        spread = bought.std(ddof=1)
        values[f"of_{many}"] = {
            "error_without": float(without.mean()),
            "error_with": float(dropped.mean()),
            "bought": float(bought.mean()),
            "bought_se": float(spread / len(bought) ** 0.5),
        }
    units = {
        "error_without": "fraction",
        "error_with": "fraction",
        "bought": "percentage points",
        "bought_se": "percentage points",
    }
    return {
        "values": values,
        "units": units,
        "settings": asdict(settings),
        "seeds": settings.seeds,
        "data": source.facts(),
    }


if __name__ == "__main__":
    small = Settings("digits", (50, 200), steps=30, seeds=(0, 1))
    records.run("mnist/fewer", measure, Settings(), small)

"""Small digits learnt as they are and moved, for few steps and for many.

`python -m deepcourse.training.runs.moved [--quick]` writes
runs/training/moved.json, for the solution of exercise 3.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.training.solutions.regularization import by_shift


@dataclass(frozen=True)
class Settings:
    """Each number of steps with each move, from all seeds."""

    many: int = 250  # digits
    steps: tuple = (300, 4800)
    most: tuple = (0, 1, 2)  # pixels
    seeds: int = 3


QUICK = Settings(steps=(5, 10), seeds=1)


def measure(s: Settings, _: Path) -> dict:
    """The share of test digits that is read, in the mean over seeds."""
    source, values = datasets.digits(), {}
    images, labels = source.images[: s.many] / 255, source.labels[: s.many]
    rows = len(source.test_images)
    test = source.test_images.reshape(rows, -1) / 255, source.test_labels
    with tqdm(total=len(s.steps) * len(s.most) * s.seeds, unit="net") as bar:
        for steps in s.steps:
            found = values[f"after_{steps}"] = {}
            for most in s.most:
                read = []
                for seed in range(s.seeds):
                    each = by_shift(images, labels, test, most, seed, steps)
                    read.append(each)
                    bar.update()
                found[f"moved_{most}"] = {"test_accuracy": np.mean(read)}
            still = found["moved_0"]["test_accuracy"]
            for each in found.values():
                each["lost"] = 100 * (still - each["test_accuracy"])
    return {
        "values": values,
        "units": {"test_accuracy": "fraction", "lost": "percentage points"},
        "seeds": tuple(range(s.seeds)),
        "data": source.facts(),
    }


if __name__ == "__main__":
    records.run("training/moved", measure, Settings(), QUICK)

"""What regularization buys on all digits with four times the steps.

`python -m deepcourse.training.runs.longer [--quick]` writes
runs/training/longer.json. Each method has the strength that was chosen for
fewer steps, or the next stronger one, by the digits kept aside. A run that is
finished is kept, so that an experiment that was killed goes on.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.training.runs.regularization import (
    METHODS,
    QUICK,
    Settings,
    compared,
    of_a_run,
    scaled,
    summary,
)


@dataclass(frozen=True)
class Longer:
    """The nets, their steps, and two strengths of each method."""

    net: Settings = field(default_factory=lambda: Settings(steps=6000))
    rate: float = 0.1  # chosen in regularization.json
    l2: tuple = (3e-4, 0.001)  # the first of each was chosen there
    dropout: tuple = (0.05, 0.1)
    norm: tuple = (1.0, 0.7)
    shifts: tuple = (1, 2)
    smoothing: tuple = (0.03, 0.1)


def measure(s: Longer, _: Path) -> dict:
    """Each method on the most pictures, beside none."""
    source = getattr(datasets, s.net.data)()
    pictures, many = scaled(source), s.net.many[-1]
    seeds = range(s.net.nets[-1])
    bar = tqdm(total=len(seeds) * (1 + 2 * len(METHODS)), unit="run")

    def tried(method, strength):
        found = []
        for seed in seeds:
            what = many, method, strength, s.rate, seed
            key = s.net, what, source.sha256
            found.append(
                records.kept(
                    "training/longer",
                    key,
                    Path(__file__),
                    lambda what=what: of_a_run(s.net, pictures, what),
                )
            )
            bar.update()
        return found

    plain = tried("none", 0)
    values = {"none": summary(plain)}
    for method in sorted(METHODS, key=lambda m: m != "shifts"):
        runs = {n: tried(method, n) for n in getattr(s, method)}
        held = {
            n: np.mean([each["validation"] for each in found])
            for n, found in runs.items()
        }
        top = min(held, key=held.get)
        values[method] = compared(runs[top], plain) | {"strength": top}
    bar.close()
    points = dict.fromkeys(("bought", "bought_se"), "percentage points")
    part = dict.fromkeys(("test_error", "test_error_sd"), "fraction")
    return {
        "values": values,
        "units": points | part | {"test_loss": "nat", "strength": "1"},
        "seeds": tuple(seeds),
        "data": source.facts(),
    }


if __name__ == "__main__":
    small = Longer(replace(QUICK, steps=80))
    records.run("training/longer", measure, Longer(), small)

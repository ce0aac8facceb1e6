"""What moved pictures buy on all digits with four times the steps.

`python -m deepcourse.training.runs.longer [--quick]` writes
runs/training/longer.json. The pixels are chosen by the digits kept aside. A
run that is finished is kept, so that an experiment that was killed goes on.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.training.runs.regularization import (
    QUICK,
    Settings,
    compared,
    of_a_run,
    scaled,
    summary,
)


@dataclass(frozen=True)
class Longer:
    """The nets, their steps, and the pixels that pictures may be moved by."""

    net: Settings = field(default_factory=lambda: Settings(steps=6000))
    rate: float = 0.1  # chosen in regularization.json
    pixels: tuple = (1, 2)


def measure(s: Longer, _: Path) -> dict:
    """Moved pictures on the most digits, beside none."""
    source = getattr(datasets, s.net.data)()
    pictures, many = scaled(source), s.net.many[-1]
    seeds = range(s.net.nets[-1])
    bar = tqdm(total=len(seeds) * (1 + len(s.pixels)), unit="run")

    def tried(method, pixels=0):
        found = []
        for seed in seeds:
            what = many, method, pixels, s.rate, seed
            key = s.net, what, source.sha256
            name, start = "training/longer", Path(__file__)
            part = records.kept(
                name,
                key,
                start,
                lambda what=what: of_a_run(s.net, pictures, what),
            )
            found.append(part)
            bar.update()
        return found

    def held(pixels):
        return np.mean([each["validation"] for each in moved[pixels]])

    plain = tried("none")
    moved = {pixels: tried("shifts", pixels) for pixels in s.pixels}
    bar.close()
    top = min(moved, key=held)
    values = {
        "none": summary(plain),
        "shifts": compared(moved[top], plain) | {"strength": top},
    }
    points = dict.fromkeys(("bought", "bought_se"), "percentage points")
    part = dict.fromkeys(("test_error", "test_error_sd"), "fraction")
    return {
        "values": values,
        "units": points | part | {"test_loss": "nat", "strength": "count"},
        "seeds": tuple(seeds),
        "data": source.facts(),
    }


if __name__ == "__main__":
    small = Longer(replace(QUICK, steps=80))
    records.run("training/longer", measure, Longer(), small)

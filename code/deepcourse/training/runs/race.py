"""Five optimizers on three surfaces, each at many rates.

`python -m deepcourse.training.runs.race [--quick]` writes
runs/training/race.json, with what the figure of the page begins with: the
places to start from, the best rate of each, and level lines.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.training import optimizers
from deepcourse.training.surfaces import SURFACES, descend

STEPS = ("gradient_descent", "momentum", "adagrad", "rmsprop", "adam")


@dataclass(frozen=True)
class Settings:
    """One grid of rates for all, and where each surface is entered."""

    rates: tuple = (
        *(0.001, 0.002, 0.005, 0.01, 0.02, 0.05),
        *(0.1, 0.2, 0.5, 1, 2, 5),
    )
    steps: int = 50
    late: int = 100  # steps at the rate that was best for fewer
    share: float = 0.01  # of the height at the start; a rate that gets there
    bowl: tuple = (-0.8, 1.2)
    valley: tuple = (-1.2, 1.0)
    saddle: tuple = (-1.2, 0.1)
    saddle_rate: float = 0.02  # with which the figure begins there
    levels: tuple = (-0.2, 0, 0.1, 0.4, 1.6, 6.4, 25.6, 102.4)


QUICK = Settings(rates=(0.01, 0.1), steps=5)


def measure(s: Settings, _: Path) -> dict:
    """The height that each rate leaves, the best, and how many get down.

    And what the best rate leaves later.
    """
    values = {}
    for name, surface in SURFACES.items():
        start = np.array(getattr(s, name))
        lowest = surface.loss(np.array(surface.lowest))
        limit = s.share * (surface.loss(start) - lowest)
        for of in STEPS:
            step = getattr(optimizers, of)
            farthest = max(s.steps, s.late)
            ends = [
                descend(step, surface, start, farthest, rate=rate)
                for rate in s.rates
            ]
            heights = surface.loss(np.array(ends)) - lowest
            heights[np.isnan(heights)] = np.inf
            left = heights[:, s.steps]
            best = int(np.argmin(left))
            values.setdefault(name, {})[of] = {
                "rate": s.rates[best],
                "left": float(left[best]),
                "down": int(sum(left <= limit)),
                "late": float(heights[best, s.late]),
            }
    units = dict.fromkeys(("left", "rate", "late"), "1")
    units["down"] = "count"
    return {
        "values": values | {"tried": len(s.rates)},
        "units": units | {"tried": "count"},
        "seeds": [],
        "data": {"name": "surfaces as written in the code"},
    }


if __name__ == "__main__":
    records.run("training/race", measure, Settings(), QUICK)

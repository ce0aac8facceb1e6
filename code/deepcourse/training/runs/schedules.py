"""Where schedules end in a noisy bowl, each at the best rate of a grid.

`python -m deepcourse.training.runs.schedules [--quick]` writes
runs/training/schedules.json. Nothing is drawn by chance: each loss is a mean
over all noise.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.training.noise import expected_losses
from deepcourse.training.schedule import rate_at, stable_rate_at


@dataclass(frozen=True)
class Settings:
    """The bowl, and what the figure of the page begins with."""

    curvatures: tuple = (1.0, 0.05)
    noise: float = 0.01  # variance of each gradient
    steps: int = 300
    rates: tuple = (0.02, 0.05, 0.1, 0.16, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
    high: float = 0.5  # the rate that the page begins with
    fall: int = 60  # steps of the fall at the end


QUICK = Settings(steps=30, fall=6, rates=(0.1, 0.5))


def rates_of(shape: str, highest: float, warm: int, fall: int, steps: int):
    """A rate for each step: up in a line, level, and down at the end.

    Args:
        shape: of the fall: "none", "line" or "cosine".
        highest: the rate while it is level.
        warm: how many steps it rises.
        fall: how many steps it falls, as far as there are so many.
        steps: in all.

    Returns:
        (steps,).
    """
    fall = min(fall, steps - warm) if shape != "none" else 0
    down = fall if shape == "line" else 0
    t = range(1, steps + 1)
    rates = [stable_rate_at(i, steps, highest, warm, down) for i in t]
    if shape == "cosine":
        last = range(1, fall + 1)
        rates[steps - fall :] = [rate_at(i, fall, highest, 0) for i in last]
    return np.array(rates)


def losses_of(s: Settings, *shape) -> np.ndarray:
    """The mean loss after each step, by a schedule."""
    rates = rates_of(*shape, s.steps)
    return expected_losses(rates, s.curvatures, s.noise)


def measure(s: Settings, _: Path) -> dict:
    """Where each ends: at the rate of the page, and at its own best."""
    values = {}
    for name, shape, fall in (
        ("constant", "none", 0),
        ("line", "line", s.steps),
        ("cosine", "cosine", s.steps),
        ("stable", "line", s.fall),
    ):
        ends = {
            rate: float(losses_of(s, shape, rate, 0, fall)[-1])
            for rate in s.rates
        }
        best = min(ends, key=ends.get)
        values[name] = {"rate": best, "end": ends[best], "high": ends[s.high]}
    return {
        "values": values,
        "units": dict.fromkeys(("rate", "end", "high"), "1"),
        "seeds": [],
        "data": {"name": "a bowl as written in the code"},
    }


if __name__ == "__main__":
    records.run("training/schedules", measure, Settings(), QUICK)

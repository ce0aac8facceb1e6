"""What RMSProp and Adam do in the bowl at a constant rate, in the long run.

`python -m deepcourse.training.runs.settling [--quick]` writes
runs/training/settling.json.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.training.optimizers import adam, rmsprop
from deepcourse.training.settling import follow
from deepcourse.training.surfaces import CURVATURES, bowl

WAYS = {"rmsprop": (rmsprop, 0.9), "longer": (rmsprop, 0.999)}
WAYS["adam"] = (adam, 0.999)


@dataclass(frozen=True)
class Settings:
    """Rates, starts, and what counts as a burst."""

    rates: tuple = (0.02, 0.05, 0.1, 0.2, 0.5)
    shown: float = 0.1  # the rate that the page looks at
    starts: tuple = ((-0.8, 1.2), (0.5, -0.9))  # it looks at the first
    steps: int = 8000
    late: int = 4000  # from here on medians are taken
    burst: float = 1e-3  # of the loss at the start, once lower
    tiny: float = 1e-320  # a weight like this can't halve further in float64


QUICK = Settings(rates=(0.1, 0.2), steps=300, late=200)


def of_a_run(s: Settings, way: str, rate: float, start: tuple) -> dict:
    """Where a run is lowest, what comes after, and where it hovers."""
    step, beta2 = WAYS[way]
    places, ratios = follow(step, rate, start, s.steps, beta2)
    losses, far = bowl(places), np.abs(places).max(axis=1)
    low = int(far.argmin())
    high = low + int(losses[low:].argmax())
    resting = CURVATURES.sum() / 2 * (rate / 2) ** 2
    return {
        "lowest_step": low + 1,
        "lowest": float(far[low]),
        "lowest_ratio": float(ratios[low, 0]),  # of the curvature 1
        "burst_step": high + 1,
        "burst": float(losses[high]),
        "growth": float(losses[high] / bowl(np.array(start))),
        "late_ratio": float(np.median(ratios[s.late :])),
        "late_loss": float(np.median(losses[s.late :]) / resting),
    }


def measure(s: Settings, _: Path) -> dict:
    """The run that is shown, and the span over all rates and starts."""
    values = {"runs": len(s.rates) * len(s.starts)}
    for way in WAYS:
        of = {
            (rate, start): of_a_run(s, way, rate, start)
            for rate in s.rates
            for start in s.starts
        }
        burst = [each for each in of.values() if each["growth"] > s.burst]
        values[way] = of[s.shown, s.starts[0]]
        values[way] |= {
            "bursts": len(burst),
            "zeros": sum(
                each["lowest"] < s.tiny and each["growth"] <= s.burst
                for each in of.values()
            ),
        }
        for key in ("growth", "late_ratio", "late_loss", "lowest_ratio"):
            for word, pick in (("least", min), ("most", max)):
                if burst:
                    found = pick(each[key] for each in burst)
                    values[way][f"{key}_{word}"] = found
        values[way]["late_off"] = max(
            abs(each["late_loss"] - 1) for each in of.values()
        )
    counts = ("runs", "bursts", "zeros", "lowest_step", "burst_step")
    names = {key for way in WAYS for key in values[way]}
    units = dict.fromkeys(names, "1") | dict.fromkeys(counts, "count")
    return {
        "values": values,
        "units": units,
        "seeds": [],
        "data": {"name": "the bowl as written in the code"},
    }


if __name__ == "__main__":
    records.run("training/settling", measure, Settings(), QUICK)

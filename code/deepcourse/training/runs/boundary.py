"""Where a small net cuts a plane, by its width and its weight decay.

`python -m deepcourse.training.runs.boundary [--quick]` writes
runs/training/boundary.json, with the points and the first weights, so that
the figure of the page trains the same nets.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.training.begin import begin
from deepcourse.training.boundary import learn, misread, moons, narrower


@dataclass(frozen=True)
class Settings:
    """The points, the nets, and their steps."""

    points: int = 40
    others: int = 400
    noise: float = 0.35
    digits: int = 4  # that coordinates and first weights are rounded to
    widths: tuple = (1, 2, 3, 4, 6, 8, 12, 16)
    decays: tuple = (0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
    rate: float = 0.3
    steps: int = 1000
    seed: int = 3  # of the points that are shown
    draws: int = 20  # of other points, to see how often decay helps
    helps: float = 0.001  # that decay


QUICK = Settings(widths=(1, 4), decays=(0, 0.1), steps=20, draws=2)


def begun(s: Settings, seed: int) -> tuple:
    """The points, others, and the first weights of the widest net."""
    parts = [moons(s.points, s.noise, (seed, 0))]
    parts += [moons(s.others, s.noise, (seed, 1))]
    pairs = [(x.round(s.digits), labels) for x, labels in parts]
    net = begin([2, s.widths[-1], 1], "glorot", seed)
    return *pairs, [(w.round(s.digits), b) for w, b in net]


def helped(s: Settings, seed: int) -> float:
    """By how much decay lowers the share of others that is misread."""
    own, others, widest = begun(s, seed)
    found = []
    for decay in (0, s.helps):
        net = narrower(widest, s.widths[-1])
        learn(*own, net, s.rate, s.steps, decay)
        found.append(misread(*others, net))
    return found[0] - found[1]


def measure(s: Settings, _: Path) -> dict:
    """What each net misreads of its points, and of others."""
    (x, labels), others, widest = begun(s, s.seed)
    values = {}
    for width in s.widths:
        for i, decay in enumerate(s.decays):
            net = narrower(widest, width)
            learn(x, labels, net, s.rate, s.steps, decay)
            values.setdefault(f"of_{width}", {})[f"decay_{i}"] = {
                "own": misread(x, labels, net),
                "others": misread(*others, net),
            }
    (w1, _), (w2, _) = widest
    points = "percentage points"
    seeds = [n for n in range(s.draws + s.seed + 1) if n != s.seed]
    bought = 100 * np.array([helped(s, seed) for seed in seeds[: s.draws]])
    values["draws"] = {
        "helped": int((bought > 0).sum()),
        "bought": float(bought.mean()),
        "bought_se": float(bought.std(ddof=1) / s.draws**0.5),
        "shown": 100 * helped(s, s.seed),
    }
    return {
        "values": values,
        "units": {
            **dict.fromkeys(("own", "others"), "fraction"),
            **dict.fromkeys(("bought", "bought_se", "shown"), points),
            "helped": "count",
        },
        "seeds": (s.seed,),
        "data": {
            "name": "two half moons, generated",
            "records": s.points + s.others,
        },
        "points": rows(x, labels),
        "others": rows(*others),
        "first": {"w1": w1.tolist(), "w2": w2[:, 0].tolist()},
    }


def rows(x, labels) -> list:
    """Two coordinates and a class of each point."""
    pairs = zip(x.tolist(), labels.tolist(), strict=True)
    return [[*point, label] for point, label in pairs]


if __name__ == "__main__":
    records.run("training/boundary", measure, Settings(), QUICK)

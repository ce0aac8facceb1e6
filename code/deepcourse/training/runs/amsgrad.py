"""Slopes on which Adam walks uphill, and AMSGrad doesn't.

`python -m deepcourse.training.runs.amsgrad [--quick]` writes
runs/training/amsgrad.json and runs/training/amsgrad.csv.

Reddi, Kale and Kumar 2018, theorem 1: one weight between -1 and 1, whose slope
is `large` in each third step and -1 in the others.
"""

from dataclasses import dataclass
from pathlib import Path

from deepcourse import records
from deepcourse.training.optimizers import adam, amsgrad
from deepcourse.training.rare import walk

STEPS = {"adam": adam, "amsgrad": amsgrad}


@dataclass(frozen=True)
class Settings:
    """The slopes, and the memories of v that are tried."""

    large: float = 3.0
    steps: int = 10_000
    rate: float = 0.1  # of the first step; it falls by the root
    theorem: float = 0.1  # the paper's beta2, 1 / (1 + large²)
    beta2: tuple = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99, 0.999)


QUICK = Settings(steps=600, beta2=(0.1, 0.9))


def name(beta2: float) -> str:
    """Under what a record keeps a beta2."""
    return f"of_{beta2:g}".replace(".", "_")


def measure(s: Settings, runs: Path) -> dict:
    """Walk with each optimizer and each memory."""
    ends, rows = {}, []
    for kind, step in STEPS.items():
        ends[kind] = {}
        for beta2 in s.beta2:
            places = walk(step, s.large, s.steps, s.rate, beta2)
            ends[kind][name(beta2)] = float(places[-3:].mean())
            if beta2 == s.theorem:
                rows += [(kind, t, float(w)) for t, w in enumerate(places, 1)]
    wrong = [b for b in s.beta2 if ends["adam"][name(b)] > 0]
    shown = [row for row in rows if row[1] % 10 == 0]
    header = ("optimizer", "step", "weight")
    records.write_table(runs / "training/amsgrad.csv", header, shown, 5)
    values = {
        **ends,
        "wrong": {"highest": max(wrong), "tried": len(s.beta2)},
        "right": {"lowest": min(b for b in s.beta2 if b not in wrong)},
    }
    units = {key: "1" for key, _ in records.leaves(values)}
    return {
        "values": values,
        "units": units | {"wrong.tried": "count"},
        "seeds": [],
        "data": {"name": "slopes as written in the code"},
    }


if __name__ == "__main__":
    records.run("training/amsgrad", measure, Settings(), QUICK)

"""How wrong a difference quotient is, by its step: what this run measures.

`python -m deepcourse.SLUG.runs.RECORD [--quick]` writes runs/SLUG/RECORD.json
and runs/SLUG/RECORD.csv.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.SLUG import MODULE


@dataclass(frozen=True)
class Settings:
    """What the record was made with; a comment says what each one is."""

    exponents: tuple[int, ...] = (-2, -3, -4)  # of ten: the steps
    count: int = 1000  # points, between 1 and 2
    seed: int = 0


FULL = Settings()
QUICK = Settings(count=10)


def error(step, x):
    """The largest relative error of (f(x + h) - f(x)) / h, over all x."""
    quotient = (MODULE.forward(x + step) - MODULE.forward(x)) / step  # (N,)
    exact = MODULE.backward(np.ones_like(x), x)  # (N,)
    return float(np.abs(quotient / exact - 1).max())


def measure(settings, runs: Path):
    """The error at each step, as a record and as a table for the figure."""
    rng = np.random.default_rng(settings.seed)
    x = rng.uniform(1, 2, settings.count)  # (N,)
    errors = {k: error(10.0**k, x) for k in settings.exponents}
    rows = [(10.0**k, found) for k, found in errors.items()]
    records.write_table(runs / "SLUG" / "RECORD.csv", ("step", "error"), rows)
    return {
        "values": {f"error_{-k}": found for k, found in errors.items()},
        "units": {f"error_{-k}": "relative error" for k in errors},
        "seeds": [settings.seed],
        "data": {"name": "uniform random numbers", "records": settings.count},
    }


if __name__ == "__main__":
    records.run("SLUG/RECORD", measure, FULL, QUICK)

"""Three ways to compute a variance in float32, and how wrong each one is.

`python -m deepcourse.gradflow.runs.variance [--quick]` writes
runs/gradflow/variance.json.
"""

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.gradflow import batchnorm

RATIOS = [10**k for k in range(6)]  # mean in units of the deviation


@dataclass(frozen=True)
class Settings:
    """What is drawn."""

    count: int = 256  # numbers of which each variance is taken
    batches: int = 1000  # variances at each ratio


QUICK = replace(Settings(), batches=20)


# --8<-- [start:one-pass]
def one_pass(x):
    """The variance as a difference of two means, in one pass.

    Args:
        x: (..., C).

    Returns:
        (C,) what the mean of squares minus the squared mean gives.

    >>> x = np.array([[0.0], [2.0]])
    >>> one_pass(x), one_pass(np.float32(10_000) + np.float32(x))
    (array([1.]), array([0.], dtype=float32))
    """
    axes = tuple(range(x.ndim - 1))
    return (x**2).mean(axes) - x.mean(axes) ** 2  # (C,)


# --8<-- [end:one-pass]


def two_pass(x):
    """The variance as the layer computes it."""
    return batchnorm.moments(x)[1]


# --8<-- [start:corrected]
def corrected(x):
    """The variance in two passes, less the mean's rounding.

    Args:
        x: (..., C).

    Returns:
        (C,) the variance.
    """
    axes = tuple(range(x.ndim - 1))
    centred = x - x.mean(axes)  # (..., C)
    lost = centred.mean(axes)  # (C,)
    return (centred**2).mean(axes) - lost**2  # (C,)


# --8<-- [end:corrected]


def errors(variance, ratio, s):
    """Relative errors in float32, against float64 on the same numbers."""
    rng = np.random.default_rng(ratio)
    x = rng.normal(ratio, 1, (s.count, s.batches)).astype(np.float32)
    exact = x.astype(np.float64).var(0)  # (C,)
    return variance(x) / exact - 1  # (C,)


UNITS = {
    f"{name}{end}": unit
    for name in ("one_pass", "two_pass", "corrected")
    for end, unit in (
        ("", "relative error"),
        ("_worst", "relative error"),
        ("_negative", "fraction"),
    )
}


def measure(s: Settings, _: Path) -> dict:
    """Median error and share of negative variances, by ratio."""
    values = {}
    for ratio in RATIOS:
        at = values[f"ratio_{ratio}"] = {}
        for function in (one_pass, two_pass, corrected):
            off, name = errors(function, ratio, s), function.__name__
            at[name] = float(np.median(np.abs(off)))
            at[f"{name}_worst"] = float(np.abs(off).max())
            at[f"{name}_negative"] = float((off < -1).mean())
    numbers = s.count * s.batches
    return {
        "values": values,
        "units": UNITS,
        "settings": asdict(s) | {"dtype": "float32"},
        "seeds": RATIOS,
        "data": {"name": "normal random numbers", "records": numbers},
    }


if __name__ == "__main__":
    records.run("gradflow/variance", measure, Settings(), QUICK)

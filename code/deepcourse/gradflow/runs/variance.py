"""Three ways to compute a variance in float32, and how wrong each one is.

`python -m deepcourse.gradflow.runs.variance [--quick]` writes
runs/gradflow/variance.json.
"""

import argparse
import time

import numpy as np

from deepcourse import records
from deepcourse.gradflow import batchnorm

RATIOS = [10**k for k in range(6)]  # mean in units of the deviation
COUNT, BATCHES = 256, 1000


# --8<-- [start:one-pass]
def one_pass(x):
    """The variance as a difference of two means, read in one go.

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
    """The variance in two passes, less what a rounded mean added to it.

    Args:
        x: (..., C).

    Returns:
        (C,) the variance.
    """
    axes = tuple(range(x.ndim - 1))
    centred = x - x.mean(axes)  # (..., C)
    return (centred**2).mean(axes) - centred.mean(axes) ** 2  # (C,)


# --8<-- [end:corrected]


def errors(variance, ratio, batches):
    """Relative errors in float32, against float64 on the same numbers."""
    rng = np.random.default_rng(ratio)
    x = rng.normal(ratio, 1, (COUNT, batches)).astype(np.float32)
    exact = x.astype(np.float64).var(0)  # (C,)
    return variance(x) / exact - 1  # (C,)


def measure(batches):
    """Median error and share of negative variances, by ratio."""
    values = {}
    for ratio in RATIOS:
        found = {}
        for function in (one_pass, two_pass, corrected):
            off = errors(function, ratio, batches)
            name = function.__name__
            found[name] = float(np.median(np.abs(off)))
            found[f"{name}_worst"] = float(np.abs(off).max())
            found[f"{name}_negative"] = float((off < -1).mean())
        values[f"ratio_{ratio}"] = found
    return values


UNITS = {
    f"{name}{end}": unit
    for name in ("one_pass", "two_pass", "corrected")
    for end, unit in (
        ("", "relative error"),
        ("_worst", "relative error"),
        ("_negative", "fraction"),
    )
}


def main() -> None:
    """Measure, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few batches")
    quick = parser.parse_args().quick
    start = time.perf_counter()
    batches = 20 if quick else BATCHES
    record = {
        "command": records.command(),
        "values": measure(batches),
        "units": UNITS,
        "settings": {"count": COUNT, "batches": batches, "dtype": "float32"},
        "seeds": RATIOS,
        "data": {"name": "normal random numbers", "records": COUNT * batches},
        "seconds": time.perf_counter() - start,
    }
    if quick:
        records.validate(record)
    else:
        records.write("gradflow/variance", record)


if __name__ == "__main__":
    main()

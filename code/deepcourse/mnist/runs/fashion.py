"""The same nets on Fashion-MNIST, where there is room for a difference.

`python -m deepcourse.mnist.runs.fashion [--quick]`
"""

from dataclasses import replace
from pathlib import Path

from deepcourse import records
from deepcourse.mnist.runs import ingredients, plan

FULL = replace(ingredients.FULL, data="fashion_mnist")


def measure(settings: plan.Plan, runs: Path) -> dict:
    """Train each net from each seed, at its own best rate."""
    measured, source, found = ingredients.compare("fashion", settings, runs)
    rim = {
        name: ingredients.without_rim(source, found[name])
        for name in ("full", "momentum")
    }
    return measured | {
        "units": ingredients.UNITS,
        "values": measured["values"] | {"rim": rim},
    }


if __name__ == "__main__":
    plan.one_thread()
    records.run("mnist/fashion", measure, FULL, plan.small(FULL))

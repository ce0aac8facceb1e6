"""The net without dropout, stopped early: the fair opponent of dropout.

`python -m deepcourse.mnist.runs.early [--quick]`

Within thirty epochs the rate is still high when the loss is lowest. Who stops
early lets the rate fall to zero by then, and so each length is a plan of its
own here, at its own best rate.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.mnist.runs import ingredients, plan

NETS = ingredients.FULL.nets
LENGTHS = (3, 5, 7, 10)
FULL = plan.Plan(
    nets={"full": NETS["full"]}
    | {f"of_{n}": replace(NETS["no_dropout"], epochs=n) for n in LENGTHS},
    search=True,
)
UNITS = plan.UNITS | {"validation_loss": "nat", "gained": "nat"}


def measure(settings: plan.Plan, runs: Path) -> dict:
    """Train each length at its best rate; choose one by its validation loss.

    Returns:
        The record: of every net what `ingredients` says, and its validation
        loss; `best`, the length of the lowest, and what dropout gained on it.
    """
    measured, _, found = ingredients.compare("early", settings, runs)
    values = measured["values"]
    for name, each in found.items():
        last = [run["history"][-1][1] for run in each]
        values[name]["validation_loss"] = float(np.mean(last))
    lengths = [name for name in values if name != "full"]
    best = min(lengths, key=lambda name: values[name]["validation_loss"])
    gained = values[best]["test_loss"] - values["full"]["test_loss"]
    values["best"] = values[best] | {"gained": gained}
    return measured | {"units": UNITS, "values": values}


if __name__ == "__main__":
    plan.one_thread()
    records.run("mnist/early", measure, FULL, plan.small(FULL))

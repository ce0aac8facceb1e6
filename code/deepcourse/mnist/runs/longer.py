"""Three of the nets on Fashion-MNIST, trained four times as long.

`python -m deepcourse.mnist.runs.longer [--quick]`

What thirty epochs say of dropout and of Adam may be what thirty epochs say.
"""

from dataclasses import replace
from pathlib import Path

from deepcourse import records
from deepcourse.mnist.runs import ingredients, plan

NETS = ingredients.FULL.nets
FULL = plan.Plan(
    nets={
        # at the rate of `fashion.json`, chosen at thirty epochs
        "full": replace(NETS["full"], rate=0.001, epochs=120),
        "momentum": replace(NETS["momentum"], rate=0.03, epochs=120),
        "no_dropout": replace(NETS["no_dropout"], rate=0.001, epochs=120),
    },
    data="fashion_mnist",
    seeds=(0, 1, 2),
)


def measure(settings: plan.Plan, runs: Path) -> dict:
    """Train each net from each seed."""
    return ingredients.compare("longer", settings, runs)[0]


if __name__ == "__main__":
    plan.one_thread()
    records.run("mnist/longer", measure, FULL, plan.small(FULL))

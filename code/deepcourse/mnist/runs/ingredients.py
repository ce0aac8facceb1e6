"""The net with one ingredient taken away at a time, and the baseline.

`python -m deepcourse.mnist.runs.ingredients [--quick]`
"""

from dataclasses import asdict, replace
from pathlib import Path

from deepcourse import records
from deepcourse.mnist.runs import plan
from deepcourse.mnist.runs.headline import NET, RATES

FULL = plan.Plan(
    nets={
        "full": NET,
        "softmax": replace(NET, sizes=(784, 10), drop_input=0.0),
        "sigmoid": replace(NET, activation="sigmoid"),
        "sgd": replace(NET, optimizer="sgd", rate=0.1),
        "no_dropout": replace(NET, drop_input=0.0, drop_hidden=0.0),
    },
    tried={  # on the validation part, one run each
        "full": RATES,
        "softmax": (0.0003, 0.001, 0.003),
        "sigmoid": (0.001, 0.003, 0.01),
        "sgd": (0.1, 0.3, 1.0),
        "no_dropout": (0.0003, 0.001, 0.002),
    },
)


def measure(settings: plan.Plan, runs: Path) -> dict:
    """Train each net from each seed, at its own best rate."""
    source, chosen, found = plan.follow(settings)
    plan.write_curves(runs / "mnist/ingredients.csv", found)
    seeds = runs / "mnist/ingredients_seeds.csv"
    plan.write_seeds(seeds, "ingredients", found)
    return {
        "values": {name: plan.summary(rows) for name, rows in found.items()},
        "settings": {
            name: asdict(net) | {"tried_rates": settings.tried[name]}
            for name, net in chosen.items()
        },
        **plan.about(settings, source, found),
    }


if __name__ == "__main__":
    records.run("mnist/ingredients", measure, FULL, plan.small(FULL))

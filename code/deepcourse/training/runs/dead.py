"""Units that no picture switches on any more, by the rate of learning.

`python -m deepcourse.training.runs.dead [--quick]` writes
runs/training/dead.json.
"""

from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from deepcourse import datasets, records
from deepcourse.training.begin import begin
from deepcourse.training.loop import accuracy, descend
from deepcourse.training.norms import dead

ACTIVATIONS = ("relu", "leaky")
LOST = 0.1  # accuracy of a net that went to infinity: that of a guess


@dataclass(frozen=True)
class Settings:
    """The net, its steps, and the rates that are tried."""

    data: str = "mnist"  # the function of `datasets`
    hidden: tuple = (100, 100)
    rule: str = "he"
    batch: int = 64
    steps: int = 100
    rates: tuple = (0.01, 0.03, 0.1, 0.3, 1.0)
    momentum: float = 0.9
    validation: int = 10_000  # of the last training pictures, to count on
    seeds: tuple = (0, 1, 2, 3, 4)


QUICK = Settings(
    data="digits", steps=10, rates=(0.03, 1.0), validation=200, seeds=(0, 1)
)


def of_a_run(s: Settings, source, activation: str, rate: float, seed: int):
    """The accuracy after all steps, and the dead share of each layer.

    A net that went to infinity is dead.
    """
    images = source.images.reshape(len(source.images), -1) / 255
    cut = len(images) - s.validation
    net = begin([images.shape[1], *s.hidden, 10], s.rule, seed)
    rows = np.random.default_rng((seed, 1)).permutation(cut)
    rows = rows[np.arange(s.steps * s.batch) % cut].reshape(s.steps, s.batch)
    batches = [(images[r], source.labels[r]) for r in rows]
    last, labels = images[cut:], source.labels[cut:]
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            descend(net, activation, batches, rate, s.momentum)
            read = accuracy(last, labels, net, activation)
    except ValueError:  # scores that aren't finite have no loss
        return LOST, np.ones(len(s.hidden))
    return read, dead(last, net, activation)


def measure(s: Settings, _: Path) -> dict:
    """Accuracy and dead units in the mean over seeds, with their spread."""
    source, values = getattr(datasets, s.data)(), {}
    for activation, rate in product(ACTIVATIONS, s.rates):
        found = [of_a_run(s, source, activation, rate, i) for i in s.seeds]
        read = [a for a, _ in found]
        first, second = np.transpose([shares for _, shares in found])
        values.setdefault(activation, {})[name(rate)] = {
            "accuracy": float(np.mean(read)),
            "accuracy_sd": float(np.std(read, ddof=1)),
            "dead_1": float(first.mean()),
            "dead_1_sd": float(first.std(ddof=1)),
            "dead_2": float(second.mean()),
            "dead_2_sd": float(second.std(ddof=1)),
        }
    units = dict.fromkeys(("accuracy", "dead_1", "dead_2"), "fraction")
    return {
        "values": values,
        "units": units,
        "seeds": s.seeds,
        "data": source.facts(),
    }


def name(rate: float) -> str:
    """A rate as a name: rate_0_03.

    >>> name(0.03), name(1.0)
    ('rate_0_03', 'rate_1')
    """
    return f"rate_{rate:g}".replace(".", "_")


if __name__ == "__main__":
    records.run("training/dead", measure, Settings(), QUICK)

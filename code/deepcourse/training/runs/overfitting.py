"""The loss on what is learnt and on other digits, step by step.

`python -m deepcourse.training.runs.overfitting [--quick]` writes
runs/training/overfitting.json and a table of all checks.
"""

from dataclasses import dataclass
from pathlib import Path

from deepcourse import datasets, records
from deepcourse.training.runs.regularization import (
    QUICK,
    Settings,
    chosen,
    learnt,
    scaled,
    told,
)

NET = Settings()


@dataclass(frozen=True)
class Paths:
    """How many digits are learnt, and how."""

    net: Settings = NET
    many: tuple = (250, 50_000)  # the first and the last of the net's
    rate: float = 0.03  # at the start; it falls to 0
    seed: int = 0
    shown: int = 2000  # of what is learnt, to take the loss of


def path(s: Paths, training: tuple, many: int) -> list:
    """Both losses and the error on other digits, at each check."""
    rows = chosen(s.net, training, many, s.seed)[: s.shown]
    own = tuple(part[rows] for part in training)
    aside = tuple(part[-s.net.validation :] for part in training)
    found = []

    def look(net):
        error, loss = told(aside, net)
        found.append((told(own, net)[1], loss, error))

    learnt(s.net, training, (many, "none", 0, s.rate, s.seed), look)
    return found


def measure(s: Paths, runs: Path) -> dict:
    """The path of each net, its lowest loss on other digits and its last."""
    source, values, rows = getattr(datasets, s.net.data)(), {}, []
    training, _ = scaled(source)
    for many in s.many:
        found = path(s, training, many)
        steps = s.net.steps // s.net.checks
        own, loss, error = zip(*found, strict=True)
        low = loss.index(min(loss))
        values[f"of_{many}"] = {
            "own_loss": own[-1],
            "loss": loss[-1],
            "error": error[-1],
            "lowest": loss[low],
            "lowest_step": (low + 1) * steps,
            "lowest_error": error[low],
        }
        rows += [(many, (i + 1) * steps, *each) for i, each in enumerate(found)]
    header = ("many", "step", "own_loss", "loss", "error")
    path_of = runs / "training/overfitting.csv"
    records.write_table(path_of, header, rows, digits=4)
    nat = dict.fromkeys(("own_loss", "loss", "lowest"), "nat")
    part = dict.fromkeys(("error", "lowest_error"), "fraction")
    return {
        "values": values,
        "units": nat | part | {"lowest_step": "count"},
        "seeds": (s.seed,),
        "data": source.facts(),
    }


if __name__ == "__main__":
    small = Paths(QUICK, QUICK.many)
    records.run("training/overfitting", measure, Paths(), small)

"""The loss on what is learnt and on other digits, step by step.

`python -m deepcourse.training.runs.overfitting [--quick]` writes
runs/training/overfitting.json and a table of all looks.
"""

from dataclasses import dataclass, replace
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
    every: int = 3  # steps between looks at first
    dense: int = 120  # so far; then as often as the net's settings say
    near: float = 0.002  # of the last error: it stands still from there


def path(s: Paths, training: tuple, many: int) -> list:
    """Steps, both losses and the error on other digits, at each look."""
    rows = chosen(s.net, training, many, s.seed)[: s.shown]
    own = tuple(part[rows] for part in training)
    aside = tuple(part[-s.net.validation :] for part in training)
    often = replace(s.net, checks=s.net.steps // s.every)
    rarely, found = s.net.steps // s.net.checks, []
    step = 0

    def look(net):
        nonlocal step
        step += s.every
        if step <= s.dense or step % rarely == 0:
            error, loss = told(aside, net)
            found.append((step, told(own, net)[1], loss, error))

    learnt(often, training, (many, "none", 0, s.rate, s.seed), look)
    return found


def settled(s: Paths, steps: tuple, errors: tuple) -> int:
    """The first look from which on the error stays near its last."""
    far = [i for i, e in enumerate(errors) if abs(e - errors[-1]) > s.near]
    return steps[far[-1] + 1 if far else 0]


def measure(s: Paths, runs: Path) -> dict:
    """The path of each net, its lowest loss on other digits and its last."""
    source, values, rows = getattr(datasets, s.net.data)(), {}, []
    training, _ = scaled(source)
    for many in s.many:
        found = path(s, training, many)
        step, own, loss, error = zip(*found, strict=True)
        low = loss.index(min(loss))
        values[f"of_{many}"] = {
            "own_loss": own[-1],
            "loss": loss[-1],
            "error": error[-1],
            "lowest": loss[low],
            "lowest_step": step[low],
            "lowest_error": error[low],
            "settled": settled(s, step, error),
        }
        rows += [(many, *each) for each in found]
    header = ("many", "step", "own_loss", "loss", "error")
    path_of = runs / "training/overfitting.csv"
    records.write_table(path_of, header, rows, digits=4)
    nat = dict.fromkeys(("own_loss", "loss", "lowest"), "nat")
    part = dict.fromkeys(("error", "lowest_error"), "fraction")
    return {
        "values": values,
        "units": nat
        | part
        | dict.fromkeys(("lowest_step", "settled"), "count"),
        "seeds": (s.seed,),
        "data": source.facts(),
    }


if __name__ == "__main__":
    small = Paths(QUICK, QUICK.many, every=2, dense=8)
    records.run("training/overfitting", measure, Paths(), small)

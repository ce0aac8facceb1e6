"""The net with one ingredient taken away at a time, and the baseline.

`python -m deepcourse.mnist.runs.ingredients [--quick]`
"""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.mnist import data
from deepcourse.mnist.runs import plan, training
from deepcourse.mnist.runs.headline import NET

FULL = plan.Plan(
    nets={
        "full": NET,
        "softmax": replace(NET, sizes=(784, 10), drop_input=0.0),
        "identity": replace(NET, activation="identity"),
        "sigmoid": replace(NET, activation="sigmoid"),
        "momentum": replace(NET, optimizer="momentum", rate=0.03),
        "sgd": replace(NET, optimizer="sgd", rate=0.3),
        "no_dropout": replace(NET, drop_input=0.0, drop_hidden=0.0),
    },
    search=True,
)
MOVED = ("full", "momentum", "sgd")  # the same net, moved in three ways
UNITS = plan.UNITS | {"box": "1", "rim": "1", "black": "1"}


def measure(settings: plan.Plan, runs: Path) -> dict:
    """Train each net from each seed, at its own best rate."""
    measured, source, found = compare("ingredients", settings, runs)
    lengths = {name: moved(source, found[name]) for name in MOVED}
    write_moved(runs / "mnist/moved.csv", lengths)
    values = {name: regions(source, each) for name, each in lengths.items()}
    return measured | {
        "units": UNITS,
        "values": measured["values"] | {"moved": values},
    }


def compare(name: str, settings: plan.Plan, runs: Path):
    """What a record of several nets says, the data, and all runs by net."""
    source, chosen, found, rates = plan.follow(settings)
    plan.write_curves(runs / f"mnist/{name}.csv", found)
    plan.write_seeds(runs / f"mnist/{name}_seeds.csv", name, found)
    values = {net: plan.summary(each) for net, each in found.items()}
    for net, each in found.items():
        if net != "full":
            values[net] |= against_full(source, each, found["full"])
    measured = {
        "values": values,
        "settings": {net: asdict(each) for net, each in chosen.items()},
        "tried": {net: plan.choices(each) for net, each in rates.items()},
        **plan.about(settings, source, found),
    }
    return measured, source, found


def against_full(source, each: list[dict], full: list[dict]) -> dict:
    """What a net errs more than the full one, in validation and in test."""
    said = {}
    for kind, part in (("validation", 1), ("test", 2)):
        pair = (plan.mistakes(source, runs, part) for runs in (each, full))
        for name, value in plan.paired(*pair).items():
            said[f"{kind}_{name}"] = value
    return said


def moved(source, runs: list[dict]) -> dict[str, np.ndarray]:
    """Root mean square of each pixel's weights, and of how far they went.

    Returns:
        Of the weights at the `start` and at the `end`, and of their
        difference, `moved`: a value for each pixel, over units and seeds.
    """
    squares = []
    for run in runs:
        net = training.Settings(**run["settings"])
        first = training.build(net, run["seed"]).model.w[0].numpy()
        with np.load(Path(run["folder"]) / "weights.npz") as kept:
            last = kept[kept.files[0]]  # (D, H)
        three = (first, last, last - first)
        squares.append([(w**2).mean(axis=1) for w in three])
    found = np.sqrt(np.mean(squares, axis=0))  # (3, D)
    return dict(zip(("start", "end", "moved"), found, strict=True))


def regions(source, lengths: dict[str, np.ndarray]) -> dict:
    """How far the weights went, where the digits are and around them.

    MNIST's digits were made to fit a box of 20 by 20 pixels, and put into
    the middle of 28 by 28. The rim is what lies outside of that box, a
    seventh of the side at each edge. Pixels that are black in every
    training picture are in neither.
    """
    side = source.images.shape[1]
    edge = side // 7
    box = np.zeros((side, side), bool)
    box[edge : side - edge, edge : side - edge] = True
    inked = data.flatten(source.images).max(axis=0) > 0  # (D,)
    parts = {
        "box": box.ravel() & inked,
        "rim": ~box.ravel() & inked,
        "black": ~inked,
    }
    parts = {name: part for name, part in parts.items() if part.any()}
    return {
        name: float(np.sqrt((lengths["moved"][part] ** 2).mean()))
        for name, part in parts.items()
    }


def write_moved(path: Path, lengths: dict) -> None:
    """Write, for each pixel, what `moved` found."""
    header = ["pixel"]
    columns = []
    for net, each in lengths.items():
        header += [f"{net}_{name}" for name in each]
        columns += each.values()
    rows = np.transpose(columns)
    table = [(i, *map(float, row)) for i, row in enumerate(rows)]
    records.write_table(path, header, table, digits=6)


if __name__ == "__main__":
    plan.one_thread()
    records.run("mnist/ingredients", measure, FULL, plan.small(FULL))

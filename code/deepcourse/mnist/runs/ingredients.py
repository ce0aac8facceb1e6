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
        "whole_pictures": replace(NET, drop_input=0.0),
    },
    search=True,
)
MOVED = ("full", "momentum", "sgd")  # the same net, moved in three ways
UNITS = plan.UNITS | {
    **dict.fromkeys(("box", "rim", "black"), "1"),
    **dict.fromkeys(("error", "put_back", "blacked_out"), "fraction"),
    **dict.fromkeys(("put_back_more", "put_back_more_se"), "percentage points"),
}


def measure(settings: plan.Plan, runs: Path) -> dict:
    """Train each net from each seed, at its own best rate."""
    measured, source, found = compare("ingredients", settings, runs)
    lengths = {name: moved(source, found[name]) for name in MOVED}
    write_moved(runs / "mnist/moved.csv", lengths)
    values = {name: regions(source, each) for name, each in lengths.items()}
    rim = {name: without_rim(source, found[name]) for name in MOVED}
    return measured | {
        "units": UNITS,
        "values": measured["values"] | {"moved": values, "rim": rim},
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


def box(source) -> np.ndarray:
    """(D,) whether a pixel is in the middle, where MNIST's digits are.

    They were made to fit 20 by 20 pixels, and put into 28 by 28 with their
    centre of mass in the middle. What lies outside of the middle 20 by 20,
    a seventh of the side at each edge, is the rim.
    """
    side = source.images.shape[1]
    edge = side // 7
    inside = np.zeros((side, side), bool)
    inside[edge : side - edge, edge : side - edge] = True
    return inside.ravel()


def regions(source, lengths: dict[str, np.ndarray]) -> dict:
    """How far the weights went, in the middle and on the rim.

    Pixels that are black in every training picture are in neither.
    """
    inside = box(source)
    inked = data.flatten(source.images).max(axis=0) > 0  # (D,)
    parts = {
        "box": inside & inked,
        "rim": ~inside & inked,
        "black": ~inked,
    }
    parts = {name: part for name, part in parts.items() if part.any()}
    return {
        name: float(np.sqrt((lengths["moved"][part] ** 2).mean()))
        for name, part in parts.items()
    }


def without_rim(source, runs: list[dict]) -> dict:
    """What the trained net is worth without what its rim has learnt.

    Returns:
        Mean test errors: as it is; with the weights of the rim put back to
        where they began, and by how much that is more, paired by picture and
        seed; and of pictures with a black rim.
    """
    inside, found = box(source), []
    for run in runs:
        net = training.Settings(**run["settings"])
        model = training.build(net, run["seed"]).model
        test = data.split(source, net.validation)[2]
        first = model.w[0].numpy()
        with np.load(Path(run["folder"]) / "weights.npz") as kept:
            for w, name in zip(model.weights, kept.files, strict=True):
                w.assign(kept[name])
        black = data.Part(test.images * inside, test.labels)
        cases = [wrong(model, test), wrong(model, black)]
        model.w[0].assign(np.where(inside[:, None], model.w[0], first))
        found.append([*cases, wrong(model, test)])
    found = np.array(found)  # (S, 3, N)
    error, blacked_out, put_back = found.mean(axis=(0, 2)).tolist()
    more = plan.paired(found[:, 2], found[:, 0])
    return {
        "error": error,
        "put_back": put_back,
        **{f"put_back_{name}": value for name, value in more.items()},
        "blacked_out": blacked_out,
    }


def wrong(model, part: data.Part) -> np.ndarray:
    """(N,) 1 where a net misreads a picture, else 0."""
    return (training.answers(model, part) != part.labels).astype(float)


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

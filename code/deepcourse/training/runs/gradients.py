"""The gradient of each layer at the start, by activation, scale and depth.

`python -m deepcourse.training.runs.gradients [--quick]` writes
runs/training/gradients.json and runs/training/gradients.csv.
"""

import math
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path

import numpy as np

from deepcourse import datasets, records
from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.training.begin import RULES, begin
from deepcourse.training.deep import backward, forward, gradients

ACTIVATIONS = ("sigmoid", "tanh", "relu")
SHOWN = 20  # layers, where single numbers and the table are of one depth


@dataclass(frozen=True)
class Settings:
    """The nets and the batch."""

    data: str = "mnist"  # the function of `datasets`
    width: int = 100  # of each hidden layer
    batch: int = 256  # the first training pictures
    depths: tuple = (2, 3, 5, 10, 15, 20, 30, 40, 50)  # layers
    seeds: tuple = (0, 1, 2, 3, 4)


QUICK = Settings(data="digits", batch=64, depths=(2, 5, 20), seeds=(0, 1))


def root_mean_square(x) -> float:
    """The usual size of some numbers."""
    return float(np.sqrt(np.mean(np.square(x))))


def geometric(values):
    """The geometric mean over the first axis: of sizes, not of numbers."""
    return np.exp(np.mean(np.log(values), axis=0))


def look(x, labels, net, activation: str) -> dict:
    """Sizes by layer: of what comes out, of what comes back, of dw."""
    outputs, z = forward(x, net, activation)
    _, dz = softmax_cross_entropy(z, labels)
    da = backward(dz, outputs, net, activation)
    return {
        "norm": [np.linalg.norm(dw) for dw, _ in gradients(outputs, da)],
        "out": [root_mean_square(h) for h in outputs[1:]],
        "back": [root_mean_square(each) for each in da[:-1]],
    }


def per_layer(sizes) -> float:
    """By what a layer multiplies: the geometric mean over hidden layers."""
    return float((sizes[-1] / sizes[0]) ** (1 / (len(sizes) - 1)))


def summary(found: list[dict]) -> dict:
    """What a page may quote of the nets of one kind, over all seeds."""
    first, last = (np.array([f["norm"][i] for f in found]) for i in (0, -1))
    spread = np.log10([f["norm"][1] for f in found])
    return {
        "first": float(geometric(first)),
        "last": float(geometric(last)),
        "second": float(10 ** spread.mean()),
        "digits_sd": float(spread.std(ddof=1)),
        "out": float(geometric([per_layer(f["out"]) for f in found])),
        "back": float(geometric([1 / per_layer(f["back"]) for f in found])),
    }


def rounded(values, digits: int = 8) -> list[float]:
    """Numbers with so many significant digits."""
    return [float(f"{v:.{digits - 1}e}") for v in values]


def measure(s: Settings, runs: Path) -> dict:
    """Look at every net, from each seed."""
    source = getattr(datasets, s.data)()
    images = source.images[: s.batch].reshape(s.batch, -1) / 255
    labels = source.labels[: s.batch]
    values, grid, rows = {}, {}, []
    for activation, rule in product(ACTIVATIONS, RULES):
        values.setdefault(activation, {})
        for depth in s.depths:
            hidden = [s.width] * (depth - 1)
            sizes = [images.shape[1], *hidden, 10]
            nets = [begin(sizes, rule, seed) for seed in s.seeds]
            found = [look(images, labels, net, activation) for net in nets]
            by_layer = geometric([f["norm"] for f in found])
            grid[f"{activation} {rule} {depth}"] = rounded(by_layer)
            if depth == SHOWN:
                values[activation][rule] = summary(found)
                rows += table(activation, rule, found)
            elif depth == max(s.depths):
                values[activation][f"{rule}_deepest"] = {
                    "first": float(by_layer[0]),
                    "last": float(by_layer[-1]),
                }
    header = ("activation", "rule", "layer", "out", "back")
    records.write_table(runs / "training/gradients.csv", header, rows, 5)
    units = {name: "1" for name, _ in records.leaves(values)}
    values["flattest"] = flattest(grid)
    return {
        "values": values,
        "units": units | {"flattest": "fraction"},
        "seeds": s.seeds,
        "data": source.facts(),
        "norms": grid,
    }


def table(activation: str, rule: str, found: list[dict]) -> list[tuple]:
    """Of each hidden layer the usual size of h and of da."""
    sizes = [geometric([f[key] for f in found]) for key in ("out", "back")]
    layers = enumerate(zip(*sizes, strict=True), 1)
    return [(activation, rule, i, *map(float, both)) for i, both in layers]


def flattest(grid: dict) -> float:
    """The largest share by which neighbours differ in ReLU nets, but the ends.

    Hidden layers alone: pixels are other numbers, and so are scores.
    """
    inner = [
        norms[1:-1] for name, norms in grid.items() if name.startswith("relu")
    ]
    steps = [
        abs(math.log(b / a)) for norms in inner for a, b in pairwise(norms)
    ]
    return math.exp(max(steps)) - 1


if __name__ == "__main__":
    records.run("training/gradients", measure, Settings(), QUICK)

"""Which deep nets train, by activation, scale, depth and optimizer.

`python -m deepcourse.training.runs.trains [--quick]` writes
runs/training/trains.json. A run that is finished is kept, so that an
experiment that was killed goes on where it was.
"""

from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.gradflow import adam
from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.training.begin import RULES, begin
from deepcourse.training.deep import backward, forward, gradients
from deepcourse.training.loop import accuracy, descend

ACTIVATIONS = ("sigmoid", "tanh", "relu")
LOST = 0.1  # accuracy of a net that went to infinity: that of a guess


@dataclass(frozen=True)
class Settings:
    """The nets, their steps, and the rates that each may get."""

    data: str = "mnist"  # the function of `datasets`
    width: int = 100  # of each hidden layer
    depths: tuple = (2, 5, 10, 20, 30, 50)  # layers
    batch: int = 128
    steps: int = 400
    momentum: tuple = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)  # rates
    adam: tuple = (0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01)  # rates
    validation: int = 10_000  # of the last training pictures, to choose on
    seeds: tuple = (0, 1, 2)


QUICK = Settings(
    data="digits",
    depths=(2, 5),
    steps=20,
    momentum=(0.03,),
    adam=(0.003,),
    validation=200,
    seeds=(0, 1),
)


def adam_steps(net, activation: str, batches, rate: float) -> None:
    """Change a net by Adam, one step for each batch."""
    weights = [w for layer in net for w in layer]
    means = [(np.zeros_like(w), np.zeros_like(w)) for w in weights]
    for t, (x, labels) in enumerate(batches, 1):
        outputs, z = forward(x, net, activation)
        _, dz = softmax_cross_entropy(z, labels)
        da = backward(dz, outputs, net, activation)
        found = [g for pair in gradients(outputs, da) for g in pair]
        for w, (m, v), g in zip(weights, means, found, strict=True):
            adam.update(w, m, v, g, rate, t)


OPTIMIZERS = {"momentum": descend, "adam": adam_steps}


def batches_of(s: Settings, images, labels, seed: int):
    """The batches of a run, each picture at most once an epoch."""
    many = len(images) // s.batch  # in an epoch
    for start in range(0, s.steps, many):
        draw = np.random.default_rng((seed, 1, start))
        order = draw.permutation(len(images))
        for rows in np.split(order[: many * s.batch], many)[: s.steps - start]:
            yield images[rows], labels[rows]


def of_a_run(s: Settings, source, what: tuple) -> dict:
    """Accuracies on validation and test pictures after all steps."""
    activation, rule, depth, optimizer, rate, seed = what
    parts = [
        (x.reshape(len(x), -1) / np.float32(255), labels)
        for x, labels in (source[1:3], source[3:5])
    ]
    (images, labels), test = parts
    cut = len(images) - s.validation
    sizes = [images.shape[1], *[s.width] * (depth - 1), 10]
    drawn = begin(sizes, rule, seed)
    net = [(w.astype(np.float32), b.astype(np.float32)) for w, b in drawn]
    batches = batches_of(s, images[:cut], labels[:cut], seed)
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            OPTIMIZERS[optimizer](net, activation, batches, rate)
            held = accuracy(images[cut:], labels[cut:], net, activation)
            read = accuracy(*test, net, activation)
    except ValueError:  # scores that aren't finite have no loss
        held = read = LOST
    return {"validation": held, "test": read}


def best(s: Settings, source, what: tuple, bar) -> dict:
    """The runs of a net at the rate that is best in validation."""
    rates, found = getattr(s, what[-1]), {}
    for rate in rates:
        runs = []
        for seed in s.seeds:
            each = (*what, rate, seed)
            name, key = "training/trains", (s, each, source.sha256)
            runs.append(
                records.kept(
                    name,
                    key,
                    Path(__file__),
                    lambda each=each: of_a_run(s, source, each),
                )
            )
            bar.update()
        found[rate] = runs
    rate = max(
        rates, key=lambda r: np.mean([a["validation"] for a in found[r]])
    )
    read = [run["test"] for run in found[rate]]
    return {
        "accuracy": float(np.mean(read)),
        "accuracy_sd": float(np.std(read, ddof=1)),
        "validation": float(np.mean([a["validation"] for a in found[rate]])),
        "rate": rate,
        "at_the_edge": int(rate in (rates[0], rates[-1])),
    }


def measure(s: Settings, _: Path) -> dict:
    """Each net with each optimizer, at the rate that suits it best."""
    source, values = getattr(datasets, s.data)(), {}
    nets = list(product(ACTIVATIONS, RULES, s.depths))
    many = len(nets) * len(s.seeds) * (len(s.momentum) + len(s.adam))
    with tqdm(total=many, unit="run") as bar:
        for activation, rule, depth in nets:
            place = values.setdefault(activation, {}).setdefault(rule, {})
            place[f"of_{depth}"] = {
                name: best(s, source, (activation, rule, depth, name), bar)
                for name in OPTIMIZERS
            }
    units = dict.fromkeys(("accuracy", "validation"), "fraction")
    return {
        "values": values,
        "units": units | {"rate": "1", "at_the_edge": "count"},
        "seeds": s.seeds,
        "data": source.facts(),
    }


if __name__ == "__main__":
    records.run("training/trains", measure, Settings(), QUICK)

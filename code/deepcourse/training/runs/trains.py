"""Which deep nets train, by activation, scale, depth and optimizer.

`python -m deepcourse.training.runs.trains [--quick]` writes
runs/training/trains.json. A run that is finished is kept, so that an
experiment that was killed goes on where it was. Each rate is tried from one
seed, then the best of them and its neighbours from the others: most deep nets
train at no rate at all, and of those one seed is enough.
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
    depths: tuple = (2, 5, 10, 20)  # layers
    batch: int = 64
    steps: int = 300
    momentum: tuple = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)  # rates
    adam: tuple = (0.0003, 0.001, 0.003, 0.01, 0.03)  # rates
    validation: int = 10_000  # of the last training pictures, to choose on
    seeds: tuple = (0, 1, 2)
    deep: int = 20  # layers from which a net gets one seed if no rate ...
    learns: float = 0.2  # ... makes it read so much in validation


QUICK = Settings(
    data="digits",
    depths=(2, 5),
    steps=20,
    momentum=(0.03,),
    adam=(0.003,),
    validation=200,
    seeds=(0, 1),
    deep=5,
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


def scaled(source) -> tuple:
    """All pictures as rows of numbers 0 .. 1: to train on, and to test."""
    pairs = source[1:3], source[3:5]
    return tuple(
        (x.reshape(len(x), -1) / np.float32(255), labels) for x, labels in pairs
    )


def of_a_run(s: Settings, pictures: tuple, what: tuple) -> dict:
    """Accuracies on validation and test pictures after all steps."""
    activation, rule, depth, optimizer, rate, seed = what
    (images, labels), test = pictures
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


def best(s: Settings, what: tuple, run) -> dict:
    """The runs of a net at the rate that is best in validation.

    Args:
        s: the settings.
        what: activation, rule, depth and optimizer of the net.
        run: a call with all of these, a rate and a seed.
    """
    rates = getattr(s, what[-1])
    found = {rate: [run((*what, rate, s.seeds[0]))] for rate in rates}

    def mean(rate):
        return float(np.mean([each["validation"] for each in found[rate]]))

    rate = max(rates, key=mean)
    if what[2] < s.deep or mean(rate) > s.learns:
        at = rates.index(rate)
        near = rates[max(0, at - 1) : at + 2]
        for each, seed in product(near, s.seeds[1:]):
            found[each].append(run((*what, each, seed)))
        rate = max(near, key=mean)
    read = [each["test"] for each in found[rate]]
    spread = {"accuracy_sd": float(np.std(read, ddof=1))} if read[1:] else {}
    return {
        "accuracy": float(np.mean(read)),
        **spread,
        "validation": mean(rate),
        "rate": rate,
        "at_the_edge": int(rate in (rates[0], rates[-1])),
        "nets": len(read),
    }


def measure(s: Settings, _: Path) -> dict:
    """Each net with each optimizer, at the rate that suits it best."""
    source, values = getattr(datasets, s.data)(), {}
    pictures, nets = scaled(source), [*product(ACTIVATIONS, RULES, s.depths)]

    def run(what):
        bar.update()
        key = s, what, source.sha256
        name, start = "training/trains", Path(__file__)
        return records.kept(
            name, key, start, lambda: of_a_run(s, pictures, what)
        )

    with tqdm(unit="run") as bar:
        for activation, rule, depth in nets:
            place = values.setdefault(activation, {}).setdefault(rule, {})
            place[f"of_{depth}"] = {
                name: best(s, (activation, rule, depth, name), run)
                for name in OPTIMIZERS
            }
    units = dict.fromkeys(("accuracy", "validation"), "fraction")
    counted = dict.fromkeys(("at_the_edge", "nets"), "count")
    return {
        "values": values,
        "units": units | counted | {"rate": "1"},
        "seeds": s.seeds,
        "data": source.facts(),
    }


if __name__ == "__main__":
    records.run("training/trains", measure, Settings(), QUICK)

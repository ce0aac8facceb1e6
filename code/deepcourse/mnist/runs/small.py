"""What dropout does on few pictures: the page's own loop, with it and without.

`python -m deepcourse.mnist.runs.small [--quick]`
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from deepcourse import records
from deepcourse.datasets import Dataset, digits
from deepcourse.mnist.adam import Adam
from deepcourse.mnist.data import batches, split
from deepcourse.mnist.train import step
from deepcourse.mnist.two_layers import TwoLayers


class NeverDrops(TwoLayers):
    """The same net, called without a seed in training too."""

    def __call__(self, x, seed=None):
        """Score each class; see `TwoLayers`."""
        return super().__call__(x)


@dataclass(frozen=True)
class Settings:
    """The loop of the page, and how often it is run."""

    units: int = 512
    rate: float = 0.003  # falls to zero
    epochs: int = 15
    batch_size: int = 32
    validation: int = 200
    seeds: tuple[int, ...] = tuple(range(10))


def mixed(source: Dataset, seed: int) -> Dataset:
    """The same digits in another order: some of each hand in each part."""
    images = np.concatenate([source.images, source.test_images])
    labels = np.concatenate([source.labels, source.test_labels])
    order = np.random.default_rng(seed).permutation(len(labels))
    train, test = np.split(order, [len(source.labels)])
    return source._replace(
        images=images[train],
        labels=labels[train],
        test_images=images[test],
        test_labels=labels[test],
    )


def trained(kind: type, source, settings: Settings, seed: int) -> list[float]:
    """The accuracies of one net: in training, validation and test."""
    parts = split(source, validation=settings.validation)
    images, labels = parts[0]
    model = kind(images.shape[1], settings.units, 10, seed)
    move = tf.function(step, autograph=False)
    adam, t = Adam(model.weights), 0
    steps = settings.epochs * (len(labels) // settings.batch_size)
    for epoch in range(settings.epochs):
        shuffled = batches(images, labels, settings.batch_size, seed, epoch)
        for some, their in shuffled:
            rate = tf.constant(settings.rate * (1 - t / steps))
            move(model, adam, some, their, rate, tf.constant([seed, t]))
            t += 1
    read = [tf.argmax(model(part.images), axis=1) for part in parts]
    return [
        float(np.mean(r == part.labels))
        for r, part in zip(read, parts, strict=True)
    ]


def measure(settings: Settings, runs: Path) -> dict:
    """Train from each seed with dropout and without, and on mixed digits."""
    names = ("train_accuracy", "validation_accuracy", "test_accuracy")
    source = digits()
    of_seed = {
        "dropout": lambda s: trained(TwoLayers, source, settings, s),
        "none": lambda s: trained(NeverDrops, source, settings, s),
        "mixed": lambda s: trained(TwoLayers, mixed(source, s), settings, s),
    }
    found = {
        name: np.array([each(s) for s in tqdm(settings.seeds)])
        for name, each in of_seed.items()
    }
    values = {
        name: dict(zip(names, each.mean(axis=0).tolist(), strict=True))
        for name, each in found.items()
    }
    costs = 100 * (found["none"] - found["dropout"])[:, 2]  # points, by seed
    values["costs"] = float(costs.mean())
    values["costs_se"] = float(costs.std(ddof=1) / len(costs) ** 0.5)
    return {
        "values": values,
        "units": dict.fromkeys(names, "fraction")
        | dict.fromkeys(("costs", "costs_se"), "percentage points"),
        "settings": asdict(settings),
        "seeds": settings.seeds,
        "data": source.facts(),
    }


if __name__ == "__main__":
    small = Settings(units=16, epochs=1, seeds=(0, 1))
    records.run("mnist/small", measure, Settings(), small)

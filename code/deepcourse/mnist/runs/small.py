"""The page's own loop on few pictures: at which rate, with dropout and without.

`python -m deepcourse.mnist.runs.small [--quick]`
"""

import functools
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from deepcourse import records
from deepcourse.datasets import Dataset, digits
from deepcourse.mnist.adam import Adam
from deepcourse.mnist.data import batches, split
from deepcourse.mnist.runs import plan
from deepcourse.mnist.train import step
from deepcourse.mnist.two_layers import TwoLayers

NAMES = ("train", "validation", "test")


class NeverDrops(TwoLayers):
    """The same net, called without a seed in training too."""

    def __call__(self, x, seed=None):
        """Score each class; see `TwoLayers`."""
        return super().__call__(x)


@dataclass(frozen=True)
class Settings:
    """The loop of the page, and how often it is run."""

    units: int = 512
    rates: tuple[float, ...] = (0.001, 0.003, 0.01, 0.03, 0.1)  # fall to zero
    epochs: int = 15
    longer: int = 60
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


def trained(kind: type, source, s: Settings, rate: float, epochs: int, seed):
    """Train one net.

    Returns:
        For training, validation and test, an array with 1 where a picture is
        misread, else 0; and how far the first step moved the first weights,
        as a share of their length.
    """
    parts = split(source, validation=s.validation)
    images, labels = parts[0]
    model = kind(images.shape[1], s.units, 10, seed)
    start, far = tf.identity(model.weights[0]), None
    move = tf.function(step, autograph=False)
    adam, t = Adam(model.weights), 0
    steps = epochs * (len(labels) // s.batch_size)
    for epoch in range(epochs):
        for xs, ys in batches(images, labels, s.batch_size, seed, epoch):
            now = tf.constant(rate * (1 - t / steps))
            move(model, adam, xs, ys, now, tf.constant([seed, t]))
            t += 1
            if far is None:
                moved = tf.norm(model.weights[0] - start)
                far = float(moved / tf.norm(start))
    read = [tf.argmax(model(part.images), axis=1) for part in parts]
    wrong = [r != p.labels for r, p in zip(read, parts, strict=True)]
    return [np.array(each, float) for each in wrong], far


def all_seeds(kind, of_seed, s: Settings, rate: float, epochs: int):
    """What `trained` finds from each seed, arrays of (S, N), and the mean."""
    runs = [trained(kind, of_seed(x), s, rate, epochs, x) for x in s.seeds]
    parts = [np.array(each) for each in zip(*(w for w, _ in runs), strict=True)]
    return parts, float(np.mean([far for _, far in runs]))


def accuracies(parts: list[np.ndarray]) -> dict:
    """The mean accuracy of each part."""
    return {
        f"{name}_accuracy": 1 - float(wrong.mean())
        for name, wrong in zip(NAMES, parts, strict=True)
    }


def measure(s: Settings, runs: Path) -> dict:
    """Choose a rate, train with dropout and without, and on mixed digits."""
    source = digits()
    same = functools.partial(all_seeds, of_seed=lambda _: source, s=s)
    tried, found = {}, {}
    for rate in tqdm(s.rates, unit="rate"):
        found[rate], far = same(TwoLayers, rate=rate, epochs=s.epochs)
        tried[rate] = accuracies(found[rate]) | {"first_step": far}
    validated = {rate: 1 - found[rate][1].mean(axis=1) for rate in s.rates}
    rate = plan.best(validated)
    values = {f"rate_{r:g}".replace(".", "_"): v for r, v in tried.items()}
    for epochs in (s.epochs, s.longer):
        base = same(NeverDrops, rate=rate, epochs=epochs)[0]
        ours = same(TwoLayers, rate=rate, epochs=epochs)[0]
        bought = plan.paired(base[2], ours[2])
        values[f"of_{epochs}"] = {
            "dropout": accuracies(ours),
            "none": accuracies(base),
            "bought": bought["more"],
            "bought_se": bought["more_se"],
        }
    mix = functools.partial(mixed, source)
    together = all_seeds(TwoLayers, mix, s, rate, s.epochs)[0]
    values |= {"rate": rate, "mixed": accuracies(together)}
    names = [f"{name}_accuracy" for name in NAMES]
    return {
        "values": values,
        "units": dict.fromkeys(names, "fraction")
        | dict.fromkeys(("bought", "bought_se"), "percentage points")
        | dict.fromkeys(("rate", "first_step"), "1"),
        "settings": asdict(s),
        "tried": plan.choices(validated),
        "seeds": s.seeds,
        "data": source.facts(),
    }


if __name__ == "__main__":
    quick = Settings(16, (0.003, 0.01), 1, 2, seeds=(0, 1))
    records.run("mnist/small", measure, Settings(), quick)

"""Whole nets by hand and in TensorFlow, and one trained to the end.

`python -m deepcourse.gradflow.runs.by_hand [--quick]` writes
runs/gradflow/by_hand.json. First each of the four nets takes 100 steps twice,
by gradflow and by Keras with `tf.GradientTape`, from the same weights, on the
same batches, with the same dropped units, and the losses are compared, for
five seeds. Then the convolutional net is trained on, by gradflow alone. Each
seed is kept when it is finished, so that a run that was killed goes on where
it was.
"""

from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.gradflow import nets, other_nets
from deepcourse.gradflow.digits import batches, pictures, wobble


@dataclass(frozen=True)
class Settings:
    """What is run; the changes to the pictures are those of `wobble`."""

    steps: int = 100  # in both
    batch_size: int = 32
    rate: float = 0.1  # of learning; falls linearly to 0 in training
    momentum: float = 0.9
    epochs: int = 40  # of training the convolutional net to the end
    seeds: int = 15  # of training to the end
    compared: int = 5  # seeds of the steps in both


QUICK = replace(Settings(), steps=5, epochs=1, seeds=2, compared=2)


def twin(name: str) -> keras.Model:
    """The net as Keras has it, in float64, with the weights in our order."""
    inputs, mask = keras.Input((8, 8, 1)), keras.Input((other_nets.HIDDEN,))
    if name == "dense":
        flat = layers.Flatten()(inputs)
        y = layers.Dense(other_nets.HIDDEN, activation="relu")(flat)
        y = layers.Multiply()([y, mask])
    elif name == "conv":
        y = inputs
        for channels, stride in ((16, 1), (32, 2)):
            y = layers.Conv2D(channels, 3, stride, "same", use_bias=False)(y)
            y = layers.ReLU()(layers.BatchNormalization()(y))
        y = layers.Flatten()(y)
    else:
        recurrent = {"lstm": layers.LSTM, "gru": layers.GRU}[name]
        y = recurrent(other_nets.HIDDEN)(layers.Reshape((8, 8))(inputs))
    return keras.Model([inputs, mask], layers.Dense(10)(y))


def keras_losses(name: str, w: dict, pairs, s: Settings, rng) -> list[float]:
    """The loss before each of the steps, by Keras and `tf.GradientTape`."""
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")  # it may be set already
    try:
        net = twin(name)
        # Keras would round a float of Python's to float32 on its way.
        optimizer = keras.optimizers.SGD(s.rate, np.float64(s.momentum))
        criterion = keras.losses.SparseCategoricalCrossentropy(True)
    finally:
        keras.config.set_floatx("float32")
        keras.config.set_dtype_policy("float32")
    for mine, theirs in zip(w.values(), net.trainable_variables, strict=True):
        theirs.assign(mine)

    @tf.function(reduce_retracing=True)
    def step(x, labels, mask):
        with tf.GradientTape() as tape:
            loss = criterion(labels, net([x, mask], training=True))
        optimizer.apply(tape.gradient(loss, net.trainable_variables))
        return loss

    optimizer.build(net.trainable_variables)
    losses = []
    for x, labels in pairs:
        stays = rng.random((len(x), other_nets.HIDDEN)) >= other_nets.RATE
        losses.append(float(step(x, labels, stays / (1 - other_nets.RATE))))
    return losses


def both(name: str, source, s: Settings, seed: int = 0) -> np.ndarray:
    """The losses of one net by gradflow and by Keras.

    Returns:
        (2, T) losses before each step.
    """
    net, rng = other_nets.NETS[name], np.random.default_rng(seed)
    w, x = net.weights(rng), pictures(source.images)
    epochs = s.steps * s.batch_size // len(x) + 1
    pairs = list(batches(x, source.labels, s.batch_size, epochs, rng))[
        : s.steps
    ]
    first = dict(w)
    masks = [np.random.default_rng(seed + 1) for _ in range(2)]
    if name == "dense":  # drops its units with the same generator
        net = net._replace(forward=partial(net.forward, rng=masks[0]))
    rates = np.full(s.steps, s.rate)
    ours = nets.fit(net, w, pairs, rates, s.momentum)
    theirs = keras_losses(name, first, pairs, s, masks[1])
    return np.array([ours, theirs])


def to_the_end(source, s: Settings, seed: int, change) -> float:
    """Train the convolutional net; the share of test digits it gets right."""
    rng, x = np.random.default_rng(seed), pictures(source.images)
    w = nets.CONV.weights(rng)
    steps = s.epochs * (len(x) // s.batch_size)
    rates = s.rate * (1 - np.arange(steps) / steps)
    pairs = batches(x, source.labels, s.batch_size, s.epochs, rng, change)
    pairs = tqdm(pairs, f"conv, seed {seed}", steps, unit="step", leave=False)
    nets.fit(nets.CONV, w, pairs, rates, s.momentum)
    logits = nets.conv_use(w, pictures(source.test_images), x)
    return float(np.mean(logits.argmax(axis=1) == source.test_labels))


CHANGES = {"": wobble, "unmoved_": lambda x, _: x}  # to the pictures


def part(s: Settings, source, kind: str, seed: int, compute):
    """A part of this run, kept when it is finished."""
    what = s, kind, seed, source.sha256
    return records.kept("gradflow/by_hand", what, Path(__file__), compute)


def accuracies(source, s: Settings, kind: str) -> list[float]:
    """What the convolutional net comes to from each seed, kept by seed."""
    return [
        part(
            *(s, source, kind, seed),
            lambda seed=seed: to_the_end(source, s, seed, CHANGES[kind]),
        )
        for seed in tqdm(range(s.seeds), f"conv {kind}", unit="seed")
    ]


def beside(source, s: Settings, name: str) -> dict[str, float]:
    """How far the losses of both are apart at most, and two of ours."""
    found = []
    for seed in tqdm(range(s.compared), name, unit="seed"):
        losses = part(
            *(s, source, name, seed),
            lambda seed=seed: both(name, source, s, seed).tolist(),
        )
        found.append(losses)
    ours, _ = found[0]
    return {
        "loss_difference": float(np.abs(np.diff(found, axis=1)).max()),
        "first_loss": float(ours[0]),
        "last_loss": float(ours[-1]),
    }


UNITS = {
    "loss_difference": "nat",
    "first_loss": "nat",
    "last_loss": "nat",
    "test_accuracy": "fraction",
    "unmoved_test_accuracy": "fraction",
}


def measure(s: Settings, _: Path) -> dict:
    """All nets, step by step beside Keras', and one to the end."""
    source = datasets.digits()
    values = {name: beside(source, s, name) for name in other_nets.NETS}
    for kind in CHANGES:
        each = accuracies(source, s, kind)
        values["conv"] |= {
            f"{kind}test_accuracy": float(np.mean(each)),
            f"{kind}test_accuracy_sd": float(np.std(each, ddof=1)),
        }
    return {
        "values": values,
        "units": UNITS,
        "settings": asdict(s) | {"test_images": len(source.test_images)},
        "seeds": list(range(s.seeds)),
        "data": source.facts(),
    }


if __name__ == "__main__":
    records.run("gradflow/by_hand", measure, Settings(), QUICK)

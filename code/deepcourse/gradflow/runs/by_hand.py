"""Whole nets by hand and in TensorFlow, and one trained to the end.

`python -m deepcourse.gradflow.runs.by_hand [--quick]` writes
runs/gradflow/by_hand.json. First each of the four nets takes 100 steps twice,
by gradflow and by Keras with `tf.GradientTape`, from the same weights, on the
same batches, with the same dropped units, and the losses are compared. Then
the convolutional net is trained on, by gradflow alone.
"""

import argparse
import time
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
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
    seeds: int = 5


QUICK = replace(Settings(), steps=5, epochs=1, seeds=2)


def twin(name: str) -> keras.Model:
    """The net as Keras has it, in float64, with the weights in our order."""
    kind = partial(keras.layers.Dense, units=10)
    hidden, more = other_nets.HIDDEN, keras.layers
    inputs, keep = keras.Input((8, 8, 1)), keras.Input((hidden,))
    if name == "dense":
        y = more.Dense(hidden, activation="relu")(more.Flatten()(inputs))
        y = more.Multiply()([y, keep])
    elif name == "conv":
        y = inputs
        for channels, stride in ((16, 1), (32, 2)):
            y = more.Conv2D(channels, 3, stride, "same", use_bias=False)(y)
            y = more.ReLU()(more.BatchNormalization()(y))
        y = more.Flatten()(y)
    else:
        recurrent = {"lstm": more.LSTM, "gru": more.GRU}[name]
        y = recurrent(hidden)(more.Reshape((8, 8))(inputs))
    return keras.Model([inputs, keep], kind()(y))


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
    def step(x, labels, keep):
        with tf.GradientTape() as tape:
            loss = criterion(labels, net([x, keep], training=True))
        optimizer.apply(tape.gradient(loss, net.trainable_variables))
        return loss

    optimizer.build(net.trainable_variables)
    found = []
    for x, labels in pairs:
        kept = rng.random((len(x), other_nets.HIDDEN)) >= other_nets.RATE
        found.append(float(step(x, labels, kept / (1 - other_nets.RATE))))
    return found


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
    nets.fit(nets.CONV, w, pairs, rates, s.momentum)
    logits = nets.conv_use(w, pictures(source.test_images), x)
    return float(np.mean(logits.argmax(axis=1) == source.test_labels))


def measure(source, s: Settings) -> dict:
    """All values of the record."""
    values = {}
    for name in tqdm(other_nets.NETS, unit="net"):
        ours, theirs = both(name, source, s)
        values[name] = {
            "loss_difference": float(np.abs(ours - theirs).max()),
            "first_loss": float(ours[0]),
            "last_loss": float(ours[-1]),
        }
    for kind, change in {"": wobble, "unmoved_": lambda x, _: x}.items():
        seeds = tqdm(range(s.seeds), desc=f"conv {kind}", unit="seed")
        found = [to_the_end(source, s, seed, change) for seed in seeds]
        values["conv"] |= {
            f"{kind}test_accuracy": float(np.mean(found)),
            f"{kind}test_accuracy_sd": float(np.std(found, ddof=1)),
        }
    return values


UNITS = {
    "loss_difference": "nat",
    "first_loss": "nat",
    "last_loss": "nat",
    "test_accuracy": "fraction",
    "unmoved_test_accuracy": "fraction",
}


def run(s: Settings, runs: Path = records.RUNS) -> Path:
    """Measure, and write the record."""
    start, source = time.perf_counter(), datasets.digits()
    values = measure(source, s)
    count = len(source.images) + len(source.test_images)
    record = {
        "command": records.command(),
        "values": values,
        "units": UNITS,
        "settings": asdict(s) | {"test_images": len(source.test_images)},
        "seeds": list(range(s.seeds)),
        "data": {
            "name": source.name,
            "records": count,
            "sha256": source.sha256,
        },
        "seconds": round(time.perf_counter() - start, 1),
    }
    return records.write("gradflow/by_hand", record, runs)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a few steps, no record"
    )
    quick = parser.parse_args().quick
    print(run(QUICK, Path(".cache/quick")) if quick else run(Settings()))


if __name__ == "__main__":
    main()

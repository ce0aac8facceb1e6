"""What a layer of 1×1 in front of a larger window costs and saves.

`python -m deepcourse.convolution.runs.bottleneck [--quick]` writes
runs/convolution/bottleneck.json: the two nets of the page from several seeds,
in turns, and the time of GoogLeNet's module 3a with and without its
bottlenecks. A net that is finished is kept.
"""

import time
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from deepcourse import datasets, records
from deepcourse.convolution.inception_net import module
from deepcourse.turns import ratio

NETS = "wide", "narrow"
MODULES = {
    "bottleneck": (64, (96, 128), (16, 32), 32),
    "naive": (64, (None, 128), (None, 32), None),
}


@dataclass(frozen=True)
class Settings:
    """The nets and their training, as in the lines of the page; the module."""

    data: str = "mnist"  # the function of `datasets`
    window: int = 5
    stride: int = 2
    channels: tuple = (32, 64)  # of the two convolutions
    narrow: int = 8  # of the layer of 1×1 between them
    batch: int = 128
    epochs: int = 2
    seeds: tuple = (0, 1, 2)
    side: int = 28  # places along an axis of the module
    into: int = 192  # its channels in
    pictures: int = 4  # that it gets at once
    turns: int = 15


QUICK = Settings(
    data="digits",
    window=3,
    stride=1,
    epochs=1,
    seeds=(0, 1),
    side=7,
    into=8,
    turns=2,
)


def of_a_run(s: Settings, source, net: str, seed: int) -> dict:
    """Train a net, and count what it reads."""
    import keras
    from keras.layers import Conv2D, Dense, GlobalMaxPool2D

    keras.utils.set_random_seed(seed)
    first, second = (
        Conv2D(k, s.window, s.stride, activation="relu") for k in s.channels
    )
    narrow = [Conv2D(s.narrow, 1, activation="relu")] if net == NETS[1] else []
    layers = [first, *narrow, second, GlobalMaxPool2D(), Dense(10, "softmax")]
    start = keras.Input((*source.images.shape[1:], 1))
    model = keras.Sequential([start, *layers])
    model.compile("adam", "sparse_categorical_crossentropy")
    x = source.images[..., None] / np.float32(255)
    began = time.perf_counter()
    model.fit(x, source.labels, s.batch, s.epochs, verbose=0)
    took = time.perf_counter() - began
    scores = model.predict(
        source.test_images[..., None] / np.float32(255), 500, 0
    )
    share = float(np.mean(scores.argmax(1) == source.test_labels))
    return {"weights": model.count_params(), "took": took, "accuracy": share}


def summary(found: list[dict]) -> dict:
    """Of the runs of a net from some seeds: mean and range."""
    read = [each["accuracy"] for each in found]
    return {
        "weights": found[0]["weights"],
        "accuracy": float(np.mean(read)),
        "accuracy_lowest": min(read),
        "accuracy_highest": max(read),
    }


def timed(s: Settings) -> dict:
    """Milliseconds of both modules, values and all slopes, in turns."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(0)
    shape = s.side, s.side, s.into
    x = tf.random.stateless_normal((s.pictures, *shape), (0, 0))
    steps, times = {}, {name: [] for name in MODULES}

    def step_of(net):
        @tf.function(jit_compile=False)
        def step(x):
            with tf.GradientTape() as tape:
                total = tf.reduce_sum(net(x))
            return tape.gradient(total, net.trainable_variables)

        return step

    values = {}
    for name, widths in MODULES.items():
        start = keras.Input(shape)
        net = keras.Model(start, module(start, *widths))
        steps[name] = step_of(net)
        steps[name](x)  # builds its graph
    for turn in range(s.turns + 1):  # the first fills the caches
        for name, step in steps.items():
            began = time.perf_counter()
            step(x)[0].numpy()
            if turn:
                times[name].append(1000 * (time.perf_counter() - began))
    for name, each in times.items():
        values[name] = {"step_ms": float(np.median(each))}
    both = times["naive"], times["bottleneck"]
    return values | ratio("naive_to_bottleneck", *both)


def measure(s: Settings, _: Path) -> dict:
    """Both nets from all seeds, and both modules, in turns."""
    source = getattr(datasets, s.data)()
    runs = {net: [] for net in NETS}
    for seed, net in product(s.seeds, NETS):
        runs[net].append(
            records.kept(
                "convolution/bottleneck",
                (s, net, seed, source.sha256),
                Path(__file__),
                lambda net=net, seed=seed: of_a_run(s, source, net, seed),
            )
        )
    values = {net: summary(found) for net, found in runs.items()}
    wide, narrow = ([each["took"] for each in runs[net]] for net in NETS)
    lost = [
        100 * (a["accuracy"] - b["accuracy"])
        for a, b in zip(runs["wide"], runs["narrow"], strict=True)
    ]
    values["narrow"]["behind"] = float(np.mean(lost))
    values["narrow"]["behind_lowest"] = min(lost)
    values["narrow"]["behind_highest"] = max(lost)
    values["fit"] = ratio("wide_to_narrow", wide, narrow)
    values["module"] = timed(s)
    fractions = "accuracy", "accuracy_lowest", "accuracy_highest"
    points = "behind", "behind_lowest", "behind_highest"
    ratios = [
        f"{name}{end}"
        for name in ("wide_to_narrow", "naive_to_bottleneck")
        for end in ("", "_low", "_high")
    ]
    return {
        "values": values,
        "units": dict.fromkeys(ratios, "ratio")
        | dict.fromkeys(fractions, "fraction")
        | dict.fromkeys(points, "percentage points")
        | {"weights": "count", "step_ms": "ms"},
        "seeds": s.seeds,
        "data": source.facts(),
    }


if __name__ == "__main__":
    records.run("convolution/bottleneck", measure, Settings(), QUICK)

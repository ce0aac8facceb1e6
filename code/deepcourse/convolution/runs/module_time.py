"""The time of GoogLeNet's module 3a with its layers of 1×1 and without.

`python -m deepcourse.convolution.runs.module_time [--quick]` writes
runs/convolution/module_time.json. A step is the forward pass and all
gradients, that by what comes in among them: layers before these need it.
What takes turns are both modules, their pool alone, single layers of theirs,
and the layers in which the small nets of the page differ. Processor time is
counted, of all threads, for other work on the machine doesn't add to it.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras.layers import Conv2D, MaxPool2D

from deepcourse import records
from deepcourse.convolution.inception_net import module
from deepcourse.turns import ratio

MODULES = {
    "bottleneck": (64, (96, 128), (16, 32), 32),
    "naive": (64, (None, 128), (None, 32), None),
}


@dataclass(frozen=True)
class Settings:
    """What comes in, and how often all are timed."""

    side: int = 28  # of module 3a: places along an axis
    into: int = 192  # channels
    pictures: int = 4
    small_side: int = 12  # of the small nets' second layer, likewise
    small_into: int = 32
    small_pictures: int = 128
    turns: int = 25
    steps: int = 5  # of a turn, one after the other


QUICK = Settings(7, 8, 1, 7, 8, 1, turns=2, steps=1)


def chain(*layers: tuple):
    """Convolutions one after the other: rows, channels, stride, zeros."""

    def build(x):
        for size, channels, stride, zeros in layers:
            x = Conv2D(channels, size, stride, zeros, activation="relu")(x)
        return x

    return build


SECOND = 5, 64, 2, "valid"  # of the small nets
LARGE = {
    **{
        name: lambda x, widths=widths: module(x, *widths)
        for name, widths in MODULES.items()
    },
    "pool": MaxPool2D(3, 1, "same"),
    "five": chain((5, 32, 1, "same")),
    "one": chain((1, 16, 1, "same")),
}
SMALL = {
    "second": chain(SECOND),
    "second_narrow": chain((1, 8, 1, "valid"), SECOND),
}
# multiplications for a number that comes in, of one channel at one place
EACH = {"five": 5 * 5 * 32, "one": 16}


def step_of(build, shape: tuple):
    """A step as a call that ends when it is done."""
    keras.utils.set_random_seed(0)
    x = tf.random.stateless_normal(shape, (0, 0))
    start = keras.Input(shape[1:])
    net = keras.Model(start, build(start))

    @tf.function(jit_compile=False)
    def step(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            total = tf.reduce_sum(net(x))
        return tape.gradient(total, [x, *net.trainable_variables])

    return lambda: [each.numpy() for each in step(x)]


def measure(s: Settings, _: Path) -> dict:
    """Milliseconds of each, and ratios of some, turn by turn."""
    large = s.pictures, s.side, s.side, s.into
    small = s.small_pictures, s.small_side, s.small_side, s.small_into
    steps = {name: step_of(build, large) for name, build in LARGE.items()}
    steps |= {name: step_of(build, small) for name, build in SMALL.items()}
    times = {name: [] for name in steps}
    for turn in range(s.turns + 1):  # the first builds graphs
        for name, step in steps.items():
            began = time.process_time()
            for _ in range(s.steps):
                step()
            if turn:
                took = (time.process_time() - began) / s.steps
                times[name].append(1000 * took)
    values = {f"{n}_ms": float(np.median(each)) for n, each in times.items()}
    per = {n: np.divide(times[n], count) for n, count in EACH.items()}
    ratios = {
        **ratio("naive_to_bottleneck", times["naive"], times["bottleneck"]),
        **ratio("one_to_five_each", per["one"], per["five"]),
        **ratio("second", times["second"], times["second_narrow"]),
    }
    return {
        "values": values | ratios,
        "units": dict.fromkeys(values, "ms") | dict.fromkeys(ratios, "ratio"),
        "seeds": [0],
        "data": {"name": "normal arrays, drawn by the run"},
    }


if __name__ == "__main__":
    records.run("convolution/module_time", measure, Settings(), QUICK)

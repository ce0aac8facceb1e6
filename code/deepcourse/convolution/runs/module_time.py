"""The time of GoogLeNet's module 3a with its layers of 1×1 and without.

`python -m deepcourse.convolution.runs.module_time [--quick]` writes
runs/convolution/module_time.json. A step is what comes out, and all
gradients. Both modules take turns. Processor time is counted, of all threads,
for other work on the machine doesn't add to it.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.convolution.inception_net import module
from deepcourse.turns import ratio

MODULES = {
    "bottleneck": (64, (96, 128), (16, 32), 32),
    "naive": (64, (None, 128), (None, 32), None),
}


@dataclass(frozen=True)
class Settings:
    """The module, and how often it is timed."""

    side: int = 28  # places along an axis
    into: int = 192  # channels in
    pictures: int = 4  # that it gets at once
    turns: int = 15
    steps: int = 5  # of a turn, one after the other


QUICK = Settings(side=7, into=8, turns=2, steps=1)


def step_of(s: Settings, widths: tuple):
    """A step of a module, as a call that ends when it is done."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(0)
    shape = s.side, s.side, s.into
    x = tf.random.stateless_normal((s.pictures, *shape), (0, 0))
    start = keras.Input(shape)
    net = keras.Model(start, module(start, *widths))

    @tf.function(jit_compile=False)
    def step(x):
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(net(x))
        return tape.gradient(total, net.trainable_variables)

    return lambda: [each.numpy() for each in step(x)]


def measure(s: Settings, _: Path) -> dict:
    """Milliseconds of both modules, and their ratio, turn by turn."""
    steps = {name: step_of(s, widths) for name, widths in MODULES.items()}
    times = {name: [] for name in MODULES}
    for turn in range(s.turns + 1):  # the first builds graphs
        for name, step in steps.items():
            began = time.process_time()
            for _ in range(s.steps):
                step()
            if turn:
                took = (time.process_time() - began) / s.steps
                times[name].append(1000 * took)
    values = {f"{n}_ms": float(np.median(each)) for n, each in times.items()}
    both = times["naive"], times["bottleneck"]
    ratios = ratio("naive_to_bottleneck", *both)
    return {
        "values": values | ratios,
        "units": dict.fromkeys(values, "ms") | dict.fromkeys(ratios, "ratio"),
        "seeds": [0],
        "data": {"name": "normal arrays, drawn by the run"},
    }


if __name__ == "__main__":
    records.run("convolution/module_time", measure, Settings(), QUICK)

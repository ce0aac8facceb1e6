"""The lines of Keras that the lesson begins with, and what they print.

`python -m deepcourse.convolution.runs.library [--quick]`
"""

from dataclasses import dataclass
from pathlib import Path

from deepcourse import datasets, records
from deepcourse.mnist.runs.library import told


def lines():
    """Train a dense net and a convolutional one, as on the page."""
    # --8<-- [start:lines]
    import keras
    import numpy as np
    from keras.layers import Conv2D, Dense, Flatten, GlobalMaxPool2D

    (x, labels), (test, truth) = keras.datasets.mnist.load_data()
    x, test = x[..., None] / 255, test[..., None] / 255
    pushed = np.pad(test, [(0, 0), (0, 0), (4, 0), (0, 0)])[:, :, :-4]
    each = {"kernel_size": 5, "strides": 2, "activation": "relu"}
    convs = Conv2D(16, **each), Conv2D(64, **each), GlobalMaxPool2D()
    for layers in (Flatten(), Dense(34, "relu")), convs:
        net = keras.Sequential([*layers, Dense(10, "softmax")])
        loss = "sparse_categorical_crossentropy"
        net.compile("adam", loss, metrics=["accuracy"])
        net.fit(x, labels, batch_size=128, epochs=2, verbose=0)
        stood = net.evaluate(test, truth, verbose=0)[1]
        moved = net.evaluate(pushed, truth, verbose=0)[1]
        print(f"{net.count_params()} {stood:.3f} {moved:.3f}")
    # --8<-- [end:lines]


@dataclass(frozen=True)
class Settings:
    """Which data set stands where MNIST is loaded."""

    data: str = "mnist"


def measure(settings: Settings, runs: Path) -> dict:
    """Run the lines, and keep what they print."""
    source = getattr(datasets, settings.data)()
    shares = "accuracy", "pushed_accuracy"
    return of_nets(lines, source, ("dense", "conv"), shares)


def of_nets(lines, source, nets: tuple, shares: tuple = ("accuracy",)) -> dict:
    """What a record says of lines that print each net's weights and shares.

    Args:
        lines: a call without arguments.
        source: the data set that they get as MNIST.
        nets: the name of each net, in the order of the lines.
        shares: what is printed behind the weights.
    """
    _, printed, seconds = told(lines, source)
    values = {}
    for name, line in zip(nets, printed, strict=True):
        weights, *read = line.split()
        parts = zip(shares, map(float, read), strict=True)
        values[name] = {"weights": int(weights), **dict(parts)}
    units = dict.fromkeys(shares, "fraction")
    return {
        "values": {**values, "run_seconds": seconds},
        "units": units | {"weights": "count", "run_seconds": "s"},
        "seeds": [],
        "data": source.facts(),
        "printed": printed,
    }


if __name__ == "__main__":
    small = Settings(data="digits")
    records.run("convolution/library", measure, Settings(), small)

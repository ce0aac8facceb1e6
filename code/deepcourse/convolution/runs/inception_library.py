"""The lines of Keras that the part on inception begins with.

`python -m deepcourse.convolution.runs.inception_library [--quick]`
"""

from dataclasses import dataclass
from pathlib import Path

from deepcourse import datasets, records
from deepcourse.mnist.runs.library import told

NETS = "wide", "narrow"


def lines():
    """Train a net without and with a layer of 1×1, as on the page."""
    # --8<-- [start:lines]
    import keras
    from keras.layers import Conv2D, Dense, GlobalMaxPool2D

    (x, y), (test, labels) = keras.datasets.mnist.load_data()
    x, test = x[..., None] / 255, test[..., None] / 255
    for narrow in [], [Conv2D(8, 1, activation="relu")]:
        first = Conv2D(32, 5, strides=2, activation="relu")
        second = Conv2D(64, 5, strides=2, activation="relu")
        convs = first, *narrow, second, GlobalMaxPool2D()
        net = keras.Sequential([*convs, Dense(10, "softmax")])
        loss = "sparse_categorical_crossentropy"
        net.compile("adam", loss, metrics=["accuracy"])
        _ = net.fit(x, y, batch_size=128, epochs=2, verbose=0)
        read = net.evaluate(test, labels, verbose=0)[1]
        print(f"{net.count_params()} {read:.3f}")
    # --8<-- [end:lines]


@dataclass(frozen=True)
class Settings:
    """Which data set stands where MNIST is loaded."""

    data: str = "mnist"


def measure(settings: Settings, runs: Path) -> dict:
    """Run the lines, and keep what they print."""
    source = getattr(datasets, settings.data)()
    _, printed, seconds = told(lines, source)
    values = {}
    for name, line in zip(NETS, printed, strict=True):
        weights, share = line.split()
        values[name] = {"weights": int(weights), "accuracy": float(share)}
    units = {"weights": "count", "accuracy": "fraction", "run_seconds": "s"}
    return {
        "values": {**values, "run_seconds": seconds},
        "units": units,
        "seeds": [],
        "data": source.facts(),
        "printed": printed,
    }


if __name__ == "__main__":
    small = Settings(data="digits")
    records.run("convolution/inception_library", measure, Settings(), small)

"""The lines of Keras that the way back up begins with, and what they print.

`python -m deepcourse.convolution.runs.flat [--quick]`
"""

import contextlib
import io
import time
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from deepcourse import datasets, records

WAYS = ("three", "four", "resize")


def lines():
    """Train three nets to enlarge, and show each a flat grey."""
    # --8<-- [start:lines]
    import keras
    import numpy as np
    from keras.layers import Conv2D, Conv2DTranspose, UpSampling2D

    (x, _), (test, _) = keras.datasets.fashion_mnist.load_data()
    x, test = x[:10000, ..., None] / 255, test[..., None] / 255
    small = keras.layers.AveragePooling2D(2)
    three, four = (Conv2DTranspose(1, n, 2, "same") for n in (3, 4))
    resize = UpSampling2D(2), Conv2D(1, 3, padding="same")
    for layers in [three], [four], resize:
        first = Conv2D(16, 3, padding="same", activation="relu")
        net = keras.Sequential([first, *layers])
        net.compile("adam", "mse")
        net.fit(small(x), x, batch_size=64, epochs=3, verbose=0)
        error = net.evaluate(small(test), test, verbose=0) ** 0.5
        flat = net.predict(np.full((1, 9, 9, 1), 0.5), verbose=0)
        row = (255 * flat[0, 8, 6:12, 0]).round(1)
        print(f"{255 * error:.1f}", *row)
    # --8<-- [end:lines]


@dataclass(frozen=True)
class Settings:
    """Which data set stands where Fashion-MNIST is loaded."""

    data: str = "fashion_mnist"


def measure(settings: Settings, runs: Path) -> dict:
    """Run the lines, and keep what they print."""
    import keras

    source = getattr(datasets, settings.data)()
    both = (source.images, source.labels), (source.test_images, None)
    said, start = io.StringIO(), time.perf_counter()
    place = keras.datasets.fashion_mnist
    with (
        mock.patch.object(place, "load_data", return_value=both),
        contextlib.redirect_stdout(said),
    ):
        lines()
    seconds = time.perf_counter() - start
    printed = said.getvalue().splitlines()
    values = {}
    for way, line in zip(WAYS, printed, strict=True):
        error, *row = map(float, line.split())
        values[way] = {"error": error, "span": max(row) - min(row)}
    return {
        "values": {**values, "run_seconds": seconds},
        "units": {"error": "1", "span": "1", "run_seconds": "s"},
        "seeds": [],
        "data": source.facts(),
        "printed": printed,
    }


if __name__ == "__main__":
    small = Settings(data="digits")
    records.run("convolution/flat", measure, Settings(), small)

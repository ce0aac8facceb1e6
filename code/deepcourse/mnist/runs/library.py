"""The nine lines of Keras that the lesson begins with, and what they print.

`python -m deepcourse.mnist.runs.library [--quick]`
"""

import contextlib
import io
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from deepcourse import datasets, records


def nine_lines():
    """Train and evaluate the net, as it stands on the page."""
    # --8<-- [start:nine-lines]
    import keras
    from keras.layers import Dense, Dropout, Flatten

    (x, y), (x_test, y_test) = keras.datasets.mnist.load_data()
    hidden, scores = Dense(512, "relu"), Dense(10)
    net = keras.Sequential([Flatten(), hidden, Dropout(0.5), scores])
    loss = keras.losses.SparseCategoricalCrossentropy
    net.compile("adam", loss(from_logits=True), metrics=["accuracy"])
    net.fit(x / 255, y, batch_size=128, epochs=5, verbose=2)
    net.evaluate(x_test / 255, y_test, verbose=2)
    # --8<-- [end:nine-lines]
    return net, x_test / 255, y_test


@dataclass(frozen=True)
class Settings:
    """Which data set stands where MNIST is loaded."""

    data: str = "mnist"


def measure(settings: Settings, runs: Path) -> dict:
    """Run the nine lines, keep what they print, and ask the net once more."""
    source = getattr(datasets, settings.data)()
    (net, pictures, labels), printed, seconds = told(nine_lines, source)
    read = net.predict(pictures, verbose=0).argmax(axis=1)
    return {
        "values": {
            "test_accuracy": float(np.mean(read == labels)),
            "test_error": float(np.mean(read != labels)),
            "run_seconds": seconds,
        },
        "units": {
            "test_accuracy": "fraction",
            "test_error": "fraction",
            "run_seconds": "s",
        },
        "seeds": [],
        "data": source.facts(),
        "printed": printed,
    }


def told(lines, source) -> tuple:
    """What lines return, what they print, and the seconds that they take.

    `source` is the data set that they get as MNIST.
    """
    said = io.StringIO()
    start = time.perf_counter()
    with given(source), contextlib.redirect_stdout(said):
        found = lines()
    return found, said.getvalue().splitlines(), time.perf_counter() - start


@contextlib.contextmanager
def given(source):
    """Let Keras' `mnist.load_data` give this data set."""
    import keras

    original = keras.datasets.mnist.load_data
    keras.datasets.mnist.load_data = lambda: (
        (source.images, source.labels),
        (source.test_images, source.test_labels),
    )
    try:
        yield
    finally:
        keras.datasets.mnist.load_data = original


if __name__ == "__main__":
    small = Settings(data="digits")
    records.run("mnist/library", measure, Settings(), small)

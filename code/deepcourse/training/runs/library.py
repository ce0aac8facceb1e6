"""The lines of Keras that the lesson begins with, and what they print.

`python -m deepcourse.training.runs.library [--quick]`
"""

from dataclasses import dataclass
from pathlib import Path

from deepcourse import datasets, records
from deepcourse.mnist.runs.library import told


def lines():
    """Train two nets of twenty layers, as they stand on the page."""
    # --8<-- [start:lines]
    import keras
    from keras.layers import Dense, Flatten

    (x, y), test = keras.datasets.mnist.load_data()
    he = {"kernel_initializer": "he_normal"}
    loss = "sparse_categorical_crossentropy"
    for f in ("sigmoid", "relu"):
        hidden = [Dense(100, f, **he) for _ in range(19)]
        layers = [Flatten(), *hidden, Dense(10, "softmax")]
        net = keras.Sequential(layers)
        net.compile("adam", loss, metrics=["accuracy"])
        net.fit(x / 255, y, batch_size=128, epochs=3, verbose=0)
        _, read = net.evaluate(test[0] / 255, test[1], verbose=0)
        print(f"{f} {read:.3f}")
    # --8<-- [end:lines]


@dataclass(frozen=True)
class Settings:
    """Which data set stands where MNIST is loaded."""

    data: str = "mnist"


def measure(settings: Settings, runs: Path) -> dict:
    """Run the lines, and keep what they print."""
    source = getattr(datasets, settings.data)()
    _, printed, seconds = told(lines, source)
    read = {name: float(share) for name, share in map(str.split, printed)}
    return {
        "values": {
            **{name: {"test_accuracy": each} for name, each in read.items()},
            "run_seconds": seconds,
        },
        "units": {"test_accuracy": "fraction", "run_seconds": "s"},
        "seeds": [],
        "data": source.facts(),
        "printed": printed,
    }


if __name__ == "__main__":
    small = Settings(data="digits")
    records.run("training/library", measure, Settings(), small)

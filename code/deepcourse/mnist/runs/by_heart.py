"""The lines that the lesson's second part begins with, and what they print.

`python -m deepcourse.mnist.runs.by_heart [--quick]`
"""

from dataclasses import dataclass
from pathlib import Path

from deepcourse import datasets, records
from deepcourse.mnist.runs.library import told


def lines():
    """Train without dropout, as it stands on the page."""
    # --8<-- [start:lines]
    import keras
    from keras.layers import Dense, Flatten

    (x, y), _ = keras.datasets.mnist.load_data()
    net = keras.Sequential([Flatten(), Dense(512, "relu"), Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy
    net.compile("adam", loss(from_logits=True), metrics=["accuracy"])
    options = dict(batch_size=128, epochs=20, validation_split=1 / 6)
    found = net.fit(x / 255, y, verbose=0, **options).history
    for epoch in (1, 7, 20):
        print(epoch, *(f"{found[k][epoch - 1]:.3f}" for k in found))
    # --8<-- [end:lines]
    return found


@dataclass(frozen=True)
class Settings:
    """Which data set stands where MNIST is loaded."""

    data: str = "mnist"


def measure(settings: Settings, runs: Path) -> dict:
    """Run the lines, and keep what they print."""
    source = getattr(datasets, settings.data)()
    found, printed, seconds = told(lines, source)
    losses = found["val_loss"]
    return {
        "values": {
            "best_epoch": 1 + losses.index(min(losses)),
            "validation_loss_least": min(losses),
            "validation_loss": losses[-1],
            "validation_accuracy": found["val_accuracy"][-1],
            "train_accuracy": found["accuracy"][-1],
            "run_seconds": seconds,
        },
        "units": {
            "best_epoch": "1",
            "validation_loss_least": "nat",
            "validation_loss": "nat",
            "validation_accuracy": "fraction",
            "train_accuracy": "fraction",
            "run_seconds": "s",
        },
        "seeds": [],
        "data": source.facts(),
        "printed": printed,
    }


if __name__ == "__main__":
    small = Settings(data="digits")
    records.run("mnist/by_heart", measure, Settings(), small)

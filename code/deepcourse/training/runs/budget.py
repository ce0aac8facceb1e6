"""The best of three rates after one epoch, and the same after four.

`python -m deepcourse.training.runs.budget [--quick]` writes
runs/training/budget.json: the losses of the net that the part on optimizers
begins with. Every finished run is kept.
"""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from deepcourse import datasets, records

WAYS = {
    "momentum_0_1": lambda: keras.optimizers.SGD(0.1, 0.9),
    "adam_0_01": lambda: keras.optimizers.Adam(0.01),
    "adam_0_001": lambda: keras.optimizers.Adam(0.001),
}


@dataclass(frozen=True)
class Settings:
    """The data, and how long and how often each trains."""

    data: str = "mnist"
    epochs: int = 4
    seeds: tuple = (0, 1, 2)


QUICK = Settings(data="digits", epochs=2, seeds=(0, 1))


def losses(way: str, source, epochs: int, seed: int) -> list[float]:
    """The training loss of each epoch, by the lines of the page."""
    keras.utils.set_random_seed(seed)
    layers = [
        keras.layers.Dense(100, "relu"),
        keras.layers.Dense(10, "softmax"),
    ]
    net = keras.Sequential([keras.layers.Flatten(), *layers])
    net.compile(WAYS[way](), "sparse_categorical_crossentropy")
    x = source.images / np.float32(255)
    seen = net.fit(x, source.labels, 128, epochs=epochs, verbose=0)
    return seen.history["loss"]


def measure(s: Settings, _: Path) -> dict:
    """The mean loss in the first epoch and in the last, and its spread."""
    source, values = getattr(datasets, s.data)(), {}
    for way in WAYS:
        found = []
        for seed in s.seeds:
            key = s.data, way, s.epochs, seed, source.sha256
            each = records.kept(
                "training/budget",
                key,
                Path(__file__),
                lambda way=way, seed=seed: losses(way, source, s.epochs, seed),
            )
            found.append((each[0], each[-1]))
        mean, spread = np.mean(found, axis=0), np.std(found, axis=0, ddof=1)
        values[way] = {
            "first": mean[0],
            "first_sd": spread[0],
            "last": mean[1],
            "last_sd": spread[1],
            "last_of_seed_0": found[0][1],
        }
    names = ("first", "last", "last_of_seed_0")
    return {
        "values": values,
        "units": dict.fromkeys(names, "nat"),
        "seeds": s.seeds,
        "data": source.facts(),
    }


if __name__ == "__main__":
    records.run("training/budget", measure, Settings(), QUICK)

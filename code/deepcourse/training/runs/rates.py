"""The lines of Keras that the part on optimizers begins with: their prints.

`python -m deepcourse.training.runs.rates [--quick]`
"""

from dataclasses import dataclass
from pathlib import Path

from deepcourse import datasets, records
from deepcourse.mnist.runs.library import told


def lines():
    """Train a net by three optimizers at three rates, as on the page."""
    # --8<-- [start:lines]
    import keras
    from keras.layers import Dense, Flatten
    from keras.optimizers import SGD, Adam

    (x, y), _ = keras.datasets.mnist.load_data()
    entropy = "sparse_categorical_crossentropy"
    for rate in (0.001, 0.01, 0.1):
        said = []
        for by in (SGD(rate), SGD(rate, 0.9), Adam(rate)):
            keras.utils.set_random_seed(0)
            layers = [Dense(100, "relu"), Dense(10, "softmax")]
            net = keras.Sequential([Flatten(), *layers])
            net.compile(by, entropy)
            seen = net.fit(x / 255, y, 128, verbose=0)
            said.append(f"{seen.history['loss'][0]:.2f}")
        print(rate, *said)
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
    for row in printed:
        rate, *losses = row.split()
        names = ("plain", "momentum", "adam")
        found = dict(zip(names, map(float, losses), strict=True))
        values[f"rate_{rate}".replace(".", "_")] = found
    return {
        "values": values | {"run_seconds": seconds},
        "units": {
            "plain": "nat",
            "momentum": "nat",
            "adam": "nat",
            "run_seconds": "s",
        },
        "seeds": (0,),
        "data": source.facts(),
        "printed": printed,
    }


if __name__ == "__main__":
    small = Settings(data="digits")
    records.run("training/rates", measure, Settings(), small)

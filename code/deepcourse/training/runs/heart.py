"""The lines of Keras that the post on regularization begins with.

`python -m deepcourse.training.runs.heart [--quick]` writes
runs/training/heart.json: what they print.
"""

from dataclasses import dataclass
from pathlib import Path

from deepcourse import datasets, records
from deepcourse.mnist.runs.library import told


def lines():
    """Learn 250 digits by heart, as they stand on the page."""
    # --8<-- [start:lines]
    import keras
    from keras.layers import Dense, Flatten

    (x, y), new = keras.datasets.mnist.load_data()
    own, test = (x[:250] / 255, y[:250]), (new[0] / 255, new[1])
    keras.utils.set_random_seed(0)
    hidden = [Dense(128, "relu") for _ in range(2)]
    net = keras.Sequential([Flatten(), *hidden, Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(True)  # scores
    net.compile("adam", loss)
    for more in (10, 90):
        net.fit(*own, batch_size=50, epochs=more, verbose=0)
        print(f"own {net.evaluate(*own, verbose=0):.3f}", end=" ")
        print(f"test {net.evaluate(*test, verbose=0):.2f}")
    # --8<-- [end:lines]


@dataclass(frozen=True)
class Settings:
    """Which data set stands where MNIST is loaded."""

    data: str = "mnist"


def measure(settings: Settings, _: Path) -> dict:
    """Run the lines, and keep what they print."""
    source = getattr(datasets, settings.data)()
    _, printed, _ = told(lines, source)
    values = {}
    for name, line in zip(("few", "many"), printed, strict=True):
        _, own, _, others = line.split()
        values[name] = {"own": float(own), "others": float(others)}
    return {
        "values": values,
        "units": {"own": "nat", "others": "nat"},
        "seeds": (0,),
        "data": source.facts(),
        "printed": printed,
    }


if __name__ == "__main__":
    small = Settings(data="digits")
    records.run("training/heart", measure, Settings(), small)

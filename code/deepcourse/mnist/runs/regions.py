"""What a bend makes possible, on points in a plane.

`python -m deepcourse.mnist.runs.regions [--quick]`
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf
from sklearn.datasets import make_moons

from deepcourse import records
from deepcourse.mnist.adam import Adam
from deepcourse.mnist.model import MLP
from deepcourse.mnist.train import step

NETS = {
    "softmax": ((2, 2), "relu"),
    "identity": ((2, 8, 2), "identity"),
    "relu": ((2, 8, 2), "relu"),
}


@dataclass(frozen=True)
class Settings:
    """Two half moons of points, and how the nets learn them."""

    points: int = 160
    noise: float = 0.12  # standard deviation of both coordinates
    steps: int = 2000  # on all points at once
    rate: float = 0.02
    side: int = 61  # points of the grid on which the nets are asked


def measure(settings: Settings, runs: Path) -> dict:
    """Train the nets, ask them on a grid, and find where units switch on."""
    x, labels = make_moons(
        settings.points, noise=settings.noise, random_state=0
    )
    x, labels = x.astype(np.float32), labels.astype(np.int32)
    low, high = x.min(axis=0) - 0.25, x.max(axis=0) + 0.25
    axes = np.linspace(low, high, settings.side, dtype=np.float32)
    grid = np.stack(np.meshgrid(*axes.T, indexing="ij"), axis=-1)
    asked = grid.reshape(-1, 2)
    columns, values = [*asked.T.astype(float)], {}
    for name, (sizes, activation) in NETS.items():
        net = trained(sizes, activation, x, labels, settings)
        z = net(asked).numpy()
        columns.append((z[:, 1] - z[:, 0]).astype(float))
        right = net(x).numpy().argmax(axis=1) == labels
        values[f"{name}_accuracy"] = float(right.mean())
    header = ("x1", "x2", *NETS)
    records.write_table(
        runs / "mnist/regions.csv", header, [*zip(*columns)], digits=4
    )
    records.write_table(
        runs / "mnist/regions_points.csv",
        ("x1", "x2", "label"),
        [(*map(float, point), int(k)) for point, k in zip(x, labels)],
        digits=4,
    )
    w, b = (net.weights[i].numpy().astype(float) for i in (0, 1))
    records.write_table(
        runs / "mnist/regions_units.csv",
        ("w1", "w2", "b"),
        [*zip(*w, b)],
        digits=6,
    )
    return {
        "values": values,
        "units": dict.fromkeys(values, "fraction"),
        "settings": asdict(settings),
        "seeds": [0],
        "data": {
            "name": "two half moons, generated",
            "records": settings.points,
        },
    }


def trained(sizes, activation, x, labels, settings: Settings) -> MLP:
    """A net that has learnt the points, without dropout."""
    net = MLP(sizes, activation, 0.0, 0.0)
    adam, move = Adam(net.weights), tf.function(step)
    for t in range(settings.steps):
        left = settings.rate * (1 - t / settings.steps)
        move(net, adam, x, labels, tf.constant(left), (0, 0))
    return net


if __name__ == "__main__":
    small = Settings(points=40, steps=20, side=11)
    records.run("mnist/regions", measure, Settings(), small)

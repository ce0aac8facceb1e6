"""Speed as ratios within one run: `python -m deepcourse.mnist.runs.bench`.

The same net, 784-512-10 with dropout and Adam, on batches of the same
random pixels, in this course's loop, in Keras' and in PyTorch's. The three
take turns, each in a process of its own, so that whatever else the machine
does hits them alike. The median turn counts, and each ratio has the lowest
and the highest turn beside it. Then, on MNIST: the time to 98 % validation
accuracy and the lines of code, against the net of TensorFlow's quickstart
for beginners. `--quick` takes few steps, and the digits for MNIST.
"""

import ast
import inspect
import multiprocessing
import statistics
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from deepcourse import datasets, records
from deepcourse.turns import ratio


@dataclass(frozen=True)
class Settings:
    """What is timed."""

    batch_size: int = 128
    steps: int = 400  # of each contender in a turn
    turns: int = 7
    data: str = "mnist"  # for the time to the goal
    validation: int = 5000
    goal: float = 0.98  # validation accuracy
    patience: int = 20  # epochs until the goal is given up
    seeds: tuple = (0, 1, 2)


QUICK = Settings(
    steps=3,
    turns=2,
    data="digits",
    validation=200,
    goal=0.5,
    seeds=(0,),
)


def ours(s: Settings, images, labels):
    """A call that trains one epoch with the loop of the lesson."""
    from deepcourse.mnist.adam import Adam
    from deepcourse.mnist.data import Part
    from deepcourse.mnist.model import MLP
    from deepcourse.mnist.train import Run

    net = MLP()
    run = Run(net, Adam(net.weights), 0.001, s.turns + 1, s.batch_size)
    few = Part(images[: s.batch_size], labels[: s.batch_size])
    return lambda: run.epoch(Part(images, labels), few)


def keras_fit(s: Settings, images, labels):
    """A call that trains one epoch with `keras.Model.fit`."""
    from deepcourse.mnist.keras_twin import build

    net = build()
    return lambda: net.fit(images, labels, batch_size=s.batch_size, verbose=0)


def pytorch(s: Settings, images, labels):
    """A call that trains one epoch with the usual loop of PyTorch."""
    import torch
    from torch import nn

    net = nn.Sequential(
        nn.Dropout(0.2),
        nn.Linear(784, 512),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(512, 10),
    )
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001, eps=1e-7)
    loss = nn.CrossEntropyLoss()
    x, y = torch.from_numpy(images), torch.from_numpy(labels).long()

    def epoch():
        net.train()
        for rows in torch.randperm(len(x)).split(s.batch_size):
            optimizer.zero_grad()
            loss(net(x[rows]), y[rows]).backward()
            optimizer.step()

    return epoch


MAKERS = {"ours": ours, "keras_fit": keras_fit, "pytorch": pytorch}


def contend(name: str, s: Settings, connection) -> None:
    """In a process of its own: train an epoch whenever asked to."""
    rng, many = np.random.default_rng(0), s.batch_size * s.steps
    images = rng.random((many, 784), np.float32)
    labels = rng.integers(0, 10, many, np.int32)
    epoch = MAKERS[name](s, images, labels)
    while connection.recv():
        start = time.perf_counter()
        epoch()
        connection.send(time.perf_counter() - start)


def race(s: Settings) -> dict[str, list[float]]:
    """Seconds of each contender in each turn, the contenders taking turns."""
    spawn, times, lines_to = multiprocessing.get_context("spawn"), {}, {}
    for name in MAKERS:
        lines_to[name], other = spawn.Pipe()
        arguments = (name, s, other)
        spawn.Process(target=contend, args=arguments, daemon=True).start()
    for _ in range(s.turns + 1):
        for name, connection in lines_to.items():
            connection.send(True)
            times.setdefault(name, []).append(connection.recv())
    for connection in lines_to.values():
        connection.send(False)
    # The first turn builds graphs and fills caches.
    return {name: each[1:] for name, each in times.items()}


def speeds(s: Settings, times: dict[str, list[float]]) -> dict:
    """Images per second in the median turn, and by how much ours is faster."""
    many, values = s.batch_size * s.steps, {}
    for name, each in times.items():
        values[f"{name}_images_per_second"] = many / statistics.median(each)
    for name, each in times.items():
        if name != "ours":
            values |= ratio(f"ratio_to_{name}", each, times["ours"])
    return values


def time_to_goal(s: Settings, epoch, accuracy) -> float:
    """Seconds of training until the goal; an epoch is the smallest unit.

    Raises:
        RuntimeError: The goal was not reached in `patience` epochs.
    """
    took = 0.0
    for _ in range(s.patience):
        start = time.perf_counter()
        epoch()
        took += time.perf_counter() - start
        if accuracy() >= s.goal:
            return took
    raise RuntimeError(f"no {s.goal:.0%} after {s.patience} epochs")


def ours_to_goal(s: Settings, parts, seed: int) -> float:
    """The lesson's net and loop, set up for as many epochs as it may take."""
    from deepcourse.mnist.adam import Adam
    from deepcourse.mnist.model import MLP
    from deepcourse.mnist.train import Run, score

    net = MLP((parts[0].images.shape[1], 512, 10), seed=seed)
    run = Run(net, Adam(net.weights), 0.001, s.patience, seed=seed)
    return time_to_goal(
        s,
        lambda: run.epoch(*parts[:2]),
        lambda: float(score(net, *parts[1])[1]),
    )


def quickstart_to_goal(s: Settings, parts, seed: int) -> float:
    """A net as in the quickstart: 128 units, dropout 0.2, Keras' defaults."""
    import keras

    keras.utils.set_random_seed(seed)
    net = keras.Sequential(
        [
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(10),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    net.compile("adam", loss, metrics=["accuracy"])
    return time_to_goal(
        s,
        lambda: net.fit(*parts[0], verbose=0),
        lambda: net.evaluate(*parts[1], verbose=0)[1],
    )


def lines(*things) -> int:
    """Lines of code of functions and classes, without docstrings."""
    count = 0
    for thing in things:
        tree = ast.parse(inspect.getsource(thing))
        for node in ast.walk(tree):
            named = isinstance(node, ast.FunctionDef | ast.ClassDef)
            if named and ast.get_docstring(node) is not None:
                del node.body[0]
        written = ast.unparse(tree).splitlines()
        count += sum(bool(line.strip()) for line in written)
    return count


def lesson() -> tuple:
    """What trains the net of the lesson: layers, net, optimizer and loop."""
    from deepcourse.mnist import adam, data, layers, model, train

    return (
        *(layers.he_normal, layers.dense, layers.relu, layers.dropout),
        *(layers.softmax_cross_entropy, model.MLP, adam.Adam),
        *(data.batches, train.step, train.fit),
        *(train.evaluate, train.score, train.Run),
    )


def to_goal(s: Settings) -> dict:
    """Median seconds to the goal, and lines of code, of both."""
    from deepcourse.mnist import data

    parts = data.split(getattr(datasets, s.data)(), s.validation)
    return {
        "ours_seconds_to_goal": statistics.median(
            ours_to_goal(s, parts, seed) for seed in s.seeds
        ),
        "quickstart_seconds_to_goal": statistics.median(
            quickstart_to_goal(s, parts, seed) for seed in s.seeds
        ),
        "ours_lines": lines(*lesson()),
        "quickstart_lines": lines(quickstart_to_goal),
    }


def unit(name: str) -> str:
    """The unit of a value, by its name."""
    words = {"ratio": "ratio", "second": "1/s", "goal": "s", "lines": "count"}
    last = name.split("_")
    return next(words[w] for w in (last[-1], last[0]) if w in words)


def measure(s: Settings, _: Path) -> dict:
    """Let the contenders race, and print what comes out."""
    values = speeds(s, race(s)) | to_goal(s)
    for name, value in values.items():
        print(f"{name}: {value:,.2f}")
    return {
        "command": "nox -s bench",
        "values": values,
        "units": {name: unit(name) for name in values},
        "settings": asdict(s) | {"torch": version("torch")},
        "seeds": s.seeds,
        "data": {"name": f"random pixels, and {s.data}"},
    }


if __name__ == "__main__":
    records.run("bench/mnist", measure, Settings(), QUICK)

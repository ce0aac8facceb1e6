"""Speed as ratios within one run: `python -m deepcourse.mnist.runs.bench`.

The same net, 784-512-10 with dropout and Adam, on batches of the same
random pixels, in this course's loop, in Keras' and in PyTorch's. The three
take turns, each in a process of its own, so that whatever else the machine
does hits them alike, and the median turn counts. Then, on MNIST: the time
to 98 % validation accuracy and the lines of code, against the net of
TensorFlow's quickstart for beginners.
"""

import ast
import inspect
import multiprocessing
import statistics
import time

import numpy as np

from deepcourse import records

BATCH, STEPS, TURNS = 128, 400, 7
GOAL, SEEDS, PATIENCE = 0.98, (0, 1, 2), 20


def ours(images, labels):
    """A call that trains one epoch with the loop of the lesson."""
    from deepcourse.mnist.adam import Adam
    from deepcourse.mnist.data import Part
    from deepcourse.mnist.model import MLP
    from deepcourse.mnist.train import Run

    net = MLP()
    run = Run(net, Adam(net.weights), 0.001, epochs=TURNS + 1)
    few = Part(images[:BATCH], labels[:BATCH])
    return lambda: run.epoch(Part(images, labels), few)


def keras_fit(images, labels):
    """A call that trains one epoch with `keras.Model.fit`."""
    from deepcourse.mnist.keras_twin import build

    net = build()
    return lambda: net.fit(images, labels, batch_size=BATCH, verbose=0)


def pytorch(images, labels):
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
        for rows in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            loss(net(x[rows]), y[rows]).backward()
            optimizer.step()

    return epoch


MAKERS = {"ours": ours, "keras_fit": keras_fit, "pytorch": pytorch}


def contend(name: str, connection) -> None:
    """In a process of its own: train an epoch whenever asked to."""
    rng = np.random.default_rng(0)
    images = rng.random((BATCH * STEPS, 784), np.float32)
    labels = rng.integers(0, 10, BATCH * STEPS, np.int32)
    epoch = MAKERS[name](images, labels)
    while connection.recv():
        start = time.perf_counter()
        epoch()
        connection.send(time.perf_counter() - start)


def rates() -> dict:
    """Images per second of each contender, the contenders taking turns."""
    spawn, times, lines_to = multiprocessing.get_context("spawn"), {}, {}
    for name in MAKERS:
        lines_to[name], theirs = spawn.Pipe()
        spawn.Process(target=contend, args=(name, theirs), daemon=True).start()
    for _ in range(TURNS + 1):  # the first builds graphs and fills caches
        for name, connection in lines_to.items():
            connection.send(True)
            times.setdefault(name, []).append(connection.recv())
    for connection in lines_to.values():
        connection.send(False)
    return {
        n: BATCH * STEPS / float(np.median(t[1:])) for n, t in times.items()
    }


def time_to_goal(epoch, accuracy) -> float:
    """Seconds of training until the goal; an epoch is the smallest unit.

    Raises:
        RuntimeError: The goal was not reached in `PATIENCE` epochs.
    """
    took = 0.0
    for _ in range(PATIENCE):
        start = time.perf_counter()
        epoch()
        took += time.perf_counter() - start
        if accuracy() >= GOAL:
            return took
    raise RuntimeError(f"no {GOAL:.0%} after {PATIENCE} epochs")


def ours_to_goal(parts, seed: int) -> float:
    """The lesson's net and loop, set up for ten epochs."""
    from deepcourse.mnist.adam import Adam
    from deepcourse.mnist.model import MLP
    from deepcourse.mnist.train import Run, score

    net = MLP(seed=seed)
    run = Run(net, Adam(net.weights), 0.001, epochs=PATIENCE, seed=seed)
    return time_to_goal(
        lambda: run.epoch(*parts[:2]),
        lambda: float(score(net, *parts[1])[1]),
    )


def quickstart_to_goal(parts, seed: int) -> float:
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
        count += len(ast.unparse(tree).splitlines())
    return count


def to_goal() -> dict:
    """Median seconds to the goal, and lines of code, of both."""
    from deepcourse import datasets
    from deepcourse.mnist import adam, data, layers, model, train

    parts = data.split(datasets.mnist(), 5000)
    code = (layers.dense, layers.dropout, layers.softmax_cross_entropy)
    loop = (model.MLP, adam.Adam, train.step, train.score, train.Run)
    return {
        "ours_seconds_to_goal": statistics.median(
            ours_to_goal(parts, seed) for seed in SEEDS
        ),
        "quickstart_seconds_to_goal": statistics.median(
            quickstart_to_goal(parts, seed) for seed in SEEDS
        ),
        "ours_lines": lines(*code, *loop),
        "quickstart_lines": lines(quickstart_to_goal),
    }


def unit(name: str) -> str:
    """The unit of a value, by its name."""
    words = {"ratio": "ratio", "second": "1/s", "goal": "s", "lines": "count"}
    last = name.split("_")
    return next(words[w] for w in (last[-1], last[0]) if w in words)


def main() -> None:
    """Measure, and write the record."""
    start = time.perf_counter()
    took = rates()
    values = {f"{name}_images_per_second": r for name, r in took.items()}
    values["ratio_to_keras_fit"] = took["ours"] / took["keras_fit"]
    values["ratio_to_pytorch"] = took["ours"] / took["pytorch"]
    values |= to_goal()
    records.write(
        "bench/mnist",
        {
            "command": "nox -s bench",
            "values": values,
            "units": {name: unit(name) for name in values},
            "settings": {
                "batch_size": BATCH,
                "steps": STEPS,
                "turns": TURNS,
                "goal": GOAL,
            },
            "seeds": list(SEEDS),
            "data": {"name": "random pixels, and MNIST"},
            "seconds": round(time.perf_counter() - start, 1),
        },
    )
    for name, value in values.items():
        print(f"{name}: {value:,.2f}")


if __name__ == "__main__":
    main()

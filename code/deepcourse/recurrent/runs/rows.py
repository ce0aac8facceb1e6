"""Digits row by row, and with their pixels in another order.

`python -m deepcourse.recurrent.runs.rows [--quick]` writes
runs/recurrent/rows.json. The rate falls to 0 along half a cosine, and nothing
is chosen by the test digits. A net that is finished is kept.
"""

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.recurrent.runs import nets
from deepcourse.recurrent.tasks import by_rows, permuted

KINDS = {"lstm": "lstm_1", "gru": "gru", "rnn": "rnn"}


@dataclass(frozen=True)
class Settings:
    """The nets and their training."""

    data: str = "mnist"  # the function of `datasets`
    units: int = 96  # H
    batch: int = 128
    rate: float = 0.003  # of Adam, at the start
    clip: float = 1.0  # the longest gradient
    epochs: int = 6
    seeds: dict = field(  # how many of each net
        default_factory=lambda: {"lstm": 3, "gru": 1, "rnn": 1}
    )
    group: int = 16  # permuted pixels of a step
    permuted_epochs: int = 4  # from one seed
    compiled: bool = True  # by XLA


QUICK = Settings(
    data="digits",
    units=8,
    epochs=2,
    seeds={"lstm": 2, "gru": 1, "rnn": 1},
    permuted_epochs=1,
    compiled=False,
)


def error(net: nets.Net, x, labels) -> tuple:
    """The mean cross-entropy; it is to fall, and it is told."""
    import tensorflow as tf

    logits = net.last(x)  # (B, 10)
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
    error = tf.reduce_mean(each)
    return error, error


def accuracy(net: nets.Net, x, labels) -> float:
    """The share of digits that are read."""
    import tensorflow as tf

    last = tf.function(net.last)
    read = [last(part).numpy().argmax(1) for part in np.array_split(x, 20)]
    return float(np.mean(np.concatenate(read) == labels))


def batches(s: Settings, many: int, epoch: int, seed: int) -> np.ndarray:
    """The pictures of each batch of an epoch, each once at most."""
    order = np.random.default_rng((seed, epoch)).permutation(many)
    return order[: many // s.batch * s.batch].reshape(-1, s.batch)


def of_a_net(s: Settings, source, kind: str, way: str, seed: int) -> dict:
    """Train a net from a seed; its accuracy, and the loss of each epoch."""
    steps, epochs = {
        "rows": (by_rows, s.epochs),
        "permuted": (partial(permuted, group=s.group), s.permuted_epochs),
    }[way]
    x, test = steps(source.images), steps(source.test_images)

    def make():
        return nets.Net(KINDS[kind], x.shape[2], s.units, 10)

    net = nets.Trained(make, error, s.clip, s.compiled)
    net.begin(seed, s.rate)
    total, losses = epochs * (len(x) // s.batch), []
    for epoch in range(epochs):
        lost = []
        for rows in batches(s, len(x), epoch, seed):
            done = (epoch * (len(x) // s.batch) + len(lost)) / total
            rate = s.rate * (1 + np.cos(np.pi * done)) / 2
            net.adam.learning_rate.assign(rate)
            labels = source.labels[rows].astype(np.int32)
            lost.append(net.step(x[rows], labels))
        losses.append(float(np.mean(lost)))
    read = accuracy(net.net, test, source.test_labels)
    return {"accuracy": read, "losses": losses}


def summary(kind: str, runs: list[dict]) -> dict:
    """The mean accuracy of the seeds, the lowest and the highest."""
    read = [run["accuracy"] for run in runs]
    return {
        f"{kind}_seeds": len(runs),
        f"{kind}_accuracy": float(np.mean(read)),
        f"{kind}_accuracy_lowest": min(read),
        f"{kind}_accuracy_highest": max(read),
    }


def measure(s: Settings, _: Path) -> dict:
    """The nets on digits by rows, and on permuted ones."""
    source, runs = getattr(datasets, s.data)(), {}
    seeds = {"rows": s.seeds, "permuted": dict.fromkeys(KINDS, 1)}
    todo = [
        (way, kind, seed)
        for way, many in seeds.items()
        for kind in KINDS
        for seed in range(many[kind])
    ]
    for way, kind, seed in tqdm(todo, unit="net"):
        found = records.kept(
            "recurrent/rows",
            (s, kind, way, seed, source.sha256),
            Path(__file__),
            partial(of_a_net, s, source, kind, way, seed),
        )
        runs.setdefault((way, kind), []).append(found)
    values, side = {}, source.images.shape[1:]
    for kind in KINDS:
        values |= summary(kind, runs["rows", kind])
    values["permuted"] = {}
    for kind in KINDS:
        values["permuted"] |= summary(kind, runs["permuted", kind])
    values["steps"] = side[0]
    values["permuted"]["steps"] = side[0] * side[1] // s.group
    names = [name for name, _ in records.leaves(values)]
    return {
        "values": values,
        "units": dict.fromkeys(names, "fraction")
        | {n: "count" for n in names if n.endswith(("seeds", "steps"))},
        "seeds": list(range(max(s.seeds.values()))),
        "data": source.facts(),
        "losses": {
            f"{way} {kind}": [run["losses"] for run in found]
            for (way, kind), found in runs.items()
        },
    }


if __name__ == "__main__":
    records.run("recurrent/rows", measure, Settings(), QUICK)

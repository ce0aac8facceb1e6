"""Whether one scaled net reads as the mean of many thinned nets does.

`python -m deepcourse.training.runs.masks [--quick]` writes
runs/training/masks.json.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from deepcourse import datasets, records
from deepcourse.training.runs.regularization import (
    QUICK,
    Settings,
    learnt,
    scaled,
    scores,
)

NET = Settings()


@dataclass(frozen=True)
class Masks:
    """The net, and how many masks of its units are drawn."""

    net: Settings = NET
    many: int = 5000  # training pictures
    r: float = 0.5  # the probability that a unit is dropped
    rate: float = 0.1  # at the start; it falls to 0
    seed: int = 0
    masks: tuple = (1, 10, 100)


def odds(z):
    """The probabilities of scores."""
    p = np.exp(z - z.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def thinned(x, net, r: float, rng):
    """The scores of a net of ReLUs with masks, another for each picture."""
    for w, b in net[:-1]:
        x = np.maximum(x @ w + b, 0)
        x *= (rng.random(x.shape, np.float32) >= r) / np.float32(1 - r)
    w, b = net[-1]
    return x @ w + b


def measure(s: Masks, _: Path) -> dict:
    """Errors without dropout, of the scaled net, and of the mean over masks."""
    source = getattr(datasets, s.net.data)()
    training, (images, labels) = scaled(source)
    plain = learnt(s.net, training, (s.many, "none", 0, s.rate, s.seed))
    net = learnt(s.net, training, (s.many, "dropout", s.r, s.rate, s.seed))
    x = images.reshape(len(images), -1)
    whole = odds(scores(x, net))
    values = {
        "without": {"error": wrong(scores(x, plain), labels)},
        "scaled": {"error": wrong(whole, labels)},
    }
    total, rng = 0, np.random.default_rng((s.seed, 4))
    for n in range(1, max(s.masks) + 1):
        total = total + odds(thinned(x, net, s.r, rng))
        if n in s.masks:
            mean = total / n
            same = whole.argmax(axis=1) == mean.argmax(axis=1)
            values[f"of_{n}"] = {
                "error": wrong(mean, labels),
                "agree": float(same.mean()),
            }
    return {
        "values": values,
        "units": {"error": "fraction", "agree": "fraction"},
        "seeds": (s.seed,),
        "data": source.facts(),
    }


def wrong(p, labels) -> float:
    """The share of pictures whose highest class is another."""
    return float((p.argmax(axis=1) != labels).mean())


if __name__ == "__main__":
    small = Masks(QUICK, many=300, masks=(1, 3))
    records.run("training/masks", measure, Masks(), small)

"""A bad batch, a warm-up and a rate that falls, on scikit-learn's digits.

`python -m deepcourse.training.runs.around [--quick]` writes
runs/training/around.json and runs/training/bad_batch.csv.
"""

from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.training.around import net_gradients, train
from deepcourse.training.begin import begin
from deepcourse.training.loop import accuracy
from deepcourse.training.optimizers import adam, momentum
from deepcourse.training.schedule import rate_at, stable_rate_at

STEPS = {"momentum": momentum, "adam": adam}
LOST = 0.1  # accuracy of a net that went to infinity: that of a guess


@dataclass(frozen=True)
class Settings:
    """The nets, their steps and rates."""

    width: int = 100  # units of each hidden layer
    batch: int = 64
    aside: int = 200  # of the last training digits, to choose rates on
    seeds: tuple = (0, 1, 2, 3, 4)
    # a bad batch
    bad_steps: int = 400
    bad_at: int = 100  # the step whose batch is bad
    bad_rate: tuple = (("momentum", 0.03), ("adam", 0.003))
    limit: float = 1.0
    # a warm-up
    layers: int = 8
    warm_steps: int = 300
    warm: int = 50
    warm_rates: tuple = (
        ("momentum", (0.01, 0.03, 0.1)),
        ("adam", (0.001, 0.003, 0.01, 0.03)),
    )
    # a rate that falls
    fall_steps: int = 600
    flips: float = 0.2  # the share of training digits whose label is drawn
    fall_rates: tuple = (
        ("momentum", (0.003, 0.01, 0.03, 0.1)),
        ("adam", (0.0003, 0.001, 0.003, 0.01)),
    )


QUICK = Settings(
    seeds=(0, 1),
    bad_steps=30,
    bad_at=10,
    layers=3,
    warm_steps=20,
    warm=5,
    warm_rates=(("momentum", (0.03,)), ("adam", (0.003,))),
    fall_steps=20,
    fall_rates=(("momentum", (0.01, 0.03)), ("adam", (0.003,))),
)


def pictures() -> tuple:
    """The digits as rows of numbers 0 .. 1, and those of the test."""
    data = datasets.digits()
    x, test = (
        a.reshape(len(a), -1) / 255 for a in (data.images, data.test_images)
    )
    return (x, data.labels), (test, data.test_labels)


def batches_of(s: Settings, x, labels, steps: int, seed: int):
    """Batches drawn from all but those that stay aside."""
    draw = np.random.default_rng((seed, 1)).integers
    for rows in draw(0, len(x) - s.aside, (steps, s.batch)):
        yield x[rows], labels[rows]


def spoilt(batches, at: int, seed: int):
    """The same, but one batch isn't divided by 255 and has other labels."""
    draw = np.random.default_rng((seed, 2)).permutation
    for t, (x, labels) in enumerate(batches):
        yield (255 * x, draw(labels)) if t == at else (x, labels)


def net_of(s: Settings, layers: int, seed: int):
    """The first weights."""
    return begin([64, *[s.width] * (layers - 1), 10], "he", seed)


def of_bad(s: Settings, name: str, rate: float, limit, seed: int) -> dict:
    """Losses around a bad batch, and how long its gradient was."""
    (x, labels), test = pictures()
    net = net_of(s, 3, seed)
    batches = spoilt(
        batches_of(s, x, labels, s.bad_steps, seed), s.bad_at, seed
    )
    rates = [rate] * s.bad_steps
    with np.errstate(all="ignore"):
        losses = train(net, batches, STEPS[name], rates, limit)
        read = accuracy(*test, net, "relu")
    return {"losses": losses, "accuracy": read}


def length_of(s: Settings, seed: int) -> tuple:
    """The gradient's length before the bad batch, usual and of that batch."""
    (x, labels), _ = pictures()
    net = net_of(s, 3, seed)
    several = list(
        spoilt(batches_of(s, x, labels, s.bad_at + 1, seed), s.bad_at, seed)
    )
    rate = dict(s.bad_rate)["momentum"]
    train(net, several[:-1], momentum, [rate] * s.bad_at)
    found = []
    for rows in several[-11:]:
        _, g = net_gradients(*rows, net)
        found.append(np.sqrt(sum(np.square(each).sum() for each in g)))
    return float(np.median(found[:-1])), float(found[-1])


def of_warm(s: Settings, name: str, rate: float, warm: int, seed: int) -> dict:
    """The largest loss of the first steps, and what is read in the end."""
    (x, labels), test = pictures()
    net = net_of(s, s.layers, seed)
    batches = batches_of(s, x, labels, s.warm_steps, seed)
    t = np.arange(1, s.warm_steps + 1)
    rates = rate * np.minimum(1, t / max(warm, 1))
    try:
        with np.errstate(all="ignore"):
            losses = train(net, batches, STEPS[name], rates)
            return {
                "peak": max(losses[: s.warm]),
                "accuracy": accuracy(*test, net, "relu"),
            }
    except ValueError:  # scores that aren't finite have no loss
        return {"accuracy": LOST}


def shapes(steps: int, highest: float) -> dict:
    """Three schedules of the same highest rate."""
    t = range(1, steps + 1)
    return {
        "constant": [highest] * steps,
        "cosine": [rate_at(i, steps, highest, 0) for i in t],
        "stable": [stable_rate_at(i, steps, highest, 0, steps // 5) for i in t],
    }


def of_fall(s: Settings, name: str, rate: float, shape: str, seed: int) -> dict:
    """What is read aside and in the test; some labels are drawn by chance."""
    (x, labels), test = pictures()
    draw = np.random.default_rng((seed, 3))
    flipped = draw.random(len(labels)) < s.flips
    flipped[-s.aside :] = False  # those that judge are right
    labels = np.where(flipped, draw.integers(0, 10, len(labels)), labels)
    net = net_of(s, 3, seed)
    batches = batches_of(s, x, labels, s.fall_steps, seed)
    rates = shapes(s.fall_steps, rate)[shape]
    train(net, batches, STEPS[name], rates)
    return {
        "aside": accuracy(x[-s.aside :], labels[-s.aside :], net, "relu"),
        "accuracy": accuracy(*test, net, "relu"),
    }


def mean_sd(values) -> dict:
    """The mean over seeds, and the standard deviation."""
    return {
        "accuracy": float(np.mean(values)),
        "accuracy_sd": float(np.std(values, ddof=1)),
    }


def bad(s: Settings, runs: Path) -> dict:
    """A bad batch, with clipping and without."""
    rows, values = [], {}
    for name, rate in s.bad_rate:
        for way, limit in (("free", None), ("clipped", s.limit)):
            found = [of_bad(s, name, rate, limit, seed) for seed in s.seeds]
            losses = np.array([each["losses"] for each in found])
            behind = losses[:, s.bad_at + 1 :]
            values.setdefault(name, {})[way] = {
                **mean_sd([each["accuracy"] for each in found]),
                "before": float(losses[:, s.bad_at - 10 : s.bad_at].mean()),
                "next": float(np.median(behind[:, 0])),
                "last": float(behind[:, -10:].mean()),
            }
            middle = np.median(losses, axis=0)
            rows += [(name, way, t, float(m)) for t, m in enumerate(middle, 1)]
    header = ("optimizer", "way", "step", "loss")
    records.write_table(runs / "training/bad_batch.csv", header, rows, 5)
    lengths = np.array([length_of(s, seed) for seed in s.seeds])
    usual, long = np.median(lengths, axis=0)
    return {**values, "usual_length": usual, "bad_length": long}


def each_rate(s: Settings, rates: tuple, kinds: tuple, one, bar) -> dict:
    """Runs by optimizer, kind and rate, over all seeds."""
    found = {}
    for name, several in rates:
        for kind, rate in product(kinds, several):
            runs = []
            for seed in s.seeds:
                runs.append(one(s, name, rate, kind, seed))
                bar.update()
            found[name, kind, rate] = runs
    return found


def measure(s: Settings, runs: Path) -> dict:
    """The three experiments."""
    values = {"bad": bad(s, runs), "warm": {}, "fall": {}}
    with tqdm(unit="run") as bar:
        warm = each_rate(s, s.warm_rates, (0, s.warm), of_warm, bar)
        kinds = ("constant", "cosine", "stable")
        fall = each_rate(s, s.fall_rates, kinds, of_fall, bar)
    for (name, length, rate), found in warm.items():
        way = "with" if length else "without"
        at = f"rate_{rate:g}".replace(".", "_")
        values["warm"].setdefault(name, {}).setdefault(at, {})[way] = {
            "lost": sum("peak" not in each for each in found),
            "peak": float(np.median([e["peak"] for e in found if "peak" in e])),
            **mean_sd([each["accuracy"] for each in found]),
        }
    for name, several in s.fall_rates:
        for kind in kinds:
            rate = max(
                several,
                key=lambda r: np.mean(
                    [e["aside"] for e in fall[name, kind, r]]
                ),
            )
            read = np.array([e["accuracy"] for e in fall[name, kind, rate]])
            if kind == "constant":
                alone = read
            more = 100 * (read - alone)
            values["fall"].setdefault(name, {})[kind] = {
                **mean_sd(read),
                "bought": float(more.mean()),
                "bought_se": float(more.std(ddof=1) / len(more) ** 0.5),
                "rate": rate,
                "at_the_edge": int(rate in (several[0], several[-1])),
            }
    units = {
        **dict.fromkeys(("accuracy", "accuracy_sd"), "fraction"),
        **dict.fromkeys(("before", "next", "last", "peak"), "nat"),
        **dict.fromkeys(("rate", "usual_length", "bad_length"), "1"),
        **dict.fromkeys(("at_the_edge", "lost"), "count"),
        **dict.fromkeys(("bought", "bought_se"), "percentage points"),
    }
    return {
        "values": values,
        "units": units,
        "seeds": s.seeds,
        "data": datasets.digits().facts(),
    }


if __name__ == "__main__":
    records.run("training/around", measure, Settings(), QUICK)

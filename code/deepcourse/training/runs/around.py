"""A bad batch, a warm-up, a rate that falls and larger batches, on digits.

`python -m deepcourse.training.runs.around [--quick]` writes
runs/training/around.json and runs/training/bad_batch.csv.
"""

from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.training.around import adam_undone, net_gradients, train
from deepcourse.training.begin import begin
from deepcourse.training.loop import accuracy
from deepcourse.training.optimizers import adam, momentum
from deepcourse.training.schedule import rate_at, stable_rate_at
from deepcourse.training.solutions.around import steps_until

STEPS = {"momentum": momentum, "adam": adam}
LOST = 0.1  # accuracy of a net that went to infinity: that of a guess


@dataclass(frozen=True)
class Settings:
    """The nets, their steps and rates."""

    width: int = 100  # units of each hidden layer
    batch: int = 64
    aside: int = 200  # of the last training digits, to choose rates on
    seeds: tuple = (0, 1, 2, 3, 4, 5, 6, 7)
    # a bad batch
    bad_steps: int = 400
    bad_at: int = 101  # the step whose batch is bad, from 1
    behind: int = 20  # steps after it in which a loss rises
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
    long_steps: int = 2400
    long_seeds: tuple = (0, 1, 2)
    flips: float = 0.2  # the share of training digits whose label is drawn
    fall_rates: tuple = (
        ("momentum", (0.003, 0.01, 0.03, 0.1, 0.3)),
        ("adam", (0.0003, 0.001, 0.003, 0.01, 0.03)),
    )
    # steps until a loss
    goal: float = 0.2
    until_batches: tuple = (8, 32, 128, 512)
    until_rates: tuple = (0.03, 0.1, 0.3, 1.0)


QUICK = Settings(
    seeds=(0, 1),
    bad_steps=30,
    bad_at=11,
    layers=3,
    warm_steps=20,
    warm=5,
    warm_rates=(("momentum", (0.03,)), ("adam", (0.003,))),
    fall_steps=20,
    long_steps=30,
    long_seeds=(0,),
    until_batches=(32, 512),
    until_rates=(0.1, 0.3),
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
    for t, (x, labels) in enumerate(batches, 1):
        yield (255 * x, draw(labels)) if t == at else (x, labels)


def net_of(s: Settings, layers: int, seed: int):
    """The first weights."""
    return begin([64, *[s.width] * (layers - 1), 10], "he", seed)


def lengths_of(found) -> float:
    """The length of a gradient, over all weights."""
    return float(np.sqrt(sum(np.square(each).sum() for each in found)))


def of_bad(s: Settings, step, rate: float, limit, seed: int) -> dict:
    """Losses and gradients' lengths around a bad batch, and what is read."""
    (x, labels), test = pictures()
    net, lengths = net_of(s, 3, seed), []
    drawn = batches_of(s, x, labels, s.bad_steps, seed)

    def looked_at():
        for rows in spoilt(drawn, s.bad_at, seed):
            lengths.append(lengths_of(net_gradients(*rows, net)[1]))
            yield rows

    with np.errstate(all="ignore"):
        losses = train(net, looked_at(), step, [rate] * s.bad_steps, limit)
        read = accuracy(*test, net, "relu")
    return {"losses": losses, "lengths": lengths, "accuracy": read}


def of_warm(s: Settings, name: str, rate: float, warm: int, seed: int) -> dict:
    """The largest loss and its step, and what is read in the end."""
    (x, labels), test = pictures()
    net = net_of(s, s.layers, seed)
    batches = batches_of(s, x, labels, s.warm_steps, seed)
    t = np.arange(1, s.warm_steps + 1)
    rates = rate * np.minimum(1, t / max(warm, 1))
    try:
        with np.errstate(all="ignore"):
            losses = train(net, batches, STEPS[name], rates)
            return {
                "first": losses[0],
                "early": max(losses[: s.warm]),
                "peak": max(losses),
                "peak_at": 1 + int(np.argmax(losses)),
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


def of_fall(s: Settings, name: str, rate: float, kind: tuple, seed: int):
    """The loss in training, and what is read; some labels are chance."""
    shape, steps = kind
    (x, labels), test = pictures()
    draw = np.random.default_rng((seed, 3))
    flipped = draw.random(len(labels)) < s.flips
    flipped[-s.aside :] = False  # those that judge are right
    labels = np.where(flipped, draw.integers(0, 10, len(labels)), labels)
    net = net_of(s, 3, seed)
    batches = batches_of(s, x, labels, steps, seed)
    some = slice(0, len(x) - s.aside)
    try:
        with np.errstate(all="ignore"):
            train(net, batches, STEPS[name], shapes(steps, rate)[shape])
            loss, _ = net_gradients(x[some], labels[some], net)
    except ValueError:  # scores that aren't finite have no loss
        return {"loss": np.inf, "aside": LOST, "accuracy": LOST}
    return {
        "loss": loss,
        "aside": accuracy(x[-s.aside :], labels[-s.aside :], net, "relu"),
        "accuracy": accuracy(*test, net, "relu"),
    }


def mean_sd(values, name: str = "accuracy") -> dict:
    """The mean over seeds, and the standard deviation."""
    sd = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return {name: float(np.mean(values)), f"{name}_sd": sd}


def smooth(losses) -> np.ndarray:
    """The geometric mean of each loss and the eight before it."""
    y = np.log(np.maximum(losses, 1e-6))
    ends = range(1, len(y) + 1)
    return np.array([np.exp(y[max(i - 9, 0) : i].mean()) for i in ends])


def ways_of(s: Settings):
    """Each optimizer as it is and clipped; Adam with means taken back."""
    for name, rate in s.bad_rate:
        yield name, "free", STEPS[name], rate, None
        yield name, "clipped", STEPS[name], rate, s.limit
    for way, names in (("m", "m"), ("v", "v"), ("m_and_v", "mv")):
        yield "adam", way, adam_undone(names, s.bad_at), rate, None


def bad(s: Settings, runs: Path) -> dict:
    """A bad batch, with clipping and without; medians over seeds."""
    rows, values, at = [], {}, s.bad_at
    for name, way, step, rate, limit in tqdm(list(ways_of(s)), unit="way"):
        found = [of_bad(s, step, rate, limit, seed) for seed in s.seeds]
        middle = np.median([each["losses"] for each in found], axis=0)
        lengths = np.array([each["lengths"] for each in found])
        read = np.array([each["accuracy"] for each in found])
        behind = middle[at : at + s.behind]
        values.setdefault(name, {})[way] = {
            "accuracy": float(np.median(read)),
            "accuracy_low": float(read.min()),
            "accuracy_high": float(read.max()),
            "by_chance": int((read < 2 * LOST).sum()),
            "before": float(smooth(middle[: at - 1])[-1]),
            "highest": float(behind.max()),
            "last": float(smooth(middle)[-1]),
            "first_lengths": float(np.median(lengths[:, : s.behind])),
            "above_early": float((lengths[:, : at - 1] > s.limit).mean()),
            "above_late": float((lengths[:, -(at - 1) :] > s.limit).mean()),
        }
        if way == "free" and name == "momentum":
            values["usual_length"] = float(
                np.median(lengths[:, at - 11 : at - 1])
            )
            values["bad_length"] = float(np.median(lengths[:, at - 1]))
        if way in ("free", "clipped"):
            rows += [(name, way, t, float(m)) for t, m in enumerate(middle, 1)]
    header = ("optimizer", "way", "step", "loss")
    records.write_table(runs / "training/bad_batch.csv", header, rows, 5)
    return values


def each_rate(s: Settings, rates, kinds, one, bar, seeds) -> dict:
    """Runs by optimizer, kind and rate, over some seeds."""
    found = {}
    for name, several in rates:
        for kind, rate in product(kinds, several):
            runs = []
            for seed in seeds:
                runs.append(one(s, name, rate, kind, seed))
                bar.update()
            found[name, kind, rate] = runs
    return found


def warmed(s: Settings, bar) -> dict:
    """Nets whose rate rises at first, and nets whose rate doesn't."""
    found = each_rate(s, s.warm_rates, (0, s.warm), of_warm, bar, s.seeds)
    values = {}
    for (name, length, rate), runs in found.items():
        way = "with" if length else "without"
        at = f"rate_{rate:g}".replace(".", "_")
        ended = [each for each in runs if "peak" in each]
        middle = {
            key: float(np.median([each[key] for each in ended]))
            for key in ("first", "early", "peak", "peak_at")
        }
        values.setdefault(name, {}).setdefault(at, {})[way] = {
            "lost": len(runs) - len(ended),
            **middle,
            "peak_sd": mean_sd([e["peak"] for e in ended], "peak")["peak_sd"],
            "late": sum(e["peak_at"] > s.warm for e in ended),
            **mean_sd([each["accuracy"] for each in runs]),
        }
    return values


def fallen(s: Settings, bar, steps: int, seeds: tuple, names: tuple) -> dict:
    """Schedules, each at its best rate by the loss, and by what is read."""
    kinds = [(name, steps) for name in names]
    found = each_rate(s, s.fall_rates, kinds, of_fall, bar, seeds)
    values = {}
    for name, several in s.fall_rates:
        for kind in kinds:
            by = {r: found[name, kind, r] for r in several}
            low = min(by, key=lambda r: np.mean([e["loss"] for e in by[r]]))
            top = max(by, key=lambda r: np.mean([e["aside"] for e in by[r]]))
            loss = np.array([each["loss"] for each in by[low]])
            read = np.array([each["accuracy"] for each in by[top]])
            if kind[0] == "constant":
                alone = loss, read
            apart = np.log(loss / alone[0])
            more = 100 * (read - alone[1])
            root = len(seeds) ** 0.5
            values.setdefault(name, {})[kind[0]] = {
                **mean_sd(loss, "loss"),
                "loss_rate": low,
                "loss_at_edge": int(low in (several[0], several[-1])),
                "share": float(np.exp(apart.mean())),
                "share_se": mean_sd(apart, "apart")["apart_sd"] / root,
                "lower": int((apart < 0).sum()),
                **mean_sd(read),
                "bought": float(more.mean()),
                "bought_se": mean_sd(more, "more")["more_sd"] / root,
                "rate": top,
                "at_the_edge": int(top in (several[0], several[-1])),
            }
    return values


def until(s: Settings, bar) -> dict:
    """Steps to a loss by the size of a batch, each at its best rate."""
    (x, labels), _ = pictures()
    values = {}
    for batch in s.until_batches:
        best = []
        for seed in s.seeds:
            steps = {}
            for rate in s.until_rates:
                net = begin([64, s.width, 10], "he", seed)
                more = net, x, labels, seed
                try:
                    with np.errstate(all="ignore"):
                        steps[rate] = steps_until(s.goal, batch, rate, *more)
                except ValueError:  # scores that aren't finite
                    steps[rate] = np.inf
            rate = min(steps, key=steps.get)
            best.append((steps[rate], rate))
            bar.update()
        steps, rates = np.transpose(best)
        values[f"of_{batch}"] = {
            "low": int(steps.min()),
            "median": float(np.median(steps)),
            "high": int(steps.max()),
            "rate": float(np.median(rates)),
        }
    return values


def measure(s: Settings, runs: Path) -> dict:
    """The experiments."""
    values = {"bad": bad(s, runs)}
    every = ("constant", "cosine", "stable")
    with tqdm(unit="run") as bar:
        values["until"] = until(s, bar)
        values["warm"] = warmed(s, bar)
        values["fall"] = fallen(s, bar, s.fall_steps, s.seeds, every)
        values["long"] = fallen(s, bar, s.long_steps, s.long_seeds, every[:2])
    shares = ("accuracy", "accuracy_low", "accuracy_high", "accuracy_sd")
    nats = ("before", "highest", "last", "first", "early", "peak", "peak_sd")
    counts = ("at_the_edge", "loss_at_edge", "lost", "late", "lower")
    units = {
        **dict.fromkeys((*shares, "above_early", "above_late"), "fraction"),
        **dict.fromkeys((*nats, "loss", "loss_sd"), "nat"),
        **dict.fromkeys(("rate", "loss_rate"), "1"),
        **dict.fromkeys(("usual_length", "bad_length", "first_lengths"), "1"),
        **dict.fromkeys((*counts, "by_chance"), "count"),
        **dict.fromkeys(("peak_at", "low", "median", "high"), "count"),
        **dict.fromkeys(("share", "share_se"), "ratio"),
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

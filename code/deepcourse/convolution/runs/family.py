"""Dense, local, tiled and shared hidden layers, on two sets of pictures.

`python -m deepcourse.convolution.runs.family [--quick]` writes
runs/convolution/family.json. Each net has one hidden layer and ten scores. It
has as many weights as the dense one or, if its name says so, as many
multiply-adds. All nets of a seed see the same pictures in the same order, so
that their differences are paired. A run that is finished is kept.

The rates of Adam are half powers of ten, one grid for all. The search of each
net goes on, with all seeds, until the best lies between two others.
"""

from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.convolution.runs import one_layer
from deepcourse.convolution.runs.one_layer import TASKS, Net, channels, spent

# Each beside the net that has one assumption less.
BEFORE = {
    "dense": None,
    "local": "dense",
    "tiled": "local",
    "shared": "tiled",
    "tiled_multiply_adds": "local",
    "shared_multiply_adds": "tiled_multiply_adds",
}
READ = {  # what a net that learned on the first reads of the second
    "accuracy": ("centred", "centred"),
    "shifted_accuracy": ("shifted", "shifted"),
    "pushed_accuracy": ("centred", "shifted"),
    "back_accuracy": ("shifted", "centred"),
}


@dataclass(frozen=True)
class Settings:
    """What is tried."""

    data: tuple = ("mnist", "fashion_mnist")  # functions of `datasets`
    net: Net = field(default_factory=Net)
    start: int = -5  # half powers of ten: a rate of 0.003
    seeds: tuple = (0, 1, 2)


QUICK = Settings(
    data=("digits",),
    net=Net(
        shift=2,
        stride=2,
        units=12,
        few=4,
        pictures=1000,
        validation=200,
        batch=64,
        epochs=2,
    ),
    start=-4,
    seeds=(0, 1),
)


def rate_of(half: int) -> float:
    """The rate of a half power of ten: 1, 3, 10, ..."""
    return float(f"{10 ** (half / 2):.1g}")


def search(run, start: int, seeds: tuple) -> tuple[int, dict]:
    """The rate that reads most in validation, and all runs by rate.

    Args:
        run: a call with a half power of ten and a seed.
        start: the half power that the search begins around.
        seeds: the mean over them chooses.

    Returns:
        The best half power, whose neighbours were both tried; and the runs.
    """
    found, at = {}, None
    best = start
    while best != at:
        at = best
        for half in (at - 1, at, at + 1):
            if half not in found:
                found[half] = [run(half, seed) for seed in seeds]
        best = max(
            found, key=lambda h: np.mean([r["validation"] for r in found[h]])
        )
    return best, found


def ties(best: int, found: dict) -> int:
    """How many other rates are at least as good from some seed."""
    read = {h: [r["validation"] for r in runs] for h, runs in found.items()}
    return sum(
        any(a >= b for a, b in zip(read[h], read[best], strict=True))
        for h in found
        if h != best
    )


def spread(name: str, numbers) -> dict:
    """Mean and range over the seeds."""
    return {
        name: float(np.mean(numbers)),
        f"{name}_lowest": float(np.min(numbers)),
        f"{name}_highest": float(np.max(numbers)),
    }


def of_a_set(s: Settings, name: str, bar) -> dict:
    """All nets of a set of pictures, each at the rate that suits it."""
    source = getattr(datasets, name)()
    side = source.images.shape[1]
    values, runs = {}, {}
    for kind, task in product(BEFORE, TASKS):

        def run(half, seed, kind=kind, task=task):
            bar.update()
            bar.set_postfix_str(f"{name} {kind} {task} {rate_of(half)} {seed}")
            what = kind, task, rate_of(half), seed
            return records.kept(
                "convolution/family",
                (s.net, what, source.sha256),
                Path(one_layer.__file__),
                lambda: one_layer.of_a_run(s.net, source, *what),
            )

        best, found = search(run, s.start, s.seeds)
        runs[kind, task] = found[best]
        values.setdefault(kind, {})[f"{task}_rate"] = rate_of(best)
        values[kind][f"{task}_ties"] = ties(best, found)
    for kind, before in BEFORE.items():
        k = channels(s.net, kind, side)
        values[kind] |= {"channels": k, **spent(s.net, kind, side, k)}
        for read, (task, test) in READ.items():
            here = np.array([r[test] for r in runs[kind, task]])
            values[kind] |= spread(read, here)
            for other, gain in (
                (before, "gain"),
                ("dense", "ahead_of_dense"),
                ("local", "ahead_of_local"),
            ):
                if other and other != kind:
                    there = np.array([r[test] for r in runs[other, task]])
                    gained = 100 * (here - there)
                    values[kind] |= spread(f"{read}_{gain}", gained)
    return values, source.facts()


def measure(s: Settings, _: Path) -> dict:
    """All nets on all sets, and what each assumption brings, in pairs."""
    with tqdm(unit="run") as bar:
        found = {name: of_a_set(s, name, bar) for name in s.data}
    values = {
        kind: {name: found[name][0][kind] for name in s.data} for kind in BEFORE
    }
    ends = "", "_lowest", "_highest"
    points = [
        f"{read}_{gain}{end}"
        for read, gain, end in product(
            READ, ("gain", "ahead_of_dense", "ahead_of_local"), ends
        )
    ]
    counted = "channels", "weights", "multiply_adds"
    counted += tuple(f"{task}_ties" for task in TASKS)
    return {
        "values": values,
        "units": dict.fromkeys(counted, "count")
        | dict.fromkeys((f"{task}_rate" for task in TASKS), "1")
        | {f"{r}{end}": "fraction" for r, end in product(READ, ends)}
        | dict.fromkeys(points, "percentage points"),
        "seeds": s.seeds,
        "data": [found[name][1] for name in s.data],
    }


if __name__ == "__main__":
    records.run("convolution/family", measure, Settings(), QUICK)

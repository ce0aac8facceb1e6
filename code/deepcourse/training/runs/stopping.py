"""What stopping early costs: by the loss, by the error, and with a fitted rate.

`python -m deepcourse.training.runs.stopping [--quick]` writes
runs/training/stopping.json. All ways of a seed share first weights and digits.
A seed that is finished is kept, so that a run that was killed goes on.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.training.regularization import stop
from deepcourse.training.runs.regularization import (
    QUICK,
    Settings,
    compared,
    judged,
    learnt,
    scaled,
    summary,
    told,
)

WAYS = ("by_loss", "by_error", "fitted")


@dataclass(frozen=True)
class Stopping:
    """The nets, the rate of each number of digits, and one patience."""

    net: Settings = field(default_factory=Settings)
    rates: tuple = (0.03, 0.1, 0.1, 0.1)  # chosen in regularization.json
    patience: int = 8  # checks, for losses and errors alike


def of_a_seed(s: Stopping, pictures: tuple, what: tuple) -> dict:
    """The whole run, the nets that stopping goes back to, and a short run."""
    training, test = pictures
    aside = tuple(part[-s.net.validation :] for part in training)
    nets, seen = [], []

    def look(net):
        nets.append([(w.copy(), b.copy()) for w, b in net])
        seen.append(told(aside, net))

    whole = learnt(s.net, training, what, look)
    every = s.net.steps // s.net.checks
    found = {"whole": judged(whole, aside, test) | {"step": s.net.steps}}
    errors, losses = zip(*seen, strict=True)
    for way, watched in (("by_loss", losses), ("by_error", errors)):
        at = stop(watched, s.patience)
        spent = min(at + 1 + s.patience, s.net.checks) * every
        step = {"step": (at + 1) * every, "spent": spent}
        found[way] = judged(nets[at], aside, test) | step
    short = replace(s.net, steps=found["by_error"]["step"])
    net = learnt(short, training, what)
    found["fitted"] = judged(net, aside, test) | {"step": short.steps}
    return found


def measure(s: Stopping, _: Path) -> dict:
    """Each way of stopping, beside the whole run of the same seed."""
    source, values = getattr(datasets, s.net.data)(), {}
    pictures = scaled(source)

    def kept(what):
        key = s.net, s.patience, what, source.sha256
        name, start = "training/stopping", Path(__file__)
        return records.kept(
            name, key, start, lambda: of_a_seed(s, pictures, what)
        )

    sizes = zip(s.net.many, s.rates, s.net.nets, strict=True)
    with tqdm(total=sum(s.net.nets), unit="seed") as bar:
        for many, rate, nets in sizes:
            seeds = []
            for seed in range(nets):
                what = many, "none", 0, rate, seed
                seeds.append(kept(what))
                bar.update()
            values[f"of_{many}"] = of_a_size(seeds)
    points = dict.fromkeys(("bought", "bought_se"), "percentage points")
    part = dict.fromkeys(("test_error", "test_error_sd"), "fraction")
    steps = dict.fromkeys(("step", "spent"), "count")
    return {
        "values": values,
        "units": points | part | steps | {"test_loss": "nat"},
        "seeds": tuple(range(max(s.net.nets))),
        "data": source.facts(),
    }


def of_a_size(seeds: list) -> dict:
    """Means over the seeds, and differences from the whole run."""
    whole = [each["whole"] for each in seeds]
    values = {"whole": summary(whole)}
    for way in WAYS:
        runs = [each[way] for each in seeds]
        counts = {
            name: float(np.mean([run[name] for run in runs]))
            for name in ("step", "spent")
            if name in runs[0]
        }
        found = compared(runs, whole)
        found["bought"] = round(found["bought"], 9) + 0.0  # and no -0
        values[way] = found | counts
    return values


if __name__ == "__main__":
    small = Stopping(QUICK, (0.1, 0.1), 2)
    records.run("training/stopping", measure, Stopping(), small)

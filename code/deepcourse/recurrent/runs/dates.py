"""Three nets learn to read dates, the plain one at the best of three rates.

`python -m deepcourse.recurrent.runs.dates [--quick]` writes
runs/recurrent/dates.json. A net that has learnt is kept.
"""

from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.recurrent.runs import daters


@dataclass(frozen=True)
class Settings:
    """Which nets learn, with about as many weights each."""

    training: daters.Training = field(default_factory=daters.Training)
    units: dict = field(
        default_factory=lambda: {
            "lstm": 64,
            "rnn": 142,
            "lstm_1997": 76,
        }
    )
    rates: dict = field(
        default_factory=lambda: {
            "lstm": (0.01,),
            "rnn": (0.001, 0.003, 0.01),
            "lstm_1997": (0.01,),
        }
    )
    seeds: tuple = (0, 1, 2)


QUICK = Settings(
    daters.Training(batch=4, steps=4, every=2, asked=8, compiled=False),
    units={"lstm": 6, "rnn": 4},
    rates={"lstm": (0.01,), "rnn": (0.001, 0.01)},
    seeds=(0, 1),
)


def of_a_net(s: Settings, kind: str, rate: float, seed: int) -> dict:
    """What a net was found to do; it is kept."""
    units = s.units[kind]
    return records.kept(
        "recurrent/dates",
        (s.training, kind, units, rate, seed),
        Path(daters.__file__),
        lambda: daters.of_a_seed(s.training, kind, units, rate, seed),
    )


def summary(by_rate: dict[float, list[dict]]) -> dict:
    """A kind of net at the rate with the lowest loss at the end.

    Chosen by what it learns from, so that nothing is chosen by the test.
    """
    last = {
        rate: float(np.mean([run["curve"][-1] for run in found]))
        for rate, found in by_rate.items()
    }
    rate = min(last, key=last.get)
    found = by_rate[rate]
    each = [run["accuracy"] for run in found]
    return {
        "rate": rate,
        "accuracy": float(np.mean(each)),
        "accuracy_lowest": min(each),
        "accuracy_highest": max(each),
        "characters": float(np.mean([run["characters"] for run in found])),
        "weights": found[0]["count"],
        "by_rate": {
            f"rate_{rate:g}".replace(".", "_"): {
                "loss": last[rate],
                "accuracy": float(np.mean([r["accuracy"] for r in runs])),
            }
            for rate, runs in by_rate.items()
        },
    }


def measure(s: Settings, _: Path) -> dict:
    """All nets, and the weights of one for the figure that answers."""
    runs = {
        kind: {
            rate: [of_a_net(s, kind, rate, seed) for seed in s.seeds]
            for rate in s.rates[kind]
        }
        for kind in s.units
    }
    values = {kind: summary(found) for kind, found in runs.items()}
    values["seeds"] = len(s.seeds)
    best = {kind: runs[kind][values[kind]["rate"]] for kind in s.units}
    units = {
        name: {
            "weights": "count",
            "seeds": "count",
            "rate": "1",
            "loss": "nat",
        }.get(name.split(".")[-1], "fraction")
        for name, _ in records.leaves(values)
    }
    return {
        "values": values,
        "units": units,
        "settings": asdict(s.training) | {"units": s.units, "rates": s.rates},
        "seeds": s.seeds,
        "data": {"name": "dates of 1900 to 2099, drawn by the run"},
        "curves": {
            kind: [run["curve"] for run in found]
            for kind, found in best.items()
        },
        "reader": {
            "kind": "lstm",
            "units": s.units["lstm"],
            "seed": s.seeds[0],
            "weights": best["lstm"][0]["weights"],
        },
    }


if __name__ == "__main__":
    records.run("recurrent/dates", measure, Settings(), QUICK)

"""The machine learns to copy, from several seeds, and so does an LSTM.

`python -m deepcourse.recurrent.runs.ntm [--quick]` writes
runs/recurrent/ntm.json. A net that has learnt is kept.
"""

import base64
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.recurrent.copying import copy_task
from deepcourse.recurrent.machine import machine, run, weights_of
from deepcourse.recurrent.runs import copiers


@dataclass(frozen=True)
class Settings:
    """Which nets learn, and when one has."""

    training: copiers.Training = field(default_factory=copiers.Training)
    seeds: tuple = (0, 1, 2, 3, 4)
    lstm_seeds: tuple = (0, 1)
    tried: tuple = (0, 1)  # with which the settings were found
    learned: float = 0.01  # bits of a sequence of `longest` that may be lost
    shown: int = 10  # vectors of the pattern that the page begins with


QUICK = Settings(
    copiers.Training(
        units=20,
        width=6,
        rows=4,
        test_rows=8,
        lstm_units=8,
        longest=2,
        batch=2,
        steps=4,
        lstm_steps=4,
        every=2,
        lengths=(2, 3),
        sequences=2,
        compiled=False,
    ),
    seeds=(0, 1),
    lstm_seeds=(0,),
)


def seeds_of(s: Settings) -> dict[str, tuple]:
    """The seeds of each kind of net."""
    return {
        "ntm": s.seeds,
        "lstm": s.lstm_seeds,
    }


def of_all_seeds(s: Settings) -> dict[str, list[dict]]:
    """What each net was found to do."""
    return {
        kind: [
            records.kept(
                "recurrent/ntm",
                (s.training, kind, seed),
                Path(copiers.__file__),
                lambda kind=kind, seed=seed: copiers.of_a_seed(
                    s.training, kind, seed
                ),
            )
            for seed in seeds
        ]
        for kind, seeds in seeds_of(s).items()
    }


def summary(s: Settings, found: list[dict], name: str) -> dict:
    """For each length the median and the range of the seeds."""
    values = {}
    for length in s.training.lengths:
        asked = [run["asked"][str(length)] for run in found]
        bits = [each["bits"] for each in asked]
        values[f"{name}bits_per_sequence_{length}"] = float(np.median(bits))
        for what, each in (
            (f"errors_per_sequence_{length}", [a["errors"] for a in asked]),
            (f"bits_per_vector_{length}", [lost / length for lost in bits]),
        ):
            values[f"{name}{what}"] = float(np.median(each))
            values[f"{name}{what}_lowest"] = min(each)
            values[f"{name}{what}_highest"] = max(each)
    values[f"{name}weights"] = found[0]["count"]
    step = float(np.median([run["step_ms"] for run in found]))
    return {**values, f"{name}step_ms": step}


def measure(s: Settings, _: Path) -> dict:
    """All kinds, each from its seeds."""
    runs, values, counts = of_all_seeds(s), {}, []
    longest = str(s.training.longest)
    for kind, seeds in seeds_of(s).items():
        name = "" if kind == "ntm" else f"{kind}_"
        values |= summary(s, runs[kind], name)
        bits = [each["asked"][longest]["bits"] for each in runs[kind]]
        learned = [lost < s.learned for lost in bits]
        values[f"{name}seeds"] = len(seeds)
        values[f"{name}seeds_that_learned"] = sum(learned)
        most = str(max(s.training.lengths))
        flawless = [not run["asked"][most]["errors"] for run in runs[kind]]
        new = [seed not in s.tried for seed in seeds]
        right = [a and b for a, b in zip(flawless, new, strict=True)]
        values[f"{name}seeds_without_error"] = sum(flawless)
        values[f"{name}new_seeds"] = sum(new)
        values[f"{name}new_seeds_without_error"] = sum(right)
        each = (
            "seeds",
            "seeds_that_learned",
            "seeds_without_error",
            "new_seeds",
            "new_seeds_without_error",
            "weights",
        )
        counts += [f"{name}{what}" for what in each]
        if kind == "ntm":
            first = int(np.argmax(learned))  # that learned
        for seed, found in zip(seeds, runs[kind], strict=True):
            values[f"{kind}_seed_{seed}"] = {
                f"length_{n}": {"errors": each["errors"]}
                for n, each in found["asked"].items()
            }
    x, y, wanted = copy_task([s.shown], 0)
    return {
        "values": values,
        "units": dict.fromkeys((n for n, _ in records.leaves(values)), "1")
        | dict.fromkeys(counts, "count")
        | {name: "ms" for name in values if name.endswith("step_ms")},
        "settings": asdict(s.training) | {"learned": s.learned},
        "seeds": s.seeds,
        "data": {"name": "random bits, drawn by the run"},
        "curves": {
            kind: [run["curve"] for run in found]
            for kind, found in runs.items()
        },
        "asked": {
            kind: [each["asked"] for each in found]
            for kind, found in runs.items()
        },
        "copier": {
            "seed": s.seeds[first],
            "weights": runs["ntm"][first]["weights"],
        },
        "shown": y[wanted > 0].astype(int).tolist(),
        "written": [written(s, each, x) for each in runs["ntm"]],
    }


def written(s: Settings, found: dict, x: np.ndarray) -> list[int]:
    """The row that a machine writes at most, for each vector that it hears."""
    layers = machine_of({"settings": asdict(s.training), "copier": found})
    states = run(layers, x, s.training.rows)
    return states.writing[: s.shown, 0].numpy().argmax(1).tolist()


def machine_of(record: dict) -> dict:
    """The layers of the machine that the record keeps, as precise."""
    s, kept = record["settings"], record["copier"]
    layers = machine(9, 8, s["units"], s["width"])
    flat = np.frombuffer(base64.b64decode(kept["weights"]), "<f2")
    start = 0
    for w in weights_of(layers):
        size = int(np.prod(w.shape))
        w.assign(flat[start : start + size].reshape(w.shape))
        start += size
    return layers


if __name__ == "__main__":
    records.run("recurrent/ntm", measure, Settings(), QUICK)

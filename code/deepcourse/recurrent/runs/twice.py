"""The machine learns to copy twice, with a gate and with a shut one.

`python -m deepcourse.recurrent.runs.twice [--quick]` writes
runs/recurrent/twice.json. A machine that has learnt is kept.
"""

from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.recurrent.runs import copiers, repeaters


@dataclass(frozen=True)
class Settings:
    """How they learn, and when one has."""

    training: copiers.Training = field(
        default_factory=lambda: copiers.Training(
            steps=8000, fall=0.9, longest=8, lengths=(8, 16, 40)
        )
    )
    seeds: tuple = (0, 1, 2)
    learned: float = 0.01  # bits of a sequence of `longest` that may be lost
    shown: int = 8  # vectors of the sequence that it is watched with


QUICK = Settings(
    copiers.Training(
        units=20,
        width=6,
        rows=8,
        test_rows=8,
        longest=2,
        batch=2,
        steps=4,
        every=2,
        lengths=(2, 3),
        sequences=2,
        compiled=False,
    ),
    seeds=(0, 1),
    shown=2,
)


def measure(s: Settings, _: Path) -> dict:
    """Both kinds, each from all seeds."""
    runs = {kind: [] for kind in repeaters.KINDS}
    for seed in s.seeds:
        for kind in repeaters.KINDS:
            found = records.kept(
                "recurrent/twice",
                (s.training, kind, seed, s.shown),
                Path(repeaters.__file__),
                lambda kind=kind, seed=seed: repeaters.of_a_seed(
                    s.training, kind, seed, s.shown
                ),
            )
            runs[kind].append(found)
    values = {kind: summary(s, found) for kind, found in runs.items()}
    each = [found["asked_shut"] for found in runs["whole"]]
    values["whole"]["shut_afterwards"] = errors(s, each)
    units = dict.fromkeys((n for n, _ in records.leaves(values)), "1")
    counts = {f"{kind}.seeds_that_learned": "count" for kind in runs}
    times = {f"{kind}.step_ms": "ms" for kind in runs}
    return {
        "values": values,
        "units": units | counts | times,
        "settings": asdict(s.training)
        | {"learned": s.learned, "seeds": len(s.seeds)},
        "seeds": s.seeds,
        "data": {"name": "random bits, drawn by the run"},
        **{
            part: {
                kind: [f[name] for f in found] for kind, found in runs.items()
            }
            for part, name in (("curves", "curve"), ("heads", "heads"))
        },
        "asked": {
            kind: [f["asked"] for f in found] for kind, found in runs.items()
        },
    }


def summary(s: Settings, found: list[dict]) -> dict:
    """How many learned, wrong bits by length, and a step's time."""
    longest = str(s.training.longest)
    each = [run["asked"] for run in found]
    lost = [one[longest]["bits"] for one in each]
    return {
        "seeds_that_learned": sum(bits < s.learned for bits in lost),
        "errors": errors(s, each),
        "step_ms": float(np.median([run["step_ms"] for run in found])),
        "read_again": {
            f"seed_{seed}": read_again(s.shown, run["heads"]["reading"])
            for seed, run in zip(s.seeds, found, strict=True)
        },
    }


def read_again(shown: int, rows: list) -> float:
    """The share of the second copy that is read from the first one's rows.

    Args:
        shown: vectors of the sequence.
        rows: where the reading head is, in each of 3 * shown + 1 steps.
    """
    first, second = rows[shown + 1 : 2 * shown + 1], rows[2 * shown + 1 :]
    return float(np.mean(np.equal(first, second)))


def errors(s: Settings, each: list[dict]) -> dict:
    """Wrong bits of a sequence by its length: median, and range."""
    values = {}
    for n in s.training.lengths:
        wrong = [one[str(n)]["errors"] for one in each]
        values[f"length_{n}"] = {
            "median": float(np.median(wrong)),
            "lowest": min(wrong),
            "highest": max(wrong),
        }
    return values


if __name__ == "__main__":
    records.run("recurrent/twice", measure, Settings(), QUICK)

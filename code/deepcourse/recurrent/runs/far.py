"""The adding problem with both marks far from the end.

`python -m deepcourse.recurrent.runs.far [--quick]` writes
runs/recurrent/far.json. Of T steps, only the first half may be marked, so that
each marked number has to be kept for T/2 steps or more; all else is as in
`deepcourse.recurrent.runs.adding`.
"""

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.recurrent.runs import adding, nets
from deepcourse.recurrent.runs.adding import error, trained, without
from deepcourse.recurrent.tasks import adding_task

__all__ = ["drawn", "error", "measure", "trained", "without"]


@dataclass(frozen=True)
class Settings(adding.Settings):
    """The nets, and for how long they may learn."""

    task: str = "two numbers of 0 .. 1, marked in the first half"
    plan: tuple = (
        (("lstm_1", "lstm_span", "gru"), (100,), (0.01,), 96_000, 3),
    )


QUICK = replace(
    Settings(),
    training=adding.QUICK.training,
    plan=((("lstm_1", "gru"), (6,), (0.01,), 16, 2),),
)


def drawn(s: Settings, length: int, seed) -> tuple:
    """A batch of new sequences; no number is marked in the second half."""
    many, half = s.training.batch, length // 2
    x, y = adding_task(many, half, seed)
    rest = np.zeros((many, length - half, 2), np.float32)
    rest[:, :, 0] = np.random.default_rng((*seed, 1)).random(rest.shape[:2])
    return np.concatenate([x, rest], 1), y


def measure(s: Settings, _: Path) -> dict:
    """The nets, and who always says 1."""
    found = nets.compared("recurrent/far", s, sys.modules[__name__])
    found["values"]["without_memory"] = without(s, 0)
    return {
        **found,
        "units": nets.units_of(found["values"], "1"),
        "data": {"name": "sequences drawn by the run"},
    }


if __name__ == "__main__":
    records.run("recurrent/far", measure, Settings(), QUICK)

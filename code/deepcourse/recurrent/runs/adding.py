"""How many sequences six nets need until they solve the adding problem.

`python -m deepcourse.recurrent.runs.adding [--quick]` writes
runs/recurrent/adding.json. The error of a net is that on sequences which it
sees for the first time, before it learns from them. A run that is finished is
kept.
"""

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

from deepcourse import records
from deepcourse.recurrent.runs import nets
from deepcourse.recurrent.tasks import ADDING_BASELINE, adding_task

OTHERS = tuple(kind for kind in nets.KINDS if kind != "lstm_span")


@dataclass(frozen=True)
class Settings:
    """The nets, and for how long they may learn at each length."""

    training: nets.Training = field(default_factory=nets.Training)
    task: str = "two numbers of 0 .. 1"
    # nets, T, rates of Adam, sequences at most, and seeds
    plan: tuple = (
        (OTHERS, (50, 100), (0.01, 0.003), 96_000, 3),
        (("lstm_span",), (100,), (0.01,), 96_000, 3),
        (("lstm_1997",), (100,), (0.01, 0.003), 384_000, 3),
        (tuple(nets.KINDS), (200,), (0.01,), 96_000, 3),
        (tuple(nets.KINDS), (500,), (0.01,), 96_000, 2),
    )


QUICK = replace(
    Settings(),
    training=nets.Training(units=4, batch=4, every=2, compiled=False),
    plan=(
        (OTHERS, (6,), (0.01,), 16, 2),
        (tuple(nets.KINDS), (8,), (0.01, 0.003), 16, 1),
    ),
)


def without(_: Settings, length: int) -> float:
    """The mean squared error of who always says 1."""
    return ADDING_BASELINE


def drawn(s: Settings, length: int, seed) -> tuple:
    """A batch of new sequences."""
    return adding_task(s.training.batch, length, seed)


def error(net: nets.Net, x, y) -> tuple:
    """The mean squared error; it is to fall, and it is told."""
    import tensorflow as tf

    error = tf.reduce_mean((net.last(x)[:, 0] - y) ** 2)
    return error, error


def trained(s: Settings, kind: str, length: int) -> nets.Trained:
    """A net that reads a number and a mark at each step."""
    t = s.training

    def make():
        return nets.Net(kind, 2, t.units, 1, length)

    return nets.Trained(make, error, t.clip, t.compiled)


def measure(s: Settings, _: Path) -> dict:
    """All nets at all lengths, and who always says 1."""
    found = nets.compared("recurrent/adding", s, sys.modules[__name__])
    found["values"]["without_memory"] = ADDING_BASELINE
    return {
        **found,
        "units": nets.units_of(found["values"], "1"),
        "data": {"name": "sequences drawn by the run"},
    }


if __name__ == "__main__":
    records.run("recurrent/adding", measure, Settings(), QUICK)

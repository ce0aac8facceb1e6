"""How many sequences six nets need until they keep symbols over a gap.

`python -m deepcourse.recurrent.runs.copying [--quick]` writes
runs/recurrent/copying.json. The task is that of Arjovsky et al. (2016) with
fewer symbols, and only the answers count, not the blanks before them. The
error of a net is that on sequences which it sees for the first time, before it
learns from them. A run that is finished is kept.
"""

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.recurrent.runs import nets
from deepcourse.recurrent.tasks import (
    SYMBOLS,
    copying_baseline,
    copying_task,
)

ALL = tuple(nets.KINDS)


@dataclass(frozen=True)
class Settings:
    """The nets, and for how long they may learn at each length."""

    training: nets.Training = field(
        default_factory=lambda: nets.Training(unheard=0.97)
    )
    task: int = 3  # K, symbols to keep
    # nets, T, rates of Adam, sequences at most, and seeds
    plan: tuple = (
        (ALL, (20, 50), (0.01, 0.003), 64_000, 2),
        (ALL, (100, 500), (0.01,), 64_000, 2),
        (("lstm_1",), (20,), (0.01,), 256_000, 2),
        (("gru",), (50,), (0.01,), 256_000, 2),
        (("lstm_1997", "lstm_span"), (100,), (0.01,), 256_000, 2),
    )


QUICK = replace(
    Settings(),
    training=nets.Training(units=4, batch=4, every=2, compiled=False),
    task=2,
    plan=((ALL, (3,), (0.01,), 16, 2), (ALL, (5,), (0.01, 0.003), 16, 1)),
)


def without(_: Settings, length: int) -> float:
    """The cross-entropy of an answer that is guessed, in nats."""
    return float(np.log(SYMBOLS))


def drawn(s: Settings, length: int, seed) -> tuple:
    """A batch of new sequences, (B, T+2K, 10), and the answers, (B, K)."""
    x, y = copying_task(s.training.batch, length, s.task, seed)
    return np.eye(SYMBOLS + 2, dtype=np.float32)[x], y[:, -s.task :]


def error(net: nets.Net, x, y) -> tuple:
    """The mean cross-entropy of the answers; it is to fall, and it is told."""
    import tensorflow as tf

    logits = net.ends(x, y.shape[1])  # (B, K, 8)
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)
    error = tf.reduce_mean(each)
    return error, error


def trained(s: Settings, kind: str, length: int) -> nets.Trained:
    """A net that reads a symbol at each step, one-hot."""
    t = s.training

    def make():
        return nets.Net(kind, SYMBOLS + 2, t.units, SYMBOLS, length)

    return nets.Trained(make, error, t.clip, t.compiled)


def measure(s: Settings, _: Path) -> dict:
    """All nets at all lengths, and what a guess costs."""
    found = nets.compared("recurrent/copying", s, sys.modules[__name__])
    found["values"]["without_memory"] = {
        "answer": without(s, 0),
        "of_all_steps": {
            f"of_{length}": copying_baseline(length, s.task)
            for length in sorted({n for _, n, _ in nets.planned(s.plan)})
        },
    }
    return {
        **found,
        "units": nets.units_of(found["values"], "nat"),
        "data": {"name": "sequences drawn by the run"},
    }


if __name__ == "__main__":
    records.run("recurrent/copying", measure, Settings(), QUICK)

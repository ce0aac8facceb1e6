"""How much of the first symbol a net hears before it has learned anything.

`python -m deepcourse.recurrent.runs.reach [--quick]` writes
runs/recurrent/reach.json: at copying memory, the gradient of the answers' loss
with respect to what comes in at the first step, over that at the last step.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.recurrent.runs import copying, nets
from deepcourse.recurrent.tasks import SYMBOLS


@dataclass(frozen=True)
class Settings:
    """The nets are those of `copying`, before any training."""

    task: copying.Settings = field(default_factory=copying.Settings)
    gaps: tuple = (20, 50, 100)
    seeds: tuple = (0, 1, 2, 3, 4)


QUICK = replace(Settings(), task=copying.QUICK, gaps=(3, 5), seeds=(0, 1))


def reach(s: Settings, kind: str, gap: int, seed: int) -> float:
    """The gradient at the first step over that at the last."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    units = s.task.training.units
    net = nets.Net(kind, SYMBOLS + 2, units, SYMBOLS, gap)
    x, y = map(tf.constant, copying.drawn(s.task, gap, (seed, 0)))
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss, _ = copying.error(net, x, y)
    dx = tape.gradient(loss, x).numpy()  # (B, T, D)
    square = (dx**2).sum(axis=2).mean(axis=0)  # (T,)
    return float(np.sqrt(square[0] / square[-1]))


def measure(s: Settings, _: Path) -> dict:
    """All nets at all gaps, the median of the seeds."""
    values = {
        kind: {
            f"of_{gap}": float(
                np.median([reach(s, kind, gap, seed) for seed in s.seeds])
            )
            for gap in s.gaps
        }
        for kind in nets.KINDS
    }
    names = [name for name, _ in records.leaves(values)]
    return {
        "values": values,
        "units": dict.fromkeys(names, "ratio"),
        "seeds": s.seeds,
        "data": {"name": "sequences drawn by the run"},
    }


if __name__ == "__main__":
    records.run("recurrent/reach", measure, Settings(), QUICK)

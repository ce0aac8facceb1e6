"""Four times the updates, for nets of `remember` of which seeds fail.

`python -m deepcourse.gradflow.runs.patience [--quick]` trains plain nets with
doubled weights on, and another seed of Keras' LSTM, and writes
runs/gradflow/patience.json.
"""

from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import records
from deepcourse.gradflow.runs import remember


@dataclass(frozen=True)
class Settings:
    """The training of `remember`, and the seeds of each net."""

    training: remember.Settings = field(default_factory=remember.Settings)
    rnn_double: tuple = (0, 1, 2)
    lstm_1: tuple = (5,)  # the first five are in `remember`


QUICK = Settings(remember.QUICK, rnn_double=(0, 1))


def measure(s: Settings, _: Path) -> dict:
    """All nets, seed by seed; a finished one is kept."""
    nets = {
        name: seeds for name, seeds in asdict(s).items() if name != "training"
    }
    by_seed = {name: [] for name in nets}
    every = [(name, seed) for name, seeds in nets.items() for seed in seeds]
    for name, seed in tqdm(every, unit="seed"):
        one = records.kept(
            "gradflow/patience",
            (name, seed, s.training),
            Path(__file__),
            lambda name=name, seed=seed: remember.train(
                remember.NETS[name], s.training, seed, longer=True
            ),
        )
        by_seed[name].append(one)
    values = {}
    for name, found in by_seed.items():
        _, early, late = np.array(found).T
        values[name] = {"seeds": len(found)} | remember.accuracies(early)
        values[name] |= remember.accuracies(late, "longer_")
    return {
        "values": values,
        "by_seed": by_seed,  # reach, accuracy, and after longer training
        "units": remember.UNITS | {"seeds": "count"},
        "settings": asdict(s),
        "seeds": sorted({seed for _, seed in every}),
        "data": {"name": "sequences drawn by the run"},
    }


if __name__ == "__main__":
    records.run("gradflow/patience", measure, Settings(), QUICK)

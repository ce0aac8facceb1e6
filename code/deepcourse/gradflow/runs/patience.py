"""Four times the updates, for the net of `remember` whose gradient explodes.

`python -m deepcourse.gradflow.runs.patience [--quick]` trains plain nets with
doubled weights on, and writes runs/gradflow/patience.json.
"""

from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import records
from deepcourse.gradflow.runs import remember


@dataclass(frozen=True)
class Settings:
    """The training of `remember`, and its seeds that are trained on."""

    training: remember.Settings = field(default_factory=remember.Settings)
    seeds: tuple = (0, 1, 2)


QUICK = Settings(remember.QUICK, seeds=(0, 1))
NAME = "rnn_double"


def measure(s: Settings, _: Path) -> dict:
    """Seed by seed; a finished one is kept."""
    found = [
        records.kept(
            "gradflow/patience",
            (NAME, seed, s.training),
            Path(__file__),
            lambda seed=seed: remember.train(
                remember.NETS[NAME], s.training, seed, longer=True
            ),
        )
        for seed in tqdm(s.seeds, unit="seed")
    ]
    _, early, late = np.array(found).T
    values = {"seeds": len(found)} | remember.accuracies(early)
    return {
        "values": {NAME: values | remember.accuracies(late, "longer_")},
        "by_seed": {NAME: found},  # reach, accuracy, after longer training
        "units": remember.UNITS | {"seeds": "count"},
        "settings": asdict(s),
        "seeds": list(s.seeds),
        "data": {"name": "sequences drawn by the run"},
    }


if __name__ == "__main__":
    records.run("gradflow/patience", measure, Settings(), QUICK)

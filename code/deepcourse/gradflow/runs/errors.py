"""How far the gradients by hand are from measured and from TensorFlow's.

`python -m deepcourse.gradflow.runs.errors [--quick]` draws cases for every
layer and writes runs/gradflow/errors.json: for each gradient the largest
relative error over all cases, against central differences and against
`tf.GradientTape` in float64, and against `tf.GradientTape` in float32.
"""

import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import records
from deepcourse.gradflow.against.cases import CASES
from deepcourse.gradflow.against.compare import compare


@dataclass(frozen=True)
class Settings:
    """How much is drawn."""

    cases: int = 60  # per layer
    h: float = 1e-5  # the push of the central difference
    seed: int = 0


QUICK = replace(Settings(), cases=3)
KINDS = ("central", "tensorflow", "float32")


def largest(s: Settings) -> tuple[dict, int]:
    """The largest errors by layer and gradient, and how many numbers."""
    values, numbers = {}, 0
    for layer, draw in tqdm(CASES.items(), unit="layer"):
        rng = np.random.default_rng([s.seed, zlib.crc32(layer.encode())])
        worst = values.setdefault(layer, {})
        for _ in range(s.cases):
            case = draw(rng)
            numbers += sum(a.size for a in case.inputs.values())
            for name, errors in compare(case, rng, s.h).items():
                old = worst.get(name, dict.fromkeys(errors, 0.0))
                worst[name] = {k: max(old[k], e) for k, e in errors.items()}
    return values, numbers


def summary(values: dict) -> dict:
    """The largest error of any gradient, by what it was compared with."""
    leaves = list(records.leaves(values))
    return {
        kind: max(e for name, e in leaves if name.endswith(f".{kind}"))
        for kind in KINDS
    }


def measure(s: Settings, _: Path) -> dict:
    """All layers, and the largest error of all."""
    values, numbers = largest(s)
    units = dict.fromkeys(KINDS, "relative error") | {"numbers": "count"}
    return {
        "values": values | {"largest": summary(values), "numbers": numbers},
        "units": units,
        "seeds": [s.seed],
        "data": {"name": "standard normal arrays, drawn by the run"},
    }


if __name__ == "__main__":
    records.run("gradflow/errors", measure, Settings(), QUICK)

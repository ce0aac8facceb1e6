"""How far the gradients by hand are from measured and from TensorFlow's.

`python -m deepcourse.gradflow.runs.errors [--quick]` draws cases for every
layer and writes runs/gradflow/errors.json: for each gradient the largest
relative error over all cases, against central differences and against
`tf.GradientTape` in float64, and against `tf.GradientTape` in float32.
"""

import argparse
import time
import zlib
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import records
from deepcourse.gradflow.against.cases import CASES, Case
from deepcourse.gradflow.gradcheck import central_difference, relative_error


@dataclass(frozen=True)
class Settings:
    """How much is drawn."""

    cases: int = 60  # per layer
    h: float = 1e-5  # the push of the central difference
    seed: int = 0


def central(case: Case, inputs, upstream, i: int, h: float) -> np.ndarray:
    """The gradient of sum(dy * y) with respect to input i, measured."""

    def total(a):
        y = case.forward(*inputs[:i], a, *inputs[i + 1 :])
        return sum(np.sum(dy * out) for dy, out in zip(upstream, y))

    return central_difference(total, inputs[i], h)


def compare(case: Case, rng, h: float) -> dict:
    """The three relative errors of each gradient of one case."""
    inputs = list(case.inputs.values())
    upstream = [rng.normal(size=np.shape(y)) for y in case.forward(*inputs)]
    ours = case.backward(inputs, upstream)
    theirs = case.twin(inputs, upstream)
    small = [a.astype(np.float32) for a in inputs]
    up = [np.float32(dy) for dy in upstream]
    ours32, theirs32 = case.backward(small, up), case.twin(small, up)
    found = {}
    for i, name in enumerate(case.inputs):
        if ours32[i].dtype != np.float32 or ours[i].dtype != np.float64:
            raise TypeError(f"d{name}: got {ours32[i].dtype} for float32")
        found[f"d{name}"] = {
            "central": relative_error(
                ours[i], central(case, inputs, upstream, i, h)
            ),
            "tensorflow": relative_error(ours[i], theirs[i]),
            "float32": relative_error(ours32[i], theirs32[i]),
        }
    return found


def measure(s: Settings) -> tuple[dict, int]:
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
        for kind in ("central", "tensorflow", "float32")
    }


def run(s: Settings, runs: Path = records.RUNS) -> Path:
    """Measure, and write the record."""
    start = time.perf_counter()
    values, numbers = measure(s)
    kinds = ("central", "tensorflow", "float32")
    record = {
        "command": records.command(),
        "values": values | {"largest": summary(values), "numbers": numbers},
        "units": dict.fromkeys(kinds, "relative error") | {"numbers": "count"},
        "settings": asdict(s),
        "seeds": [s.seed],
        "data": {"name": "standard normal arrays, drawn by the run"},
        "seconds": round(time.perf_counter() - start, 1),
    }
    return records.write("gradflow/errors", record, runs)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="3 cases per layer, no record"
    )
    few = replace(Settings(), cases=3)
    quick = parser.parse_args().quick
    print(run(few, Path(".cache/quick")) if quick else run(Settings()))


if __name__ == "__main__":
    main()

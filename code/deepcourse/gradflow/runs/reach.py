"""The reach of an LSTM over two biases and four cuts, for the figure.

`python -m deepcourse.gradflow.runs.reach [--quick]` writes
runs/gradflow/reach.json: the curves of `time_distance`, for a grid of biases
of the forget and the input gate, and for each way back with some blocks of
the recurrent weights left out.
"""

import itertools
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import records
from deepcourse.gradflow.runs import time_distance as td

BLOCKS = "ifgo"
# Without none, without i, without f, without i and f, ... without all.
CUTS = [
    "".join(c for k, c in enumerate(BLOCKS) if n >> k & 1) for n in range(16)
]


@dataclass(frozen=True)
class Settings:
    """What the figure can be set to, and the nets that are measured."""

    forget_biases: tuple = (0, 1, 2, 3, 4, 5, 6, 8)
    input_biases: tuple = (0, -1, -2, -3, -5, -8)
    distances: tuple = (0, 1, 5, 10, 20, 35, 50, 75, 100)
    inputs: int = 16
    units: int = 64
    examples: int = 32
    seeds: int = 10


QUICK = replace(
    Settings(),
    forget_biases=(0, 3),
    input_biases=(0, -3),
    distances=(0, 1, 10),
    units=8,
    seeds=2,
)


def curves(net, s: Settings, seed: int) -> np.ndarray:
    """The reach of one net for every cut: (16, distances).

    It is `time_distance.reach` with one run forward for all ways back.
    """
    rng, steps = np.random.default_rng(seed), s.distances[-1] + 1
    x = rng.normal(size=(s.examples, steps, s.inputs))
    u = rng.normal(size=(s.examples, s.units))
    theta = td.weights(net, s.inputs, s.units, rng)
    found = []
    for cut in CUTS:
        columns = np.arange(4 * s.units).reshape(4, -1)
        out = columns[[BLOCKS.index(c) for c in cut]].ravel()
        h, backward = td.layer(net, x, *theta, out)
        dh = np.zeros_like(h)
        dh[:, -1] = u / np.linalg.norm(u, axis=1, keepdims=True)
        square = (backward(dh)[0] ** 2).sum(axis=2).mean(axis=0)  # (T,)
        length = np.sqrt(square)[::-1]  # (T,)
        found.append(length[list(s.distances)] / length[0])
    return np.array(found)


def powers(net, s: Settings) -> list[list[int]]:
    """Ten thousand times the common logarithm of the mean over seeds."""
    every = [curves(net, s, seed) for seed in range(s.seeds)]
    return np.rint(1e4 * np.log10(every).mean(axis=0)).astype(int).tolist()


def measure(s: Settings, _: Path) -> dict:
    """All biases; a finished one is kept."""
    found, last = {}, CUTS.index(BLOCKS)
    for f, i in tqdm([*itertools.product(s.forget_biases, s.input_biases)]):
        net = td.Net("lstm", gate_bias=float(f), input_bias=float(i))
        found[f"{f} {i}"] = records.kept(
            "gradflow/reach",
            (net, s),
            Path(__file__),
            lambda net=net: powers(net, s),
        )
    values = {
        f"forget_{f}_input_{abs(i)}": {
            "whole": 10 ** (found[f"{f} {i}"][0][-1] / 1e4),
            "direct": 10 ** (found[f"{f} {i}"][last][-1] / 1e4),
        }
        for f, i in itertools.product(s.forget_biases, s.input_biases)
    }
    return {
        "values": values,
        "units": {"whole": "ratio", "direct": "ratio"},
        "settings": asdict(s),
        "seeds": list(range(s.seeds)),
        "data": {"name": "standard normal inputs, drawn by the run"},
        "cuts": CUTS,
        "curves": {
            name: [" ".join(map(str, curve)) for curve in every]
            for name, every in found.items()
        },
    }


if __name__ == "__main__":
    records.run("gradflow/reach", measure, Settings(), QUICK)

"""Small derivations that a reader does on paper, and their numbers.

`python -m deepcourse.gradflow.runs.on_paper [--quick]` writes
runs/gradflow/on_paper.json: what the fields on the pages compare with.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.gradflow.batchnorm import (
    batchnorm_backward,
    batchnorm_forward,
)
from deepcourse.gradflow.conv2d_loops import conv_loops_backward
from deepcourse.gradflow.lstm import lstm_step, lstm_step_backward
from deepcourse.gradflow.matmul import dense_backward


@dataclass(frozen=True)
class Settings:
    """What the pages give; the inputs of the gates are a, i f g o."""

    circuit: tuple = (3, 2, -1)  # where its figure begins: x, w, b
    dense_x: tuple = ((5, 6), (7, 8))
    dense_w: tuple = ((1, 2), (3, 4))
    dense_dy: tuple = ((1, 10), (100, 1000))
    column: tuple = (1, 2, 3, 4, 5, 6)
    taps: tuple = (1, 2, 3)
    windows_dy: tuple = (1, 10, 100)
    a: tuple = (0.0, float(np.log(3)), float(np.arctanh(0.5)), 0.0)
    cell: float = -0.4
    at_h: float = 1.0
    at_c: float = 0.5  # from the next step
    x: tuple = (1, 3, 4, 5, 7)
    dy: tuple = (0, 1, 0, 0, 0)
    gamma: float = 2.0


QUICK = Settings(column=(1, 2, 3, 4), windows_dy=(1, 10))


def matmul(s: Settings) -> dict:
    """The gradient of two examples with two features, for two units."""
    dy, x, w = (np.array(v, float) for v in (s.dense_dy, s.dense_x, s.dense_w))
    dx = dense_backward(dy, x, w)[0]
    return {f"dx_{n + 1}{d + 1}": float(v) for (n, d), v in np.ndenumerate(dx)}


def conv(s: Settings) -> dict:
    """The gradient of three taps, at stride 2 and "same"."""
    x, w, dy = (
        np.array(numbers, float).reshape(-1, 1, 1, 1)
        for numbers in (s.column, s.taps, s.windows_dy)
    )
    image, out = x.reshape(1, -1, 1, 1), dy.reshape(1, -1, 1, 1)
    dw = conv_loops_backward(out, image, w, (2, 1), "same")[1]
    return {f"dw_{u}": float(each) for u, each in enumerate(dw.ravel())}


def lstm(s: Settings) -> dict:
    """What the gradients at h and c send to three gates and the old cell."""
    before = np.array([[s.cell]])
    _, c, gates = lstm_step(np.array([s.a]), before)
    arrived = np.array([[s.at_h]]), np.array([[s.at_c]])
    da, dc = lstm_step_backward(*arrived, gates, before, np.tanh(c))
    i, f, _, o = da[0].tolist()
    return {"i": i, "f": f, "o": o, "c": float(dc[0, 0])}


def batchnorm(s: Settings) -> dict:
    """All gradients if the second of five examples asks, epsilon 0."""
    x, dy = (np.array(v, float)[:, None] for v in (s.x, s.dy))
    gamma = np.array([s.gamma])
    _, cache = batchnorm_forward(x, gamma, np.ones(1), eps=0.0)
    dx, dgamma, dbeta = batchnorm_backward(dy, cache)
    found = {"dgamma": float(dgamma[0]), "dbeta": float(dbeta[0])}
    rows = enumerate(dx.ravel(), 1)
    return found | {f"dx_{n}": float(each) for n, each in rows}


def measure(s: Settings, _: Path) -> dict:
    """Compute them all."""
    parts = matmul, conv, lstm, batchnorm
    values = {part.__name__: part(s) for part in parts}
    return {
        "values": values,
        "units": {name: "1" for each in values.values() for name in each},
        "settings": asdict(s),
        "seeds": [],
        "data": {"name": "numbers of the pages"},
    }


if __name__ == "__main__":
    records.run("gradflow/on_paper", measure, Settings(), QUICK)

"""Four ways to one convolution, as ratios within one run.

`python -m deepcourse.convolution.runs.bench`, by `nox -s bench`. NumPy's ways
and TensorFlow, each in a process of its own and with the same number of
threads, take turns; the median turn counts, and each ratio has the lowest and
the highest turn beside it. Before anything is timed, all four must give the
same numbers. `--quick` takes few turns at small sizes.
"""

import multiprocessing
import os
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.convolution.fourier import conv_fourier
from deepcourse.gradflow.conv2d import conv_forward
from deepcourse.gradflow.gradcheck import relative_error
from deepcourse.gradflow.runs.bench import arrays, contend, tensorflow, unit
from deepcourse.turns import ratio


@dataclass(frozen=True)
class Settings:
    """What is timed."""

    sides: tuple = (28, 112)  # I and J
    windows: tuple = (3, 7, 15, 25)  # U and V
    batch: int = 4
    channels: int = 8  # C and K
    turns: int = 7
    repeats: int = 2  # calls per turn; the fastest counts


QUICK = Settings(sides=(8,), windows=(3,), channels=2, turns=2, repeats=1)


@dataclass(frozen=True)
class Task:
    """One size of pictures and windows."""

    side: int
    window: int
    batch: int
    channels: int


def given(t: Task) -> list[np.ndarray]:
    """Pictures and a kernel of float32."""
    size = t.batch, t.side, t.side, t.channels
    return arrays(size, (t.window, t.window, t.channels, t.channels))


def by_places(x, k):
    """A product for each place, one place after the other."""
    down, across = k.shape[:2]
    table = k.reshape(-1, k.shape[3])
    p, q = x.shape[1] - down + 1, x.shape[2] - across + 1
    y = np.empty((len(x), p, q, k.shape[3]), x.dtype)
    for row, column in np.ndindex(p, q):
        seen = x[:, row : row + down, column : column + across]
        y[:, row, column] = seen.reshape(len(x), -1) @ table
    return y


def ours(way):
    """A maker of calls of one of our ways."""

    def make(t: Task):
        x, k = given(t)
        return lambda: [way(x, k)]

    return make


def theirs(t: Task):
    """A call of TensorFlow's kernel, in a graph."""
    tf = tensorflow()
    x, k = map(tf.constant, given(t))
    step = tf.function(lambda x, k: tf.nn.conv2d(x, k, 1, "VALID"))
    return lambda: [step(x, k).numpy()]


WAYS = {"places": by_places, "product": conv_forward, "fourier": conv_fourier}
MAKERS = {name: ours(way) for name, way in WAYS.items()}
MAKERS["tensorflow"] = theirs


def answering(connection) -> None:
    """In a process of its own: answer tasks."""
    contend(MAKERS, connection)


def compared(ask, s: Settings, t: Task) -> dict:
    """Milliseconds of all ways at one size, and ratios to TensorFlow's.

    Raises:
        RuntimeError: A way differs by more than float32 explains.
    """
    found = {name: ask(name, t, 0)[0] for name in MAKERS}
    for name, y in found.items():
        error = relative_error(y, found["tensorflow"])
        if error > 1e-4:
            raise RuntimeError(f"{name}: it differs by {error:.1e}")
    times = {name: [] for name in MAKERS}
    for turn in range(s.turns + 1):  # the first fills the caches
        for name, each in times.items():
            took = ask(name, t, s.repeats)
            if turn:
                each.append(1000 * took)
    values = {f"{n}_ms": float(np.median(each)) for n, each in times.items()}
    for name in WAYS:
        both = times[name], times["tensorflow"]
        values |= ratio(f"{name}_ratio_to_tensorflow", *both)
    return values


def measure(s: Settings, _: Path) -> dict:
    """Let all ways take turns at each size."""
    os.environ["OPENBLAS_NUM_THREADS"] = str(records.cores())
    spawn, lines = multiprocessing.get_context("spawn"), {}
    for side in ("ours", "theirs"):
        lines[side], other = spawn.Pipe()
        spawn.Process(target=answering, args=(other,), daemon=True).start()

    def ask(name, *task):
        line = lines["ours" if name in WAYS else "theirs"]
        line.send((name, *task))
        return line.recv()

    values = {}
    for side, window in product(s.sides, s.windows):
        t = Task(side, window, s.batch, s.channels)
        place = values.setdefault(f"side_{side}", {})
        place[f"window_{window}"] = compared(ask, s, t)
    for line in lines.values():
        line.send(None)
    more = {"threads": records.cores(), "dtype": "float32"}
    return {
        "command": "nox -s bench",
        "values": values,
        "units": {n: unit(n) for n, _ in records.leaves(values)},
        "settings": asdict(s) | more,
        "seeds": [0],
        "data": {"name": "normal arrays, drawn by the run"},
    }


if __name__ == "__main__":
    records.run("bench/convolution", measure, Settings(), QUICK)

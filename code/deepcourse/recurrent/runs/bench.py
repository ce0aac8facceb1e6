"""Our layers beside Keras', as ratios within one run.

`python -m deepcourse.recurrent.runs.bench`, by `nox -s bench`. Both in graphs
of TensorFlow, each in a process of its own and with the same number of threads,
take turns at one step forward and backward; the median turn counts, and each
ratio has the lowest and the highest turn beside it. Before anything is timed,
both must give the same numbers. `--quick` takes few turns at small sizes.
"""

import multiprocessing
import os
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.gradflow.gradcheck import relative_error
from deepcourse.gradflow.runs.bench import arrays, contend, tensorflow, unit
from deepcourse.turns import ratio

LAYERS = {"simple_rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
BLOCKS = {"simple_rnn": 1, "lstm": 4, "gru": 3}


@dataclass(frozen=True)
class Settings:
    """What is timed."""

    sequence: tuple = (32, 100, 64)  # B, T, D
    units: int = 128  # H
    turns: int = 15
    repeats: int = 5  # calls per turn; the fastest counts


QUICK = Settings(sequence=(2, 3, 4), units=5, turns=2, repeats=1)


def given(s: Settings, name: str) -> list[np.ndarray]:
    """x, dh and the weights of a layer, all of float32."""
    (b, t, d), h, wide = s.sequence, s.units, BLOCKS[name] * s.units
    bias = (2, wide) if name == "gru" else (wide,)
    return arrays((b, t, d), (b, t, h), (d, wide), (h, wide), bias)


def call_of(house: str, name: str, s: Settings):
    """A call of a layer for all states and all gradients, in one graph."""
    import keras

    from deepcourse.recurrent import layers

    tf = tensorflow()
    x, dh, *weights = given(s, name)
    where = {"ours": layers, "keras": keras.layers}[house]
    layer = getattr(where, LAYERS[name])(s.units, return_sequences=True)
    layer.build(x.shape)
    layer.set_weights(weights)
    learnt = [w.value for w in layer.trainable_variables]
    x, dh = tf.constant(x), tf.constant(dh)

    @tf.function
    def step(x, dh):
        with tf.GradientTape() as tape:
            tape.watch(x)
            h = layer(x)
        return h, *tape.gradient(h, [x, *learnt], output_gradients=dh)

    return lambda: [part.numpy() for part in step(x, dh)]


MAKERS = {
    house: {name: partial(call_of, house, name) for name in LAYERS}
    for house in ("ours", "keras")
}


def compared(ask, s: Settings, name: str) -> dict:
    """Milliseconds of both layers, and their ratio.

    Raises:
        RuntimeError: They differ by more than float32 explains.
    """
    pairs = zip(*(ask(house, name, s, 0) for house in MAKERS), strict=True)
    error = max(relative_error(a, b) for a, b in pairs)
    if error > 1e-4:
        raise RuntimeError(f"{name}: the two differ by {error:.1e}")
    times = {house: [] for house in MAKERS}
    for turn in range(s.turns + 1):  # the first fills the caches
        for house, each in times.items():
            took = ask(house, name, s, s.repeats)
            if turn:
                each.append(1000 * took)
    return {
        f"{name}_agreement": error,
        f"{name}_ms": float(np.median(times["ours"])),
        f"{name}_keras_ms": float(np.median(times["keras"])),
        **ratio(f"{name}_ratio_to_keras", times["ours"], times["keras"]),
    }


def measure(s: Settings, _: Path) -> dict:
    """Let both take turns at each layer."""
    threads = records.cores()
    os.environ["OPENBLAS_NUM_THREADS"] = str(threads)
    spawn, lines = multiprocessing.get_context("spawn"), {}
    for house, makers in MAKERS.items():
        lines[house], other = spawn.Pipe()
        arguments = (makers, other)
        spawn.Process(target=contend, args=arguments, daemon=True).start()

    def ask(house, *task):
        lines[house].send(task)
        return lines[house].recv()

    values = {}
    for name in LAYERS:
        values |= compared(ask, s, name)
    for line in lines.values():
        line.send(None)
    return {
        "command": "nox -s bench",
        "values": values,
        "units": {n: unit(n) for n in values},
        "settings": asdict(s) | {"threads": threads, "dtype": "float32"},
        "seeds": [0],
        "data": {"name": "normal arrays, drawn by the run"},
    }


if __name__ == "__main__":
    records.run("bench/recurrent", measure, Settings(), QUICK)

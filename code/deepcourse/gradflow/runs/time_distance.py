"""How far back the last output's gradient reaches, net by net.

`python -m deepcourse.gradflow.runs.time_distance [--quick]` writes the record
and its curves. Nothing is trained: training starts from this gradient.
"""

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import records
from deepcourse.gradflow import gru, lstm, rnn


@dataclass(frozen=True)
class Net:
    """A recurrent layer and what is special about its first weights."""

    kind: str  # rnn, lstm or gru
    gain: float = 1.0  # all singular values of the recurrent weights
    gate_bias: float = 0.0  # of the forget gate, or the GRU's update gate
    input_bias: float = 0.0  # of the LSTM's input gate


NETS = {
    "rnn_half": Net("rnn", gain=0.5),
    "rnn": Net("rnn"),
    "rnn_double": Net("rnn", gain=2.0),
    "lstm_0": Net("lstm"),
    "lstm_1": Net("lstm", gate_bias=1.0),
    "lstm_3": Net("lstm", gate_bias=3.0),
    "gru": Net("gru"),
    "gru_3": Net("gru", gate_bias=3.0),
}
SPANS = {
    "lstm_5": Net("lstm", gate_bias=5.0),
    "lstm_5_closed": Net("lstm", gate_bias=5.0, input_bias=-5.0),
}
WAYS = {
    "rnn": (rnn.rnn_forward, rnn.rnn_backward),
    "lstm": (lstm.lstm_forward, lstm.lstm_backward),
    "gru": (gru.gru_forward, gru.gru_backward),
}
BLOCKS = {"rnn": 1, "lstm": 4, "gru": 3}  # of H columns in the weights


def weights(net, inputs, units, rng):
    """The weights a layer starts with, drawn as Keras draws them.

    Args:
        net: a `Net`.
        inputs: D.
        units: H.
        rng: a NumPy generator.

    Returns:
        wx, uniform by Glorot and Bengio's rule; wh, with orthogonal rows of
        length `gain` over all gates; b, zero except for the gate's bias.
    """
    blocks = BLOCKS[net.kind]
    limit = (6 / (inputs + blocks * units)) ** 0.5
    wx = rng.uniform(-limit, limit, (inputs, blocks * units))
    q, r = np.linalg.qr(rng.normal(size=(blocks * units, units)))
    wh = net.gain * (q * np.sign(np.diagonal(r))).T
    b = np.zeros((2, 3 * units) if net.kind == "gru" else blocks * units)
    if net.kind == "lstm":
        b[:units] = net.input_bias
        b[units : 2 * units] = net.gate_bias
    if net.kind == "gru":
        b[0, :units] = net.gate_bias
    return wx, wh, b


def layer(net, x, wx, wh, b, cut=()):
    """Run a net from a state of zeros: h, and dh -> dx, dwx, dwh, db.

    The way back leaves out the columns `cut` of wh.
    """
    go, come = WAYS[net.kind]
    h0 = np.zeros((len(x), len(wh)), x.dtype)  # (B, H)
    states = (h0, h0) if net.kind == "lstm" else (h0,)
    h, *_, cache = go(x, *states, wx, wh, b)

    def backward(dh):
        uncut = np.isin(np.arange(wh.shape[1]), cut, invert=True)
        back = cache._replace(wh=wh * uncut)
        dx, *_, dwx, dwh, db = come(dh, back)
        return dx, dwx, dwh, db

    return h, backward


# --8<-- [start:measure]
def reach(net, inputs, units, examples, steps, rng, cut=()):
    """Gradients of the last output at each input, by distance.

    Each example is asked for the gradient of h_T along one random
    direction, a row of length 1.

    Returns:
        (T,) by distance: root of the mean square over examples of the
        gradient's length at x_{T-d}, divided by its value at d = 0.
    """
    x = rng.normal(size=(examples, steps, inputs))
    way = rng.normal(size=(examples, units))
    theta = weights(net, inputs, units, rng)
    h, backward = layer(net, x, *theta, cut)
    dh = np.zeros_like(h)
    dh[:, -1] = way / np.linalg.norm(way, axis=1, keepdims=True)
    dx = backward(dh)[0]
    square = (dx**2).sum(axis=2).mean(axis=0)  # (T,)
    length = np.sqrt(square)[::-1]  # (T,)
    return length / length[0]


# --8<-- [end:measure]


@dataclass(frozen=True)
class Settings:
    """What is measured."""

    inputs: int = 16  # D, independent and standard normal
    units: int = 64  # H
    examples: int = 32  # B
    steps: int = 101  # T, so that distances go up to 100
    seeds: int = 10


QUICK = replace(Settings(), seeds=2, steps=21)

DISTANCES = (1, 10, 20, 50, 100)
UNITS = {f"at_{d}": "ratio" for d in DISTANCES}
UNITS |= {f"at_{d}_lowest": "ratio" for d in DISTANCES}
UNITS |= {f"at_{d}_highest": "ratio" for d in DISTANCES}
UNITS |= {f"carousel_{d}": "ratio" for d in DISTANCES}
UNITS |= {f"without_{k}_{d}": "ratio" for k in "ifgo" for d in DISTANCES}
UNITS |= {"carousel_from_1_to_100": "ratio"}
UNITS |= {"per_step": "ratio", "gate": "ratio"}


def summary(curves: np.ndarray) -> dict:
    """Geometric mean and range over seeds, and the factor per step.

    Args:
        curves: (N, T) one per seed.
    """
    last, values = curves.shape[1] - 1, {}
    for d in (d for d in DISTANCES if d <= last):
        at = curves[:, d]
        values |= {
            f"at_{d}": float(np.exp(np.log(at).mean())),
            f"at_{d}_lowest": float(at.min()),
            f"at_{d}_highest": float(at.max()),
        }
    middle = last // 2
    slope = np.log(curves[:, last] / curves[:, middle]).mean()
    return values | {"per_step": float(np.exp(slope / (last - middle)))}


def curves(net, settings: Settings, cut=()) -> np.ndarray:
    """The reach of one net: (N, T), one row per seed."""
    s = settings
    generators = map(np.random.default_rng, range(s.seeds))
    sizes = (s.inputs, s.units, s.examples, s.steps)
    return np.array([reach(net, *sizes, rng, cut) for rng in generators])


def parts(net, settings: Settings) -> dict:
    """An LSTM's reach by its direct path alone, and without one block."""
    n, values = settings.units, {}
    cuts = {"carousel": range(4 * n)}
    for k, name in enumerate("ifgo"):
        cuts[f"without_{name}"] = range(k * n, (k + 1) * n)
    for name, cut in cuts.items():
        left = summary(curves(net, settings, list(cut)))
        for d in (d for d in DISTANCES if f"at_{d}" in left):
            values[f"{name}_{d}"] = left[f"at_{d}"]
    if "carousel_100" in values:  # without the last step, where o reads x too
        after = values["carousel_100"] / values["carousel_1"]
        values["carousel_from_1_to_100"] = after
    return values


def mean_gate(net, settings: Settings, seed: int) -> float:
    """The mean forget gate of an LSTM before training."""
    s, rng = settings, np.random.default_rng(seed)
    x = rng.normal(size=(s.examples, s.steps, s.inputs))
    wx, wh, b = weights(net, s.inputs, s.units, rng)
    h0 = np.zeros((s.examples, s.units))
    gates = lstm.lstm_forward(x, h0, h0, wx, wh, b)[2].gates
    return float(gates[:, :, s.units : 2 * s.units].mean())


def measured(net, settings: Settings) -> dict:
    """One net: its curves, one per seed, and its values for the record."""
    every = curves(net, settings)
    values = summary(every)
    if net.kind == "lstm":
        gates = [mean_gate(net, settings, k) for k in range(settings.seeds)]
        values |= {"gate": float(np.mean(gates))} | parts(net, settings)
    return {"curves": every.tolist(), "values": values}


def rows(name: str, curves: np.ndarray):
    """A net's rows of the table: range and geometric mean over seeds."""
    middle = np.exp(np.log(curves).mean(axis=0))
    three = zip(curves.min(axis=0), middle, curves.max(axis=0))
    return [(name, d, *row) for d, row in enumerate(three)]


HEADER = ("net", "distance", "lowest", "geometric mean", "highest")


def measure(settings: Settings, runs: Path) -> dict:
    """All nets, all seeds; the curves go into a table."""
    values, table = {}, []
    every = NETS | SPANS
    for name, net in tqdm(every.items(), unit="net"):
        one = records.kept(
            "gradflow/time_distance",
            (net, settings),
            Path(__file__),
            lambda net=net: measured(net, settings),
        )
        values[name] = one["values"]
        if name in NETS:  # what the figure shows
            table += rows(name, np.array(one["curves"]))
    path = runs / "gradflow/time_distance.csv"
    records.write_table(path, HEADER, table, digits=4)
    nets = {name: asdict(net) for name, net in every.items()}
    return {
        "values": values,
        "units": UNITS,
        "settings": asdict(settings) | nets,
        "seeds": list(range(settings.seeds)),
        "data": {"name": "standard normal inputs, drawn by the run"},
    }


if __name__ == "__main__":
    records.run("gradflow/time_distance", measure, Settings(), QUICK)

"""What batch normalization does to the weights before it, measured.

`python -m deepcourse.gradflow.runs.scale_invariance [--quick]` trains one small
net on the digits from weights of several lengths and writes
runs/gradflow/scale_invariance.json, and the curves beside it as CSV.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from deepcourse import records
from deepcourse.datasets import digits
from deepcourse.gradflow import batchnorm
from deepcourse.gradflow.activations import relu, relu_backward
from deepcourse.gradflow.batchnorm import batchnorm_backward, batchnorm_forward
from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.gradflow.matmul import dense_backward, dense_forward


@dataclass(frozen=True)
class Settings:
    """What all runs have in common."""

    hidden: int = 32  # units of the only hidden layer
    batch_size: int = 64
    steps: int = 300
    decay_steps: int = 4000  # for the runs with weight decay
    rate: float = 0.5
    eps: float = 0.0  # so that the invariance is exact
    seeds: int = 5
    window: int = 20  # steps that a loss or a point of a curve averages


QUICK = replace(Settings(), steps=60, decay_steps=80, seeds=2)


@dataclass(frozen=True)
class Variant:
    """One run: what differs from the plain recipe."""

    factor: float = 1.0  # on the first weights before the layer
    rate_factor: float = 1.0  # on the rate of these weights
    decay: float = 0.0  # weight decay, on these weights alone
    every_rate: float = 1.0  # on the rate of all weights
    held: bool = False  # whether these weights keep their length
    forward: Callable = batchnorm_forward
    backward: Callable = batchnorm_backward
    inference: Callable = batchnorm.inference  # with given statistics


def shift(x, gamma, beta, eps):
    """No normalization: add beta, and leave gamma and eps alone."""
    return x + beta, np.zeros_like(gamma)


def shift_inference(x, gamma, beta, mean, var, eps):
    """The same with statistics, which it doesn't use."""
    return shift(x, gamma, beta, eps)


def shift_backward(dy, zero):
    """The gradients of `shift`."""
    return dy, zero, dy.sum(0)


NOTHING = {
    "forward": shift,
    "backward": shift_backward,
    "inference": shift_inference,
}
VARIANTS = {
    "one": Variant(),
    "ten": Variant(10.0),
    "ten_hundredfold": Variant(10.0, 100.0),
    "tenth": Variant(0.1),
    "constants": Variant(backward=batchnorm.inference_backward),
    "constants_held": Variant(backward=batchnorm.inference_backward, held=True),
    "without": Variant(**NOTHING),
}
RATES = 1.0, 2.0, 4.0, 8.0, 16.0  # on the rate of all weights
DECAYED = {
    "decay_one": Variant(decay=0.01),
    "decay_three": Variant(3.0, decay=0.01),
    "decay_third": Variant(0.3, decay=0.01),
}


class Rows(NamedTuple):
    """What `train` watches: a number for each step, over all hidden units."""

    loss: np.ndarray  # of the batch, before the step
    length: np.ndarray  # mean squared length of the weights before it
    step: np.ndarray  # mean squared length of the step, without decay
    cosine: np.ndarray  # the largest between weights and gradient
    turn: np.ndarray  # mean tan² of the angle by which the weights turn


def first_weights(seed, inputs, hidden, factor):
    """Random weights; batch normalization starts as the identity."""
    rng = np.random.default_rng(seed)
    w = rng.normal(0, (2 / inputs) ** 0.5, (inputs, hidden))  # (D, H)
    return {
        "w": factor * w,
        "gamma": np.ones(hidden),
        "beta": np.zeros(hidden),
        "w2": rng.normal(0, (2 / hidden) ** 0.5, (hidden, 10)),
        "b2": np.zeros(10),
    }


# --8<-- [start:gradients]
def gradients(net, x, labels, layer, eps):
    """The loss of a batch, and the gradient of every weight.

    Args:
        net: weights by name; w has no bias, since beta does its work.
        x: (B, D) one example per row.
        labels: (B,) the true classes.
        layer: anything with a `forward` and a `backward` like batchnorm's.
        eps: for `layer`.

    Returns:
        The loss, and the gradients under the names of the weights.
    """
    z = x @ net["w"]  # (B, H)
    a, cache = layer.forward(z, net["gamma"], net["beta"], eps)
    h = relu(a)  # (B, H)
    logits = dense_forward(h, net["w2"], net["b2"])  # (B, K)
    loss, dlogits = softmax_cross_entropy(logits, labels)
    dh, dw2, db2 = dense_backward(dlogits, h, net["w2"])
    da = relu_backward(dh, h)  # (B, H)
    dz, dgamma, dbeta = layer.backward(da, cache)
    dw = x.T @ dz  # (D, H)
    first = {"w": dw, "gamma": dgamma, "beta": dbeta}
    return loss, first | {"w2": dw2, "b2": db2}


# --8<-- [end:gradients]


def error(net, x, labels, seen, layer, eps):
    """The share of wrong answers, with the statistics of the data seen."""
    statistics = batchnorm.moments(seen @ net["w"])  # (H,), (H,)
    a, _ = layer.inference(
        x @ net["w"], net["gamma"], net["beta"], *statistics, eps
    )
    logits = dense_forward(relu(a), net["w2"], net["b2"])
    return float((logits.argmax(1) != labels).mean())


def train(variant, settings, seed, steps):
    """Train one net by gradient descent, watching its first weights.

    Returns:
        `Rows`; and the share of test digits that is wrong, with the means
        and variances of the training digits.
    """
    data, rng = digits(), np.random.default_rng(1000 + seed)
    pictures = data.images, data.test_images
    x, test = (a.reshape(len(a), -1) / 255 for a in pictures)
    net = first_weights(seed, x.shape[1], settings.hidden, variant.factor)
    rates = {name: settings.rate * variant.every_rate for name in net}
    rates["w"] *= variant.rate_factor
    shrink, rows = 1 - rates["w"] * variant.decay, []
    length = np.linalg.norm(net["w"], axis=0)  # (H,)
    for _ in range(steps):
        batch = rng.integers(0, len(x), settings.batch_size)
        loss, every = gradients(
            net, x[batch], data.labels[batch], variant, settings.eps
        )
        rows.append([loss, *watch(net["w"], every["w"], rates["w"], shrink)])
        net["w"] *= shrink
        for name, gradient in every.items():
            net[name] -= rates[name] * gradient
        if variant.held:
            net["w"] *= length / np.linalg.norm(net["w"], axis=0)
    wrong = error(net, test, data.test_labels, x, variant, settings.eps)
    return Rows(*np.array(rows).T), wrong


def watch(w, dw, rate, shrink):
    """What `Rows` has of the weights, for one step."""
    length, step = (w**2).sum(0), rate**2 * (dw**2).sum(0)  # (H,), (H,)
    product = np.maximum((length * (dw**2).sum(0)) ** 0.5, 1e-300)
    cosine = np.abs((w * dw).sum(0)) / product  # (H,)
    turn = step / (shrink**2 * length)  # (H,)
    return length.mean(), step.mean(), cosine.max(), turn.mean()


def summary(trained, settings, rate):
    """Mean and deviation over seeds of what the page names."""
    every = np.array([np.transpose(rows) for rows, _ in trained])
    rows = Rows(*np.moveaxis(every, 2, 0))  # each (seeds, steps)
    grown = rows.length[:, :1] + np.cumsum(rows.step, 1)[:, :-1]
    first, last = rows.length[:, 0], rows.length[:, -1]
    by_seed = {
        "loss": rows.loss[:, -settings.window :].mean(1),
        "test_error": np.array([wrong for _, wrong in trained]),
        "length_start": first,
        "length_end": last,
        "growth": last / first,
        "effective_rate_start": rate / first,
        "effective_rate_end": rate / last,
    }
    values = {}
    for name, each in by_seed.items():
        values[name] = float(each.mean())
        if name in ("loss", "test_error"):
            values[f"{name}_sd"] = float(each.std(ddof=1))
    values["cosine"] = float(rows.cosine.max())
    apart = np.abs(grown / rows.length[:, 1:] - 1)
    return values | {"pythagoras": float(apart.max())}


def turns(trained, settings, variant):
    """The angle of a step in the second half, measured and predicted."""
    half = settings.decay_steps // 2
    each = np.array([rows.turn[half:].mean() ** 0.5 for rows, _ in trained])
    ends = [np.quantile(rows.turn[half:], (0.05, 0.95)) for rows, _ in trained]
    low, high = np.mean(ends, 0) ** 0.5
    lengths = np.array([rows.length[half:].mean() for rows, _ in trained])
    shrink = 1 - settings.rate * variant.decay
    means = [
        (rows.step[half:].mean() / rows.length[half:].mean()) ** 0.5 / shrink
        for rows, _ in trained
    ]
    return {
        "turn": float(each.mean()),
        "turn_sd": float(each.std(ddof=1)),
        "turn_low": float(low),  # of single steps, in nine of ten
        "turn_high": float(high),
        "turn_of_means": float(np.mean(means)),  # mean step, mean weights
        "turn_predicted": (1 / shrink**2 - 1) ** 0.5,
        "length_start": float(np.mean([r.length[0] for r, _ in trained])),
        "length_end": float(lengths.mean()),
    }


def by_rate(settings):
    """The loss at several rates of all weights, with the layer and without."""
    found = {"with": {}, "without": {}}
    for (kind, values), factor in product(found.items(), RATES):
        layer = NOTHING if kind == "without" else {}
        variant = Variant(every_rate=factor, **layer)
        trained = [
            train(variant, settings, seed, settings.steps)
            for seed in range(settings.seeds)
        ]
        said = summary(trained, settings, settings.rate * factor)
        names = "loss", "loss_sd", "test_error"
        values[f"times_{factor:g}"] = {name: said[name] for name in names}
    return found


HEADER = ("variant", "seed", "step", "loss", "squared_length")


def points(name, trained, window):
    """The curves of a variant: step 0, then means of `window` steps."""
    table = []
    for seed, (rows, _) in enumerate(trained):
        table.append((name, seed, 0, rows.loss[0], rows.length[0]))
        both = np.transpose(rows)[:, :2]  # loss and length
        for start in range(0, len(both) - window + 1, window):
            middle = both[start : start + window].mean(0)
            table.append((name, seed, start + window // 2, *middle))
    return table


UNITS = {
    "loss": "nat",
    "test_error": "fraction",
    "length_start": "1",
    "length_end": "1",
    "growth": "ratio",
    "effective_rate_start": "1",
    "effective_rate_end": "1",
    "cosine": "1",
    "pythagoras": "relative error",
    "start_difference": "relative error",
    "curve_difference": "relative error",
    "turn": "1",
    "turn_low": "1",
    "turn_high": "1",
    "turn_of_means": "1",
    "turn_predicted": "1",
}


def measure(settings, runs):
    """All variants; the curves go into a table."""
    values, curves, table = {}, {}, []
    every = VARIANTS | DECAYED
    for name, variant in tqdm(every.items(), unit="variant"):
        steps = settings.decay_steps if variant.decay else settings.steps
        seeds = range(settings.seeds)
        trained = [train(variant, settings, seed, steps) for seed in seeds]
        if variant.decay:
            values[name] = turns(trained, settings, variant)
        else:
            rate = settings.rate * variant.every_rate * variant.rate_factor
            values[name] = summary(trained, settings, rate)
            curves[name] = np.array([rows.loss for rows, _ in trained])
            table += points(name, trained, settings.window)
    for name, what in {"ten": "start", "ten_hundredfold": "curve"}.items():
        apart = np.abs(curves[name] / curves["one"] - 1)
        apart = apart[:, :1] if what == "start" else apart
        values[name][f"{what}_difference"] = float(apart.max())
    values["by_rate"] = by_rate(settings)
    path = runs / "gradflow/scale_invariance.csv"
    records.write_table(path, HEADER, table, digits=6)
    return {
        "values": values,
        "units": UNITS,
        "settings": asdict(settings)
        | {"variants": differences(every), "rates": RATES},
        "seeds": list(range(settings.seeds)),
        "data": digits().facts(),
    }


def differences(variants):
    """The numbers by which variants differ from the plain recipe."""
    names = ("factor", "rate_factor", "decay", "every_rate", "held")
    return {
        variant: {name: getattr(of, name) for name in names}
        for variant, of in variants.items()
    }


if __name__ == "__main__":
    records.run("gradflow/scale_invariance", measure, Settings(), QUICK)

"""What batch normalization does to the weights before it, measured.

`python -m deepcourse.gradflow.runs.scale_invariance [--quick]` trains one small
net on the digits from weights of several lengths and writes
runs/gradflow/scale_invariance.json, and the curves beside it as CSV.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import numpy as np
from tqdm import tqdm

from deepcourse import records
from deepcourse.datasets import digits
from deepcourse.gradflow import batchnorm, matmul
from deepcourse.gradflow.activations import relu, relu_backward
from deepcourse.gradflow.loss import softmax_cross_entropy


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


@dataclass(frozen=True)
class Variant:
    """One run: what differs from the plain recipe."""

    factor: float = 1.0  # on the first weights before the layer
    rate_factor: float = 1.0  # on the rate of these weights
    decay: float = 0.0  # weight decay, on these weights alone
    forward: Callable = batchnorm.forward
    backward: Callable = batchnorm.backward
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


VARIANTS = {
    "one": Variant(),
    "ten": Variant(10.0),
    "ten_hundredfold": Variant(10.0, 100.0),
    "tenth": Variant(0.1),
    "constants": Variant(backward=batchnorm.inference_backward),
    "without": Variant(
        forward=shift, backward=shift_backward, inference=shift_inference
    ),
}
DECAYED = {
    "decay_one": Variant(decay=0.01),
    "decay_three": Variant(3.0, decay=0.01),
    "decay_third": Variant(0.3, decay=0.01),
}


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
    logits = matmul.forward(h, net["w2"], net["b2"])  # (B, K)
    loss, dlogits = softmax_cross_entropy(logits, labels)
    dh, dw2, db2 = matmul.backward(dlogits, h, net["w2"])
    da = relu_backward(dh, h)  # (B, H)
    dz, dgamma, dbeta = layer.backward(da, cache)
    dw = x.T @ dz  # (D, H)
    return loss, dict(w=dw, gamma=dgamma, beta=dbeta, w2=dw2, b2=db2)


# --8<-- [end:gradients]


def error(net, x, labels, seen, layer, eps):
    """The share of wrong answers, with the statistics of the data seen."""
    statistics = batchnorm.moments(seen @ net["w"])  # (H,), (H,)
    a, _ = layer.inference(
        x @ net["w"], net["gamma"], net["beta"], *statistics, eps
    )
    logits = matmul.forward(relu(a), net["w2"], net["b2"])
    return float((logits.argmax(1) != labels).mean())


def train(variant, settings, seed, steps):
    """Train one net by gradient descent, watching its first weights.

    Returns:
        A row for each step: loss, squared length of the weights before the
        step, squared length of their step without decay, largest cosine
        between weights and gradient, and mean tan² of the angle of the
        step; and the share of test digits that is wrong, with the means and
        variances of the training digits.
    """
    data, rng = digits(), np.random.default_rng(1000 + seed)
    x, test = (a.reshape(len(a), -1) / 255 for a in data[1:4:2])
    net = first_weights(seed, x.shape[1], settings.hidden, variant.factor)
    rates = {name: settings.rate for name in net}
    rates["w"] *= variant.rate_factor
    keep, rows = 1 - rates["w"] * variant.decay, []
    for _ in range(steps):
        batch = rng.integers(0, len(x), settings.batch_size)
        loss, found = gradients(
            net, x[batch], data.labels[batch], variant, settings.eps
        )
        rows.append([loss, *watch(net["w"], found["w"], rates["w"], keep)])
        net["w"] *= keep
        for name, gradient in found.items():
            net[name] -= rates[name] * gradient
    wrong = error(net, test, data.test_labels, x, variant, settings.eps)
    return np.array(rows), wrong


def watch(w, dw, rate, keep):
    """What `train` writes down of the weights, over all hidden units."""
    length, step = (w**2).sum(0), rate**2 * (dw**2).sum(0)  # (H,), (H,)
    product = np.maximum((length * (dw**2).sum(0)) ** 0.5, 1e-300)
    cosine = np.abs((w * dw).sum(0)) / product  # (H,)
    turn = step / (keep**2 * length)  # (H,)
    return length.mean(), step.mean(), cosine.max(), turn.mean()


def summary(runs, settings, rate):
    """Mean and deviation over seeds of what the page names."""
    rows = np.array([r for r, _ in runs])  # (seeds, steps, 5)
    length, step = rows[..., 1], rows[..., 2]
    grown = length[:, :1] + np.cumsum(step, 1)[:, :-1]
    found = {
        "loss": rows[:, -settings.window :, 0].mean(1),
        "test_error": np.array([wrong for _, wrong in runs]),
        "length_start": length[:, 0],
        "length_end": length[:, -1],
        "growth": length[:, -1] / length[:, 0],
        "effective_rate_start": rate / length[:, 0],
        "effective_rate_end": rate / length[:, -1],
    }
    values = {}
    for name, each in found.items():
        values[name] = float(each.mean())
        if name in ("loss", "test_error"):
            values[f"{name}_sd"] = float(each.std(ddof=1))
    values["cosine"] = float(rows[..., 3].max())
    values["pythagoras"] = float(np.abs(grown / length[:, 1:] - 1).max())
    return values


def turns(runs, settings, variant):
    """The angle of a step in the second half, measured and predicted."""
    half = settings.decay_steps // 2
    each = np.array([rows[half:, 4].mean() ** 0.5 for rows, _ in runs])
    lengths = np.array([rows[half:, 1].mean() for rows, _ in runs])
    keep = 1 - settings.rate * variant.decay
    return {
        "turn": float(each.mean()),
        "turn_sd": float(each.std(ddof=1)),
        "turn_of_means": float(
            np.mean([ratio_of_means(rows[half:], keep) for rows, _ in runs])
        ),
        "turn_predicted": (1 / keep**2 - 1) ** 0.5,
        "length_start": float(np.mean([rows[0, 1] for rows, _ in runs])),
        "length_end": float(lengths.mean()),
    }


def ratio_of_means(rows, keep):
    """The angle of a step of mean length from weights of mean length."""
    return (rows[:, 2].mean() / rows[:, 1].mean()) ** 0.5 / keep


def measure(settings):
    """All runs: the values of the record, and the lines of the CSV."""
    values, lines = {}, ["variant,seed,step,loss,squared_length"]
    curves, jobs = {}, {**VARIANTS, **DECAYED}
    for name, variant in tqdm(jobs.items(), "variants", file=sys.stderr):
        steps = settings.decay_steps if variant.decay else settings.steps
        runs = [
            train(variant, settings, seed, steps)
            for seed in range(settings.seeds)
        ]
        if variant.decay:
            values[name] = turns(runs, settings, variant)
        else:
            rate = settings.rate * variant.rate_factor
            values[name] = summary(runs, settings, rate)
            curves[name] = np.array([rows[:, 0] for rows, _ in runs])
            lines += points(name, runs, settings.window)
    pairs = {"ten": "start", "ten_hundredfold": "curve"}
    for name, what in pairs.items():
        apart = np.abs(curves[name] / curves["one"] - 1)
        apart = apart[:, :1] if what == "start" else apart
        values[name][f"{what}_difference"] = float(apart.max())
    return values, lines


def points(name, runs, window):
    """The curves of a variant as CSV: step 0, then means of `window` steps."""
    lines = []
    for seed, (rows, _) in enumerate(runs):
        loss, length = rows[0, :2]
        lines.append(f"{name},{seed},0,{loss:.6g},{length:.6g}")
        for start in range(0, len(rows) - window + 1, window):
            loss, length = rows[start : start + window, :2].mean(0)
            step = start + window // 2
            lines.append(f"{name},{seed},{step},{loss:.6g},{length:.6g}")
    return lines


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
    "turn_of_means": "1",
    "turn_predicted": "1",
}


def main() -> None:
    """Run all variants, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few steps")
    quick, settings = parser.parse_args().quick, Settings()
    if quick:
        settings = replace(settings, steps=60, decay_steps=80, seeds=2)
    start, data = time.perf_counter(), digits()
    values, lines = measure(settings)
    name = "gradflow/scale_invariance"
    record = {
        "command": records.command(),
        "values": values,
        "units": UNITS,
        "settings": {
            **asdict(settings),
            "decay": DECAYED["decay_one"].decay,
        },
        "seeds": list(range(settings.seeds)),
        "data": {
            "name": data.name,
            "records": len(data.images) + len(data.test_images),
            "sha256": data.sha256,
        },
        "seconds": time.perf_counter() - start,
    }
    if quick:
        records.validate(record)
        return
    records.write(name, record)
    records.write_whole(records.RUNS / f"{name}.csv", "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

"""A net small enough for a web page: its weights as bytes, and digits to try.

`python -m deepcourse.mnist.runs.page_net [--quick]` writes the record, and
runs/mnist/page_net.bin beside it. The figure in the page multiplies by what
is in that file, so everything measured here is measured of the rounded net.
"""

import base64
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.mnist import data
from deepcourse.mnist.runs import plan, training

NET = training.Settings(
    sizes=(784, 64, 10), drop_input=0.1, drop_hidden=0.1, rate=0.002
)
FULL = plan.Plan({"page": NET}, seeds=(0,))
THRESHOLDS = (0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
HARD = 6  # of its mistakes, as digits to try
UNITS = plan.UNITS | {"rounded_accuracy": "fraction", "bytes": "count"}


def measure(settings: plan.Plan, runs: Path) -> dict:
    """Train the net, round its weights, and ask the rounded net."""
    source, chosen, found, _ = plan.follow(settings)
    net, finished = chosen["page"], found["page"][0]
    with np.load(Path(finished["folder"]) / "weights.npz") as kept:
        packed = pack([kept[name] for name in kept.files])
    records.write_whole(runs / "mnist/page_net.bin", packed)
    test = data.split(source, net.validation)[2]
    p = softmax(logits(unpack(packed, net.sizes), test.images))
    right = p.argmax(axis=1) == test.labels
    values = {
        "test_accuracy": finished["test_accuracy"],
        "rounded_accuracy": right.mean(),
        "wrong": (~right).sum(),
        "parameters": finished["parameters"],
        "bytes": len(packed),
    }
    return plan.about(settings, source, found) | {
        "values": values,
        "units": UNITS,
        "settings": asdict(net) | {"test_images": len(test.labels)},
        "thresholds": [
            {"threshold": t, **answers(p.max(axis=1), right, t)}
            for t in THRESHOLDS
        ],
        "shown": 10,  # of the digits below, before one is chosen
        "digits": [show(test, p, i) for i in worth_a_try(test.labels, p)],
    }


def pack(weights: list[np.ndarray]) -> bytes:
    """The weights of a net as bytes: one for each but the biases.

    A unit's weights are whole numbers from -127 to 127, times the unit's own
    scale. All float32 come first: for each layer its scales and its biases.

    Args:
        weights: w1, b1, w2, b2, ...: (D, H) and (H,) for each layer.
    """
    floats, whole = [], []
    for w, b in zip(weights[::2], weights[1::2]):
        steps, scale = rounded(w)
        floats += [scale, b.astype("<f4")]
        whole.append(steps)
    return b"".join(each.tobytes() for each in [*floats, *whole])


def rounded(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(D, H) weights as whole numbers from -127 to 127, times (H,) scales."""
    scale = np.abs(w).max(axis=0) / 127  # (H,)
    steps = np.round(w / scale)  # (D, H)
    return steps.astype("i1"), scale.astype("<f4")


def unpack(packed: bytes, sizes) -> list[tuple]:
    """For each layer its whole numbers, scales and biases, as float64.

    Args:
        packed: what `pack` gave.
        sizes: units per layer, pixels first.

    Returns:
        A list of (D, H), (H,), (H,).
    """
    floats = np.frombuffer(packed, "<f4", 2 * sum(sizes[1:])).astype(float)
    whole = np.frombuffer(packed, "i1", offset=4 * len(floats)).astype(float)
    layers = []
    for d, h in pairwise(sizes):
        scale, b, floats = np.split(floats, [h, 2 * h])
        w, whole = np.split(whole, [d * h])
        layers.append((w.reshape(d, h), scale, b))
    return layers


def logits(layers: list[tuple], x: np.ndarray) -> np.ndarray:
    """What the rounded net scores, in float64.

    Args:
        layers: as `unpack` gives them.
        x: (B, D) images as rows, 0 .. 1.

    Returns:
        (B, K) logits.
    """
    for i, (w, scale, b) in enumerate(layers):
        x = (np.maximum(x, 0) if i else x) @ w * scale + b
    return x


def softmax(z: np.ndarray) -> np.ndarray:
    """Probabilities out of (B, K) logits."""
    e = np.exp(z - z.max(axis=1, keepdims=True))  # (B, K)
    return e / e.sum(axis=1, keepdims=True)


def answers(sure: np.ndarray, right: np.ndarray, threshold: float) -> dict:
    """How many it answers if it must be surer, and what share is wrong."""
    given = sure > threshold
    wrong = float((~right[given]).mean()) if given.any() else 0.0
    return {"answered": float(given.mean()), "wrong": wrong}


def worth_a_try(labels: np.ndarray, p: np.ndarray) -> list[int]:
    """The first test digit of each class, then its surest mistakes."""
    first = [int(np.flatnonzero(labels == k)[0]) for k in range(10)]
    wrong = np.flatnonzero(p.argmax(axis=1) != labels)
    surest = wrong[np.argsort(-p[wrong].max(axis=1), kind="stable")]
    return first + [int(i) for i in surest[:HARD]]


def show(test, p: np.ndarray, i: int) -> dict:
    """One test digit, as the page gets it: pixels 0 .. 255 in base64."""
    pixels = np.round(test.images[i] * 255).astype(np.uint8)
    return {
        "test_image": i,
        "label": int(test.labels[i]),
        "pixels": base64.b64encode(pixels.tobytes()).decode(),
        "probabilities": p[i].tolist(),
    }


if __name__ == "__main__":
    plan.one_thread()
    records.run("mnist/page_net", measure, FULL, plan.small(FULL))

"""A net whose weights are rounded to bytes, as a web page gets it.

`runs/mnist/page_net.bin` holds such nets. The figures of the page multiply by
what is in that file, in JavaScript, as is done here in NumPy.
"""

from itertools import pairwise

import numpy as np


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


def unpack(packed: bytes, sizes: dict) -> dict[str, list[tuple]]:
    """For each net the layers, each as whole numbers, scales and biases.

    Args:
        packed: what `pack` gave of each net, one behind the other.
        sizes: by net, units per layer, pixels first.

    Returns:
        By net a list of (D, H), (H,), (H,), as float64.
    """
    nets, start = {}, 0
    for name, units in sizes.items():
        count = 2 * sum(units[1:])
        floats = np.frombuffer(packed, "<f4", count, start).astype(float)
        start += 4 * count
        nets[name] = []
        for d, h in pairwise(units):
            scale, b, floats = np.split(floats, [h, 2 * h])
            w = np.frombuffer(packed, "i1", d * h, start).astype(float)
            start += d * h
            nets[name].append((w.reshape(d, h), scale, b))
    return nets


def logits(layers: list[tuple], x, bend=True, keep=None) -> np.ndarray:
    """What a rounded net scores, in float64.

    Args:
        layers: as `unpack` gives them.
        x: (B, D) images as rows, 0 .. 1.
        bend: whether a ReLU stands between two layers.
        keep: (H,) factors for what the hidden units pass on, or None.

    Returns:
        (B, K) logits.
    """
    for i, (w, scale, b) in enumerate(layers):
        if i > 0:
            x = np.maximum(x, 0) if bend else x
            x = x if keep is None else x * keep
        x = x @ w * scale + b
    return x


def hidden(layers: list[tuple], x: np.ndarray) -> np.ndarray:
    """(B, H) what the hidden units of the net pass on, none below 0."""
    return np.maximum(logits(layers[:1], x), 0)


def softmax(z: np.ndarray) -> np.ndarray:
    """Probabilities out of (B, K) logits."""
    e = np.exp(z - z.max(axis=1, keepdims=True))  # (B, K)
    return e / e.sum(axis=1, keepdims=True)


def masks(units: int, drop: float, count: int) -> np.ndarray:
    """(T, H) factors for the hidden units of each thinned net, as dropout's.

    A unit is dropped, 0, or is kept and counts for those that are dropped.
    """
    u = np.random.default_rng(0).random((count, units))  # (T, H)
    return (u >= drop) / (1 - drop)

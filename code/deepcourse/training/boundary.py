"""A net of two inputs and one hidden layer of tanh, and points of a plane."""

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.training.check_net import check_changeable
from deepcourse.training.check_numbers import (
    check_at_least_0,
    check_whole,
)
from deepcourse.training.deep import backward, forward, gradients
from deepcourse.training.regularization import l2


def moons(many, noise, seed):
    """Points of two half moons that reach into each other.

    Args:
        many: an even number of points.
        noise: the standard deviation of each coordinate around its moon.
        seed: a whole number from 0.

    Returns:
        Points, each a row of two coordinates, and a class for each: -1 and
        1 by turns.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    half = check_whole("many", many, 2) // 2
    noise = check_at_least_0("noise", noise)
    rng = np.random.default_rng(seed)
    turn = np.pi * rng.random((half, 2))
    x1 = np.cos(turn) * [1, -1] + [-0.5, 0.5]
    x2 = np.sin(turn) * [1, -1] + [-0.25, 0.25]
    x = np.stack([x1, x2], axis=2).reshape(-1, 2)
    labels = np.tile([-1, 1], half)
    return x + noise * rng.normal(size=x.shape), labels


def narrower(net, width):
    """The net of the first hidden units alone, as a copy.

    Args:
        net: two layers, each a pair of weights and biases.
        width: how many hidden units are kept.

    Returns:
        Such a net of arrays of its own.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    (w1, b1), (w2, b2) = net
    width = check_whole("width", width, 1)
    if width > len(b1):
        expect.refuse("width", width, f"at most {len(b1)}")
    first = w1[:, :width].copy(), b1[:width].copy()
    return [first, (w2[:width].copy(), b2.copy())]


def learn(x, labels, net, rate, steps, decay=0.0):
    """Descend on all points at once, with momentum and L2.

    The loss of a point is log(1 + exp(-label score)).

    Args:
        x: (B, 2) points.
        labels: (B,) classes, -1 or 1.
        net: pairs of weights and biases, of one score; changed.
        rate: of learning.
        steps: a whole number from 0.
        decay: at least 0, of an L2 penalty on all weights.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    x, y = expect.arrays(x=(x, "B, D"), labels=(labels, "B"))
    net = check_changeable(net)
    weights = [a for layer in net for a in layer]
    u = [np.zeros_like(a) for a in weights]
    steps = check_whole("steps", steps, 0)
    for _ in range(steps):
        outputs, z = forward(x, net, "tanh")
        dz = -y / (1 + np.exp(y * z[:, 0])) / len(y)  # (B,)
        da = backward(dz[:, None], outputs, net, "tanh")
        found = [g for p in gradients(outputs, da) for g in p]
        for i, (w, g) in enumerate(zip(weights, found)):
            penalty = l2(w, decay)[1] if w.ndim == 2 else 0
            u[i] = 0.9 * u[i] + g + penalty
            weights[i] -= rate * u[i]


def misread(x, labels, net):
    """The share of points whose score has the other sign.

    Args:
        x: (B, 2) points.
        labels: (B,) classes, -1 or 1.
        net: pairs of weights and biases, of one score.

    Returns:
        A number 0 .. 1.
    """
    z = forward(x, net, "tanh")[1][:, 0]
    return float((z * labels <= 0).mean())

"""What the exercises of the lesson's first part ask for, one section each."""

import numpy as np
import tensorflow as tf

from deepcourse.datasets import digits
from deepcourse.mnist.by_hand import gradients_by_hand
from deepcourse.mnist.data import split
from deepcourse.mnist.expect import true_classes, whole
from deepcourse.mnist.layers import dense, relu


# --8<-- [start:planted]
def slopes_with_a_bug(x, labels, w1, b1, w2, b2):
    """Send the mean loss back through both layers."""
    a = dense(x, w1, b1)  # (B, H)
    h = relu(a)  # (B, H)
    p = tf.nn.softmax(dense(h, w2, b2))  # (B, K)
    truth = tf.one_hot(labels, w2.shape[1], dtype=p.dtype)
    dz = (p - truth) / x.shape[0]  # (B, K)
    dw2 = tf.transpose(h) @ dz  # (H, K)
    db2 = tf.reduce_mean(dz, axis=0)  # (K,)
    dh = dz @ tf.transpose(w2)  # (B, H)
    da = tf.where(a > 0, dh, 0.0)  # (B, H)
    dw1 = tf.transpose(x) @ da  # (D, H)
    db1 = tf.reduce_mean(da, axis=0)  # (H,)
    return dw1, db1, dw2, db2


# --8<-- [end:planted]


# --8<-- [start:find-the-bug]
def read_after(slopes, steps=300, seed=0):
    """Train a net of 64 units with these slopes.

    Args:
        slopes: a function as `gradients_by_hand`.
        steps: how many, each by half the slope.
        seed: of the first weights.

    Returns:
        The share of the test digits that the net reads.
    """
    (x, labels), _, test = split(digits(), validation=200)
    normal = np.random.default_rng(seed).normal
    shapes = [(64, 64), (64,), (64, 10), (10,)]
    net = [
        tf.Variable(np.float32(normal(0, 0.1, s))) for s in shapes
    ]
    for _ in range(steps):
        for w, g in zip(net, slopes(x, labels, *net)):
            w.assign_sub(0.5 * g)
    h = relu(dense(test.images, *net[:2]))
    read = tf.argmax(dense(h, *net[2:]), axis=1)
    return float(np.mean(read == test.labels))


# --8<-- [end:find-the-bug]


# --8<-- [start:by-width]
def by_width(units, seed, steps=1200):
    """Train a net by hand; 0 units: softmax regression.

    Args:
        units: hidden ones, H, at least 0.
        seed: of the first weights.
        steps: how many, each by half the slope.

    Returns:
        The share of the validation digits that it reads.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    units, steps = (
        whole("units", units, 0),
        whole("steps", steps, 0),
    )
    (x, labels), validation, _ = split(digits(), validation=200)
    normal = np.random.default_rng(seed).normal
    shapes = [(64, units), (units,), (units, 10), (10,)]
    if not units:
        shapes = [(64, 10), (10,)]
    net = [
        tf.Variable(np.float32(normal(0, 0.1, s))) for s in shapes
    ]
    back = gradients_by_hand if units else slopes_of_one_layer
    slopes = tf.function(
        lambda: back(x, labels, *net), autograph=False
    )
    for _ in range(steps):
        for w, g in zip(net, slopes()):
            w.assign_sub(0.5 * g)
    h = validation.images
    if units:
        h = relu(dense(h, *net[:2]))
    read = tf.argmax(dense(h, *net[-2:]), axis=1)
    return float(np.mean(read == validation.labels))


def slopes_of_one_layer(x, labels, w, b):
    """Send the mean loss of softmax regression back.

    Args:
        x: (B, D) images as rows.
        labels: (B,) integers, 0 .. K-1.
        w: (D, K) weights.
        b: (K,) biases.

    Returns:
        (D, K), (K,) dw, db.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    p = tf.nn.softmax(dense(x, w, b))  # (B, K)
    labels = true_classes(
        "labels", labels, x.shape[0], w.shape[1]
    )
    truth = tf.one_hot(labels, w.shape[1], dtype=p.dtype)
    dz = (p - truth) / x.shape[0]  # (B, K)
    return tf.transpose(x) @ dz, tf.reduce_sum(dz, axis=0)


# --8<-- [end:by-width]


# --8<-- [start:twins]
def twins(units, at):
    """Train a net whose units all start alike.

    Args:
        units: hidden ones, H.
        at: the steps at which to look, rising.

    Returns:
        For each of them the largest difference between two
        units' weights of one pixel, and the share of the test
        digits that the net reads.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    units = whole("units", units)
    (x, labels), _, test = split(digits(), validation=200)
    start = [
        tf.fill((64, units), 0.02),
        tf.zeros(units),
        tf.fill((units, 10), 0.1),
        tf.zeros(10),
    ]
    net = [tf.Variable(w) for w in start]
    slopes = tf.function(
        lambda: gradients_by_hand(x, labels, *net),
        autograph=False,
    )
    found = []
    for step in range(1, max(at) + 1):
        for w, g in zip(net, slopes()):
            w.assign_sub(0.5 * g)
        if step in at:
            apart = np.ptp(net[0].numpy(), axis=1).max()
            h = relu(dense(test.images, *net[:2]))
            read = tf.argmax(dense(h, *net[2:]), axis=1)
            right = np.mean(read == test.labels)
            found.append((float(apart), float(right)))
    return found


# --8<-- [end:twins]

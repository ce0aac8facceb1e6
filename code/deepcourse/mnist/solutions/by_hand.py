"""What the exercises of the lesson's first part ask for, one section each."""

import numpy as np
import tensorflow as tf

from deepcourse.mnist.by_hand import gradients_by_hand
from deepcourse.mnist.expect import whole
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
def read_after(slopes, part, test, steps=300, seed=0):
    """Train a net of 64 units with these slopes.

    Args:
        slopes: a function as `gradients_by_hand`.
        part: rows of 64 pixels and their labels, to learn.
        test: the same, to be read.
        steps: how many, each by half the slope.
        seed: of the first weights.

    Returns:
        The share of the test digits that the net reads.
    """
    normal = np.random.default_rng(seed).normal
    shapes = [(64, 64), (64,), (64, 10), (10,)]
    net = [
        tf.Variable(np.float32(normal(0, 0.1, s))) for s in shapes
    ]
    for _ in range(steps):
        for w, g in zip(net, slopes(*part, *net)):
            w.assign_sub(0.5 * g)
    h = relu(dense(test[0], *net[:2]))
    read = tf.argmax(dense(h, *net[2:]), axis=1)
    return float(np.mean(read == test[1]))


# --8<-- [end:find-the-bug]


# --8<-- [start:by-width]
def misread_by_width(x, y, units, seed, epochs=5):
    """Train on all but a sixth; 0 units: no hidden layer.

    Args:
        x: (N, I, J) pictures, 0 .. 1.
        y: (N,) their classes.
        units: H, of the hidden layer, at least 0.
        seed: of all that is random.
        epochs: how many passes.

    Returns:
        The share of the last sixth that the net misreads.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    import keras
    from keras.layers import Dense, Flatten

    units = whole("units", units, 0)
    keras.utils.set_random_seed(seed)
    hidden = [Dense(units, "relu")] if units else []
    net = keras.Sequential([Flatten(), *hidden, Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy
    net.compile("adam", loss(from_logits=True))
    cut = len(x) - len(x) // 6
    net.fit(x[:cut], y[:cut], 128, epochs=epochs, verbose=0)
    read = net.predict(x[cut:], verbose=0).argmax(axis=1)
    return float(np.mean(read != y[cut:]))


# --8<-- [end:by-width]


# --8<-- [start:twins]
def twins(units, part, test, at):
    """Train a net whose units all start alike.

    Args:
        units: hidden ones, H.
        part: rows of 64 pixels and their labels, to learn.
        test: the same, to be read.
        at: the steps at which to look, rising.

    Returns:
        For each of them the largest difference between two
        units' weights of one pixel, and the share of the test
        digits that the net reads.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    units = whole("units", units)
    start = [
        tf.fill((64, units), 0.02),
        tf.zeros(units),
        tf.fill((units, 10), 0.1),
        tf.zeros(10),
    ]
    net = [tf.Variable(w) for w in start]
    slopes = tf.function(
        lambda: gradients_by_hand(*part, *net),
        autograph=False,
    )
    found = []
    for step in range(1, max(at) + 1):
        for w, g in zip(net, slopes()):
            w.assign_sub(0.5 * g)
        if step in at:
            apart = np.ptp(net[0].numpy(), axis=1).max()
            h = relu(dense(test[0], *net[:2]))
            read = tf.argmax(dense(h, *net[2:]), axis=1)
            right = np.mean(read == test[1])
            found.append((float(apart), float(right)))
    return found


# --8<-- [end:twins]

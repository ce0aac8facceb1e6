"""Gradient descent on any loss in TensorFlow, and two losses of lesson 1.

The same few lines serve a problem that is smooth, one with tips and one with
walls: what differs is the loss, and how long a step may be.
"""

import tensorflow as tf


# --8<-- [start:descend]
def descend(loss, start, rate, steps):
    """Take steps against the slope of a loss."""
    at = tf.Variable(start, dtype=tf.float64)

    @tf.function(autograph=False)
    def step():
        with tf.GradientTape() as tape:
            now = loss(at)
        at.assign_sub(rate * tape.gradient(now, at))

    for _ in range(steps):
        step()
    return at.numpy()


# --8<-- [end:descend]


# --8<-- [start:distances]
def distances(points):
    """The summed distance to some points, as a loss."""

    def loss(y):
        squares = tf.reduce_sum((points - y) ** 2, axis=1)  # (N,)
        return tf.reduce_sum(tf.sqrt(squares))

    return loss


# --8<-- [end:distances]


# --8<-- [start:fined]
def fined(prices, m, h, weight):
    """Cost of a diet and a fine for what it lacks."""

    def loss(x):
        lack = tf.nn.relu(h - tf.linalg.matvec(m, x))  # (F,)
        fine = weight / 2 * tf.reduce_sum(lack**2)
        return tf.reduce_sum(prices * x) + fine

    return loss


# --8<-- [end:fined]

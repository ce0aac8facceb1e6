"""Gradient descent on any loss in TensorFlow, and two losses of lesson 1.

The same few lines serve a problem that is smooth, one with tips and one with
walls: what differs is the loss, and how long a step may be.
"""

import tensorflow as tf


# --8<-- [start:descend]
def descend(loss, start, rate, steps):
    """Take steps against the slope of a loss.

    Args:
        loss: a function of one tensor in float64 that returns a number.
        start: where to begin, an array of any shape.
        rate: how far a step goes, as a multiple of the slope.
        steps: how many.

    Returns:
        Where they end, an array of the shape of `start`.
    """
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
    """The summed distance to some points, as a loss.

    Args:
        points: (N, 2).

    Returns:
        A function from (2,) to ().
    """

    def loss(y):
        squares = tf.reduce_sum((points - y) ** 2, axis=1)  # (N,)
        return tf.reduce_sum(tf.sqrt(squares))

    return loss


# --8<-- [end:distances]


# --8<-- [start:fined]
def fined(prices, m, h, weight):
    """Cost of a diet and a fine for what it lacks.

    Args:
        prices: (N,) of a unit of each food.
        m: (M, N) what a unit of each food adds to each condition.
        h: (M,) how much each condition asks for.
        weight: of the fine, at least 0.

    Returns:
        A function from (N,) amounts to ().
    """

    def loss(x):
        lack = tf.nn.relu(h - tf.linalg.matvec(m, x))  # (M,)
        fine = weight / 2 * tf.reduce_sum(lack**2)
        return tf.reduce_sum(prices * x) + fine

    return loss


# --8<-- [end:fined]

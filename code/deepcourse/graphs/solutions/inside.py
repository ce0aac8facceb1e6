"""What the exercises on the inside of TensorFlow ask for."""

import tensorflow as tf


# --8<-- [start:count]
def graphs_traced(sizes, rates):
    """How many graphs a step has after some epochs.

    >>> sizes = [32] * 31 + [8]
    >>> rates = [0.1, 0.05, 0.025]
    >>> graphs_traced(sizes, rates)
    6
    >>> graphs_traced(sizes, [tf.constant(r) for r in rates])
    2
    >>> graphs_traced(sizes[:-1], [tf.constant(r) for r in rates])
    1
    """
    step = tf.function(lambda x, rate: rate * tf.reduce_sum(x))
    for rate in rates:
        for size in sizes:
            step(tf.zeros((size, 784)), rate)
    return step.experimental_get_tracing_count()


# --8<-- [end:count]


# --8<-- [start:planted]
class Halving:
    """Gradient descent whose rate halves every ten steps."""

    def __init__(self, w, rate):
        self.w, self.rate, self.t = w, rate, 0

    def __call__(self, loss_of, a):
        """Take one step."""
        self.t += 1
        if self.t % 10 == 0:
            self.rate /= 2
        self.move(loss_of, a)

    @tf.function
    def move(self, loss_of, a):
        """Go down the slope of the loss."""
        with tf.GradientTape() as tape:
            loss = loss_of(self.w, a)
        slope = tape.gradient(loss, self.w)
        self.w.assign_sub(self.rate * slope)


# --8<-- [end:planted]


# --8<-- [start:find-the-bug]
class Mended(Halving):
    """The rate is state of the graph, not of Python."""

    def __init__(self, w, rate):
        super().__init__(w, tf.Variable(rate, dtype=w.dtype))

    def __call__(self, loss_of, a):
        """Take one step."""
        self.t += 1
        if self.t % 10 == 0:
            self.rate.assign(self.rate / 2)
        self.move(loss_of, a)


def steps_of(kind, at):
    """How far some steps go, where the slope is 1.

    >>> for kind in (Halving, Mended):
    ...     print(*(f"{s:.3f}" for s in steps_of(kind, (1, 10, 30))))
    0.800 0.800 0.800
    0.800 0.400 0.100
    """
    w = tf.Variable(0.0)
    descent, places = kind(w, 0.8), [0.0]
    for _ in range(max(at)):
        descent(identity, tf.constant(0.0))
        places.append(float(w))
    return [places[t - 1] - places[t] for t in at]


def identity(w, a):
    """A loss whose slope is 1."""
    return w + a


# --8<-- [end:find-the-bug]


# --8<-- [start:lengths]
def of_lengths(rows, change=lambda row: row, **settings):
    """The tracings of a function of rows, changed before.

    >>> import numpy as np
    >>> draw = np.random.default_rng(0)
    >>> rows = [np.ones(n) for n in draw.integers(1, 101, 200)]
    >>> of_lengths(rows), of_lengths(rows, reduce_retracing=True)
    (91, 2)
    >>> from deepcourse.graphs.retracing import padded
    >>> of_lengths(rows, padded)
    8
    """
    function = tf.function(
        lambda x: tf.reduce_sum(x * x), **settings
    )
    for row in rows:
        function(tf.constant(change(row)))
    return function.experimental_get_tracing_count()


# --8<-- [end:lengths]

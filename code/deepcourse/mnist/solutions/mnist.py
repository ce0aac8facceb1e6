"""What the exercises of the lesson ask for, one section each."""

from itertools import pairwise

import numpy as np
import tensorflow as tf

from deepcourse.datasets import digits
from deepcourse.mnist.adam import Adam, slopes
from deepcourse.mnist.data import split
from deepcourse.mnist.layers import dropout
from deepcourse.mnist.model import MLP
from deepcourse.mnist.train import Run, score


# --8<-- [start:count]
def count(sizes):
    """How many weights and biases a net has, by layer.

    >>> sum(count((784, 512, 10)))
    407050
    >>> deep = count((784, 1024, 1024, 1024, 10))
    >>> sum(deep)
    2913290

    The two square layers in the middle hold the most, as many as each other.

    >>> deep
    [803840, 1049600, 1049600, 10250]
    """
    return [(d + 1) * h for d, h in pairwise(sizes)]


# --8<-- [end:count]


# --8<-- [start:dropout-moments]
def moments(rate, x=1.0, seed=(0, 0)):
    """Mean and variance of a million copies of x, dropped out.

    >>> for p in (0.2, 0.5, 0.8):
    ...     mean, variance = moments(p)
    ...     print(f"{p}: {mean:.2f}, {variance:.2f}, p/(1-p) {p / (1 - p):.2f}")
    0.2: 1.00, 0.25, p/(1-p) 0.25
    0.5: 1.00, 1.00, p/(1-p) 1.00
    0.8: 1.00, 4.00, p/(1-p) 4.00

    The variance is 4 at a rate of 0.8: a deviation of twice the signal.
    Three times the activation is three times the mean, nine the variance.

    >>> mean, variance = moments(0.5, x=3.0)
    >>> f"{mean:.1f}, {variance:.1f}"
    '3.0, 9.0'
    """
    y = dropout(tf.fill((1000, 1000), x), rate, seed).numpy()
    return y.mean(dtype=float), y.var(dtype=float)


# --8<-- [end:dropout-moments]


# --8<-- [start:planted]
def planted_dropout(x, rate, seed):
    """Drop values at random and scale up the others.

    Args:
        x: (B, H).
        rate: the probability of dropping a value, 0 < rate < 1.
        seed: two integers; the same seed drops the same values.

    Returns:
        (B, H) of the same mean as x.
    """
    u = tf.random.stateless_uniform(tf.shape(x), seed)  # (B, H)
    return tf.where(u < rate, x / rate, 0.0)  # (B, H)


# --8<-- [end:planted]


# --8<-- [start:find-the-bug]
def share_of_zeros(layer, rate):
    """The share of a hundred thousand ones that are dropped.

    The planted layer keeps with probability `rate`, and divides by it, so
    its mean is right. The share of zeros is not, at 0.2:

    >>> for layer in (dropout, planted_dropout):
    ...     print(f"{share_of_zeros(layer, 0.2):.2f}")
    0.20
    0.80

    At 0.5 keeping and dropping are the same, and no check can tell.

    >>> for layer in (dropout, planted_dropout):
    ...     print(f"{share_of_zeros(layer, 0.5):.2f}")
    0.50
    0.50
    """
    y = layer(tf.ones((1000, 100)), rate, seed=(0, 1))
    return np.mean(y == 0)


# --8<-- [end:find-the-bug]


# --8<-- [start:uncorrected]
class UncorrectedAdam(Adam):
    """Adam with both moments as they are, too small at first."""

    def apply(self, gradients, rate):
        """Move every weight one step."""
        gradients, rate = slopes(self.weights, gradients, rate)
        for w, g, m, v in zip(
            self.weights, gradients, self.m, self.v
        ):
            self.move(w, g, m, v, tf.cast(rate, g.dtype))


def first_step(optimizer, gradient=-5.0):
    """A weight's first step, in units of the rate.

    >>> round(first_step(Adam), 2), round(first_step(UncorrectedAdam), 2)
    (1.0, 3.16)

    Too large: m is 10 times too small, but the root of v 32 times.

    >>> round((1 - 0.9) / (1 - 0.999) ** 0.5, 2)
    3.16
    """
    w = tf.Variable(0.0)
    optimizer([w]).apply([tf.constant(gradient)], rate=1.0)
    return abs(float(w))


# --8<-- [end:uncorrected]


# --8<-- [start:width]
def width(
    hidden=(4, 16, 64, 256),
    seeds=(0, 1, 2),
    epochs=3,
    drop=(0.2, 0.5),
):
    """Train a net of each width from each seed, on the digits.

    Up to 64 units each gain is more than four deviations of the wider net.
    From 64 to 256 it is less, and three seeds are few to tell it from luck.

    Try drop=(0, 0) as well, with more seeds: half of four units is too few
    for ten classes, so width and dropout go together.

    Returns:
        Mean and deviation over seeds of the test accuracy, by width.
    """
    learn, watch, test = split(digits(), validation=200)
    table = {}
    for units in hidden:
        found = []
        for seed in seeds:
            net = MLP((64, units, 10), "relu", *drop, seed=seed)
            run = Run(
                net, Adam(net.weights), 0.01, epochs, 16, seed
            )
            for _ in range(epochs):
                run.epoch(learn, watch)
            found.append(float(score(net, *test)[1]))
        table[units] = np.mean(found), np.std(found, ddof=1)
    return table


# --8<-- [end:width]

"""The net of the lesson and nothing else: `MLP` has any number of layers."""

import tensorflow as tf

from deepcourse.mnist.expect import seed_pair, whole
from deepcourse.mnist.layers import (
    dense,
    dropout,
    he_normal,
    relu,
)


# --8<-- [start:net]
class TwoLayers(tf.Module):
    """Dense, ReLU, dense; in training, dropout before both.

    A draw's key is a pair: the seed of the run, and a number that no other
    draw of the run has. The weights have -1 and -2, the masks of step t have
    2t and 2t + 1. (`MLP`, of any number of layers, hashes its keys.)

    Args:
        pixels: D.
        units: hidden ones, H.
        classes: K.
        seed: of the run, at least 0.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """

    def __init__(self, pixels, units, classes, seed=0):
        super().__init__()
        pixels = whole("pixels", pixels)
        units, classes = (
            whole("units", units),
            whole("classes", classes),
        )
        seed = whole("seed", seed, 0, 2**31 - 1)
        w1 = he_normal((pixels, units), (seed, -1))
        w2 = he_normal((units, classes), (seed, -2))
        start = w1, tf.zeros(units), w2, tf.zeros(classes)
        self.weights = [tf.Variable(each) for each in start]

    def __call__(self, x, seed=None):
        """Score each class; with a seed, drop on the way.

        Args:
            x: (B, D) images as rows, 0 .. 1.
            seed: in training that of the run and the number of the step, at
                least 0; None when the net is used.

        Returns:
            (B, K) logits.

        Raises:
            ValueError: The argument, what came, and what was expected.
        """
        w1, b1, w2, b2 = self.weights
        if seed is not None:
            seed = seed_pair("seed", seed)
            x = dropout(x, 0.2, seed * [1, 2])
        h = relu(dense(x, w1, b1))
        if seed is not None:
            h = dropout(h, 0.5, seed * [1, 2] + [0, 1])
        return dense(h, w2, b2)


# --8<-- [end:net]

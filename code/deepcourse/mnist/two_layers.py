"""The net of the lesson and nothing else: `MLP` has any number of layers."""

import tensorflow as tf

from deepcourse.mnist import keys
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

    Args:
        d: pixels, D.
        h: hidden units, H.
        k: classes, K.
        seed: of the initial weights, at least 0.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """

    def __init__(self, d, h, k, seed=0):
        super().__init__()
        d, h, k = whole("d", d), whole("h", h), whole("k", k)
        w1 = he_normal((d, h), keys.of(seed, keys.WEIGHTS, 0))
        w2 = he_normal((h, k), keys.of(seed, keys.WEIGHTS, 1))
        start = w1, tf.zeros(h), w2, tf.zeros(k)
        self.weights = [tf.Variable(each) for each in start]

    def __call__(self, x, seed=None):
        """Score each class; with a seed, drop on the way.

        Args:
            x: (B, D) images as rows, 0 .. 1.
            seed: two integers in training; None when the net is used.

        Returns:
            (B, K) logits.

        Raises:
            ValueError: The argument, what came, and what was expected.
        """
        w1, b1, w2, b2 = self.weights
        if seed is not None:
            seed = seed_pair("seed", seed)
            x = dropout(x, 0.2, keys.fold(seed, 0))
        h = relu(dense(x, w1, b1))
        if seed is not None:
            h = dropout(h, 0.5, keys.fold(seed, 1))
        return dense(h, w2, b2)


# --8<-- [end:net]

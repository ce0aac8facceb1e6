"""The net: dense layers with an activation and dropout between them."""

from itertools import pairwise

import tensorflow as tf

from deepcourse.mnist import keys
from deepcourse.mnist.expect import (
    layer_sizes,
    probability,
    seed_pair,
    whole,
)
from deepcourse.mnist.layers import (
    dense,
    dropout,
    glorot_uniform,
    he_normal,
    relu,
)

ACTIVATIONS = {
    "relu": (relu, he_normal),
    "sigmoid": (tf.sigmoid, glorot_uniform),
    "identity": (tf.identity, glorot_uniform),  # no bend
}


class MLP(tf.Module):
    """A multilayer perceptron, or softmax regression.

    Args:
        sizes: units per layer, pixels first and classes last.
        activation: of the hidden layers, one of `ACTIVATIONS`.
        drop_input: probability of dropping a pixel, below 1.
        drop_hidden: probability of dropping a hidden unit, below 1.
        seed: of the first weights, at least 0.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """

    def __init__(
        self,
        sizes=(784, 512, 10),
        activation="relu",
        drop_input=0.2,
        drop_hidden=0.5,
        seed=0,
    ):
        super().__init__()
        sizes = layer_sizes("sizes", sizes)
        if (
            not isinstance(activation, str)
            or activation not in ACTIVATIONS
        ):
            raise ValueError(
                f"activation: got {activation!r}, "
                f"expected one of {', '.join(ACTIVATIONS)}"
            )
        self.seed = whole("seed", seed, 0, 2**31 - 1)
        hidden = len(sizes) - 2
        drop_hidden = probability("drop_hidden", drop_hidden)
        drop_input = probability("drop_input", drop_input)
        self.rates = (drop_input, *[drop_hidden] * hidden)
        self.activation, init = ACTIVATIONS[activation]
        self.w, self.b = [], []
        for i, shape in enumerate(pairwise(sizes)):  # D, H
            w = init(shape, keys.of(seed, keys.WEIGHTS, i))
            b = tf.zeros(shape[1])
            self.w.append(tf.Variable(w, name=f"w{i + 1}"))
            self.b.append(tf.Variable(b, name=f"b{i + 1}"))

    @property
    def weights(self):
        """Everything that is learnt, layer by layer."""
        return [p for layer in zip(self.w, self.b) for p in layer]

    def __call__(self, x, seed=None):
        """Score each class.

        Args:
            x: (B, D) images as rows, 0 .. 1.
            seed: two integers in training; None when the net is used, and
                then nothing is dropped.

        Returns:
            (B, K) logits.

        Raises:
            ValueError: The argument, what came, and what was expected.
        """
        if seed is not None:
            seed = seed_pair("seed", seed)
        for i, (w, b) in enumerate(zip(self.w, self.b)):
            if i > 0:
                x = self.activation(x)
            if seed is not None and self.rates[i] > 0:
                x = dropout(x, self.rates[i], keys.fold(seed, i))
            x = dense(x, w, b)
        return x

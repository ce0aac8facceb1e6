"""The net: dense layers with an activation and dropout between them."""

from itertools import pairwise

import tensorflow as tf

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
}


# --8<-- [start:model]
class MLP(tf.Module):
    """A multilayer perceptron; without hidden layer: softmax regression."""

    def __init__(
        self,
        sizes=(784, 512, 10),
        activation="relu",
        drop_input=0.2,
        drop_hidden=0.5,
        max_norm=None,
        seed=0,
    ):
        super().__init__()
        self.max_norm = max_norm
        self.activation, init = ACTIVATIONS[activation]
        self.rates = (drop_input, *[drop_hidden] * (len(sizes) - 2))
        self.w, self.b = [], []
        for i, shape in enumerate(pairwise(sizes)):  # D, H
            self.w.append(tf.Variable(init(shape, seed=(seed, i))))
            self.b.append(tf.Variable(tf.zeros(shape[1])))

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
        """
        for i, (w, b) in enumerate(zip(self.w, self.b)):
            if i > 0:
                x = self.activation(x)
            if seed is not None and self.rates[i] > 0:
                x = dropout(x, self.rates[i], seed + [i, 0])
            x = dense(x, w, b)
        return x

    def limit_norms(self):
        """Shrink the weights into a unit whose norm exceeds the limit.

        Srivastava et al. 2014, section 5.1: after each step, and for each
        unit on its own.
        """
        if self.max_norm is None:
            return
        for w in self.w:
            w.assign(tf.clip_by_norm(w, self.max_norm, axes=[0]))


# --8<-- [end:model]

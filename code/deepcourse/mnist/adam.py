"""Two ways to follow a gradient downhill, with one interface."""

import tensorflow as tf

from deepcourse.mnist.expect import (
    movable,
    positive,
    probability,
    slopes,
)


class SGD(tf.Module):
    """Each weight moves against its gradients, old ones too.

    Args:
        weights: the variables to move, all in float32 or in float64.
        momentum: the share of the last step that is kept, below 1.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """

    def __init__(self, weights, momentum=0.0):
        super().__init__()
        weights = movable(weights)
        self.weights = weights
        self.momentum = probability("momentum", momentum)
        zeros = [tf.zeros_like(w) for w in weights if momentum]
        self.u = [tf.Variable(zero) for zero in zeros]

    def apply(self, gradients, rate):
        """Move every weight one step.

        Args:
            gradients: one for each weight, of its shape.
            rate: the learning rate, at least 0.

        Raises:
            ValueError: The argument, what came, and what was expected; then
                nothing has moved.
        """
        gradients, rate = slopes(self.weights, gradients, rate)
        for u, g in zip(self.u, gradients):
            u.assign(self.momentum * u + g)
        for w, u in zip(self.weights, self.u or gradients):
            w.assign_sub(rate * u)


# --8<-- [start:adam]
class Adam(tf.Module):
    """A step size of its own for each weight.

    Kingma and Ba 2015, algorithm 1 in the order of its section 2, which
    folds both bias corrections into one factor. As in Keras, epsilon is
    added to the root of the *uncorrected* second moment (the paper's
    epsilon hat); algorithm 1 adds it to the corrected one, and says 1e-8.

    Args:
        weights: the variables to move, all in float32 or in float64.
        beta1: the share of the mean gradient that is kept, 0 <= beta1 < 1.
        beta2: the share of its mean square that is kept, 0 <= beta2 < 1.
        epsilon: added to the root of the mean square, at least 0.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """

    def __init__(
        self, weights, beta1=0.9, beta2=0.999, epsilon=1e-7
    ):
        super().__init__()
        weights = movable(weights)
        self.weights = weights
        self.beta1 = probability("beta1", beta1)
        self.beta2 = probability("beta2", beta2)
        self.epsilon = positive("epsilon", epsilon, or_zero=True)
        self.m = [tf.Variable(tf.zeros_like(w)) for w in weights]
        self.v = [tf.Variable(tf.zeros_like(w)) for w in weights]
        self.t = tf.Variable(0)

    def apply(self, gradients, rate):
        """Move every weight one step.

        Args:
            gradients: one for each weight, of its shape.
            rate: the learning rate, at least 0.

        Raises:
            ValueError: The argument, what came, and what was expected; then
                nothing has moved.
        """
        gradients, rate = slopes(self.weights, gradients, rate)
        t = tf.cast(self.t.assign_add(1), self.m[0].dtype)
        sum_m = 1 - self.beta1**t  # of the shares in a mean
        sum_v = 1 - self.beta2**t
        rate = rate * tf.sqrt(sum_v) / sum_m
        moved = zip(self.weights, gradients, self.m, self.v)
        for w, g, m, v in moved:
            m.assign_add((1 - self.beta1) * (g - m))
            v.assign_add((1 - self.beta2) * (g * g - v))
            w.assign_sub(rate * m / (tf.sqrt(v) + self.epsilon))


# --8<-- [end:adam]

"""Two ways to follow a gradient downhill, with one interface."""

import tensorflow as tf


# --8<-- [start:sgd]
class SGD(tf.Module):
    """Gradient descent: each weight moves by -rate times its gradient."""

    def __init__(self, weights):
        super().__init__()
        self.weights = weights

    def apply(self, gradients, rate):
        """Move every weight one step."""
        for w, g in zip(self.weights, gradients, strict=True):
            w.assign_sub(rate * g)


# --8<-- [end:sgd]


# --8<-- [start:adam]
class Adam(tf.Module):
    """A step size of its own for each weight.

    Kingma and Ba 2015, algorithm 1 in the order of its section 2, which
    folds both bias corrections into one factor. As in Keras, epsilon is
    added to the root of the *uncorrected* second moment (the paper's
    epsilon hat); algorithm 1 adds it to the corrected one, and says 1e-8.
    """

    def __init__(self, weights, beta1=0.9, beta2=0.999, epsilon=1e-7):
        super().__init__()
        self.weights = weights
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.m = [tf.Variable(tf.zeros_like(w)) for w in weights]
        self.v = [tf.Variable(tf.zeros_like(w)) for w in weights]
        self.t = tf.Variable(0.0)

    def apply(self, gradients, rate):
        """Move every weight one step."""
        self.t.assign_add(1.0)
        unbias = tf.sqrt(1 - self.beta2**self.t) / (1 - self.beta1**self.t)
        slots = zip(self.weights, gradients, self.m, self.v, strict=True)
        for w, g, m, v in slots:
            self.move(w, g, m, v, rate * unbias)

    def move(self, w, g, m, v, rate):
        """Update both moments of one gradient, then step its weight."""
        m.assign_add((1 - self.beta1) * (g - m))
        v.assign_add((1 - self.beta2) * (g * g - v))
        w.assign_sub(rate * m / (tf.sqrt(v) + self.epsilon))


# --8<-- [end:adam]

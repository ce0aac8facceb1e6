"""What the exercises of the lesson ask for, one section each."""

import numpy as np
import tensorflow as tf

from deepcourse.mnist.adam import Adam
from deepcourse.mnist.expect import slopes


# --8<-- [start:squared]
def squared_error_slopes(z, y):
    """The slope of half the squared error by each score.

    >>> p, slopes = squared_error_slopes(np.array([8.0, 0, 0]), 1)
    >>> print("prediction", *(f"{value:.5f}" for value in p))
    prediction 0.99933 0.00034 0.00034
    >>> print("slopes", *(f"{value:.5f}" for value in slopes))
    slopes 0.00100 -0.00067 -0.00033
    """
    p = np.exp(z) / np.exp(z).sum()  # (K,)
    d = p - np.eye(len(z))[y]  # (K,) prediction minus truth
    return p, p * (d - d @ p)


# --8<-- [end:squared]


# --8<-- [start:planted]
class SteadyAdam(Adam):
    """Each weight moves in units of its own usual gradient."""

    def apply(self, gradients, rate):
        """Move every weight one step."""
        gradients, rate = slopes(self.weights, gradients, rate)
        t = tf.cast(self.t, rate.dtype) + 1
        moved = zip(self.weights, gradients, self.m, self.v)
        for w, g, m, v in moved:
            m.assign(self.beta1 * m + (1 - self.beta1) * g)
            v.assign(self.beta2 * v + (1 - self.beta2) * g**2)
            true_m = m / (1 - self.beta1**t)
            true_v = v / (1 - self.beta2**t)
            length = true_m / (tf.sqrt(true_v) + self.epsilon)
            w.assign_sub(rate * length)


# --8<-- [end:planted]


# --8<-- [start:find-the-bug]
def steps_of(kind, at):
    """How far a weight goes in a step, in units of the rate.

    The gradient is the same in all, so that Adam's step is the rate.

    >>> for kind in (Adam, SteadyAdam):
    ...     print(*(f"{s:.2f}" for s in steps_of(kind, (1, 20, 3000))))
    1.00 1.00 1.00
    1.00 1.97 0.32
    """
    w = tf.Variable(0.0)
    optimizer = kind([w])
    apply = tf.function(optimizer.apply, autograph=False)
    places = [0.0]
    for _ in range(max(at)):
        apply([tf.constant(-5.0)], tf.constant(0.01))
        places.append(float(w))
    return [(places[t] - places[t - 1]) / 0.01 for t in at]


# --8<-- [end:find-the-bug]


# --8<-- [start:fewer]
def fewer(x, y, many, r, seed, steps=3000):
    """Train on the first `many` pictures, with some dropout.

    Returns:
        The share that is misread of the last 10,000 pictures.
    """
    import keras
    from keras.layers import Dense, Dropout, Flatten

    x, y = np.asarray(x), np.asarray(y)
    keras.utils.set_random_seed(seed)
    hidden, scores = Dense(512, "relu"), Dense(10)
    net = keras.Sequential(
        [Flatten(), hidden, Dropout(r), scores]
    )
    loss = keras.losses.SparseCategoricalCrossentropy
    net.compile("adam", loss(from_logits=True))
    batch = tf.data.Dataset.from_tensor_slices(
        (x[:many], y[:many])
    )
    batch = batch.shuffle(many, seed=seed).repeat().batch(128)
    net.fit(
        batch, steps_per_epoch=steps, shuffle=False, verbose=0
    )
    read = net.predict(x[-10000:], verbose=0).argmax(axis=1)
    return float(np.mean(read != y[-10000:]))


# --8<-- [end:fewer]

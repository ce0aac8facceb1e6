"""AdamW: against Keras' and against Adam."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse.mnist.adam import Adam
from deepcourse.mnist.adamw import AdamW


def wander(optimizer, weights, steps=100):
    """Move the weights against random gradients, at a rate that falls."""
    random = np.random.default_rng(0)
    for step in range(steps):
        gradients = [tf.constant(random.normal(size=w.shape)) for w in weights]
        optimizer(gradients, 2**-6 * (1 - step / 128))


def begin():
    random = np.random.default_rng(1)
    return [tf.Variable(random.normal(size=shape)) for shape in ((4, 3), (3,))]


@pytest.mark.parametrize("decay", [0.0, 2**-8, 0.5, 8.0])
def test_a_hundred_steps_equal_keras(decay):
    ours = begin()
    means = 7 / 8, 1 - 2**-10  # float32 holds them, and the rates
    mine = AdamW(ours, decay, beta1=means[0], beta2=means[1])
    wander(mine.apply, ours)
    theirs = [keras.Variable(w.numpy(), dtype="float64") for w in begin()]
    twin = keras.optimizers.AdamW(2**-6, decay, *means)

    def step(gradients, rate):
        twin.learning_rate = rate
        twin.apply(gradients, theirs)

    wander(step, theirs)
    for w, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(w, other.numpy(), rtol=1e-8, atol=1e-10)


def test_without_decay_it_is_adam_and_with_it_every_weight_ends_elsewhere():
    ends = []
    for build in (Adam, lambda weights: AdamW(weights, 0.0), AdamW):
        weights = begin()
        wander(build(weights).apply, weights)
        ends.append(weights)
    plain, none, some = ends
    for p, n, s in zip(plain, none, some, strict=True):
        np.testing.assert_array_equal(p, n)
        assert (p.numpy() != s.numpy()).all()


def test_without_a_gradient_a_step_takes_rate_times_decay_off_a_weight():
    weight = tf.Variable([2.0, -4.0])
    AdamW([weight], 0.5).apply([tf.zeros(2)], tf.constant(0.1))
    np.testing.assert_allclose(weight, [1.9, -3.8], rtol=1e-6)


@pytest.mark.parametrize("decay", [-1.0, np.nan, np.inf, None, "2"])
def test_a_decay_that_is_negative_or_not_finite_is_refused(decay):
    with pytest.raises(ValueError, match=r"^decay: got .*, expected a finite number"):
        AdamW([tf.Variable([1.0])], decay)


def test_a_wrong_gradient_is_refused_before_anything_moves():
    weight = tf.Variable([1.0, 2.0])
    with pytest.raises(ValueError, match=r"^gradients"):
        AdamW([weight], 0.5).apply([tf.zeros(3)], tf.constant(0.1))
    np.testing.assert_array_equal(weight, [1, 2])

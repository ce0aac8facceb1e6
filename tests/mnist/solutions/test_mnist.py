"""What the exercises' solutions claim."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.datasets import digits
from deepcourse.mnist.adam import Adam
from deepcourse.mnist.solutions import mnist as solutions


@pytest.mark.parametrize("y", range(4))
def test_slopes_of_the_squared_error_are_those_of_the_tape(y):
    z = tf.constant(np.random.default_rng(8).normal(size=4))
    with tf.GradientTape() as tape:
        tape.watch(z)
        loss = 0.5 * tf.reduce_sum((tf.nn.softmax(z) - tf.one_hot(y, 4, dtype=tf.float64)) ** 2)
    p, slopes = solutions.squared_error_slopes(z.numpy(), y)
    np.testing.assert_allclose(p, tf.nn.softmax(z), rtol=1e-12)
    np.testing.assert_allclose(slopes, tape.gradient(loss, z), rtol=1e-10)


def test_a_picture_that_is_misread_for_sure_teaches_the_log_loss_fifteen_hundred_times_as_much():
    p, slopes = solutions.squared_error_slopes(np.array([8.0, 0, 0]), 1)
    assert (p[1] - 1) / slopes[1] == pytest.approx(1500, rel=0.02)


def test_the_planted_adam_is_right_in_its_first_step_and_nowhere_else():
    planted, right = (solutions.steps_of(kind, (1, 20)) for kind in (solutions.SteadyAdam, Adam))
    assert right == pytest.approx([1, 1], rel=1e-4)
    assert planted[0] == pytest.approx(1, rel=1e-4)
    assert planted[1] == pytest.approx(2, rel=0.02)


def test_the_planted_adam_ends_at_a_third_of_the_rate():
    w = tf.Variable(0.0)
    optimizer = solutions.SteadyAdam([w])
    optimizer.m[0].assign(5.0)
    optimizer.v[0].assign(25.0)  # as after very many steps
    optimizer.apply([tf.constant(5.0)], 0.01)
    assert float(w) == pytest.approx(-0.01 * 0.001**0.5 / 0.1, rel=1e-4)


def test_a_net_is_judged_on_pictures_that_it_has_not_learnt():
    source = digits()
    x, y = source.images / np.float32(16), source.labels
    x, y = np.tile(x, (9, 1, 1)), np.tile(y, 9)
    error = solutions.fewer(x, y, 200, 0.0, seed=0, steps=60)
    assert 0 < error < 0.5
    assert solutions.fewer(x, y, 200, 0.0, seed=0, steps=60) == error
    assert solutions.fewer(x, y, 200, 0.9, seed=0, steps=60) != error

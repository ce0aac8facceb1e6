"""What the solutions of the lesson's first part claim, and what is loud behind dropout."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.datasets import digits
from deepcourse.mnist.by_hand import gradients_by_hand
from deepcourse.mnist.data import split
from deepcourse.mnist.layers import dense, softmax_cross_entropy
from deepcourse.mnist.solutions import by_hand, loud


def net_of(units, seed=0):
    normal = np.random.default_rng(seed).normal
    return [tf.constant(normal(0, 0.1, s), tf.float32) for s in ((64, units), (units,), (units, 10), (10,))]


def test_the_planted_slopes_are_wrong_in_the_biases_alone_by_the_number_of_pictures():
    (x, labels), _, _ = split(digits(), validation=200)
    net = net_of(16)
    right, wrong = gradients_by_hand(x, labels, *net), by_hand.slopes_with_a_bug(x, labels, *net)
    for i, times in enumerate((1, len(x), 1, len(x))):
        np.testing.assert_allclose(times * wrong[i].numpy(), right[i], rtol=2e-4, atol=1e-6)


def test_a_net_with_the_planted_slopes_reads_as_many_digits():
    read = [by_hand.read_after(slopes) for slopes in (gradients_by_hand, by_hand.slopes_with_a_bug)]
    assert min(read) > 0.88
    assert abs(read[0] - read[1]) < 0.01


def test_slopes_of_one_layer_are_those_of_the_tape():
    rng = np.random.default_rng(3)
    x, labels = tf.constant(rng.normal(size=(7, 5)), tf.float32), rng.integers(0, 4, 7)
    w, b = tf.constant(rng.normal(size=(5, 4)), tf.float32), tf.constant(rng.normal(size=4), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch([w, b])
        loss = tf.reduce_mean(softmax_cross_entropy(dense(x, w, b), labels))
    for ours, its in zip(by_hand.slopes_of_one_layer(x, labels, w, b), tape.gradient(loss, [w, b]), strict=True):
        np.testing.assert_allclose(ours, its, rtol=1e-5, atol=1e-6)


def test_a_width_is_trained_from_its_seed_and_no_width_is_softmax_regression():
    assert by_hand.by_width(0, seed=0, steps=100) > 0.8
    assert by_hand.by_width(4, seed=1, steps=20) == by_hand.by_width(4, seed=1, steps=20)
    assert by_hand.by_width(4, seed=1, steps=0) != by_hand.by_width(4, seed=2, steps=0)
    with pytest.raises(ValueError, match="units: got -1, expected a whole number 0"):
        by_hand.by_width(-1, seed=0)


def test_equal_units_are_looked_at_where_one_asks():
    first, second = by_hand.twins(3, at=[1, 4])
    assert first[0] == pytest.approx(0, abs=1e-7)
    assert 0 < second[1] < 1


@pytest.mark.parametrize("r", [0.2, 0.5])
def test_behind_dropout_a_signal_grows_unless_the_weights_are_smaller(r):
    layers = 12
    kept, grown = (loud.mean_square_behind(layers, r, variance) for variance in (1 - r, 1))
    assert 0.4 < kept < 2.5
    assert grown / kept == pytest.approx((1 - r) ** -layers, rel=1e-3)

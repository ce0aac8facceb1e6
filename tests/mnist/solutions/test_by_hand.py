"""What the solutions of the lesson's first part claim, and what is loud behind dropout."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.datasets import digits
from deepcourse.mnist.by_hand import gradients_by_hand
from deepcourse.mnist.runs.by_hand import small_digits
from deepcourse.mnist.solutions import by_hand, loud


def net_of(units, seed=0):
    normal = np.random.default_rng(seed).normal
    return [tf.constant(normal(0, 0.1, s), tf.float32) for s in ((64, units), (units,), (units, 10), (10,))]


def test_the_planted_slopes_are_wrong_in_the_biases_alone_by_the_number_of_pictures():
    (x, labels), _ = small_digits()
    net = net_of(16)
    right, wrong = gradients_by_hand(x, labels, *net), by_hand.slopes_with_a_bug(x, labels, *net)
    for i, times in enumerate((1, len(x), 1, len(x))):
        np.testing.assert_allclose(times * wrong[i].numpy(), right[i], rtol=2e-4, atol=1e-6)


def test_a_net_with_the_planted_slopes_reads_as_many_digits():
    part, test = small_digits()
    read = [by_hand.read_after(slopes, part, test) for slopes in (gradients_by_hand, by_hand.slopes_with_a_bug)]
    assert min(read) > 0.88
    assert abs(read[0] - read[1]) < 0.01


def test_the_small_digits_are_those_of_the_package_spread_otherwise():
    (x, labels), (tests, answers) = small_digits()
    source = digits()
    for ours, theirs in ((x, source.images), (tests, source.test_images)):
        np.testing.assert_allclose(ours, theirs.reshape(-1, 64) / 255, atol=1 / 500)
    np.testing.assert_array_equal(labels, source.labels)
    np.testing.assert_array_equal(answers, source.test_labels)


def test_a_width_is_trained_from_its_seed_and_no_width_is_softmax_regression():
    source = digits()
    x, y = source.images[:600] / np.float32(255), source.labels[:600]
    wrong = {units: by_hand.misread_by_width(x, y, units, 0, epochs=40) for units in (0, 2, 64)}
    assert wrong[64] < wrong[2]
    assert 0 < wrong[0] < wrong[2]
    again = [by_hand.misread_by_width(x, y, 4, seed, epochs=1) for seed in (1, 1, 2)]
    assert again[0] == again[1] != again[2]
    with pytest.raises(ValueError, match="units: got -1, expected a whole number 0"):
        by_hand.misread_by_width(x, y, -1, seed=0)


def test_equal_units_are_looked_at_where_one_asks():
    first, second = by_hand.twins(3, *small_digits(), at=[1, 4])
    assert first[0] == pytest.approx(0, abs=1e-7)
    assert 0 < second[1] < 1


@pytest.mark.parametrize("r", [0.2, 0.5])
def test_behind_dropout_a_signal_grows_unless_the_weights_are_smaller(r):
    layers = 12
    kept, grown = (loud.mean_square_behind(layers, r, variance) for variance in (1 - r, 1))
    assert 0.4 < kept < 2.5
    assert grown / kept == pytest.approx((1 - r) ** -layers, rel=1e-3)

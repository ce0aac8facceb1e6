"""What the exercises' solutions claim."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.mnist.adam import Adam
from deepcourse.mnist.layers import dropout
from deepcourse.mnist.model import MLP
from deepcourse.mnist.solutions import mnist as solutions


@pytest.mark.parametrize("sizes", [(784, 10), (784, 512, 10), (3, 2, 1), (64, 16, 16, 10)])
def test_count_equals_the_built_model_layer_by_layer(sizes):
    net = MLP(sizes)
    built = [w.numpy().size + b.numpy().size for w, b in zip(net.w, net.b, strict=True)]
    assert solutions.count(sizes) == built


def test_the_deviation_of_dropout_is_twice_the_signal_at_a_rate_of_four_fifths():
    mean, variance = solutions.moments(0.8)
    assert np.sqrt(variance) / mean == pytest.approx(2, rel=0.01)
    assert pytest.approx(4) == 0.8 / (1 - 0.8)


@pytest.mark.parametrize("rate", [0.1, 0.2, 0.5, 0.8])
def test_the_planted_dropout_keeps_the_mean_and_the_shape_at_every_rate(rate):
    y = solutions.planted_dropout(tf.ones((1000, 100)), rate, seed=(0, 0))
    assert y.shape == (1000, 100)
    assert float(tf.reduce_mean(y)) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("rate", [0.1, 0.2, 0.5, 0.8])
def test_the_share_of_zeros_is_the_rate_for_ours_and_its_complement_for_the_planted(rate):
    assert solutions.share_of_zeros(dropout, rate) == pytest.approx(rate, abs=0.01)
    assert solutions.share_of_zeros(solutions.planted_dropout, rate) == pytest.approx(1 - rate, abs=0.01)


@pytest.mark.parametrize("gradient", [-1000.0, 0.1, 5.0])
def test_without_correction_the_first_step_is_three_times_too_large_whatever_the_gradient(gradient):
    assert solutions.first_step(Adam, gradient) == pytest.approx(1, rel=1e-3)
    expected = (1 - 0.9) / np.sqrt(1 - 0.999)
    assert solutions.first_step(solutions.UncorrectedAdam, gradient) == pytest.approx(expected, rel=1e-3)


@pytest.fixture(scope="module")
def by_width():
    return solutions.width()


def test_wider_nets_do_better_until_the_gain_is_as_small_as_the_spread(by_width):
    means, deviations = np.array(list(by_width.values())).T
    assert list(by_width) == [4, 16, 64, 256]
    assert (np.diff(means) > 0).all()
    assert (np.diff(means)[:2] > 4 * deviations[1:3]).all()
    assert means[3] - means[2] < 4 * deviations[2:].max()
    assert (deviations > 0).all()

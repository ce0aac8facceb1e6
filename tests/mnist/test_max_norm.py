"""Max-norm: the limit on the weights into a unit, against Keras' constraint."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse.datasets import digits
from deepcourse.mnist.adam import SGD
from deepcourse.mnist.data import split
from deepcourse.mnist.max_norm import MaxNormMLP, limited_step
from deepcourse.mnist.model import MLP
from deepcourse.mnist.train import Run, step


def test_limiting_norms_equals_keras_max_norm():
    net = MaxNormMLP((20, 30, 10), max_norm=1.0)
    net.w[0][:, 0].assign(tf.zeros(20))
    before = [w.numpy() for w in net.weights]
    net.limit_norms()
    twin = keras.constraints.MaxNorm(1.0, axis=0)
    for found, old in zip(net.w, before[::2], strict=True):
        np.testing.assert_allclose(found, twin(old), rtol=1e-5, atol=1e-6)
        norms = np.linalg.norm(old, axis=0)
        assert (norms > 1).any()
        small = norms <= 1
        np.testing.assert_array_equal(found.numpy()[:, small], old[:, small])
    for b, old in zip(net.b, before[1::2], strict=True):
        np.testing.assert_array_equal(b, old)


def test_a_limited_step_is_the_step_of_the_lesson_and_then_the_limit():
    x, labels = (tf.constant(a[:16]) for a in split(digits(), 200)[0])
    plain, limited = MLP((64, 8, 10), seed=1), MaxNormMLP((64, 8, 10), seed=1, max_norm=0.9)
    losses = [
        move(net, SGD(net.weights), x, labels, 0.5, (0, 0)) for net, move in ((plain, step), (limited, limited_step))
    ]
    assert float(losses[0]) == float(losses[1])
    for w, free in zip(limited.w, plain.w, strict=True):
        np.testing.assert_allclose(w, tf.clip_by_norm(free, 0.9, axes=[0]), rtol=1e-6)
        assert (w.numpy() != free.numpy()).any()


def test_the_norms_are_limited_after_every_step_of_a_run():
    net = MaxNormMLP((64, 8, 10), max_norm=0.5)
    Run(net, SGD(net.weights), 0.5, epochs=1, step=limited_step).epoch(*split(digits(), 200)[:2])
    for w in net.w:
        assert np.linalg.norm(w, axis=0).max() <= 0.5 * (1 + 1e-6)


@pytest.mark.parametrize("limit", [0, -1.0, np.nan, np.inf, None, "2"])
def test_a_limit_that_is_not_positive_and_finite_is_refused(limit):
    with pytest.raises(ValueError, match=r"^max_norm: got .*, expected a finite number above 0"):
        MaxNormMLP((4, 3), max_norm=limit)

"""The solutions on regularization, and the bug that one of them has."""

import numpy as np
import pytest
from deepcourse.datasets import digits
from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.training.begin import begin
from deepcourse.training.deep import forward
from deepcourse.training.regularization import l2
from deepcourse.training.shrinking import left_by_l2, left_by_stopping
from deepcourse.training.solutions.regularization import as_strong, by_shift, decaying, mended_net, stopped_net

DATA = digits()
IMAGES = DATA.images.reshape(-1, 64) / 255
ASIDE = IMAGES[1000:], DATA.labels[1000:]


def batches():
    for rows in np.random.default_rng(0).integers(0, 250, (400, 50)):
        yield IMAGES[rows], DATA.labels[rows]


def test_the_mended_net_is_the_best_one_and_the_planted_one_the_last():
    last = []
    for make in (stopped_net, mended_net):
        kept, losses = make(begin([64, 50, 10], "he", 0), batches(), ASIDE, 0.1, 20)
        assert len(losses) < 400, "it never stops"
        assert np.argmin(losses) == len(losses) - 21
        last.append(softmax_cross_entropy(forward(ASIDE[0], kept, "relu")[1], ASIDE[1])[0])
    assert last[0] == losses[-1]
    assert last[1] == min(losses)


def test_moved_small_digits_are_read_worse():
    others = DATA.test_images.reshape(-1, 64) / 255, DATA.test_labels
    pictures = DATA.images[:250] / 255
    still, moved = (by_shift(pictures, DATA.labels[:250], others, most, 0, 150) for most in (0, 2))
    assert still > moved + 0.1


def test_a_net_that_has_been_patient_long_enough_goes_no_further():
    _, losses = mended_net(begin([64, 50, 10], "he", 0), batches(), ASIDE, 0.1, 5)
    assert len(losses) == np.argmin(losses) + 1 + 5


@pytest.mark.parametrize("curvature", [1e-4, 1e-3])
def test_a_decay_is_as_strong_as_so_many_steps_along_a_flat_axis(curvature):
    decay = as_strong(0.05, 30)
    assert left_by_l2(curvature, decay) == pytest.approx(left_by_stopping(curvature, 0.05, 30), rel=2e-3)
    assert as_strong(0.05, 3000, 0.8) == pytest.approx(1 / (5 * 0.05 * 3000), rel=0.01)


@pytest.mark.parametrize("steps", [1, 10, 1000])
def test_momentum_goes_as_far_as_its_decay_says(steps):
    w, u, rate, curvature = 0.0, 0.0, 0.1, 1e-6
    for _ in range(steps):
        u = 0.9 * u + curvature * (w - 1)
        w -= rate * u
    assert left_by_l2(curvature, as_strong(rate, steps, 0.9)) == pytest.approx(w, rel=2e-3)


def test_weights_that_decay_before_a_step_lose_what_the_penalty_takes():
    batch = IMAGES[:50], DATA.labels[:50]
    net, plain = (begin([64, 50, 10], "he", 0) for _ in range(2))
    before = [w.copy() for w, _ in net]
    (given,) = decaying(net, [batch], 0.1, 0.5)
    assert given is batch
    for w, (decayed, b), (_, same) in zip(before, net, plain, strict=True):
        np.testing.assert_allclose(decayed, w - 0.1 * l2(w, 0.5)[1])
        np.testing.assert_array_equal(b, same)

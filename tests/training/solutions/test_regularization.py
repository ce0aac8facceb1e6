"""The solutions on regularization, and the bug that one of them has."""

import numpy as np
from deepcourse.datasets import digits
from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.training.begin import begin
from deepcourse.training.deep import forward
from deepcourse.training.solutions.regularization import by_shift, mended_net, stopped_net

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

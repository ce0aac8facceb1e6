"""What the solutions of the exercises on the way back up say."""

import numpy as np
import pytest
from deepcourse.convolution.conv import conv
from deepcourse.convolution.solutions import up as solutions
from deepcourse.convolution.up import conv_up, overlap, phases, sizes_up
from deepcourse.datasets import digits

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_the_planted_way_up_is_right_for_kernels_that_a_half_turn_leaves_and_the_mended_for_all(stride):
    y, w = RNG.normal(size=(2, 3, 4, 2)), RNG.normal(size=(3, 2, 3, 2))
    size = sizes_up(3, 3, stride)[0], sizes_up(4, 2, stride)[0]
    even = w + w[::-1, ::-1]
    for kernel, right in (w, False), (even, True):
        x = conv_up(y, kernel, size, stride)
        assert np.allclose(solutions.mended_up(y, kernel, stride), x, atol=1e-12)
        assert np.allclose(solutions.with_zeros(y, kernel, stride), x, atol=1e-12) == right


def test_the_best_taps_are_those_that_made_the_pictures():
    y, w = RNG.normal(size=(3, 4, 5, 1)), RNG.normal(size=(3, 3, 1, 1))
    x = conv_up(y, w, (8, 10), 2, "same")
    np.testing.assert_allclose(solutions.best_taps(y, x, 3, 2), w, atol=1e-9)


def test_no_other_taps_make_the_digits_with_a_smaller_error():
    x = digits().images[:200, ..., None] / 255
    y = conv(x, np.full((1, 1, 2, 2, 1, 1), 0.25), 2)
    best = solutions.best_taps(y, x, 3, 2)

    def error(w):
        return np.mean((conv_up(y, w, (8, 8), 2, "same") - x) ** 2)

    least = error(best)
    assert all(error(best + 1e-3 * RNG.normal(size=best.shape)) > least for _ in range(20))


@pytest.mark.parametrize("window", [2, 3, 4])
def test_mirror_images_take_the_grid_from_even_windows_alone(window):
    x = digits().images[:200, ..., None] / 255
    x = np.concatenate([x, x[:, ::-1]])
    x = np.concatenate([x, x[:, :, ::-1]])
    y = conv(x, np.full((1, 1, 2, 2, 1, 1), 0.25), 2)
    apart = 128 * np.ptp(phases(solutions.best_taps(y, x, window, 2), 2))
    assert apart > 5 if window == 3 else apart < 1e-6


@pytest.mark.parametrize(("window", "stride"), [(3, 2), (4, 2), (5, 3)])
def test_gradients_are_as_strong_as_windows_overlap(window, stride):
    counts = overlap((20, 20), (window, window), stride)
    start = stride * window
    right = counts[start : start + stride, start : start + stride]
    found = np.mean([solutions.heard(window, stride, seed) for seed in range(8)], axis=0)
    np.testing.assert_allclose(found, right / right.mean(), rtol=0.25)


def test_sizes_go_down_and_each_leads_back_to_its_own():
    found = solutions.down_and_up(30, [(4, 3), (4, 3)])
    assert found == [(9, [28, 29, 30]), (2, [7, 8, 9])]

"""What the solutions of the exercises on convolution say."""

import numpy as np
import pytest
from deepcourse.convolution.conv import conv
from deepcourse.convolution.field import receptive_field
from deepcourse.convolution.solutions import conv as solutions

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("window", [(3, 2), (1, 2), (1, 1)])
def test_the_planted_product_is_right_for_one_channel_or_pixel_and_the_mended_for_all(channels, window):
    x, k = RNG.normal(size=(2, 6, 5, channels)), RNG.normal(size=(*window, channels, 4))
    y = conv(x, k[None, None])
    assert np.allclose(solutions.mended(x, k), y, atol=1e-12)
    assert np.allclose(solutions.one_product(x, k), y, atol=1e-12) == (channels == 1 or window == (1, 1))


def test_the_planted_product_is_a_convolution_with_other_weights():
    x, k = RNG.normal(size=(2, 6, 5, 3)), RNG.normal(size=(3, 2, 3, 4))
    other = k.reshape(3, 3, 2, 4).transpose(1, 2, 0, 3)
    assert np.allclose(solutions.one_product(x, k), conv(x, other[None, None]), atol=1e-12)


def test_the_smallest_stack_is_as_small_as_said():
    assert solutions.smallest(20, 2) == (2, 1, 1, 1, 1, 1)
    assert solutions.smallest(20, 4) == (2, 2, 1, 1)
    assert receptive_field([(3, s, 1) for s in (2, 2, 1, 1)])[0] == 23
    assert solutions.smallest(23, 4) == (2, 2, 1, 1)  # exactly as far as wanted
    assert len(solutions.smallest(24, 4)) == 5
    assert solutions.smallest(1, 1) == ()


@pytest.mark.parametrize("relu", [True, False])
@pytest.mark.parametrize(("window", "layers"), [(3, 1), (3, 2), (3, 4), (5, 1), (5, 2)])
def test_zeros_at_the_border_set_the_corners_apart_and_nothing_else(window, layers, relu):
    far = (window - 1) * layers  # rows whose distance to the border is felt, above and below together
    values = solutions.stacked(12, layers, window, relu, seed=1)
    assert solutions.told_apart(values) == min(far / 12, 1) ** 2
    rings = values[0, far // 2 : 12 - far // 2, far // 2 : 12 - far // 2]
    assert rings.size == 0 or np.ptp(rings, axis=(0, 1)).max() < 1e-12


def test_places_that_share_a_value_are_not_told_apart():
    values = np.array([1.0, 1, 2, 2.2]).reshape(1, 2, 2, 1)
    assert solutions.told_apart(values) == 0.5
    assert solutions.told_apart(values, tolerance=0.5) == 0


def test_a_dense_layer_is_a_convolution_whose_window_is_the_whole_picture():
    x, table = RNG.normal(size=(2, 3, 4, 5)), RNG.normal(size=(60, 6))
    y = conv(x, solutions.dense_as_conv(table, (3, 4, 5)))
    assert y.shape == (2, 1, 1, 6)
    np.testing.assert_allclose(y[:, 0, 0], x.reshape(2, -1) @ table, atol=1e-12)

"""The solutions on 1×1 and inception are right, and the planted bug is one."""

import numpy as np
import pytest
from deepcourse.convolution.inception import inception, merged
from deepcourse.convolution.solutions.inception import (
    greys,
    kept,
    mended,
    nearest,
    only_pixels,
    pool_branch,
    two_of_three,
)

RNG = np.random.default_rng(0)


def test_two_layers_of_3x3_cost_less_than_5x5_up_to_29_channels_in_between():
    assert two_of_three(16, 29, 32) < 25 * 16 * 32 < two_of_three(16, 30, 32)
    assert two_of_three(8, 8, 8) / (25 * 8 * 8) == pytest.approx(0.72)


def test_the_right_branch_is_that_of_the_module_and_the_wrong_one_is_not():
    x, w = RNG.normal(size=(2, 6, 5, 4)), RNG.normal(size=(1, 1, 4, 3))
    np.testing.assert_allclose(mended(x, w), inception(x, {"pool": [w]}))
    assert np.abs(pool_branch(x, w) - mended(x, w)).max() > 0.1
    single = np.array([[2.0, 0], [0, 0], [0, 1], [0, 0]])[None, None]
    np.testing.assert_allclose(pool_branch(x, single), mended(x, single))
    below = -np.abs(w)
    np.testing.assert_allclose(pool_branch(np.abs(x), below), mended(np.abs(x), below))
    assert np.abs(pool_branch(x, below) - mended(x, below)).max() > 0.1


def test_a_net_of_1x1_has_no_order_and_knows_the_greys_alone():
    x, tables = RNG.integers(0, 3, (2, 4, 4, 1)), (RNG.normal(size=(1, 5)), RNG.normal(size=(5, 2)))
    mixed = x.reshape(2, 16, 1)[:, RNG.permutation(16)].reshape(x.shape)
    np.testing.assert_allclose(only_pixels(x, tables), only_pixels(mixed, tables))
    assert np.array_equal(greys(x[..., 0]), greys(mixed[..., 0]))
    assert greys(x[..., 0]).sum(axis=1).tolist() == [16, 16]
    assert only_pixels([[[[1.0], [3]]]], [np.array([[1.0, -1]])]).tolist() == [[2, 0]]


def test_a_kernel_of_rank_2_is_kept_whole_by_two_channels():
    kernel = merged(RNG.normal(size=(6, 2)), RNG.normal(size=(3, 3, 2, 4)))
    assert kept(kernel, 2) == pytest.approx(1)
    assert kept(kernel, 1) < 0.99
    np.testing.assert_allclose(nearest(kernel, 2), kernel, atol=1e-12)


def test_no_kernel_of_the_rank_is_nearer():
    kernel = RNG.normal(size=(3, 2, 5, 4))
    near = nearest(kernel, 2)
    table = np.moveaxis(near, 2, 0).reshape(5, -1)
    assert np.linalg.matrix_rank(table) == 2
    off = ((kernel - near) ** 2).sum()
    assert off == pytest.approx((1 - kept(kernel, 2)) * (kernel**2).sum())
    a, _, _ = np.linalg.svd(table)
    for _ in range(20):  # others of the rank, near by
        turned = a[:, :2] + 0.1 * RNG.normal(size=(5, 2))
        left, *_ = np.linalg.lstsq(turned, np.moveaxis(kernel, 2, 0).reshape(5, -1), rcond=None)
        other = np.moveaxis((turned @ left).reshape(5, 3, 2, 4), 0, 2)
        assert ((kernel - other) ** 2).sum() > off

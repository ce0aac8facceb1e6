"""The solutions on assumptions are right, and the planted bug is one."""

import numpy as np
import pytest
from deepcourse.convolution.share import backward, who
from deepcourse.convolution.solutions.bought import by_period, mended, quarters, slopes_by_place

RNG = np.random.default_rng(0)


def test_each_quarter_has_its_kernel_and_as_many_places():
    table = quarters(10)
    assert table.sum(axis=0).tolist() == [25] * 4
    kernels = table.argmax(axis=1).reshape(10, 10)
    assert [len(np.unique(kernels[i : i + 5, j : j + 5])) for i in (0, 5) for j in (0, 5)] == [1] * 4
    assert sorted(kernels[[0, 0, 9, 9], [0, 9, 0, 9]]) == [0, 1, 2, 3]


@pytest.mark.parametrize("period", [1, 2, 5, 10])
def test_the_right_slopes_are_those_of_the_layer_and_the_wrong_ones_are_a_share_of_them(period):
    seen, dy = RNG.normal(size=(100, 2, 4)), RNG.normal(size=(100, 2, 3))
    table = who(10, period)
    right = backward(dy, seen, table)[0]
    np.testing.assert_allclose(mended(dy, seen, table), right, atol=1e-12)
    np.testing.assert_allclose(slopes_by_place(dy, seen, table) * 100 / period**2, right, atol=1e-12)


def test_nets_of_every_period_learn_and_read_more_from_more_pictures():
    few, many = by_period(5, 100, (0,)), by_period(5, 1000, (0,))
    assert 0.2 < few[0] < many[0]

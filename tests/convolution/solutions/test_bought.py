"""The solutions on assumptions are right, and the planted bug is one."""

import numpy as np
import pytest
from deepcourse.convolution.budget import net_costs
from deepcourse.convolution.share import backward, who
from deepcourse.convolution.solutions.bought import by_period, halves, kernel_slopes, mended, reads

RNG = np.random.default_rng(0)


def test_each_half_has_its_kernel_and_as_many_places():
    table = halves(10)
    assert table.sum(axis=0).tolist() == [50, 50]
    kernels = table.argmax(axis=1).reshape(10, 10)
    assert (kernels[:5] == 0).all()
    assert (kernels[5:] == 1).all()


def test_34_channels_come_nearest_to_the_weights_of_the_dense_net():
    dense = net_costs((1, 1, 32, 32, 1, 35), (1, 1))[0]
    assert min(range(1, 99), key=lambda k: abs(net_costs((2, 1, 5, 5, 1, k), (10, 10))[0] - dense)) == 34


@pytest.mark.parametrize("period", [1, 2, 5, 10])
def test_the_right_slopes_are_those_of_the_layer_and_the_wrong_ones_only_of_a_single_picture(period):
    seen, dy = RNG.normal(size=(100, 2, 4)), RNG.normal(size=(100, 2, 3))
    table = who(10, period)
    right = backward(dy, seen, table)[0]
    np.testing.assert_allclose(mended(dy, seen, table), right, atol=1e-12)
    assert np.abs(kernel_slopes(dy, seen, table) - right).max() > 0.5
    few = dy[:, :1], seen[:, :1], table
    np.testing.assert_allclose(kernel_slopes(*few), mended(*few), atol=1e-12)


def test_nets_read_about_as_much_with_the_bug():
    wrong, right = (reads(slopes, (0,)) for slopes in (kernel_slopes, mended))
    assert right > 0.85
    assert abs(wrong - right) < 0.05


def test_nets_of_every_period_learn_and_read_more_after_more_epochs():
    few, many = by_period(5, 1, (0,)), by_period(5, 8, (0,))
    assert 0.1 < few[0] < many[0]

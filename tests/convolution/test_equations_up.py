"""What the page on the way back up displays, each formula evaluated."""

from itertools import product

import numpy as np
import pytest
from deepcourse.convolution.conv import as_dense, windows
from deepcourse.convolution.up import conv_up, overlap, phases, sizes_up, widened

RNG = np.random.default_rng(0)


@pytest.mark.equation("convolution/up-table")
def test_up_the_table_is_summed_over_the_outputs(proof):
    y, w = RNG.normal(size=(2, 3, 2, 4)), RNG.normal(size=(2, 3, 5, 4))
    size = sizes_up(3, 2)[0], sizes_up(2, 3)[0]
    proof.tex(x=conv_up(y, w, size), y=y, w=as_dense(w[None, None], size))


@pytest.mark.equation("convolution/up-sizes", digest="37cdf542")
def test_the_sizes_lie_between_the_last_tap_and_that_of_one_more_window(proof):
    for places, taps, stride, dilation in product(range(1, 5), range(1, 5), range(1, 4), range(1, 4)):
        low = (places - 1) * stride + dilation * (taps - 1)
        high = places * stride + dilation * (taps - 1)
        right = [n for n in range(1, 60) if low < n <= high]
        proof(list(sizes_up(places, taps, stride, "valid", dilation)), right)
        for n in right:
            x = np.zeros((1, n, 1, 1))
            assert windows(x, (taps, 1), stride, "valid", dilation).shape[1] == places


@pytest.mark.equation("convolution/up", digest="3e877785")
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (1, 2), (3, 2), (2, 3)])
def test_each_value_puts_the_kernel_on_its_window(proof, stride, dilation):
    y, w = RNG.normal(size=(2, 2, 3, 2)), RNG.normal(size=(3, 2, 2, 2))
    size = [sizes_up(p, u, stride, "valid", dilation)[-1] for p, u in ((2, 3), (3, 2))]
    x = np.zeros((2, *size, 2))
    for n, i, j, c in np.ndindex(x.shape):
        for p, q, u, v, k in np.ndindex(2, 3, 3, 2, 2):
            if i == stride * p + dilation * u and j == stride * q + dilation * v:
                x[n, i, j, c] += y[n, p, q, k] * w[u, v, c, k]
    proof(conv_up(y, w, size, stride, "valid", dilation), x)


@pytest.mark.equation("convolution/overlap", digest="13f896b1")
def test_the_overlap_far_from_the_border_is_the_taps_a_stride_apart(proof):
    for taps, stride in product(range(1, 8), range(1, 5)):
        counts = overlap((1, 20), (1, taps), stride)[0]
        at = np.arange(taps * stride, 18 * stride - stride)
        proof(counts[at], np.ceil((taps - at % stride) / stride))
        assert (np.ptp(counts[at]) == 0) == (taps % stride == 0)


@pytest.mark.equation("convolution/phases", digest="cdfb2080")
def test_a_pixel_of_an_even_picture_is_the_sum_of_the_taps_that_reach_it(proof):
    for taps, stride, dilation in product(range(1, 7), range(1, 5), range(1, 4)):
        w = RNG.normal(size=taps)
        right = [sum(w[u] for u in range(taps) if (i - dilation * u) % stride == 0) for i in range(stride)]
        proof(phases(w.reshape(1, -1, 1, 1), stride, dilation)[0, :, 0], right)


@pytest.mark.equation("convolution/widened", digest="29bda783")
def test_the_wide_kernel_is_the_turned_one_laid_down_for_each_repetition(proof):
    for taps, stride in product(range(1, 6), range(1, 5)):
        w = RNG.normal(size=taps)
        right = [
            sum(w[taps - 1 - u + i] for i in range(stride) if 0 <= taps - 1 - u + i < taps)
            for u in range(taps + stride - 1)
        ]
        proof(widened(w.reshape(1, -1, 1, 1), stride)[0, :, 0, 0], right)

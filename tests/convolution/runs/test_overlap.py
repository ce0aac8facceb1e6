"""What the figure's record says of kernels and strides, against layers of two axes."""

from itertools import product

import numpy as np
import pytest
from deepcourse import records
from deepcourse.convolution.conv import conv
from deepcourse.convolution.runs import overlap as runs
from deepcourse.convolution.up import conv_up, enlarge, overlap, phases

S = runs.Settings()


def squared(along, stride, layers, resized):
    """The same with pictures of two axes, of which the middle is kept."""
    w = np.outer(along, along)[:, :, None, None]
    y = np.ones((1, 40, 40, 1))
    for _ in range(layers):
        if resized:
            y = conv(enlarge(y, stride), w[None, None])
        else:
            y = conv_up(y, w, [(n - 1) * stride + len(along) for n in y.shape[1:3]], stride)
    return y[0, :, :, 0]


@pytest.mark.parametrize(("kind", "stride", "layers"), list(product(runs.KINDS, (1, 2, 3), (1, 2))))
def test_a_pattern_is_that_of_layers_of_two_axes(kind, stride, layers):
    along = runs.taps(S, kind, 3)
    found = runs.pattern(along, stride, layers)
    start = 2 * len(along) * stride**layers
    right = squared(along, stride, layers, resized=False)[start:, start:][:12, :12]
    np.testing.assert_allclose(found[:12, :12], right, atol=1e-9)


@pytest.mark.parametrize(
    ("kind", "window", "stride", "layers"), list(product(runs.KINDS, (1, 2, 3), (1, 2, 3), (1, 2)))
)
def test_what_is_repeated_and_convolved_is_flat(kind, window, stride, layers):
    along = runs.taps(S, kind, window)
    found = runs.pattern(along, stride, layers, resized=True)
    assert np.ptp(found) == pytest.approx(0, abs=1e-9)
    right = squared(along, stride, layers, resized=True)
    assert found[0, 0] == pytest.approx(right[20, 20])


def test_with_ones_in_one_layer_it_is_the_overlap():
    for window, stride in product(S.windows, S.strides):
        counts = overlap((40, 40), (window, window), stride)
        start = 2 * window * stride
        found = runs.pattern(np.ones(window), stride)[:12, :12]
        np.testing.assert_allclose(found, counts[start : start + 12, start : start + 12])


def test_the_record_has_the_range_of_the_phases(tmp_path):
    records.make("convolution/overlap", runs.measure, runs.QUICK, tmp_path)
    record = records.read("convolution/overlap", tmp_path)
    for kind, window in product(runs.KINDS, runs.QUICK.windows):
        along = runs.taps(runs.QUICK, kind, window)
        sums = phases(np.outer(along, along)[:, :, None, None], 2)
        found = record["values"][kind][f"window_{window}"]["stride_2"]
        assert (found["lowest"], found["highest"]) == (sums.min(), sums.max())
    assert len(record["random"]) == 3


def test_a_hill_of_twice_the_stride_but_one_interpolates():
    for stride in (1, 2, 3):
        assert np.ptp(runs.pattern(runs.taps(S, "hill", 2 * stride - 1), stride)) == 0
    assert runs.taps(S, "hill", 4).tolist() == [1, 2, 2, 1]

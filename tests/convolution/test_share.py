"""A layer with a table of who shares: against the first part's `conv`, TensorFlow and central differences."""

import numpy as np
import pytest
from deepcourse.convolution.budget import net_costs
from deepcourse.convolution.conv import conv
from deepcourse.convolution.occlusion import lead, occluded
from deepcourse.convolution.share import backward, cut, forward, who
from hypothesis import given
from hypothesis import strategies as st

few = st.integers(1, 4)
seeds = st.integers(0, 2**31)


@given(few, few, few, st.integers(1, 3), st.integers(1, 3), st.data(), seeds)
def test_it_is_the_first_parts_layer_with_kernels_that_repeat(b, c, k, window, stride, data, seed):
    places = data.draw(st.integers(1, 4))
    period = data.draw(st.integers(1, places))
    side = (places - 1) * stride + window + data.draw(st.integers(0, stride - 1))
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(b, side, side, c))
    w = rng.normal(size=(period, period, window, window, c, k))
    flat = w.reshape(period**2, -1, k)
    y = forward(cut(x, window, stride), flat, np.zeros((period**2, k)), who(places, period))
    theirs = conv(x, w, stride)
    np.testing.assert_allclose(y.transpose(1, 0, 2).reshape(theirs.shape), theirs, atol=1e-12)


@given(few, few, few, st.data(), seeds)
def test_gradients_are_central_differences(b, d, k, data, seed):
    places = data.draw(st.integers(1, 3))
    table = who(places, data.draw(st.integers(1, places)))
    rng = np.random.default_rng(seed)
    seen, w, bias = (rng.normal(size=s) for s in ((places**2, b, d), (table.shape[1], d, k), (table.shape[1], k)))
    dy, way, up = (rng.normal(size=a.shape) for a in (seen[..., :1] * np.ones(k), w, bias))
    dw, db = backward(dy, seen, table)
    h = 1e-4

    def loss(s):
        return (forward(seen, w + s * way, bias + s * up, table) * dy).sum()

    measured = (loss(h) - loss(-h)) / (2 * h)
    assert (dw * way).sum() + (db * up).sum() == pytest.approx(measured, rel=1e-6, abs=1e-8)


@given(st.integers(1, 6), st.data())
def test_each_place_has_one_kernel_and_places_a_period_apart_have_the_same(places, data):
    period = data.draw(st.integers(1, places))
    table = who(places, period)
    assert table.sum(axis=1).tolist() == [1] * places**2
    kernels = table.argmax(axis=1).reshape(places, places)
    assert (kernels[period:] == kernels[:-period]).all()
    assert (kernels[:, period:] == kernels[:, :-period]).all()
    assert len(np.unique(kernels)) == period**2


def test_float32_stays_float32():
    seen, w = np.ones((4, 1, 3), np.float32), np.ones((4, 3, 2), np.float32)
    table = who(2, 2).astype(np.float32)
    assert forward(seen, w, np.ones((4, 2), np.float32), table).dtype == np.float32
    assert backward(np.ones((4, 1, 2), np.float32), seen, table)[0].dtype == np.float32


@given(few, few, st.integers(1, 3), st.integers(2, 4), seeds)
def test_costs_are_those_of_the_arrays(channels, k, period, places, seed):
    period = min(period, places)
    weights, products = net_costs((period, period, 3, 3, channels, k), (places, places))
    assert weights == period**2 * k * (9 * channels + 1) + places**2 * k * 10 + 10
    assert products == places**2 * k * (9 * channels + 10)


def test_a_lead_is_below_0_where_another_class_wins_and_a_square_covers_each_place():
    assert lead([[1, 4, 3], [2, 0, 1]], 1).tolist() == [1, -2]
    picture = np.arange(12.0).reshape(3, 4)
    covered = occluded(picture, 2, -1)
    assert covered.shape == (2, 3, 3, 4)
    for i, j in np.ndindex(2, 3):
        assert (covered[i, j, i : i + 2, j : j + 2] == -1).all()
        assert (covered[i, j] == picture).sum() == 8


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: who(4, 5), "period"),
        (lambda: who(4, 0), "period"),
        (lambda: who(0, 1), "period"),
        (lambda: forward(np.ones((4, 1, 3)), np.ones((4, 2, 1)), np.ones((4, 1)), who(2, 2)), "w"),
        (lambda: forward(np.ones((4, 1, 3)), np.ones((4, 3, 1)), np.ones((4, 1)), who(2, 1)), "table"),
        (lambda: backward(np.ones((3, 1, 1)), np.ones((4, 1, 3)), who(2, 2)), "seen"),
        (lambda: cut(np.ones((1, 4, 4, 1)), 5, 1), "size"),
        (lambda: lead([1.0, 2.0], 2), "label"),
        (lambda: lead([1.0], 0), "label"),
        (lambda: occluded(np.ones((2, 2)), 3, 0), "side"),
        (lambda: net_costs((1, 1, 3), (2, 2)), "shape"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=rf"^{name}: got .*, expected"):
        call()

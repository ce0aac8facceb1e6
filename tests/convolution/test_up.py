"""The way back up against a transposed table, TensorFlow, Keras, and the gradient of the way down."""

from itertools import product
from math import gcd

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.convolution.conv import as_dense, conv
from deepcourse.convolution.up import conv_up, enlarge, overlap, phases, sizes_up, widened
from deepcourse.gradflow.conv2d import conv_backward
from deepcourse.gradflow.conv2d_geometry import windows_along
from hypothesis import given
from hypothesis import strategies as st
from keras.layers import Conv2D, Conv2DTranspose, UpSampling2D

few = st.integers(1, 3)
some = st.integers(1, 5)
paddings = st.sampled_from(["valid", "same"])
seeds = st.integers(0, 2**31)


def drawn(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


def sizes(places, window, how, draw):
    """One of the sizes that each axis may have."""
    return tuple(int(draw.choice(sizes_up(p, u, *how))) for p, u in zip(places, window, strict=True))


def dilated(w, dilation):
    """The same kernel with zeros between its taps, for TensorFlow's CPU has no other way."""
    u, v, c, k = w.shape
    wide = np.zeros((dilation * (u - 1) + 1, dilation * (v - 1) + 1, c, k), w.dtype)
    wide[::dilation, ::dilation] = w
    return wide


@given(few, few, few, some, some, few, few, few, paddings, few, seeds)
def test_up_is_the_transpose_of_the_table_of_the_way_down(b, p, q, u, v, c, k, stride, padding, dilation, seed):
    how = stride, padding, dilation
    size = sizes((p, q), (u, v), how, np.random.default_rng(seed))
    y, w, x = drawn(seed, (b, p, q, k), (u, v, c, k), (b, *size, c))
    table = as_dense(w[None, None], size, *how)  # (P, Q, I, J, C, K)
    found = conv_up(y, w, size, *how)
    np.testing.assert_allclose(found, np.einsum("npqk,pqijck->nijc", y, table), atol=1e-12)
    down = conv(x, w[None, None], *how)
    assert np.sum(down * y) == pytest.approx(np.sum(x * found), abs=1e-10)


@given(few, few, few, some, some, few, few, few, paddings, few, seeds)
def test_up_is_tensorflows_transposed_convolution_with_its_gradients(b, p, q, u, v, c, k, stride, padding, d, seed):
    how = stride, padding, d
    size = sizes((p, q), (u, v), how, np.random.default_rng(seed))
    y, w, dx = drawn(seed, (b, p, q, k), (u, v, c, k), (b, *size, c))
    wide = dilated(w, d)
    with tf.GradientTape() as tape:
        small, kernel = tf.Variable(y), tf.Variable(wide)
        x = tf.nn.conv2d_transpose(small, kernel, (b, *size, c), stride, padding.upper())
        loss = tf.reduce_sum(x * dx)
    dy, dwide = (g.numpy() for g in tape.gradient(loss, [small, kernel]))
    np.testing.assert_allclose(conv_up(y, w, size, *how), x.numpy(), atol=1e-12)
    # Both gradients are those of the way down, with small and large exchanged.
    np.testing.assert_allclose(conv(dx, w[None, None], *how), dy, atol=1e-12)
    if d == 1:
        np.testing.assert_allclose(conv_backward(y, dx, w, stride, padding)[1], dwide, atol=1e-12)


@given(few, few, few, some, some, few, few, few, paddings, seeds)
def test_up_is_the_input_gradient_that_gradflow_derives(b, p, q, u, v, c, k, stride, padding, seed):
    size = sizes((p, q), (u, v), (stride, padding, 1), np.random.default_rng(seed))
    y, w, x = drawn(seed, (b, p, q, k), (u, v, c, k), (b, *size, c))
    dx, _ = conv_backward(y, x, w, stride, padding)
    np.testing.assert_allclose(conv_up(y, w, size, stride, padding), dx, atol=1e-12)


@given(few, few, some, few, few, paddings, few, seeds)
def test_up_is_the_gradient_of_tensorflows_convolution_with_dilation(p, q, u, c, k, padding, dilation, seed):
    how = 1, padding, dilation
    size = sizes((p, q), (u, u), how, np.random.default_rng(seed))
    y, w, x = drawn(seed, (2, p, q, k), (u, u, c, k), (2, *size, c))
    with tf.GradientTape() as tape:
        large = tf.Variable(x)
        down = tf.nn.conv2d(large, dilated(w, dilation), 1, padding.upper())
        loss = tf.reduce_sum(down * y)
    np.testing.assert_allclose(conv_up(y, w, size, *how), tape.gradient(loss, large).numpy(), atol=1e-12)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("window", "stride", "padding", "extra"),
    [(3, 1, "valid", None), (3, 2, "same", None), (4, 2, "valid", None), (4, 3, "valid", 1), (2, 3, "valid", None)],
)
def test_up_is_keras_layer_at_the_size_that_keras_chooses(window, stride, padding, extra, dtype):
    y, w = (a.astype(dtype) for a in drawn(0, (2, 4, 5, 3), (window, window, 2, 3)))
    layer = Conv2DTranspose(2, window, stride, padding, output_padding=extra, use_bias=False, dtype=dtype)
    layer.build(y.shape)
    layer.set_weights([w])
    x = layer(y).numpy()
    ours = conv_up(y, w, x.shape[1:3], stride, padding)
    assert ours.dtype == dtype
    np.testing.assert_allclose(ours, x, atol=1e-12 if dtype == "float64" else 1e-5)


@pytest.mark.parametrize(("window", "stride"), [(3, 2), (4, 2), (1, 2), (2, 3), (5, 3)])
def test_keras_chooses_the_smallest_size_that_all_windows_fill_or_the_largest(window, stride):
    for places in (1, 4):
        valid, same = (
            Conv2DTranspose(1, window, stride, padding)(np.zeros((1, places, places, 1))).shape[1]
            for padding in ("valid", "same")
        )
        assert valid == max(sizes_up(places, window, stride)[0], places * stride)
        assert same == sizes_up(places, window, stride, "same")[-1] == places * stride


def test_the_sizes_are_all_that_have_so_many_windows():
    for places, window, stride, dilation in product(range(1, 5), range(1, 5), range(1, 4), range(1, 4)):
        span = dilation * (window - 1) + 1
        for padding in ("valid", "same"):
            tried = range(span if padding == "valid" else 1, 40)
            right = [n for n in tried if windows_along(n, span, stride, padding)[0] == places]
            assert list(sizes_up(places, window, stride, padding, dilation)) == right


@given(st.integers(6, 8), some, some, few, few)
def test_a_pixel_is_reached_by_as_many_windows_as_hold_it(places, u, v, stride, dilation):
    counts = overlap((places, places), (u, v), stride, dilation)
    right = np.zeros_like(counts)
    for p, q, row, column in np.ndindex(places, places, u, v):
        right[stride * p + dilation * row, stride * q + dilation * column] += 1
    np.testing.assert_array_equal(counts, right)


@given(st.integers(1, 9), st.integers(1, 5))
def test_far_from_the_border_counts_are_equal_where_the_stride_divides_the_window(window, stride):
    places = 4 * window
    counts = overlap((1, places), (1, window), stride)[0]
    middle = counts[window * stride : 2 * window * stride]
    assert (np.ptp(middle) == 0) == (window % stride == 0)
    taps = np.ones((1, window, 1, 1))
    each = [-(-(window - r) // stride) for r in range(stride)]
    assert phases(taps, stride)[0, :, 0].tolist() == each
    np.testing.assert_array_equal(middle, np.tile(each, window))


@pytest.mark.parametrize(("dilation", "stride"), list(product(range(1, 5), range(1, 5))))
def test_a_dilation_that_shares_a_factor_with_the_stride_leaves_pixels_out(dilation, stride):
    reached = phases(np.ones((1, 12, 1, 1)), stride, dilation)[0, :, 0] > 0
    assert reached.mean() == pytest.approx(1 / gcd(dilation, stride))


@given(st.integers(1, 3), few, few, some, some, few, few, few, seeds)
def test_a_flat_picture_becomes_the_phases_far_from_the_border(b, c, k, u, v, stride, dilation, level, seed):
    (w,) = drawn(seed, (u, v, c, k))
    places = dilation * max(u, v) + 2
    size = [sizes_up(places, n, stride, "valid", dilation)[0] for n in (u, v)]
    made = conv_up(np.full((b, places, places, k), float(level)), w, size, stride, "valid", dilation)
    at = stride * dilation * max(u, v)
    middle = made[:, at : at + stride, at : at + stride]
    np.testing.assert_allclose(middle, np.stack([level * phases(w, stride, dilation)] * b), atol=1e-12)


@given(few, some, some, few, few, few, st.sampled_from([1, 3, 5]), st.sampled_from([1, 3]), seeds)
def test_enlarging_and_convolving_is_one_way_up_whose_phases_are_equal(b, p, q, c, k, stride, u, v, seed):
    y, w = drawn(seed, (b, p, q, k), (u, v, k, c))
    right = conv(enlarge(y, stride), w[None, None], 1, "same")
    wide = widened(w, stride)
    size = p * stride, q * stride
    np.testing.assert_allclose(conv_up(y, wide, size, stride, "same"), right, atol=1e-12)
    sums = phases(wide, stride)
    np.testing.assert_allclose(sums, np.broadcast_to(w.sum(axis=(0, 1, 2)), sums.shape), atol=1e-12)


def test_enlarging_and_convolving_is_that_of_keras():
    y, w = drawn(0, (2, 4, 5, 3), (3, 3, 3, 2))
    layer = Conv2D(2, 3, padding="same", use_bias=False, dtype="float64")
    layer.build((None, None, None, 3))
    layer.set_weights([w])
    right = layer(UpSampling2D(2, dtype="float64")(y)).numpy()
    np.testing.assert_allclose(conv_up(y, widened(w, 2), (8, 10), 2, "same"), right, atol=1e-12)


@pytest.mark.parametrize("stride", [2, 3])
@pytest.mark.parametrize("window", [1, 2, 3, 4, 5])
def test_a_widened_kernel_prints_no_grid_and_is_right_with_zeros_for_odd_windows_alone(window, stride):
    y, w = drawn(0, (2, 4, 5, 3), (window, window, 3, 2))
    wide = widened(w, stride)
    sums = phases(wide, stride)
    np.testing.assert_allclose(sums, np.broadcast_to(sums[:1, :1], sums.shape), atol=1e-12)
    large = conv(enlarge(y, stride), w[None, None], 1, "same")
    made = conv_up(y, wide, large.shape[1:3], stride, "same")
    assert np.allclose(made, large, atol=1e-12) == (window % 2 == 1)
    if window % 2 == 0:  # the border is cut one pixel apart
        np.testing.assert_allclose(made[:, 1:, 1:], large[:, :-1, :-1], atol=1e-12)


def test_two_taps_widen_to_three_that_overlap_unevenly_and_print_no_grid():
    wide = widened(np.array([1.0, 2]).reshape(1, 2, 1, 1), 2)
    assert wide[0, :, 0, 0].tolist() == [2, 3, 1]
    assert overlap((1, 6), (1, 3), 2)[0, 4:8].tolist() == [2, 1, 2, 1]
    assert phases(wide, 2)[0, :, 0].tolist() == [3, 3]


@pytest.mark.parametrize(("padding", "extra", "size"), [("valid", 1, 10), ("same", 0, 7), ("same", None, 8)])
def test_keras_comes_back_from_four_to_what_output_padding_says(padding, extra, size):
    layer = Conv2DTranspose(1, 3, 2, padding, output_padding=extra)
    assert layer(np.zeros((1, 4, 4, 1))).shape == (1, size, size, 1)


def test_a_kernel_of_three_may_interpolate_and_one_of_four_may_print_a_grid():
    three, four = np.array([0.5, 1, 0.5]), np.array([1.0, 0, 1, 0])
    assert phases(three.reshape(1, 3, 1, 1), 2)[0, :, 0].tolist() == [1, 1]
    assert phases(four.reshape(1, 4, 1, 1), 2)[0, :, 0].tolist() == [2, 0]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("y", {"y": np.zeros((2, 2, 1))}),
        ("w", {"w": np.zeros((3, 3, 1, 2))}),
        ("w", {"w": np.zeros((1, 1, 3, 3, 1, 1))}),
        ("size", {"size": (5, 7)}),
        ("size", {"size": (4, 5)}),
        ("size", {"size": 5}),
        ("size", {"size": (5, 5), "dilation": 2}),
        ("y and w", {"w": np.zeros((0, 3, 1, 1))}),
        ("y and w", {"y": np.zeros((1, 0, 2, 1))}),
        ("stride", {"stride": 0}),
        ("stride", {"stride": (2, 2)}),
        ("dilation", {"dilation": 1.5}),
        ("padding", {"padding": "full"}),
    ],
)
def test_what_is_no_way_up_is_refused_by_name(name, change):
    good = {"y": np.zeros((1, 2, 2, 1)), "w": np.zeros((3, 3, 1, 1)), "size": (5, 5), "stride": 2}
    with pytest.raises(ValueError, match=f"^{name}: got .*, expected "):
        conv_up(**good | change)


@pytest.mark.parametrize(
    ("refused", "name"),
    [
        (lambda: sizes_up(0, 3), "places"),
        (lambda: sizes_up(2, 3, 2, "full"), "padding"),
        (lambda: overlap(3, (3, 3), 2), "places"),
        (lambda: overlap((3, 3), (3, 0), 2), "window"),
        (lambda: phases(np.zeros((3, 3)), 2), "w"),
        (lambda: phases(np.zeros((3, 3, 1, 1)), 0), "stride"),
        (lambda: enlarge(np.zeros((3, 3)), 2), "y"),
        (lambda: enlarge(np.zeros((1, 3, 3, 1)), 0.5), "stride"),
        (lambda: widened(np.zeros((3, 3)), 2), "w"),
    ],
)
def test_other_refusals(refused, name):
    with pytest.raises(ValueError, match=f"^{name}: got .*, expected "):
        refused()


def test_no_pictures_and_no_channels_are_arrays_like_others():
    assert conv_up(np.zeros((0, 2, 2, 1)), np.zeros((3, 3, 2, 1)), (5, 5), 2).shape == (0, 5, 5, 2)
    assert conv_up(np.zeros((1, 2, 2, 1)), np.zeros((3, 3, 0, 1)), (5, 5), 2).shape == (1, 5, 5, 0)


def test_what_sizes_leave_open_stays_empty_or_is_cut():
    y, w = np.array([1, -1.0]).reshape(1, 1, 2, 1), np.array([1, 0, -1.0]).reshape(1, 3, 1, 1)
    assert conv_up(y, w, (1, 6), 2).ravel().tolist() == [1, 0, -2, 0, 1, 0]
    assert conv_up(y, w, (1, 5), 2).ravel().tolist() == [1, 0, -2, 0, 1]

"""One layer for all degrees of sharing, against Keras, TensorFlow and a matrix with the right zeros."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.convolution.conv import as_dense, conv, weigh, windows
from deepcourse.convolution.counts import costs
from deepcourse.convolution.dense import dense
from deepcourse.convolution.fourier import conv_fourier
from deepcourse.gradflow import conv2d, conv2d_loops
from hypothesis import assume, given
from hypothesis import strategies as st
from keras.layers import Conv2D, DepthwiseConv2D

sizes = st.integers(1, 9)
few = st.integers(1, 3)
paddings = st.sampled_from(["valid", "same"])
seeds = st.integers(0, 2**31)


def drawn(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


def fits(i, j, u, v, dilation, padding):
    return padding == "same" or (dilation * (u - 1) < i and dilation * (v - 1) < j)


def by_place(x, w, stride, padding, dilation):
    """TensorFlow's convolution with the kernel of each place, of which only that place is kept."""
    found = None
    for row, column in np.ndindex(w.shape[:2]):
        y = tf.nn.conv2d(x, w[row, column], stride, padding.upper(), dilations=dilation).numpy()
        found = np.zeros_like(y) if found is None else found
        found[:, row :: w.shape[0], column :: w.shape[1]] = y[:, row :: w.shape[0], column :: w.shape[1]]
    return found


@given(few, sizes, sizes, few, few, few, few, few, few, paddings, seeds)
def test_a_kernel_of_any_period_is_tensorflows_place_by_place(b, i, j, u, v, c, k, s, d, padding, seed):
    assume(fits(i, j, u, v, d, padding))
    rng = np.random.default_rng(seed)
    (x,) = drawn(seed, (b, i, j, c))
    places = windows(x, (u, v), s, padding, d).shape[1:3]
    period = [int(rng.integers(1, n + 1)) for n in places]
    (w,) = drawn(seed + 1, (*period, u, v, c, k))
    np.testing.assert_allclose(conv(x, w, s, padding, d), by_place(x, w, s, padding, d), atol=1e-12)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("stride", "padding", "dilation"), [(1, "valid", 1), (2, "same", 1), (1, "same", 2)])
def test_one_shared_kernel_is_keras_conv2d(stride, padding, dilation, dtype):
    x, w = (a.astype(dtype) for a in drawn(0, (2, 9, 7, 3), (1, 1, 3, 2, 3, 4)))
    layer = Conv2D(4, (3, 2), stride, padding, dilation_rate=dilation, use_bias=False, dtype=dtype)
    layer.build(x.shape)
    layer.set_weights([w[0, 0]])
    ours = conv(x, w, stride, padding, dilation)
    assert ours.dtype == dtype
    np.testing.assert_allclose(ours, layer(x).numpy(), atol=1e-12 if dtype == "float64" else 1e-5)


def as_written(w, size, stride, padding, dilation):
    """The dense kernel of the definition, entry by entry; zeros around are no pixels."""
    down, across, rows, columns, c, k = w.shape
    spans = [dilation * (m - 1) + 1 for m in (rows, columns)]
    if padding == "valid":
        places, before = [(n - span) // stride + 1 for n, span in zip(size, spans, strict=True)], (0, 0)
    else:
        places = [-(-n // stride) for n in size]
        sides = zip(places, size, spans, strict=True)
        before = [max(0, (p - 1) * stride + span - n) // 2 for p, n, span in sides]
    found = np.zeros((*places, *size, c, k))
    for p, q, u, v in np.ndindex(*places, rows, columns):
        i, j = p * stride + u * dilation - before[0], q * stride + v * dilation - before[1]
        if 0 <= i < size[0] and 0 <= j < size[1]:
            found[p, q, i, j] = w[p % down, q % across, u, v]
    return found


@given(st.integers(5, 8), st.integers(5, 8), few, few, few, few, few, few, paddings, few, seeds)
def test_a_layer_of_any_period_is_a_dense_one_with_zeros(i, j, u, v, c, s, down, across, padding, d, seed):
    assume(fits(i, j, u, v, d, padding))
    p, q = windows(np.zeros((1, i, j, 1)), (u, v), s, padding, d).shape[1:3]
    x, w = drawn(seed, (2, i, j, c), (min(down, p), min(across, q), u, v, c, 2))
    right = as_written(w, (i, j), s, padding, d)
    np.testing.assert_allclose(as_dense(w, (i, j), s, padding, d), right, atol=0)
    flat = x.reshape(2, -1) @ right.transpose(2, 3, 4, 0, 1, 5).reshape(i * j * c, -1)
    np.testing.assert_allclose(conv(x, w, s, padding, d), flat.reshape(2, p, q, 2), atol=1e-12)
    np.testing.assert_allclose(dense(x, right), conv(x, w, s, padding, d), atol=1e-12)


@given(few, sizes, sizes, few, few, few, few, seeds)
def test_by_index_as_a_product_and_by_frequencies_are_one(b, i, j, u, v, c, k, seed):
    assume(u <= i and v <= j)
    x, w = drawn(seed, (b, i, j, c), (u, v, c, k))
    y = conv(x, w[None, None])
    np.testing.assert_allclose(conv2d_loops.conv_loops_forward(x, w), y, atol=1e-12)
    np.testing.assert_allclose(conv2d.conv_forward(x, w), y, atol=1e-12)
    np.testing.assert_allclose(conv_fourier(x, w), y, atol=1e-12)


@given(few, few, st.integers(1, 2), seeds)
def test_a_push_by_a_period_of_windows_pushes_what_comes_out(down, across, stride, seed):
    x, w = drawn(seed, (1, 16, 16, 2), (down, across, 3, 3, 2, 3))
    y = conv(x, w, stride)
    pushed = conv(x[:, stride * down :, stride * across :], w, stride)
    np.testing.assert_allclose(pushed, y[:, down:, across:], atol=1e-12)


def test_a_push_by_less_than_a_period_doesnt():
    x, w = drawn(0, (1, 12, 12, 2), (2, 2, 3, 3, 2, 3))
    assert np.abs(conv(x[:, 1:], w) - conv(x, w)[:, 1:]).max() > 0.1


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("x", {"x": np.zeros((5, 5, 1))}),
        ("x", {"x": np.zeros((1, 0, 5, 1))}),
        ("w", {"w": np.zeros((3, 3, 1, 2))}),
        ("w", {"w": np.zeros((1, 1, 3, 3, 4, 2))}),
        ("w", {"w": np.zeros((4, 1, 3, 3, 1, 2))}),
        ("w", {"w": np.zeros((0, 1, 3, 3, 1, 2))}),
        ("w", {"w": np.zeros((1, 1, 6, 3, 1, 2))}),
        ("w", {"dilation": 3}),
        ("w", {"w": np.zeros((1, 1, 0, 3, 1, 2))}),
        ("stride", {"stride": 0}),
        ("stride", {"stride": True}),
        ("stride", {"stride": (1, 1)}),
        ("dilation", {"dilation": 1.5}),
        ("padding", {"padding": "full"}),
    ],
)
def test_what_is_no_convolution_is_refused_by_name(name, change):
    good = {"x": np.zeros((1, 5, 5, 1)), "w": np.zeros((1, 1, 3, 3, 1, 2))}
    with pytest.raises(ValueError, match=f"^{name}: got .*, expected "):
        conv(**good | change)


def test_other_refusals():
    with pytest.raises(ValueError, match=r"^w: got"):
        dense(np.zeros((1, 2, 2, 1)), np.zeros((1, 1, 3, 2, 1, 1)))
    with pytest.raises(ValueError, match=r"^size: got 5"):
        as_dense(np.zeros((1, 1, 3, 3, 1, 2)), 5)
    with pytest.raises(ValueError, match=r"^kernel: got"):
        conv_fourier(np.zeros((1, 2, 2, 1)), np.zeros((3, 3, 1, 1)))


def test_no_images_and_no_channels_out_are_arrays_like_others():
    assert conv(np.zeros((0, 5, 5, 1)), np.zeros((1, 1, 3, 3, 1, 2))).shape == (0, 3, 3, 2)
    assert conv(np.zeros((1, 5, 5, 1)), np.zeros((3, 3, 3, 3, 1, 0))).shape == (1, 3, 3, 0)


@pytest.mark.parametrize(("name", "size"), [("size", (6, 3)), ("size", 3), ("size", (0, 3))])
def test_windows_that_cant_be_are_refused(name, size):
    with pytest.raises(ValueError, match=f"^{name}: got"):
        windows(np.zeros((1, 5, 5, 1)), size)


def test_keras_refuses_a_stride_with_a_dilation_and_conv_takes_every_other_place():
    with pytest.raises(ValueError, match=r"strides > 1.*not supported"):
        Conv2D(2, 3, strides=2, dilation_rate=2)
    x, w = drawn(0, (1, 9, 9, 2), (1, 1, 3, 3, 2, 2))
    assert np.array_equal(conv(x, w, 2, "valid", 2), conv(x, w, 1, "valid", 2)[:, ::2, ::2])


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_tensorflows_function_takes_a_stride_with_a_dilation_but_has_no_gradient_with_dilation_on_a_cpu(padding):
    x, w = (tf.constant(a) for a in drawn(0, (1, 9, 8, 2), (3, 2, 2, 3)))
    for stride, dilation in (2, 1), (1, 2), (2, 2):
        with tf.GradientTape(persistent=True) as tape, tf.device("CPU"):
            tape.watch([x, w])
            y = tf.nn.conv2d(x, w, stride, padding.upper(), dilations=dilation)
        ours = conv(x.numpy(), w.numpy()[None, None], stride, padding, dilation)
        np.testing.assert_allclose(y, ours, atol=1e-12)
        for each in x, w:
            if dilation == 1:
                assert tape.gradient(y, each).shape == each.shape
            else:
                with pytest.raises(tf.errors.InvalidArgumentError, match="do not yet support dilation rates larger"):
                    tape.gradient(y, each)


def test_the_dilated_layer_of_keras_has_a_gradient_at_stride_1():
    (x,) = drawn(0, (1, 9, 9, 2))
    layer = Conv2D(2, 3, dilation_rate=2)
    with tf.GradientTape() as tape:
        y = layer(x)
    gradients = tape.gradient(y, layer.trainable_weights)
    assert [g.shape for g in gradients] == [(3, 3, 2, 2), (2,)]
    assert np.abs(gradients[0]).max() > 0.1


def test_the_kernel_of_a_place_is_that_of_its_remainders():
    x, w = drawn(0, (4, 9, 8, 2), (2, 3, 3, 2, 2, 3))
    for row, column in np.ndindex(2, 3):
        alone = conv(x, w[row : row + 1, column : column + 1])
        assert np.allclose(conv(x, w)[:, row::2, column::3], alone[:, row::2, column::3], atol=1e-12)


def test_a_depthwise_layer_is_one_of_as_many_groups_as_channels_and_a_full_7_by_7_has_49_ninths_of_the_weights():
    x, w = drawn(0, (1, 9, 9, 4), (7, 7, 1, 4))
    grouped = Conv2D(4, 7, groups=4, use_bias=False, dtype="float64")
    depthwise = DepthwiseConv2D(7, use_bias=False, dtype="float64")
    for layer in grouped, depthwise:
        layer.build(x.shape)
    grouped.set_weights([w])
    depthwise.set_weights([w.swapaxes(2, 3)])
    apart = [conv(x[..., c : c + 1], w[None, None, ..., c : c + 1]) for c in range(4)]
    for layer in grouped, depthwise:
        np.testing.assert_allclose(layer(x), np.concatenate(apart, axis=3), atol=1e-12)
    full, small = (costs((1, 1, n, n, 4, 4), (9, 9)) for n in (7, 3))
    assert [round(a / b, 1) for a, b in zip(full, small, strict=True)] == [5.4, 5.4]


def test_windows_and_kernels_that_dont_fit_are_refused_when_weighed():
    seen = windows(np.zeros((1, 5, 5, 1)), (3, 3))
    with pytest.raises(ValueError, match=r"^w: got shape"):
        weigh(seen, np.zeros((1, 1, 3, 2, 1, 1)))
    with pytest.raises(ValueError, match=r"^w: got"):
        weigh(seen, np.zeros((4, 1, 3, 3, 1, 1)))


def test_zeros_on_both_sides_as_in_pytorch_give_other_windows_at_stride_2():
    x, w = np.array([1, 2, 0, 3, 1, 5.0]).reshape(1, 1, 6, 1), np.array([1, 0, -1.0]).reshape(1, 1, 1, 3, 1, 1)
    both = np.pad(x, [(0, 0), (0, 0), (1, 1), (0, 0)])
    assert conv(both, w, 2)[0, 0, :, 0].tolist() == [-2, -1, -2]
    assert conv(x, w, 2, "same")[0, 0, :, 0].tolist() == [1, -1, 1]


def test_a_push_by_a_place_of_the_last_layer_leaves_the_largest_values_where_there_is_room():
    small, first, second = drawn(1, (1, 8, 8, 1), (1, 1, 5, 5, 1, 4), (1, 1, 5, 5, 4, 6))
    large = np.zeros((1, 40, 40, 1))
    large[:, 12:20, 12:20] = small

    def found(x):
        x = np.maximum(conv(x, first, 2), 0)
        return np.maximum(conv(x, second, 2), 0).max(axis=(1, 2))

    assert np.allclose(found(np.roll(large, 4, axis=2)), found(large), atol=1e-12)
    assert np.abs(found(np.roll(large, 2, axis=2)) - found(large)).max() > 1

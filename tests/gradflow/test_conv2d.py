"""The convolution in three files: by index, as one product, as two convolutions; and as TensorFlow has it."""

from itertools import product

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.gradflow import conv2d, conv2d_geometry, conv2d_loops, conv2d_transposed
from deepcourse.gradflow.gradcheck import central_difference, relative_error
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from ways import backward_of, forward_of

sizes = st.integers(1, 7)
windows = st.integers(1, 4)
channels = st.integers(1, 3)
strides = st.one_of(st.integers(1, 4), st.tuples(st.integers(1, 4), st.integers(1, 4)))
paddings = st.sampled_from(["valid", "same"])
seeds = st.integers(0, 2**31)
# images (B, I, J, C), kernel (U, V, C, K), stride, padding
EDGES = {
    "even kernel": ((2, 5, 6, 2), (2, 4, 2, 3), 1, "same"),
    "stride over kernel": ((2, 7, 7, 2), (2, 1, 2, 3), (3, 4), "valid"),
    "stride over kernel, same": ((2, 7, 6, 2), (1, 2, 2, 3), 3, "same"),
    "kernel over image, same": ((2, 2, 1, 2), (4, 3, 2, 3), 1, "same"),
    "kernel as large as the image": ((2, 3, 4, 2), (3, 4, 2, 3), 1, "valid"),
    "one channel in and out": ((2, 5, 5, 1), (3, 3, 1, 1), 2, "same"),
    "one example": ((1, 5, 5, 2), (3, 3, 2, 3), 2, "valid"),
    "no example": ((0, 5, 5, 2), (3, 3, 2, 3), 1, "valid"),
    "no example, same": ((0, 5, 4, 2), (3, 3, 2, 3), 2, "same"),
    "no channel out": ((2, 4, 4, 2), (3, 3, 2, 0), 1, "valid"),
    "one pixel": ((2, 1, 1, 2), (1, 1, 2, 3), 1, "valid"),
    "rows never seen": ((1, 6, 6, 1), (2, 2, 1, 1), 3, "valid"),
}


def case(seed, x_shape, k_shape, stride, padding, dtype="float64"):
    """Arrays dy, x, k of a convolution."""
    rng = np.random.default_rng(seed)
    x, k = rng.normal(size=x_shape).astype(dtype), rng.normal(size=k_shape).astype(dtype)
    out = conv2d.geometry(x, k, stride, padding).out
    return rng.normal(size=(x_shape[0], *out, k_shape[3])).astype(dtype), x, k


def taped(dy, x, k, stride, padding):
    """What TensorFlow computes: y, dx, dk; an odd stride pair in its own order."""
    pair = (stride, stride) if isinstance(stride, int) else stride
    arrays = [tf.constant(x), tf.constant(k)]
    with tf.GradientTape() as tape:
        tape.watch(arrays)
        y = tf.nn.conv2d(*arrays, [1, *pair, 1], padding.upper())
    return [a.numpy() for a in (y, *tape.gradient(y, arrays, output_gradients=tf.constant(dy)))]


def agree(dy, x, k, stride, padding, central=1e-7):
    y, *gradients = taped(dy, x, k, stride, padding)
    assert relative_error(conv2d.conv_forward(x, k, stride, padding), y) < 1e-10
    found = conv2d.conv_backward(dy, x, k, stride, padding)
    measured = [
        central_difference(lambda a: np.sum(dy * conv2d.conv_forward(a, k, stride, padding)), x),
        central_difference(lambda a: np.sum(dy * conv2d.conv_forward(x, a, stride, padding)), k),
    ]
    for ours, differences, theirs in zip(found, measured, gradients, strict=True):
        assert relative_error(ours, differences) < central
        assert relative_error(ours, theirs) < 1e-10


@settings(max_examples=40)
@given(
    b=st.integers(1, 2),
    i=sizes,
    j=sizes,
    c=channels,
    u=windows,
    v=windows,
    k=channels,
    stride=strides,
    padding=paddings,
    seed=seeds,
)
@example(b=1, i=7, j=5, c=1, u=4, v=2, k=1, stride=(2, 3), padding="same", seed=0)
def test_values_and_gradients_equal_the_tape_and_central_differences(b, i, j, c, u, v, k, stride, padding, seed):
    assume(padding == "same" or (u <= i and v <= j))
    agree(*case(seed, (b, i, j, c), (u, v, c, k), stride, padding), stride, padding)


@pytest.mark.parametrize("name", [name for name in EDGES if "no " not in name])
def test_edges_equal_the_tape_and_central_differences(name):
    agree(*case(1, *EDGES[name]), *EDGES[name][2:])


@pytest.mark.parametrize("name", [name for name in EDGES if "no example" in name])
def test_an_empty_batch_gives_an_empty_output_and_a_kernel_gradient_of_zero(name):
    _, _, stride, padding = EDGES[name]
    dy, x, k = case(1, *EDGES[name])
    assert conv2d.conv_forward(x, k, stride, padding).shape == dy.shape
    for module in (conv2d, conv2d_loops, conv2d_transposed):
        dx, dk = backward_of(module)(dy, x, k, stride, padding)
        assert dx.shape == x.shape
        assert dk.shape == k.shape
        assert not dk.any()


@settings(max_examples=20)
@given(
    b=st.integers(0, 2),
    i=st.integers(1, 5),
    j=st.integers(1, 5),
    c=st.integers(1, 2),
    u=windows,
    v=windows,
    k=st.integers(1, 2),
    stride=strides,
    padding=paddings,
    seed=seeds,
)
def test_the_three_files_compute_the_same(b, i, j, c, u, v, k, stride, padding, seed):
    assume(padding == "same" or (u <= i and v <= j))
    dy, x, kernel = case(seed, (b, i, j, c), (u, v, c, k), stride, padding)
    expected = conv2d_loops.conv_loops_backward(dy, x, kernel, stride, padding)
    loops = conv2d_loops.conv_loops_forward(x, kernel, stride, padding)
    assert relative_error(conv2d.conv_forward(x, kernel, stride, padding), loops) < 1e-13
    for module in (conv2d, conv2d_transposed):
        for ours, theirs in zip(backward_of(module)(dy, x, kernel, stride, padding), expected, strict=True):
            assert relative_error(ours, theirs) < 1e-13


@pytest.mark.parametrize("name", EDGES)
def test_the_three_files_compute_the_same_at_the_edges(name):
    _, _, stride, padding = EDGES[name]
    dy, x, k = case(2, *EDGES[name])
    expected = conv2d_loops.conv_loops_backward(dy, x, k, stride, padding)
    for module in (conv2d, conv2d_transposed):
        for ours, theirs in zip(backward_of(module)(dy, x, k, stride, padding), expected, strict=True):
            assert ours.shape == theirs.shape
            assert relative_error(ours, theirs) < 1e-13


@pytest.mark.parametrize("module", [conv2d, conv2d_loops, conv2d_transposed])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_float32_stays_float32_and_within_its_precision(module, padding):
    large = case(3, (2, 6, 7, 3), (3, 2, 3, 4), 2, padding)
    small = [a.astype("float32") for a in large]
    pairs = list(zip(backward_of(module)(*small, 2, padding), conv2d.conv_backward(*large, 2, padding), strict=True))
    if hasattr(module, "forward"):
        pairs.append((forward_of(module)(*small[1:], 2, padding), conv2d.conv_forward(*large[1:], 2, padding)))
    for ours, expected in pairs:
        assert ours.dtype == np.float32
        assert relative_error(ours, expected) < 1e-4


@pytest.mark.parametrize("block", [1, 300, 10**9])
def test_in_blocks_of_any_size_the_same_comes_out(block, monkeypatch):
    dy, x, k = case(6, (5, 4, 6, 2), (3, 2, 2, 3), (1, 2), "same")
    expected = [
        conv2d_loops.conv_loops_forward(x, k, (1, 2), "same"),
        *conv2d_loops.conv_loops_backward(dy, x, k, (1, 2), "same"),
    ]
    monkeypatch.setattr(conv2d, "BLOCK", block)
    parts = conv2d.blocks(x, k, conv2d.geometry(x, k, (1, 2), "same"))
    assert len(parts) == {1: 5, 300: 3, 10**9: 1}[block]
    found = [conv2d.conv_forward(x, k, (1, 2), "same"), *conv2d.conv_backward(dy, x, k, (1, 2), "same")]
    for ours, theirs in zip(found, expected, strict=True):
        assert relative_error(ours, theirs) < 1e-13


def test_pixels_that_no_window_saw_hear_nothing():
    dy, x, k = case(4, *EDGES["rows never seen"])
    dx, _ = conv2d.conv_backward(dy, x, k, 3, "valid")
    assert (dx[:, [0, 1, 3, 4]][:, :, [0, 1, 3, 4]] != 0).all()
    assert not dx[:, [2, 5]].any()
    assert not dx[:, :, [2, 5]].any()


@pytest.mark.equation("gradflow/conv2d-valid")
def test_valid_counts_the_windows_that_lie_inside(proof):
    for size, window, stride in product(range(1, 12), range(1, 6), range(1, 5)):
        if window <= size:
            inside = sum(start + window <= size for start in range(0, size, stride))
            found = conv2d_geometry.windows_along(size, window, stride, "valid")
            assert found == (inside, 0, 0)
            proof.tex(P=inside, I=size, U=window, s_I=stride, a_I=found[1], scale=1)


@pytest.mark.equation("gradflow/conv2d-same")
def test_same_puts_the_odd_zero_at_the_end_as_tensorflow_does(proof):
    for size, window, stride in product(range(1, 10), range(1, 6), range(1, 5)):
        found = conv2d_geometry.windows_along(size, window, stride, "same")
        bound = {"P": found[0], "a_I": found[1], r"\text{zeros}": sum(found[1:])}
        proof.tex(bound, I=size, U=window, s_I=stride, scale=1)
        # One pixel after the other is lit: where TensorFlow hears it shows where the windows stand.
        eye = tf.reshape(tf.eye(size, dtype=tf.float64), (size, size, 1, 1))
        k = tf.reshape(tf.range(1, window + 1, dtype=tf.float64), (window, 1, 1, 1))
        theirs = tf.nn.conv2d(eye, k, [1, stride, 1, 1], "SAME")[..., 0, 0].numpy()
        starts = stride * np.arange(found[0]) - found[1]
        offset = np.arange(size)[:, None] - starts
        proof(np.where((offset >= 0) & (offset < window), offset + 1, 0), theirs)


STRIDE, PADDING, BEFORE = (2, 3), "same", (1, 1)


@pytest.fixture
def arrays():
    """A convolution with everything uneven: stride (2, 3), window (4, 3), padding above and below (1, 2)."""
    dy, x, k = case(5, (2, 5, 4, 2), (4, 3, 2, 3), STRIDE, PADDING)
    g = conv2d.geometry(x, k, STRIDE, PADDING)
    assert (g.before, g.after) == (BEFORE, (2, 1))
    assert dy.shape == (2, 3, 2, 3)
    return dy, x, k


def at(x, n, i, j, c):
    """A pixel, or 0 outside of the image."""
    return x[n, i, j, c] if 0 <= i < x.shape[1] and 0 <= j < x.shape[2] else 0.0


def pixels(x):
    """An image as a function of its indices, for a formula that goes beyond its edges."""
    return lambda n, i, j, c: at(x, n, i, j, c)


SITES = {"s_I": STRIDE[0], "s_J": STRIDE[1], "a_I": BEFORE[0], "a_J": BEFORE[1]}


def differences(dy, x, k):
    return (
        central_difference(lambda a: np.sum(dy * conv2d.conv_forward(a, k, STRIDE, PADDING)), x),
        central_difference(lambda a: np.sum(dy * conv2d.conv_forward(x, a, STRIDE, PADDING)), k),
    )


@pytest.mark.equation("gradflow/conv2d")
def test_the_convolution_by_index(arrays, proof):
    dy, x, k = arrays
    for y in (conv2d.conv_forward(x, k, STRIDE, PADDING), taped(dy, x, k, STRIDE, PADDING)[0]):
        proof.tex(SITES, y=y, x=pixels(x), w=k)


@pytest.mark.equation("gradflow/conv2d-dk")
def test_dk_sums_over_all_windows_what_dy_said_times_what_stood_there(arrays, proof):
    dy, x, k = arrays
    proof.tex(SITES, dw=conv2d.conv_backward(dy, x, k, STRIDE, PADDING)[1], dy=dy, x=pixels(x))
    proof.tex(SITES, dw=differences(dy, x, k)[1], dy=dy, x=pixels(x), tolerance=1e-7)


@pytest.mark.equation("gradflow/conv2d-dx")
def test_dx_sums_over_the_windows_that_saw_the_pixel(arrays, proof):
    dy, x, k = arrays
    proof.tex(SITES, dx=conv2d.conv_backward(dy, x, k, STRIDE, PADDING)[0], dy=dy, w=k)
    proof.tex(SITES, dx=differences(dy, x, k)[0], dy=dy, w=k, tolerance=1e-7)


@pytest.mark.equation("gradflow/adjoint")
def test_the_gradients_of_a_product_weighed_by_their_arrays_sum_to_the_same(arrays, proof):
    dy, x, k = arrays
    y, dx, dk = taped(dy, x, k, STRIDE, PADDING)
    proof.tex(y=y, dx=dx, dw=dk, x=x, w=k, dy=dy)
    dx, dk = conv2d.conv_backward(dy, x, k, STRIDE, PADDING)
    proof.tex(y=conv2d.conv_forward(x, k, STRIDE, PADDING), dx=dx, dw=dk, x=x, w=k, dy=dy)


def test_the_sums_expose_a_lost_edge_and_a_turned_kernel(arrays):
    dy, x, k = arrays
    total = np.sum(dy * conv2d.conv_forward(x, k, STRIDE, PADDING))
    dx, _ = conv2d.conv_backward(dy, x, k, STRIDE, PADDING)
    dx[:, -1] = 0
    assert abs(np.sum(dx * x) / total - 1) > 1e-3
    turned, _ = conv2d.conv_backward(dy, x, k[::-1, ::-1], STRIDE, PADDING)
    assert abs(np.sum(turned * x) / total - 1) > 1e-3


def test_a_mistake_that_both_passes_share_passes_the_sums(arrays):
    dy, x, k = arrays
    turned = k[::-1]
    dx, _ = conv2d.conv_backward(dy, x, turned, STRIDE, PADDING)
    assert relative_error(np.sum(dx * x), np.sum(dy * conv2d.conv_forward(x, turned, STRIDE, PADDING))) < 1e-12
    assert (
        relative_error(conv2d.conv_forward(x, turned, STRIDE, PADDING), conv2d.conv_forward(x, k, STRIDE, PADDING))
        > 0.1
    )


def test_dx_asks_for_no_x_so_a_fresh_one_must_agree_too(arrays):
    dy, x, k = arrays
    dx, _ = conv2d.conv_backward(dy, x, k, STRIDE, PADDING)
    other = np.random.default_rng(8).normal(size=x.shape)
    assert relative_error(np.sum(dx * other), np.sum(dy * conv2d.conv_forward(other, k, STRIDE, PADDING))) < 1e-12


def test_with_assignment_in_place_of_addition_only_windows_that_do_not_overlap_are_right():
    for stride, right in ((1, False), (2, False), (3, True), (4, True)):
        dy, x, k = case(7, (2, 9, 9, 2), (3, 3, 2, 3), stride, "valid")
        expected, _ = conv2d.conv_backward(dy, x, k, stride)
        found = np.zeros_like(x)
        (p, q) = dy.shape[1:3]
        for u, v in np.ndindex(3, 3):
            found[:, u : u + stride * p : stride, v : v + stride * q : stride] = dy @ k[u, v].T
        assert (relative_error(found, expected) < 1e-12) == right


def test_numpy_adds_once_to_a_place_that_an_index_array_repeats():
    heard = np.zeros(2)
    heard[np.array([0, 0, 1])] += 1
    assert heard.tolist() == [1, 1]
    np.add.at(heard, np.array([0, 0, 1]), 1)
    assert heard.tolist() == [3, 2]


def test_windows_of_numpy_are_the_pixels_themselves_until_they_are_reshaped():
    x = np.zeros((2, 6, 5, 3))
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(1, 2))
    assert np.shares_memory(windows, x)
    assert not np.shares_memory(windows.reshape(-1, 27), x)


def rows_by_index(x, k, out):
    """X of the page: a row per window, a column per tap and channel."""
    (si, sj), (ai, aj) = STRIDE, BEFORE
    return np.array(
        [
            [at(x, n, si * p + u - ai, sj * q + v - aj, c) for u, v, c in np.ndindex(k.shape[:3])]
            for n, p, q in np.ndindex(len(x), *out)
        ]
    )


@pytest.mark.equation("gradflow/im2col", digest="021e5cef")
def test_with_one_row_per_window_the_convolution_is_a_product(arrays, proof):
    dy, x, k = arrays
    wide = rows_by_index(x, k, dy.shape[1:3])
    assert wide.shape == (2 * 3 * 2, 4 * 3 * 2)
    proof(conv2d.im2col(x, k, conv2d.geometry(x, k, STRIDE, PADDING)), wide)
    y = wide @ k.reshape(-1, k.shape[3])
    proof(y.reshape(dy.shape), taped(dy, x, k, STRIDE, PADDING)[0])


@pytest.mark.equation("gradflow/im2col-backward", digest="5bef2e52")
def test_its_gradients_are_those_of_a_matrix_product(arrays, proof):
    dy, x, k = arrays
    (si, sj), (ai, aj) = STRIDE, BEFORE
    wide, flat = rows_by_index(x, k, dy.shape[1:3]), dy.reshape(-1, k.shape[3])
    measured = differences(dy, x, k)[1].reshape(-1, k.shape[3])
    proof.tex(X=wide, dw=measured, dy=flat, lines=0, tolerance=1e-7)
    dwide = (flat @ k.reshape(-1, k.shape[3]).T).reshape(*dy.shape[:3], *k.shape[:3])
    dx = np.zeros(x.shape)
    for n, p, q, u, v, c in np.ndindex(dwide.shape):
        i, j = si * p + u - ai, sj * q + v - aj
        if 0 <= i < x.shape[1] and 0 <= j < x.shape[2]:
            dx[n, i, j, c] += dwide[n, p, q, u, v, c]
    proof(dx, differences(dy, x, k)[0], tolerance=1e-7)


def spread_by_index(dy):
    """The page's spread-out dy, as a function that is 0 where nothing stands."""
    si, sj = STRIDE

    def value(n, i, j, m):
        (p, down), (q, across) = divmod(i, si), divmod(j, sj)
        inside = 0 <= p < dy.shape[1] and 0 <= q < dy.shape[2]
        return dy[n, p, q, m] if inside and not down and not across else 0.0

    return value


@pytest.mark.equation("gradflow/conv2d-transposed")
def test_dx_is_a_convolution_of_the_spread_out_dy_with_the_kernel_turned_round(arrays, proof):
    dy, x, k = arrays
    bound = {r"\widetilde{dy}": spread_by_index(dy), "w": k} | SITES
    proof.tex(bound, dx=conv2d_transposed.conv_transposed_backward(dy, x, k, STRIDE, PADDING)[0])
    proof.tex(bound, dx=tf.nn.conv2d_transpose(dy, k, x.shape, [1, *STRIDE, 1], PADDING.upper()))
    proof.tex(bound, dx=differences(dy, x, k)[0], tolerance=1e-7)


@pytest.mark.equation("gradflow/transposed-size", digest="c5a18620")
def test_the_rows_of_a_transposed_convolution_step_by_step(proof):
    for size, window, stride, padding in product((5, 8), (1, 2, 3), (1, 2, 3), ("valid", "same")):
        dy, x, k = case(9, (1, size, size, 1), (window, window, 1, 1), stride, padding)
        g = conv2d.geometry(x, k, stride, padding)
        wide = conv2d_transposed.spread(dy, g)
        edge = np.pad(wide, ((0, 0), (window - 1,) * 2, (window - 1,) * 2, (0, 0)))
        seen = conv2d.conv_forward(edge, k)
        dx = conv2d_transposed.input_gradient(wide, x, k, g)
        out = dy.shape[1]
        steps = [(out - 1) * stride + 1, (out - 1) * stride + 1 + 2 * (window - 1), (out - 1) * stride + window, size]
        proof(steps, [a.shape[1] for a in (wide, edge, seen, dx)])
        unseen = max(g.before[0] + size - seen.shape[1], 0)
        assert not dx[:, size - unseen :].any()


@pytest.mark.equation("gradflow/conv2d-dilated")
def test_dk_is_a_convolution_of_x_with_the_spread_out_dy(arrays, proof):
    dy, x, k = arrays
    rows, columns = ((out - 1) * stride + 1 for out, stride in zip(dy.shape[1:3], STRIDE, strict=True))
    bound = {r"\widetilde{dy}": spread_by_index(dy), "x": pixels(x)} | SITES
    bound |= {"n": range(len(x)), "i": range(rows), "j": range(columns)}
    proof.tex(bound, dw=conv2d_transposed.conv_transposed_backward(dy, x, k, STRIDE, PADDING)[1])
    proof.tex(bound, dw=differences(dy, x, k)[1], tolerance=1e-7)


def test_that_kernel_is_what_tensorflow_calls_dilated():
    dy, x, k = case(12, (2, 7, 6, 3), (3, 2, 3, 4), 2, "valid")
    dk = tf.nn.conv2d(x.transpose(3, 1, 2, 0), dy.transpose(1, 2, 0, 3), 1, "VALID", dilations=2)
    assert relative_error(dk.numpy().transpose(1, 2, 0, 3), conv2d.conv_backward(dy, x, k, 2)[1]) < 1e-12


@pytest.mark.equation("gradflow/cost", digest="91d6957d")
def test_a_convolution_has_b_p_q_u_v_c_k_products(proof):
    x, k = np.ones((2, 8, 9, 3)), np.ones((2, 3, 3, 4))
    for stride in (1, 2, (3, 2)):
        products = sum(1 for _ in conv2d_loops.terms(x, k, stride, "valid"))
        g = conv2d.geometry(x, k, stride, "valid")
        proof(products, 2 * g.out[0] * g.out[1] * 2 * 3 * 3 * 4)
        assert conv2d.im2col(x, k, g).size * 4 == products


def test_im2col_is_larger_than_its_input_by_the_window_over_the_strides():
    x, k = np.ones((2, 8, 9, 3)), np.ones((2, 3, 3, 4))
    g = conv2d.geometry(x, k, (3, 2), "same")
    size = conv2d.im2col(x, k, g).size / x.size
    assert size == pytest.approx(g.out[0] * g.out[1] * 2 * 3 * 3 / (8 * 9 * 3))
    # The share of windows in pixels tends to 1 / (s_I s_J) as the image grows.
    x = np.ones((1, 601, 602, 1), "float32")
    g = conv2d.geometry(x, np.ones((2, 3, 1, 1), "float32"), (3, 2), "same")
    assert g.out[0] * g.out[1] * 2 * 3 / (601 * 602) == pytest.approx(2 * 3 / (3 * 2), rel=1e-2)


@pytest.mark.parametrize(
    ("x", "k", "stride", "padding", "says"),
    [
        ((5, 5, 2), (3, 3, 2, 1), 1, "valid", r"x: got shape \(5, 5, 2\), expected \(B, I, J, C\)"),
        ((1, 0, 5, 2), (3, 3, 2, 1), 1, "same", r"x: got shape \(1, 0, 5, 2\)"),
        ((1, 5, 5, 2), (3, 3, 3, 1), 1, "same", r"w: got shape \(3, 3, 3, 1\), expected \(U, V, 2, K\)"),
        ((1, 5, 5, 2), (0, 3, 2, 1), 1, "same", r"w: got shape \(0, 3, 2, 1\)"),
        ((1, 5, 5, 2), (3, 3, 2, 1), 0, "same", "stride: got 0, expected 1 or 2 ints above 0"),
        ((1, 5, 5, 2), (3, 3, 2, 1), (1, 2, 3), "same", r"stride: got \(1, 2, 3\)"),
        ((1, 5, 5, 2), (3, 3, 2, 1), 1.5, "same", "stride: got 1.5"),
        ((1, 5, 5, 2), (3, 3, 2, 1), 1, "SAME", 'padding: got \'SAME\', expected "valid" or "same"'),
        ((1, 5, 2, 2), (3, 3, 2, 1), 1, "valid", r"w: got a window of \(3, 3\), expected at most \(5, 2\)"),
    ],
)
@pytest.mark.parametrize("module", [conv2d, conv2d_loops])
def test_bad_input_is_named_with_what_was_expected(module, x, k, stride, padding, says):
    with pytest.raises(ValueError, match=says):
        forward_of(module)(np.ones(x), np.ones(k), stride, padding)


@pytest.mark.parametrize("module", [conv2d, conv2d_loops, conv2d_transposed])
def test_a_gradient_of_another_shape_is_refused(module):
    with pytest.raises(ValueError, match=r"dy: got shape \(1, 1, 1, 4\), expected \(1, 3, 3, 4\)"):
        backward_of(module)(np.ones((1, 1, 1, 4)), np.ones((1, 5, 5, 2)), np.ones((3, 3, 2, 4)))

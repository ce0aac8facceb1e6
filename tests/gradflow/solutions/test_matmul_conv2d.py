"""What the solutions of post 1 claim."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.gradflow import conv2d, conv2d_geometry
from deepcourse.gradflow.gradcheck import central_difference, relative_error
from deepcourse.gradflow.planted import planted_forward, planted_softplus, planted_softplus_backward
from deepcourse.gradflow.solutions import matmul_conv2d as solutions


@pytest.mark.parametrize("point", [(3.0, 2.0, -1.0), (2.0, -3.0, 7.0), (2.0, -3.0, 1.0)])
def test_the_circuit_agrees_with_central_differences(point):
    measured = central_difference(lambda p: solutions.gradients(*p)[0], np.array(point))
    assert relative_error(1 + measured, 1 + np.array(solutions.gradients(*point)[1:])) < 1e-8


def test_rows_of_a_table_that_are_read_twice_get_a_sum_as_the_tape_says():
    rng = np.random.default_rng(0)
    w, at, dy = rng.normal(size=(5, 3)), [4, 1, 4, 4, 0], rng.normal(size=(5, 3))
    table = tf.Variable(w)
    with tf.GradientTape() as tape:
        y = tf.gather(table, at)
    expected = tf.convert_to_tensor(tape.gradient(y, table, output_gradients=tf.constant(dy)))
    assert np.array_equal(solutions.look_up(w, at), y)
    assert relative_error(solutions.look_up_backward(dy, at, 5), expected) < 1e-14


@pytest.mark.parametrize("shape", [(2, 5, 6, 3), (1, 3, 2, 1), (3, 4, 4, 2)])
@pytest.mark.parametrize(("stride", "zeros"), [(1, 0), (2, 1), (3, 2)])
def test_a_window_for_each_channel_and_its_gradients_equal_tensorflows(shape, stride, zeros):
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=shape), rng.normal(size=(3, 2, shape[3]))
    z, k = tf.constant(x), tf.constant(w[..., None])
    ring = [[0, 0], [zeros, zeros], [zeros, zeros], [0, 0]]
    with tf.GradientTape() as tape:
        tape.watch([z, k])
        twin = tf.nn.depthwise_conv2d(tf.pad(z, ring), k, (1, stride, stride, 1), "VALID")
    dy = rng.normal(size=twin.shape)
    dx, dw = tape.gradient(twin, [z, k], output_gradients=tf.constant(dy))
    found = solutions.depthwise_backward(dy, x, w, stride, zeros)
    assert relative_error(solutions.depthwise(x, w, stride, zeros), twin) < 1e-14
    assert relative_error(found[0], dx) < 1e-14
    assert relative_error(found[1], dw[..., 0]) < 1e-14


def test_the_image_cut_at_the_wrong_zeros_is_hidden_where_their_number_is_even():
    cases = [(size, window, stride) for size in (7, 8, 9) for window in (2, 3, 4, 5) for stride in (1, 2, 3)]
    for case, error in zip(cases, solutions.lopsided_errors(cases), strict=True):
        _, before, after = conv2d_geometry.windows_along(*case, "same")
        assert error == 0.0 if before == after else error > 0.1


@pytest.mark.parametrize("size", [(5, 4, 4), (4, 4, 3)])
def test_fewer_equal_sizes_leave_fewer_candidates_and_one_of_them_right(size):
    found = solutions.candidates(size)
    assert [name for name, error in found.items() if error < 1e-7] == ["dy @ w.T"]


def test_the_planted_softplus_has_two_wrong_signs():
    x = np.linspace(-5, 5, 11)
    values = planted_softplus(x)
    assert relative_error(values, tf.nn.softplus(-x)) < 1e-12
    gradient = planted_softplus_backward(np.ones(11), x)
    assert relative_error(gradient, tf.sigmoid(-x)) < 1e-12


@pytest.mark.parametrize("rate", [0.1, 0.2, 0.5])
def test_the_planted_dropout_keeps_the_mean_and_swaps_the_shares(rate):
    y, mask = planted_forward(np.ones((500, 400)), rate, np.random.default_rng(0))
    assert y.mean() == pytest.approx(1, abs=0.05)
    assert mask.mean() == pytest.approx(rate, abs=0.01)


def test_a_layer_that_drops_nothing_and_gives_a_mask_that_it_never_used_has_no_zeros():
    def unused(x, rate, rng):
        return x / 1.0, rng.random(x.shape) >= rate

    _, zeros = solutions.judge(unused, lambda dy, mask, rate: dy)
    assert zeros == 0


@pytest.mark.parametrize(
    ("shape", "window"), [((2, 4, 6, 3), 2), ((1, 7, 5, 2), 2), ((2, 6, 6, 1), 3), ((1, 1, 1, 1), 1)]
)
def test_pooling_and_its_gradient_equal_the_tape_and_central_differences(shape, window):
    rng = np.random.default_rng(0)
    x = rng.normal(size=shape)
    y, where = solutions.pool(x, window)
    dy = rng.normal(size=y.shape)
    z = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(z)
        twin = tf.nn.max_pool2d(z, window, window, "VALID")
    dx = solutions.pool_backward(dy, where, x, window)
    assert relative_error(y, twin) < 1e-14
    assert relative_error(dx, tape.gradient(twin, z, output_gradients=tf.constant(dy))) < 1e-14
    assert relative_error(dx, central_difference(lambda a: np.sum(dy * solutions.pool(a, window)[0]), x)) < 1e-7


@pytest.mark.parametrize("stride", [(1, 1), (2, 1), (3, 2), 2])
def test_row_by_row_the_whole_comes_out(stride):
    rng = np.random.default_rng(1)
    x, k = rng.normal(size=(5, 9, 7, 2)), rng.normal(size=(3, 2, 2, 4))
    y = conv2d.conv_forward(x, k, stride)
    assert relative_error(solutions.forward_by_rows(x, k, stride), y) < 1e-14
    dy = rng.normal(size=y.shape)
    expected = conv2d.conv_backward(dy, x, k, stride)
    for ours, whole in zip(solutions.backward_by_rows(dy, x, k, stride), expected, strict=True):
        assert relative_error(ours, whole) < 1e-13


def test_the_gigabytes_are_those_of_the_arrays():
    x, k = np.zeros((2, 8, 8, 3), "float32"), np.zeros((3, 3, 3, 4), "float32")
    wide = conv2d.im2col(x, k, conv2d.geometry(x, k, 1, "same"))
    assert solutions.gigabytes(x.shape, k.shape) == pytest.approx((x.nbytes / 1e9, wide.nbytes / 1e9))


def test_pooled_integers_get_a_gradient_of_fractions():
    x = np.arange(16).reshape(1, 4, 4, 1)
    y, where = solutions.pool(x)
    dx = solutions.pool_backward(np.full(y.shape, 0.5), where, x)
    assert (y.dtype, dx.dtype) == ("float64", "float64")
    assert dx.sum() == 2

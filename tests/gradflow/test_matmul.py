"""The dense layer: by index, by central differences, by TensorFlow."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.gradflow import matmul
from deepcourse.gradflow.gradcheck import central_difference, relative_error
from hypothesis import example, given
from hypothesis import strategies as st


def case(seed, b, d, h, dtype="float64"):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype(dtype) for shape in ((b, h), (b, d), (d, h), (h,))]


@given(b=st.integers(0, 5), d=st.integers(1, 6), h=st.integers(1, 5), seed=st.integers(0, 2**31))
@example(b=0, d=2, h=3, seed=0)
@example(b=1, d=1, h=1, seed=0)
def test_all_three_gradients_equal_central_differences_and_the_tape(b, d, h, seed):
    dy, x, w, bias = case(seed, b, d, h)
    found = matmul.dense_backward(dy, x, w)
    measured = [
        central_difference(lambda a: np.sum(dy * matmul.dense_forward(a, w, bias)), x),
        central_difference(lambda a: np.sum(dy * matmul.dense_forward(x, a, bias)), w),
        central_difference(lambda a: np.sum(dy * matmul.dense_forward(x, w, a)), bias),
    ]
    inputs = [tf.constant(a) for a in (x, w, bias)]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        y = inputs[0] @ inputs[1] + inputs[2]
    taped = tape.gradient(y, inputs, output_gradients=tf.constant(dy))
    assert relative_error(matmul.dense_forward(x, w, bias), y) < 1e-12
    for ours, differences, theirs in zip(found, measured, taped, strict=True):
        assert relative_error(ours, differences) < 1e-7
        assert relative_error(ours, theirs) < 1e-10


def test_float32_stays_float32_and_within_its_precision():
    arrays = case(0, 7, 5, 4)
    small = [a.astype("float32") for a in arrays]
    dy, x, w, b = arrays
    pairs = zip(
        [matmul.dense_forward(*small[1:]), *matmul.dense_backward(*small[:3])],
        [matmul.dense_forward(x, w, b), *matmul.dense_backward(dy, x, w)],
        strict=True,
    )
    for ours, expected in pairs:
        assert ours.dtype == np.float32
        assert relative_error(ours, expected) < 1e-4


@pytest.mark.equation("gradflow/matmul")
def test_the_product_by_index(proof):
    _, x, w, b = case(1, 3, 4, 2)
    proof.tex(y=matmul.dense_forward(x, w, b), x=x, w=w, b=b, B=3, D=4, H=2)


def measured_by(dy, x, w, b):
    return (
        central_difference(lambda a: np.sum(dy * matmul.dense_forward(a, w, b)), x),
        central_difference(lambda a: np.sum(dy * matmul.dense_forward(x, a, b)), w),
        central_difference(lambda a: np.sum(dy * matmul.dense_forward(x, w, a)), b),
    )


@pytest.mark.equation("gradflow/matmul-dx")
def test_dx_sums_over_the_units_that_read_x(proof):
    dy, x, w, b = case(2, 3, 4, 2)
    proof.tex(dx=matmul.dense_backward(dy, x, w)[0], dy=dy, x=x, w=w)
    proof.tex(dx=measured_by(dy, x, w, b)[0], dy=dy, x=x, w=w, tolerance=1e-7)


@pytest.mark.equation("gradflow/matmul-dw")
def test_dw_sums_over_the_examples(proof):
    dy, x, w, b = case(3, 3, 4, 2)
    proof.tex(dw=matmul.dense_backward(dy, x, w)[1], dy=dy, x=x, w=w)
    proof.tex(dw=measured_by(dy, x, w, b)[1], dy=dy, x=x, w=w, tolerance=1e-7)


@pytest.mark.equation("gradflow/matmul-db")
def test_db_sums_over_the_examples_that_were_given_the_bias(proof):
    dy, x, w, b = case(4, 3, 4, 2)
    proof.tex(db=matmul.dense_backward(dy, x, w)[2], dy=dy, x=x, w=w)
    proof.tex(db=measured_by(dy, x, w, b)[2], dy=dy, x=x, w=w, tolerance=1e-7)


def wrong_step(back, eta=0.1):
    """A step of a first layer that is sent `dy @ back` instead of `dy @ w.T`: 7 examples, 3 inputs, 4 units.

    Returns the inputs of both layers, dy, the K of the page, the first layer's two gradients, and how x moves.
    """
    rng = np.random.default_rng(6)
    x0, w0, b0, dy = (rng.normal(size=size) for size in ((7, 3), (3, 4), 4, (7, 4)))
    x = matmul.dense_forward(x0, w0, b0)
    _, dw0, db0 = matmul.dense_backward(dy @ back, x0, w0)
    moved = matmul.dense_forward(x0, w0 - eta * dw0, b0 - eta * db0) - x
    return x0, x, dy, x0 @ x0.T + 1, (dw0, db0), moved


BACK = np.random.default_rng(8).normal(size=(2, 4, 4))  # w, and any numbers that stand for it on the way back


@pytest.mark.equation("gradflow/moved", digest="3a585310")
@pytest.mark.parametrize("back", BACK)
def test_a_step_of_the_first_layer_moves_its_output_by_alike_examples(proof, back):
    _, _, dy, k, _, moved = wrong_step(back, 0.1)
    proof(moved, -0.1 * k @ dy @ back)
    proof(k[2, 5], 1 + np.sum(wrong_step(back)[0][2] * wrong_step(back)[0][5]))


@pytest.mark.equation("gradflow/pull", digest="fb936231")
@pytest.mark.parametrize("back", BACK)
def test_a_first_layer_that_follows_the_wrong_gradient_pulls_w_towards_its_transpose(proof, back):
    _, x, dy, k, _, moved = wrong_step(back, 0.1)
    w = np.zeros((4, 4))  # dw doesn't depend on it
    before, after = (matmul.dense_backward(dy, each, w)[1] for each in (x, x + moved))
    proof(after, before - 0.1 * back.T @ (dy.T @ k @ dy))
    assert np.linalg.eigvalsh(dy.T @ k @ dy).min() > -1e-9


@pytest.mark.equation("gradflow/towards", digest="30138301")
@pytest.mark.parametrize("back", BACK)
def test_on_its_own_batch_the_pull_is_never_away_from_the_transpose(proof, back):
    _, _, dy, k, (dw0, db0), _ = wrong_step(back)
    pull = back.T @ dy.T @ k @ dy
    proof(np.sum(back.T * pull), np.sum(dw0**2) + np.sum(db0**2))


@pytest.mark.equation("gradflow/cost", digest="91d6957d")
def test_each_of_the_three_products_multiplies_b_d_h_times(proof):
    b, d, h = 3, 4, 2
    sites = [(n, i, k) for n in range(b) for i in range(d) for k in range(h)]
    dy, x, w, _ = case(5, b, d, h)
    y, dx, dw = np.zeros((b, h)), np.zeros((b, d)), np.zeros((d, h))
    for n, i, k in sites:
        y[n, k] += x[n, i] * w[i, k]
        dx[n, i] += dy[n, k] * w[i, k]
        dw[i, k] += dy[n, k] * x[n, i]
    for found, expected in ((y, x @ w), (dx, dy @ w.T), (dw, x.T @ dy)):
        proof(found, expected)
    proof(len(sites), b * d * h)


@pytest.mark.equation("gradflow/matmul-scale")
@pytest.mark.parametrize(("d", "h"), [(200, 800), (800, 200), (400, 400)])
def test_a_dense_layer_scales_the_mean_square_of_the_gradient_by_units_times_variance(d, h, proof):
    rng = np.random.default_rng(7)
    dy, w = rng.normal(size=(300, h)), rng.normal(0, 0.05, (d, h))
    dx, _, _ = matmul.dense_backward(dy, rng.normal(size=(300, d)), w)
    proof.tex(dx=dx, dy=dy, w=w, H=h, tolerance=0.02)  # 60,000 entries or more: about 1 %


def test_with_three_equal_sizes_eight_products_fit_and_one_is_right():
    dy, x, w, b = case(6, 4, 4, 4)
    right = measured_by(dy, x, w, b)[0]
    fit = {"dy w": dy @ w, "dy w'": dy @ w.T, "dy' w": dy.T @ w, "dy' w'": dy.T @ w.T}
    fit |= {"w dy": w @ dy, "w' dy": w.T @ dy, "w dy'": w @ dy.T, "w' dy'": w.T @ dy.T}
    assert [name for name, value in fit.items() if relative_error(value, right) < 1e-7] == ["dy w'"]


@pytest.mark.parametrize(
    ("shapes", "says"),
    [
        (((2,), (2, 3), (3,)), r"x: got shape \(2,\), expected \(B, D\)"),
        (((4, 2), (3, 3), (3,)), r"w: got shape \(3, 3\), expected \(2, H\)"),
        (((4, 2), (2,), (3,)), r"w: got shape \(2,\), expected \(2, H\)"),
        (((4, 2), (2, 3), (1,)), r"b: got shape \(1,\), expected \(3,\)"),
    ],
)
def test_shapes_that_do_not_fit_are_refused_forward(shapes, says):
    with pytest.raises(ValueError, match=says):
        matmul.dense_forward(*map(np.ones, shapes))


def test_a_gradient_that_would_broadcast_is_refused():
    with pytest.raises(ValueError, match=r"dy: got shape \(1, 3\), expected \(4, 3\)"):
        matmul.dense_backward(np.ones((1, 3)), np.ones((4, 2)), np.ones((2, 3)))

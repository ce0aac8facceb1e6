"""The twins in TensorFlow: what they return, and that they can tell a wrong gradient."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse.gradflow.against import twins
from deepcourse.gradflow.against.cases import CASES
from deepcourse.gradflow.against.compare import compare
from deepcourse.gradflow.gradcheck import relative_error

LIMITS = {"central": 1e-7, "tensorflow": 1e-10, "float32": 1e-4}


def normal(*shapes, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


@pytest.mark.parametrize("layer", CASES)
def test_gradients_by_hand_differ_by_no_more_than_allowed(layer):
    rng = np.random.default_rng(7)
    for _ in range(6):
        for name, errors in compare(CASES[layer](rng), rng, 1e-5).items():
            for kind, error in errors.items():
                assert error <= LIMITS[kind], f"{layer}.{name}.{kind}"


@pytest.mark.parametrize("layer", CASES)
def test_one_wrong_entry_of_any_gradient_is_seen(layer):
    rng = np.random.default_rng(3)
    case = next(c for c in iter(lambda: CASES[layer](rng), None) if all(a.size for a in c.inputs.values()))
    for i, name in enumerate(case.inputs):

        def wrong(given, upstream, i=i, case=case):
            gradients = [np.array(g) for g in case.backward(given, upstream)]
            gradients[i].flat[0] += 1e-3 * (1 + abs(gradients[i]).max())
            return gradients

        errors = compare(case._replace(backward=wrong), rng, 1e-5)
        assert {n for n, e in errors.items() if e["central"] > 1e-4} == {f"d{name}"}
        assert {n for n, e in errors.items() if e["tensorflow"] > 1e-4} == {f"d{name}"}


def test_a_gradient_in_another_dtype_is_refused():
    case = CASES["matmul"](np.random.default_rng(1))
    wide = case._replace(backward=lambda given, dy: [np.float64(g) for g in case.backward(given, dy)])
    with pytest.raises(TypeError, match=r"^dx: got float64 for float32"):
        compare(wide, np.random.default_rng(0), 1e-5)


def test_pull_is_the_gradient_of_the_outputs_weighed_by_what_comes_from_above():
    (x,) = normal((3,))
    y, z, dx = twins.pull(lambda x: (x**2, tf.exp(x)), (x,), (np.array([1.0, 2.0, 3.0]), np.ones(3)))
    np.testing.assert_allclose(y, x**2)
    np.testing.assert_allclose(z, np.exp(x))
    np.testing.assert_allclose(dx, 2 * x * [1, 2, 3] + np.exp(x), rtol=1e-12)


def test_an_input_that_nothing_depends_on_has_a_gradient_of_zero():
    assert twins.pull(lambda x, w: 2 * x, (np.ones(2), np.ones(3)), (np.ones(2),))[2].tolist() == [0, 0, 0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_twins_keep_the_dtype(dtype):
    x, h, c, wx, wh, b, dh = (
        a.astype(dtype) for a in normal((2, 3, 4), (2, 5), (2, 5), (4, 20), (5, 20), 20, (2, 3, 5))
    )
    assert {a.dtype for a in twins.lstm(x, h, c, wx, wh, b, dh)} == {np.dtype(dtype)}
    assert {a.dtype for a in twins.batchnorm(x, x[0, 0], x[0, 1], x)} == {np.dtype(dtype)}


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_the_loop_over_cells_equals_the_keras_layer_when_every_step_counts(kind):
    n = {"rnn": 1, "lstm": 4, "gru": 3}[kind]
    bias = (2, 3 * 5) if kind == "gru" else (n * 5,)
    states = [(2, 5)] * (2 if kind == "lstm" else 1)
    arrays = normal((2, 6, 4), *states, (4, 5 * n), (5, 5 * n), bias, (2, 6, 5))
    twin = getattr(twins, kind)
    for found, expected in zip(twin(*arrays, mask=np.ones((2, 6), bool)), twin(*arrays), strict=True):
        assert relative_error(found, expected) < 1e-13


def test_ragged_batches_equal_the_keras_layer_with_its_own_mask():
    x, h0, c0, wx, wh, b = normal((2, 6, 4), (2, 5), (2, 5), (4, 20), (5, 20), 20)
    mask = np.arange(6) < np.array([[3], [6]])
    layer = keras.layers.LSTM(5, return_sequences=True, return_state=True, dtype="float64")
    layer.build(x.shape)
    layer.set_weights([wx, wh, b])
    expected, _, c_last = layer(x, initial_state=[h0, c0], mask=tf.constant(mask))
    h, c, *_ = twins.lstm(x, h0, c0, wx, wh, b, np.zeros((2, 6, 5)), mask=mask)
    assert relative_error(h, expected) < 1e-13
    assert relative_error(c, c_last) < 1e-13


def test_default_output_of_keras_before_the_first_real_step_is_0_and_ours_is_h0():
    x, h0, c0, wx, wh, b = normal((1, 3, 4), (1, 5), (1, 5), (4, 20), (5, 20), 20)
    mask = np.array([[False, True, True]])
    layer = keras.layers.LSTM(5, return_sequences=True, dtype="float64")
    layer.build(x.shape)
    layer.set_weights([wx, wh, b])
    keras_h = np.asarray(layer(x, initial_state=[h0, c0], mask=tf.constant(mask)))
    h = twins.lstm(x, h0, c0, wx, wh, b, np.zeros((1, 3, 5)), mask=mask)[0]
    assert (keras_h[0, 0] == 0).all()
    np.testing.assert_array_equal(h[0, 0], h0[0])
    np.testing.assert_allclose(keras_h[0, 1:], h[0, 1:], rtol=1e-12)

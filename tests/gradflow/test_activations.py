"""The four activations: values, slopes read off the output, extremes."""

import gc
import weakref

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.gradflow import activations
from deepcourse.gradflow.gradcheck import central_difference, relative_error
from hypothesis import given
from hypothesis import strategies as st

TWINS = {"sigmoid": tf.sigmoid, "tanh": tf.tanh, "relu": tf.nn.relu, "softplus": tf.nn.softplus}


def pair(name):
    return getattr(activations, name), getattr(activations, f"{name}_backward")


def points(rng, shape):
    """Numbers that keep their distance from the kink of relu."""
    x = rng.normal(size=shape, scale=2)
    return x + 0.01 * np.where(x < 0, -1, 1)


@pytest.mark.parametrize("name", TWINS)
@given(shape=st.lists(st.integers(0, 4), max_size=3), seed=st.integers(0, 2**31))
def test_gradients_equal_central_differences_and_the_tape(name, shape, seed):
    forward, backward = pair(name)
    rng = np.random.default_rng(seed)
    x, dy = points(rng, shape), rng.normal(size=shape)
    found = backward(dy, forward(x))
    z = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(z)
        y = TWINS[name](z)
    assert relative_error(forward(x), y) < 1e-12
    assert relative_error(found, central_difference(lambda a: np.sum(dy * forward(a)), x)) < 1e-7
    assert relative_error(found, tape.gradient(y, z, output_gradients=tf.constant(dy))) < 1e-10


@pytest.mark.parametrize("name", TWINS)
def test_float32_stays_float32(name):
    forward, backward = pair(name)
    x = points(np.random.default_rng(0), (50,))
    y = forward(x.astype("float32"))
    dx = backward(np.ones(50, "float32"), y)
    assert y.dtype == dx.dtype == np.float32
    assert relative_error(y, forward(x)) < 1e-6
    assert relative_error(dx, backward(np.ones(50), forward(x))) < 1e-5


@pytest.mark.equation("gradflow/slopes")
def test_each_slope_can_be_read_off_the_output(proof):
    for row, name in enumerate(TWINS):  # two lines of the formula for each
        forward, backward = pair(name)
        x, dy = points(np.random.default_rng(1), (2, 20))
        y = forward(x)
        measured = central_difference(lambda a, f=forward, dy=dy: np.sum(dy * f(a)), x)
        for dx, tolerance in ((backward(dy, y), 1e-10), (measured, 1e-7)):
            for values in zip(x, y, dx, dy, strict=True):
                scale = np.abs(dx).max()
                proof.tex(
                    dict(zip(("x", "y", "dx", "dy"), values, strict=True)),
                    lines=[2 * row, 2 * row + 1],
                    tolerance=tolerance,
                    scale=scale,
                )


@pytest.mark.equation("gradflow/softplus-slope")
def test_the_slope_of_softplus_is_the_sigmoid(proof):
    x = np.linspace(-30, 30, 121)
    y = np.log1p(np.exp(x))
    proof.tex({r"\sigma": activations.sigmoid}, x=x, y=y)
    proof(activations.softplus_backward(np.ones(121), y), activations.sigmoid(x))


@pytest.mark.equation("gradflow/sigmoid-tanh")
def test_a_sigmoid_is_a_tanh_at_half_the_scale(proof):
    x = np.linspace(-30, 30, 121)
    proof.tex({r"\sigma": activations.sigmoid}, x=x)


def test_the_slope_of_a_sigmoid_is_a_quarter_at_most():
    y = activations.sigmoid(np.linspace(-40, 40, 801))
    slope = activations.sigmoid_backward(np.ones(801), y)
    assert slope.max() == slope[400] == 0.25


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", TWINS)
@pytest.mark.filterwarnings("error")
def test_extremes_neither_overflow_nor_warn(name, dtype):
    forward, backward = pair(name)
    y = forward(np.array([-1e4, 1e4], dtype))
    slope = backward(np.ones(2, dtype), y)
    low, high = {"sigmoid": (0, 1), "tanh": (-1, 1)}.get(name, (0, 1e4))
    assert y.tolist() == [low, high]
    assert slope.tolist() == ([0, 1] if name in ("relu", "softplus") else [0, 0])


def test_relu_passes_nothing_at_its_kink_as_tf_nn_relu_has_it_and_tf_maximum_passes_all():
    z = tf.constant([0.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(z)
        relu, maximum = tf.nn.relu(z), tf.maximum(z, 0.0)
    assert activations.relu_backward(np.ones(1), activations.relu(np.zeros(1))).tolist() == [0.0]
    assert tape.gradient(relu, z).numpy().tolist() == [0.0]
    assert tape.gradient(maximum, z).numpy().tolist() == [1.0]


def test_by_way_of_tanh_the_sigmoid_loses_its_left_end():
    assert activations.sigmoid(np.array(-38.0)) == 0
    assert tf.sigmoid(tf.constant(-38.0, tf.float64)).numpy() == pytest.approx(3.1e-17, rel=0.01)


@pytest.mark.parametrize("name", TWINS)
def test_shapes_that_would_broadcast_are_refused(name):
    with pytest.raises(ValueError, match=r"dy: got shape \(3,\), expected \(2, 3\)"):
        pair(name)[1](np.ones(3), np.ones((2, 3)))


@pytest.mark.parametrize(("name", "keeps"), [("sigmoid", "y"), ("tanh", "y"), ("relu", "y"), ("softplus", "x")])
def test_the_tape_keeps_the_output_alone_for_three_of_the_four_and_the_input_for_softplus(name, keeps):
    start = tf.constant([1.0, -2.0, 3.0])
    with tf.GradientTape() as tape:
        tape.watch(start)
        x = start * 2.0
        y = getattr(tf.nn, name)(x)
    kept = {"x": weakref.ref(x), "y": weakref.ref(y)}
    del x, y
    gc.collect()
    assert [each for each, value in kept.items() if value() is not None] == [keeps]
    del tape

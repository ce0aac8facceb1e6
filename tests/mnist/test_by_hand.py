"""The gradients of a net with a hidden layer, against the tape, and the formulas of the page."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.mnist.by_hand import gradients_by_hand
from deepcourse.mnist.layers import dense, relu, softmax_cross_entropy
from hypothesis import given
from hypothesis import strategies as st


def drawn(seed, b, d, h, k):
    rng = np.random.default_rng(seed)
    shapes = (b, d), (d, h), (h,), (h, k), (k,)
    return [rng.normal(size=shape) for shape in shapes], rng.integers(0, k, b)


def taped(x, labels, *net):
    net = [tf.constant(w) for w in net]
    with tf.GradientTape() as tape:
        tape.watch(net)
        z = dense(relu(dense(x, *net[:2])), *net[2:])
        loss = tf.reduce_mean(softmax_cross_entropy(z, labels))
    return tape.gradient(loss, net)


@given(seed=st.integers(0, 2**31), b=st.integers(1, 5), d=st.integers(1, 6), h=st.integers(1, 7), k=st.integers(1, 5))
def test_gradients_by_hand_are_those_of_the_tape(seed, b, d, h, k):
    (x, *net), labels = drawn(seed, b, d, h, k)
    for found, expected in zip(gradients_by_hand(x, labels, *net), taped(x, labels, *net), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.equation("mnist/backward")
def test_each_line_of_the_way_back_is_the_gradient_of_what_it_names(proof):
    (x, w1, b1, w2, b2), labels = drawn(0, 5, 8, 6, 3)
    x, w1, w2 = map(tf.constant, (x, w1, w2))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, w1, w2])
        a = dense(x, w1, b1)
        h = relu(a)
        z = dense(h, w2, b2)
        loss = tf.reduce_mean(softmax_cross_entropy(z, labels))
    dz, dw2, dh, da, dw1 = (tape.gradient(loss, each) for each in (z, w2, h, a, w1))
    proof.tex(
        {"w_1": w1, "w_2": w2, "dw_1": dw1, "dw_2": dw2},
        **{"x": x, "a": a, "h": h, "p": tf.nn.softmax(z), "y": labels},
        **{"dz": dz, "dh": dh, "da": da, "B": 5, "D": 8, "H": 6, "K": 3, "tolerance": 1e-12},
    )


def test_a_unit_that_is_off_passes_nothing_back_and_a_bias_gets_the_sum():
    (x, w1, _, w2, b2), labels = drawn(1, 4, 3, 2, 3)
    dw1, db1, _, db2 = gradients_by_hand(x, labels, w1, np.array([-99.0, 99.0]), w2, b2)
    assert (dw1[:, 0].numpy() == 0).all()
    assert db1[0] == 0
    z = dense(relu(dense(x, w1, [-99.0, 99.0])), w2, b2)
    np.testing.assert_allclose(db2, (tf.nn.softmax(z) - np.eye(3)[labels]).numpy().sum(0) / 4, atol=1e-12)


@pytest.mark.parametrize(
    ("change", "name"),
    [({"x": np.ones((4, 2))}, "x"), ({"labels": [0, 1, 2, 3]}, "labels")],
)
def test_shapes_that_do_not_fit_are_refused_by_name(change, name):
    (x, w1, b1, w2, b2), labels = drawn(2, 4, 3, 2, 3)
    given = {"x": x, "labels": labels, "w1": w1, "b1": b1, "w2": w2, "b2": b2} | change
    with pytest.raises(ValueError, match=rf"^{name}: got .*expected "):
        gradients_by_hand(**given)

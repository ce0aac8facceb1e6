"""The deep net against TensorFlow's operations and its tape, and what it refuses."""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.mnist import layers
from deepcourse.training.begin import begin
from deepcourse.training.deep import ACTIVATIONS, backward, forward, gradients
from hypothesis import given, settings
from hypothesis import strategies as st

THEIRS = {
    "sigmoid": tf.sigmoid,
    "tanh": tf.tanh,
    "relu": layers.relu,
    "leaky": lambda a: tf.where(a > 0, a, a / 100),
}


def a_net(sizes, rng):
    return [(rng.normal(size=(d, h)), rng.normal(size=h)) for d, h in itertools.pairwise(sizes)]


def taped(x, labels, net, activation):
    """The scores and all gradients, by lesson 2's layers and the tape."""
    weights = [tf.Variable(w) for layer in net for w in layer]
    with tf.GradientTape() as tape:
        h = tf.constant(x)
        for i in range(0, len(weights), 2):
            h = layers.dense(THEIRS[activation](h) if i else h, *weights[i : i + 2])
        loss = tf.reduce_mean(layers.softmax_cross_entropy(h, labels))
    return h.numpy(), [g.numpy() for g in tape.gradient(loss, weights)]


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(sorted(ACTIVATIONS)),
    st.lists(st.integers(1, 4), min_size=2, max_size=5),
    st.integers(1, 3),
    st.integers(0, 9),
)
def test_scores_and_gradients_are_those_of_tensorflow(activation, sizes, many, seed):
    rng = np.random.default_rng(seed)
    net, x = a_net(sizes, rng), rng.normal(size=(many, sizes[0]))
    labels = rng.integers(0, sizes[-1], many)
    outputs, z = forward(x, net, activation)
    _, dz = softmax_cross_entropy(z, labels)
    found = gradients(outputs, backward(dz, outputs, net, activation))
    scores, expected = taped(x, labels, net, activation)
    np.testing.assert_allclose(z, scores, rtol=1e-10, atol=1e-12)
    for ours, theirs in zip([g for pair in found for g in pair], expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_a_sigmoid_is_exact_far_out_without_a_warning():
    f, slope = ACTIVATIONS["sigmoid"]
    a = np.array([-1e4, -3.0, 0.0, 3.0, 1e4])
    with np.errstate(all="raise"):
        np.testing.assert_allclose(f(a), tf.sigmoid(tf.constant(a)), rtol=1e-12, atol=1e-15)
    assert slope(f(np.zeros(1))) == 1 / 4


def test_floats_of_four_bytes_stay_so_and_integers_are_computed_as_floats():
    x, net = np.ones((2, 3), np.float32), begin([3, 4, 2], "he", 0)
    small = [(w.astype(np.float32), b.astype(np.float32)) for w, b in net]
    outputs, z = forward(x, small, "relu")
    assert z.dtype == outputs[1].dtype == np.float32
    assert all(da.dtype == np.float32 for da in backward(z, outputs, small, "relu"))
    np.testing.assert_allclose(forward(np.ones((2, 3), int), net, "relu")[1], z, rtol=1e-6)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"net": []}, "net: got no layer, expected at least one"),
        ({"net": [(np.ones((3, 2)), np.ones(3))]}, r"net\[0\] b: got shape \(3,\)"),
        ({"net": [(np.ones((3, 2)), np.ones(2)), (np.ones((3, 2)), np.ones(2))]}, r"net\[1\] w: got shape \(3, 2\)"),
        ({"activation": "selu"}, "choice: got 'selu', expected one of sigmoid, tanh, relu, leaky"),
        ({"x": [["a", "b", "c"]]}, "x: got dtype"),
    ],
)
def test_what_is_no_net_is_refused(change, said):
    good = {"x": np.ones((1, 3)), "net": [(np.ones((3, 2)), np.ones(2))], "activation": "tanh"}
    forward(**good)
    with pytest.raises(ValueError, match=said):
        forward(**good | change)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"dz": np.ones((1, 2))}, r"dz: got shape \(1, 2\), expected \(2, 2\)"),
        ({"outputs": [np.ones((2, 3))]}, "outputs: got 1 arrays, expected 2"),
        ({"outputs": [np.ones((2, 3)), np.ones((1, 4))]}, r"outputs\[1\]: got shape \(1, 4\)"),
    ],
)
def test_slopes_that_would_be_broadcast_in_silence_are_refused(change, said):
    good = {"dz": np.ones((2, 2)), "outputs": [np.ones((2, 3)), np.ones((2, 4))]}
    rest = {"net": begin([3, 4, 2], "he", 0), "activation": "tanh"}
    backward(**good, **rest)
    with pytest.raises(ValueError, match=said):
        backward(**good | change, **rest)

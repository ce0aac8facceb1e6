"""The Jacobian of a net is the product of its layers', in the order of the data, and nothing else."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.training.begin import begin
from deepcourse.training.deep import ACTIVATIONS, backward, forward
from deepcourse.training.jacobians import jacobian, through

SIZES = [4, 3, 5, 2, 6]


@pytest.fixture(params=sorted(ACTIVATIONS))
def looked(request):
    """A net, one example, and what comes out of each hidden layer."""
    net = begin(SIZES, "he", 3)
    x = np.random.default_rng(1).normal(size=(1, 4))
    return request.param, net, x, forward(x, net, request.param)[0]


def test_the_product_is_the_jacobian_of_the_tape_transposed(looked):
    activation, net, x, outputs = looked
    layers = [jacobian(w, h[0], activation) for (w, _), h in zip(net, outputs[1:], strict=False)]
    start = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(start)
        h = start
        for w, b in net[:-1]:
            a = h @ w + b
            h = tf.where(a > 0, a, a / 100) if activation == "leaky" else getattr(tf.nn, activation)(a)
    theirs = tape.jacobian(h, start)[0, :, 0].numpy()  # row: output, column: input
    np.testing.assert_allclose(through(layers), theirs.T, rtol=1e-10, atol=1e-14)


def test_backpropagation_is_that_product_times_what_arrives(looked):
    activation, net, _, outputs = looked
    dz = np.random.default_rng(2).normal(size=(1, 6))
    layers = [jacobian(w, h[0], activation) for (w, _), h in zip(net, outputs[1:], strict=False)]
    dx = through(layers) @ (dz @ net[-1][0].T)[0]
    da = backward(dz, outputs, net, activation)
    np.testing.assert_allclose(dx, (da[0] @ net[0][0].T)[0], rtol=1e-10)


def test_another_order_does_not_even_fit():
    with pytest.raises(ValueError, match="matmul"):
        through([np.ones((3, 5)), np.ones((4, 3))])


def test_a_jacobian_of_other_sizes_is_refused():
    with pytest.raises(ValueError, match=r"^h: got shape"):
        jacobian(np.ones((3, 2)), np.ones(3), "tanh")

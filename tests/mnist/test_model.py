"""The net: its parameters, and its passes in training and in use."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse.mnist.layers import dense, relu
from deepcourse.mnist.model import MLP


def use(net, x, seed=None):
    return net(tf.constant(x, tf.float32), None if seed is None else tf.constant(seed)).numpy()


def identity(sizes, **rates):
    """A net that hands its input on, so that whatever it drops shows."""
    net = MLP(sizes, **rates)
    for w in net.w:
        w.assign(tf.eye(*w.shape))
    return net


def test_784_512_10_has_407050_parameters():
    assert sum(w.numpy().size for w in MLP().weights) == (784 + 1) * 512 + (512 + 1) * 10 == 407_050


@pytest.mark.parametrize("sizes", [(64, 10), (64, 16, 10), (5, 4, 3, 2), (1, 1, 1)])
def test_weights_come_layer_by_layer_and_biases_start_at_zero(sizes):
    net = MLP(sizes)
    shapes = [shape for d, h in itertools.pairwise(sizes) for shape in ((d, h), (h,))]
    assert [tuple(w.shape) for w in net.weights] == shapes
    assert all((b.numpy() == 0).all() for b in net.b)
    assert {id(w) for w in net.weights} == {id(w) for w in net.trainable_variables}


def test_in_use_the_net_is_dense_relu_dense():
    net = MLP((6, 5, 4))
    x = np.random.default_rng(0).normal(size=(3, 6)).astype(np.float32)
    w1, b1, w2, b2 = net.weights
    np.testing.assert_allclose(use(net, x), dense(relu(dense(x, w1, b1)), w2, b2), rtol=1e-6, atol=1e-6)


def test_without_a_hidden_layer_it_is_softmax_regression():
    net = MLP((6, 4), drop_input=0.0)
    x = np.random.default_rng(0).normal(size=(1, 6)).astype(np.float32)
    np.testing.assert_allclose(use(net, x), x @ net.w[0].numpy(), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(use(net, x, (0, 1)), use(net, x))


@pytest.mark.parametrize(
    ("sizes", "drop_input", "drop_hidden", "share"),
    [((200, 200), 0.3, 0.9, 0.3), ((200, 200, 200), 0.0, 0.5, 0.5), ((200, 200, 200), 0.2, 0.5, 1 - 0.8 * 0.5)],
    ids=["input", "hidden", "both"],
)
def test_training_drops_its_rate_of_values_and_use_drops_none(sizes, drop_input, drop_hidden, share):
    net = identity(sizes, drop_input=drop_input, drop_hidden=drop_hidden)
    x = np.ones((200, 200))
    assert (use(net, x) == 1).all()
    trained = use(net, x, (0, 7))
    assert abs((trained == 0).mean() - share) < 0.01  # 4 deviations of the share of 40,000 values
    assert (trained[trained != 0] > 1).all()
    assert abs(trained.mean() - 1) < 0.03


def test_each_step_and_each_layer_drops_other_values():
    net = identity((300, 300, 300), drop_input=0.5, drop_hidden=0.5)
    x = np.ones((100, 300))
    first, again, other = (use(net, x, seed) == 0 for seed in ((0, 1), (0, 1), (0, 2)))
    assert (first == again).all()
    assert 0.5 < (first == other).mean() < 0.75  # 1/16 + 9/16 expected of independent masks
    assert abs(first.mean() - 0.75) < 0.02  # 0.5 if both layers dropped the same


def test_the_seed_decides_the_first_weights():
    first, again, other = (np.concatenate([w.numpy().ravel() for w in MLP((8, 7, 6), seed=s).w]) for s in (3, 3, 4))
    assert (first == again).all()
    assert (first != other).all()
    assert len(np.unique(first)) == first.size


def test_default_keras_dense_starts_from_glorot_uniform_and_ours_from_he_normal():
    assert isinstance(keras.layers.Dense(1).kernel_initializer, keras.initializers.GlorotUniform)
    he, glorot = (MLP((400, 300, 10), activation).w[0].numpy() for activation in ("relu", "sigmoid"))
    np.testing.assert_allclose(he.var(), 2 / 400, rtol=0.03)
    np.testing.assert_allclose(glorot.var(), 2 / 700, rtol=0.03)
    assert abs(glorot).max() <= (6 / 700) ** 0.5


@pytest.mark.parametrize("kind", [tuple, list, np.array, tf.constant, lambda s: np.array(s, np.int64)])
def test_a_seed_may_come_as_any_pair_of_integers_and_drops_the_same_values(kind):
    net, x = MLP((30, 20, 10)), np.ones((4, 30), np.float32)
    np.testing.assert_array_equal(net(x, kind([3, 7])), net(x, tf.constant([3, 7])))


def test_an_unknown_activation_is_refused():
    for wrong in ("tanh", None, ["relu"]):
        with pytest.raises(ValueError, match=r"^activation: got .*, expected one of relu, sigmoid"):
            MLP(activation=wrong)

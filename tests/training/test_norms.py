"""Lengths of gradients, dead units, and the descent."""

import keras
import numpy as np
import pytest
from deepcourse.datasets import digits
from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.training.begin import begin
from deepcourse.training.deep import backward, forward
from deepcourse.training.loop import accuracy, descend
from deepcourse.training.norms import dead, norms

RNG = np.random.default_rng(0)
X, LABELS = RNG.random((32, 8)), RNG.integers(0, 4, 32)


def keras_twin(net, activation):
    """The same net of Keras' layers."""
    hidden = [keras.layers.Dense(len(b), activation) for _, b in net[:-1]]
    twin = keras.Sequential([keras.Input((len(net[0][0]),)), *hidden, keras.layers.Dense(len(net[-1][1]))])
    twin.set_weights([w for layer in net for w in layer])
    return twin


def test_one_example_has_a_gradient_as_long_as_what_comes_in_times_what_comes_back():
    net = begin([8, 6, 6, 4], "glorot", 0)
    outputs, z = forward(X[:1], net, "tanh")
    da = backward(softmax_cross_entropy(z, LABELS[:1])[1], outputs, net, "tanh")
    sizes = [np.linalg.norm(h) * np.linalg.norm(d) for h, d in zip(outputs, da, strict=True)]
    np.testing.assert_allclose(norms(X[:1], LABELS[:1], net, "tanh"), sizes, rtol=1e-12)


def test_a_unit_is_dead_when_no_example_switches_it_on():
    net = begin([8, 6, 6, 4], "he", 0)
    net[1][1][:2] = -100  # biases of the second hidden layer
    alive = dead(X, net, "relu")
    assert alive[1] >= 2 / 6
    net[1][1][2:] = 100
    np.testing.assert_allclose(dead(X, net, "relu")[1], 2 / 6)
    assert alive.shape == (2,)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_the_descent_takes_the_steps_of_keras(momentum):
    net = begin([8, 6, 5, 4], "glorot", 1)
    twin = keras_twin(net, "tanh")
    optimizer = keras.optimizers.SGD(0.1, momentum=momentum)
    twin.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    theirs = [float(twin.train_on_batch(X, LABELS)) for _ in range(1)]
    twin.train_on_batch(X, LABELS)
    ours = descend(net, "tanh", [(X, LABELS)] * 2, 0.1, momentum)
    assert ours[0] == pytest.approx(theirs[0], rel=1e-5)
    for w, its in zip([w for layer in net for w in layer], twin.get_weights(), strict=True):
        np.testing.assert_allclose(w, its, rtol=1e-4, atol=1e-6)


def test_a_deep_net_learns_and_one_whose_first_gradient_is_gone_does_not():
    data, found = digits(), {}
    x, labels = data.images[:256].reshape(256, -1) / 255, data.labels[:256]
    for activation in ("tanh", "sigmoid"):
        net = begin([64, *[60] * 9, 10], "glorot", 0)
        descend(net, activation, [(x, labels)] * 80, 0.03)
        found[activation] = accuracy(x, labels, net, activation)
    assert found["tanh"] > 0.9
    assert found["sigmoid"] < 0.2


def test_a_net_that_cannot_be_changed_is_refused_before_any_step():
    whole = [(np.ones((8, 4), int), np.zeros(4))]
    locked = begin([8, 6, 4], "he", 0)
    locked[1][0].flags.writeable = False
    for net, said in ((whole, r"net\[0\] w: got what can't"), (locked, r"net\[1\] w: got what can't")):
        before = [w.copy() for w, _ in net]
        with pytest.raises(ValueError, match=said):
            descend(net, "tanh", [(X, LABELS)], 0.1)
        for (w, _), its in zip(net, before, strict=True):
            np.testing.assert_array_equal(w, its)


def test_labels_of_another_number_of_pictures_are_no_accuracy():
    net = begin([8, 6, 4], "he", 0)
    with pytest.raises(ValueError, match=r"^labels: got shape"):
        accuracy(X, LABELS[:1], net, "tanh")

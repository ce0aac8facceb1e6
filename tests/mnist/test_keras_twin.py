"""The net as a practitioner writes it: the same function, the same training."""

import re
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse.datasets import digits
from deepcourse.mnist.adam import Adam
from deepcourse.mnist.data import batches, split
from deepcourse.mnist.keras_twin import build
from deepcourse.mnist.model import MLP
from deepcourse.mnist.train import step

SIZES = (64, 32, 10)


def pair(activation="relu", sizes=SIZES, rate=0.001):
    """Both nets, without dropout and with the same weights."""
    ours = MLP(sizes, activation, 0.0, 0.0)
    twin = build(sizes, activation, 0.0, 0.0, rate)
    twin.set_weights([w.numpy() for w in ours.weights])
    return ours, twin


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
@pytest.mark.parametrize("sizes", [(64, 10), SIZES, (64, 16, 16, 16, 10)])
def test_same_weights_give_the_same_logits(activation, sizes):
    ours, twin = pair(activation, sizes)
    x = digits().test_images.reshape(-1, 64)[:50] / np.float32(255)
    np.testing.assert_allclose(ours(x), twin(x), rtol=1e-5, atol=1e-5)


def test_training_from_the_same_weights_on_the_same_batches_gives_the_same_losses():
    train = split(digits(), validation=200)[0]
    data = [batch for epoch in range(7) for batch in batches(*train, 128, 3, epoch)]
    assert len(data) == 63
    rate = keras.optimizers.schedules.PolynomialDecay(0.01, len(data), 0.0)
    ours, twin = pair(rate=rate)
    optimizer, found, expected = Adam(ours.weights), [], []
    fast = tf.function(step)
    for t, (x, labels) in enumerate(data):
        left = tf.constant(1 - t / len(data), tf.float32)
        found.append(float(fast(ours, optimizer, x, labels, 0.01 * left, tf.constant([0, t]))))
        twin.reset_metrics()
        expected.append(float(twin.train_on_batch(x, labels)[0]))
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    assert found[-1] < 0.5
    assert found[0] > 2
    for w, theirs in zip(ours.weights, twin.get_weights(), strict=True):
        np.testing.assert_allclose(w, theirs, rtol=1e-3, atol=1e-4)


def test_it_has_the_layers_rates_and_parameters_of_our_net():
    twin, ours = build(), MLP()
    assert twin.count_params() == 407_050
    rates = [layer.rate for layer in twin.layers if isinstance(layer, keras.layers.Dropout)]
    assert rates == list(ours.rates) == [0.2, 0.5]
    assert [tuple(w.shape) for w in twin.weights] == [tuple(w.shape) for w in ours.weights]
    assert all(layer.activation is keras.activations.linear for layer in twin.layers[-1:])


def test_its_dropout_is_on_in_training_and_off_in_use():
    twin = build(SIZES)
    x = np.ones((8, 64), np.float32)
    np.testing.assert_array_equal(twin(x), twin(x))
    assert (twin(x, training=True).numpy() != twin(x, training=True).numpy()).any()


def test_the_seed_decides_its_first_weights():
    first, again, other = (build(SIZES, seed=s).get_weights()[0] for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_a_softmax_before_a_loss_from_logits_is_seen_by_keras_and_not_by_tensorflow():
    logits = tf.Variable([[9.0, 0.0, 0.0], [0.0, 0.0, 9.0]])
    labels = tf.constant([0, 2])
    p = keras.ops.softmax(logits)
    with pytest.warns(UserWarning, match="from_logits=True"):
        seen = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, keras.layers.Softmax()(logits))
    assert float(seen) < 0.001
    twice = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, p)
    assert float(tf.reduce_mean(twice)) > 0.5


def test_keras_mends_a_softmax_on_tensorflow_alone_and_there_alone_clips_before_it_divides():
    """Read in Keras' source: of its backends the course installs one."""
    mends, clips_first = set(), set()
    for path in (Path(keras.__file__).parent / "src" / "backend").glob("*/nn.py"):
        text = path.read_text(encoding="utf-8")
        body = re.search(r"^def sparse_categorical_crossentropy\(.*?(?=^def |\Z)", text, re.M | re.S)[0]
        if "_keras_logits" in text:
            mends.add(path.parent.name)
        if "clip" in body and not re.search(r"output / \w+\.sum\(.*clip\(", body, re.S):
            clips_first.add(path.parent.name)
    assert mends == clips_first == {"tensorflow"}


def test_weight_decay_of_adam_and_of_adamw_are_the_same_in_keras():
    found = []
    for kind in (keras.optimizers.Adam, keras.optimizers.AdamW):
        w = keras.Variable([1.0, -2.0])
        optimizer = kind(0.1, weight_decay=0.5)
        for gradient in ([3.0, 0.1], [-1.0, 0.2]):
            optimizer.apply([tf.constant(gradient)], [w])
        found.append(w.numpy())
    np.testing.assert_array_equal(*found)
    assert keras.optimizers.AdamW().weight_decay == 0.004
    assert keras.optimizers.Adam().weight_decay is None
    assert keras.optimizers.Muon().learning_rate > 0

"""Whole nets by hand: every weight's gradient, the training loop, the data."""

import numpy as np
import pytest
from deepcourse.datasets import digits
from deepcourse.gradflow import nets
from deepcourse.gradflow.digits import batches, pictures, sample, wobble
from deepcourse.gradflow.gradcheck import central_difference
from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.gradflow.other_nets import NETS

DATA = digits()
X, LABELS = pictures(DATA.images), DATA.labels


def seeded(name):
    """A net whose forward function drops the same units at each call."""
    net = NETS[name]
    if name != "dense":
        return net
    return net._replace(forward=lambda w, x: NETS[name].forward(w, x, np.random.default_rng(5)))


@pytest.mark.parametrize("name", NETS)
def test_each_weight_has_the_gradient_that_central_differences_measure(name):
    net, rng = seeded(name), np.random.default_rng(0)
    w = {key: value + 0.1 * rng.normal(size=value.shape) for key, value in net.weights(rng).items()}
    x, labels = X[:7], LABELS[:7]
    logits, cache = net.forward(w, x)
    gradients = net.backward(softmax_cross_entropy(logits, labels)[1], w, cache)
    assert gradients.keys() == w.keys()
    for key, found in gradients.items():
        assert found.shape == w[key].shape
        for _ in range(3):  # along three directions; entry by entry would take minutes
            way = rng.normal(size=w[key].shape)

            def loss(step, key=key, way=way):
                return softmax_cross_entropy(net.forward(w | {key: w[key] + step * way}, x)[0], labels)[0]

            expected = central_difference(loss, np.zeros(()), delta=1e-6)
            np.testing.assert_allclose(np.sum(found * way), expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", NETS)
def test_logits_and_gradients_are_float32_where_weights_and_pictures_are(name):
    net, rng = seeded(name), np.random.default_rng(0)
    w = {key: value.astype(np.float32) for key, value in net.weights(rng).items()}
    logits, cache = net.forward(w, X[:5].astype(np.float32))
    assert logits.shape == (5, 10)
    assert logits.dtype == np.float32
    gradients = net.backward(softmax_cross_entropy(logits, LABELS[:5])[1], w, cache)
    assert {g.dtype for g in gradients.values()} == {np.dtype(np.float32)}


def test_dropout_is_the_only_thing_that_is_random():
    w = NETS["dense"].weights(np.random.default_rng(0))
    one, two = (NETS["dense"].forward(w, X[:4], np.random.default_rng(seed))[0] for seed in (1, 2))
    assert (one != two).any()
    for name in NETS.keys() - {"dense"}:
        w = NETS[name].weights(np.random.default_rng(0))
        np.testing.assert_array_equal(NETS[name].forward(w, X[:4])[0], NETS[name].forward(w, X[:4])[0])


def test_the_lstm_starts_with_an_open_forget_gate_and_all_else_zero():
    b = NETS["lstm"].weights(np.random.default_rng(0))["b"]
    assert b.reshape(4, -1).tolist() == [[0.0] * 64, [1.0] * 64, [0.0] * 64, [0.0] * 64]


def test_in_use_on_its_own_training_pictures_the_net_is_the_trained_one():
    w = nets.conv_weights(np.random.default_rng(0))
    np.testing.assert_allclose(
        nets.conv_use(w, X[:50], X[:50]), nets.conv_net_forward(w, X[:50])[0], rtol=1e-10, atol=1e-12
    )


def test_in_use_a_picture_is_judged_alone():
    w = nets.conv_weights(np.random.default_rng(0))
    alone = np.concatenate([nets.conv_use(w, X[i : i + 1], X[:100]) for i in range(5)])
    np.testing.assert_allclose(nets.conv_use(w, X[:5], X[:100]), alone, rtol=1e-10)
    batches_of_two = nets.conv_net_forward(w, X[:2])[0], nets.conv_net_forward(w, X[[0, 7]])[0]
    assert abs(batches_of_two[0][0] - batches_of_two[1][0]).max() > 0.01  # in training it is not


def test_a_step_is_momentum_times_the_last_minus_rate_times_the_gradient():
    """On a net whose only weight is the logits themselves."""
    net = nets.Net(None, lambda w, x: (w["z"] + 0 * x, None), lambda dlogits, w, cache: {"z": dlogits})
    x, labels, w = np.zeros((1, 3)), np.array([2]), {"z": np.zeros((1, 3))}
    z, v = np.zeros((1, 3)), np.zeros((1, 3))
    rates = [0.1, 0.2, 0.3, 0.4]
    seen = []

    def pairs():
        for _ in rates:
            seen.append(w["z"])
            yield x, labels

    losses = nets.fit(net, w, pairs(), rates, 0.5)
    for loss, rate, before in zip(losses, rates, seen, strict=True):
        np.testing.assert_allclose(before, z, rtol=1e-12)
        p = np.exp(z) / np.exp(z).sum()
        assert loss == pytest.approx(-np.log(p[0, 2]))
        v = 0.5 * v - rate * (p - [[0, 0, 1]])
        z = z + v
    np.testing.assert_allclose(w["z"], z, rtol=1e-12)


def test_training_replaces_weights_and_changes_none_in_place():
    w = nets.conv_weights(np.random.default_rng(0))
    first = {name: value.copy() for name, value in w.items()}
    old = dict(w)
    nets.fit(nets.CONV, w, [(X[:8], LABELS[:8])] * 2, [0.1, 0.1])
    for name, value in first.items():
        np.testing.assert_array_equal(old[name], value)
        assert (w[name] != value).any()


@pytest.mark.parametrize("name", NETS)
def test_two_epochs_on_the_digits_teach_each_net(name):
    net, rng = seeded(name), np.random.default_rng(0)
    w = net.weights(rng)
    losses = nets.fit(net, w, batches(X, LABELS, 32, 2, rng), np.full(200, 0.2))
    assert len(losses) == 2 * (len(X) // 32)
    assert abs(losses[0] - np.log(10)) < 1
    assert np.mean(losses[-20:]) < 0.35 * losses[0]


def test_pictures_are_numbers_from_0_to_1_with_one_channel():
    assert X.shape == (1437, 8, 8, 1)
    assert X.min() == 0
    assert X.max() == 1
    assert pictures(DATA.images, np.float32).dtype == np.float32


def test_an_epoch_shows_each_picture_once_and_leaves_out_the_odd_end():
    x = np.arange(10.0).reshape(10, 1, 1, 1)
    found = list(batches(x, np.arange(10), 3, 2, np.random.default_rng(0)))
    assert len(found) == 6
    for pictures_of_batch, labels in found:
        np.testing.assert_array_equal(pictures_of_batch[:, 0, 0, 0], labels)
    first, second = (np.concatenate([labels for _, labels in found[i : i + 3]]) for i in (0, 3))
    assert len(set(first)) == len(set(second)) == 9
    assert (first != second).any()


def test_nothing_wobbles_without_turn_stretch_and_shift():
    np.testing.assert_allclose(wobble(X[:20], np.random.default_rng(0), 0, 0, 0), X[:20], atol=1e-12)


def test_a_wobbled_batch_has_other_pictures_of_the_same_range_each_time():
    rng = np.random.default_rng(0)
    one, two = wobble(X[:50], rng), wobble(X[:50], rng)
    assert one.shape == X[:50].shape
    assert one.min() >= 0
    assert one.max() <= 1
    assert abs(one - two).max() > 0.3
    assert 0.02 < abs(one - X[:50]).mean() < 0.2
    np.testing.assert_allclose(one.sum(), X[:50].sum(), rtol=0.1)


def test_a_place_on_a_pixel_has_its_value_and_one_outside_is_dark():
    x = np.arange(1.0, 7.0).reshape(1, 2, 3, 1)
    grid = np.moveaxis(np.indices((2, 3)), 0, -1)[None].astype(float)
    np.testing.assert_array_equal(sample(x, grid), x)
    np.testing.assert_array_equal(sample(x, grid + np.array([1, 0]))[0, :, :, 0], [[4, 5, 6], [0, 0, 0]])
    np.testing.assert_array_equal(sample(x, grid - np.array([0, 1]))[0, :, :, 0], [[0, 1, 2], [0, 4, 5]])
    assert (sample(x, grid + 100) == 0).all()
    assert (sample(x, grid - 100) == 0).all()


def test_halfway_between_four_pixels_is_their_mean():
    x = np.array([1.0, 2.0, 3.0, 6.0]).reshape(1, 2, 2, 1)
    assert sample(x, np.full((1, 2, 2, 2), 0.5))[0, 0, 0, 0] == 3.0

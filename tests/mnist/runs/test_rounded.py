"""A net rounded to bytes: what comes back of it, and what it scores."""

from itertools import pairwise

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.mnist.runs import rounded


def weights(sizes=(6, 4, 3)):
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape) for d, h in pairwise(sizes) for shape in ((d, h), (h,))]


def unpacked(given, sizes=(6, 4, 3)):
    return rounded.unpack(rounded.pack(given), {"net": sizes})["net"]


def test_a_weight_comes_back_within_half_a_step_of_its_unit_and_a_bias_as_it_was():
    given = weights()
    layers = unpacked(given)
    for (whole, scale, b), w, bias in zip(layers, given[::2], given[1::2], strict=True):
        np.testing.assert_array_equal(whole, np.round(whole))
        assert (np.abs(whole).max(axis=0) == 127).all()
        assert (np.abs(whole * scale - w) <= scale * 0.5001).all()
        np.testing.assert_allclose(b, bias, rtol=1e-6)


def test_nets_one_behind_the_other_come_back_by_their_names():
    sizes = {"a": (6, 3), "b": (6, 4, 3), "c": (6, 4, 3)}
    given = {name: [w + i for w in weights(each)] for i, (name, each) in enumerate(sizes.items())}
    nets = rounded.unpack(b"".join(rounded.pack(each) for each in given.values()), sizes)
    assert list(nets) == ["a", "b", "c"]
    for name, each in given.items():
        alone = unpacked(each, sizes[name])
        for layer, expected in zip(nets[name], alone, strict=True):
            for part, other in zip(layer, expected, strict=True):
                np.testing.assert_array_equal(part, other)


def test_logits_are_those_of_two_dense_layers_of_keras():
    layers = unpacked(weights())
    x = np.random.default_rng(1).random((5, 6))
    (w1, s1, b1), (w2, s2, b2) = layers
    flat = x @ (w1 * s1) + b1
    hidden = tf.nn.relu(flat)
    np.testing.assert_allclose(rounded.hidden(layers, x), hidden, atol=1e-12)
    np.testing.assert_allclose(rounded.logits(layers, x), hidden @ (w2 * s2) + b2, atol=1e-12)
    np.testing.assert_allclose(rounded.logits(layers, x, bend=False), flat @ (w2 * s2) + b2, atol=1e-12)
    z = rounded.logits(layers, x)
    np.testing.assert_allclose(rounded.softmax(z), tf.nn.softmax(z), atol=1e-12)


def test_a_dropped_unit_passes_nothing_on_and_the_others_count_for_it():
    layers = unpacked(weights())
    x = np.random.default_rng(1).random((5, 6))
    keep = np.array([2.0, 0.0, 0.0, 2.0])
    w, scale, b = layers[1]
    kept = rounded.hidden(layers, x)[:, [0, 3]]
    np.testing.assert_allclose(rounded.logits(layers, x, keep=keep), 2 * kept @ w[[0, 3]] * scale + b, atol=1e-12)


@pytest.mark.parametrize("drop", [0.5, 0.2])
def test_masks_drop_units_at_their_rate_and_what_is_passed_on_has_the_mean_of_all(drop):
    keep = rounded.masks(5000, drop, 20)
    assert set(np.unique(keep)) == {0, 1 / (1 - drop)}
    assert keep.mean() == pytest.approx(1, abs=0.02)
    assert len({k.tobytes() for k in keep}) == 20

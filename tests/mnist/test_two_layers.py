"""The lesson's own net scores as the one that the experiments train."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.mnist.layers import dense, dropout, relu
from deepcourse.mnist.model import MLP
from deepcourse.mnist.two_layers import TwoLayers


@pytest.mark.parametrize("seed", [0, 7])
def test_it_scores_as_the_net_of_the_experiments_and_drops_before_both_layers(seed):
    ours, theirs = TwoLayers(6, 50, 4, seed), MLP((6, 50, 4), seed=seed)
    for w, v in zip(theirs.weights, ours.weights, strict=True):
        w.assign(v)
    x = np.random.default_rng(seed).uniform(size=(9, 6)).astype(np.float32)
    np.testing.assert_array_equal(ours(x), theirs(x))
    w1, b1, w2, b2 = ours.weights
    h = relu(dense(dropout(x, 0.2, (seed, 6)), w1, b1))
    np.testing.assert_array_equal(ours(x, (seed, 3)), dense(dropout(h, 0.5, (seed, 7)), w2, b2))
    assert np.abs(ours(x, (seed, 3)) - ours(x)).max() > 0.1


def test_its_weights_start_by_the_rule_of_he():
    w1, b1, w2, b2 = TwoLayers(300, 400, 200).weights
    assert np.var(w1) == pytest.approx(2 / 300, rel=0.02)
    assert np.var(w2) == pytest.approx(2 / 400, rel=0.02)
    assert not np.any(b1)
    assert not np.any(b2)


def test_no_two_draws_of_it_share_a_key(monkeypatch):
    drawn = []

    def noted(draw):
        return lambda shape, seed: drawn.append(tuple(np.array(seed).tolist())) or draw(shape, seed)

    for name in ("stateless_normal", "stateless_uniform"):
        monkeypatch.setattr(tf.random, name, noted(getattr(tf.random, name)))
    x = np.zeros((2, 6), np.float32)
    for seed in (0, 1, 2):
        net = TwoLayers(6, 5, 4, seed)
        for step in range(20):
            net(x, (seed, step))
    assert len(drawn) == 3 * (2 + 2 * 20)
    assert len(set(drawn)) == len(drawn)


def test_all_its_weights_are_variables_that_a_checkpoint_finds():
    net = TwoLayers(784, 512, 10)
    assert {id(w) for w in net.weights} == {id(w) for w in net.trainable_variables}
    assert sum(tf.size(w).numpy() for w in net.weights) == 407_050


@pytest.mark.parametrize(
    ("sizes", "name"),
    [
        ((0, 5, 3), "pixels"),
        ((6, -1, 3), "units"),
        ((6, 5, 2.5), "classes"),
        ((6, 5, 3, -1), "seed"),
        ((6, 5, 3, "0"), "seed"),
    ],
)
def test_sizes_and_a_seed_that_cannot_be_meant_are_refused(sizes, name):
    with pytest.raises(ValueError, match=f"^{name}: got .*, expected "):
        TwoLayers(*sizes)


@pytest.mark.parametrize("seed", [1, (1, 2, 3), (0.5, 1), "01"])
def test_a_seed_of_a_call_that_is_no_pair_is_refused(seed):
    with pytest.raises(ValueError, match=r"^seed: got .*, expected "):
        TwoLayers(6, 5, 4)(np.zeros((1, 6), np.float32), seed)

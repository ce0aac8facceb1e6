"""The lesson's own net is the one that the experiments train."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.mnist import keys
from deepcourse.mnist.model import MLP
from deepcourse.mnist.two_layers import TwoLayers


@pytest.mark.parametrize("seed", [0, 7])
def test_it_starts_drops_and_scores_as_the_net_of_the_experiments(seed):
    ours, theirs = TwoLayers(6, 50, 4, seed), MLP((6, 50, 4), seed=seed)
    for w, v in zip(ours.weights, theirs.weights, strict=True):
        np.testing.assert_array_equal(w, v)
    x = np.random.default_rng(seed).uniform(size=(9, 6)).astype(np.float32)
    key = keys.of(seed, keys.DROPOUT, 3)
    np.testing.assert_array_equal(ours(x), theirs(x))
    np.testing.assert_array_equal(ours(x, key), theirs(x, key))
    assert np.abs(ours(x, key) - ours(x)).max() > 0.1


def test_all_its_weights_are_variables_that_a_checkpoint_finds():
    net = TwoLayers(784, 512, 10)
    assert {id(w) for w in net.weights} == {id(w) for w in net.trainable_variables}
    assert sum(tf.size(w).numpy() for w in net.weights) == 407_050


@pytest.mark.parametrize(
    ("sizes", "name"),
    [((0, 5, 3), "d"), ((6, -1, 3), "h"), ((6, 5, 2.5), "k"), ((6, 5, 3, -1), "seed"), ((6, 5, 3, "0"), "seed")],
)
def test_sizes_and_a_seed_that_cannot_be_meant_are_refused(sizes, name):
    with pytest.raises(ValueError, match=f"^{name}: got .*, expected "):
        TwoLayers(*sizes)


@pytest.mark.parametrize("seed", [1, (1, 2, 3), (0.5, 1), "01"])
def test_a_seed_of_a_call_that_is_no_pair_is_refused(seed):
    with pytest.raises(ValueError, match=r"^seed: got .*, expected "):
        TwoLayers(6, 5, 4)(np.zeros((1, 6), np.float32), seed)

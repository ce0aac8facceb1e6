"""No two draws of a run, or of two runs, share a key."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.datasets import digits
from deepcourse.mnist import data, keys
from deepcourse.mnist.adam import SGD
from deepcourse.mnist.data import Part
from deepcourse.mnist.model import MLP
from deepcourse.mnist.train import Run


@pytest.fixture(autouse=True)
def eagerly():
    """Whatever is drawn is drawn by Python, where it can be watched."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def test_no_two_draws_share_a_key(monkeypatch):
    drawn, orders = [], []
    for name in ("stateless_uniform", "stateless_normal"):
        original = getattr(tf.random, name)

        def watched(shape, seed, *limits, original=original):
            drawn.append(tuple(np.array(seed).tolist()))
            return original(shape, seed, *limits)

        monkeypatch.setattr(tf.random, name, watched)
    default_rng = np.random.default_rng

    def generator(seed):
        orders.append(seed)
        return default_rng(seed)

    monkeypatch.setattr(data.np.random, "default_rng", generator)
    part = Part(*(x[:48] for x in data.split(digits(), 200)[0]))
    for seed in (0, 1, 2):
        net = MLP((64, 6, 5, 10), seed=seed)
        run = Run(net, SGD(net.weights), 0.1, epochs=2, batch_size=16, seed=seed)
        for _ in range(2):
            run.epoch(part, part)
    assert len(drawn) == 3 * (3 + 2 * 3 * 3)  # three weights; three masks in each of two times three steps
    assert len(set(drawn)) == len(drawn)
    assert sorted(orders) == [(seed, epoch) for seed in (0, 1, 2) for epoch in (0, 1)]


def test_the_masks_of_two_runs_and_of_two_layers_have_nothing_in_common():
    masks = [
        tf.random.stateless_uniform((4000,), keys.fold(keys.of(seed, keys.DROPOUT, step), layer)).numpy()
        for seed in range(3)
        for step in range(3)
        for layer in range(2)
    ]
    related = np.abs(np.corrcoef(masks) - np.eye(len(masks)))
    assert related.max() < 0.07  # four deviations of independent ones


def test_keys_are_hashes_of_64_bits():
    many = {int(keys.of(seed, keys.DROPOUT, 5)[0]) for seed in range(20)}
    assert len(many) == 20
    assert max(map(abs, many)) > 2**40


@pytest.mark.parametrize("seed", [-1, 2**31, 0.5, None])
def test_a_seed_that_is_no_whole_number_from_0_is_refused(seed):
    with pytest.raises(ValueError, match=r"^seed: got .*, expected a whole number 0 \.\. 2147483647"):
        keys.of(seed, keys.WEIGHTS, 0)

"""What the solutions of the page on plain net, LSTM and GRU say."""

import keras
import numpy as np
import pytest
from deepcourse.recurrent import cells
from deepcourse.recurrent.layers import GRU, LSTM, SimpleRNN
from deepcourse.recurrent.solutions.layers import bias_that_keeps, gru_with_a_bug, kept_by, turned, weights_of_all

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(("d", "h"), [(1, 1), (34, 64), (5, 3)])
def test_the_counts_are_those_of_the_layers_and_of_keras(d, h):
    ours = SimpleRNN(h), LSTM(h, forget=False), LSTM(h), GRU(h)
    for layer in ours:
        layer.build((None, None, d))
    assert list(weights_of_all(d, h).values()) == [layer.count_params() for layer in ours]
    theirs = keras.layers.SimpleRNN(h), keras.layers.LSTM(h), keras.layers.GRU(h)
    for layer, name in zip(theirs, ("plain", "LSTM", "GRU"), strict=True):
        layer.build((None, None, d))
        assert layer.count_params() == weights_of_all(d, h)[name]


def test_the_planted_bug_is_a_gru_of_turned_weights():
    ax, h, wh, bh = (RNG.normal(size=s) for s in [(3, 6), (3, 2), (2, 6), 6])
    right = cells.gru_step(ax, h, wh, bh)
    assert np.abs(gru_with_a_bug(ax, h, wh, bh) - right).max() > 0.1
    ax, wh, bh = turned(ax, wh, bh)
    np.testing.assert_allclose(gru_with_a_bug(ax, h, wh, bh), right, atol=1e-12)


@pytest.mark.parametrize("steps", [1, 10, 28, 100])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_bias_keeps_the_share(share, steps):
    assert kept_by(bias_that_keeps(share, steps), steps) == pytest.approx(share, rel=1e-4)

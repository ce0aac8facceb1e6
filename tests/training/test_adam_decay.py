"""L2 in Adam's gradient, or decay beside it."""

import keras
import numpy as np
import pytest
from deepcourse.training.adam_decay import adam

RNG = np.random.default_rng(0)
GRADIENTS = RNG.normal(size=(30, 3)) * [10, 1, 0.1]


def by_keras(optimizer, penalty=0.0):
    w = keras.Variable(np.ones(3))
    optimizer.build([w])
    for g in GRADIENTS:
        optimizer.apply([np.float32(g + penalty * w.numpy())], [w])
    return w.numpy()


def test_first_decay_then_a_first_step_of_the_rate():
    one = np.array([1.0])
    assert adam(one, np.array([[1.0]]), 0.5, decay=0.5) == pytest.approx(0.25, abs=1e-5)


@pytest.mark.parametrize("decay", [0.0, 0.1, 2.0])
def test_decay_beside_the_step_is_keras_adamw(decay):
    found = adam(np.ones(3), GRADIENTS, 0.01, decay=decay)
    np.testing.assert_allclose(found, by_keras(keras.optimizers.AdamW(0.01, weight_decay=decay)), rtol=1e-4)


def test_a_penalty_goes_through_the_averages_as_in_keras():
    found = adam(np.ones(3), GRADIENTS, 0.01, penalty=0.3)
    np.testing.assert_allclose(found, by_keras(keras.optimizers.Adam(0.01), 0.3), rtol=1e-4)


def test_a_penalty_shrinks_the_weight_of_large_gradients_less_and_decay_all_alike():
    g = np.array([10.0, 0.1]) * np.resize([[1.0], [-1.0]], (200, 1))
    start = np.ones(2)
    large, small = adam(start, g, 0.01, penalty=0.1)
    assert 1 - small > 10 * (1 - large) > 0
    plain, same = adam(start, g, 0.01), adam(start, g, 0.01, decay=0.1)
    np.testing.assert_allclose(plain - same, 1 - 0.999**200, rtol=0.02)


def test_what_can_t_be_is_refused_by_name():
    with pytest.raises(ValueError, match="decay: got -1"):
        adam(np.ones(3), GRADIENTS, 0.01, decay=-1)
    with pytest.raises(ValueError, match="gradients: got"):
        adam(np.ones(2), GRADIENTS, 0.01)

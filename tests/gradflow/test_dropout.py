"""Dropout: its rate, its mean, and the mask that both passes share."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.gradflow import dropout
from deepcourse.gradflow.gradcheck import central_difference, relative_error
from hypothesis import given
from hypothesis import strategies as st


@given(
    shape=st.lists(st.integers(0, 4), max_size=3),
    rate=st.floats(0, 0.95),
    seed=st.integers(0, 2**31),
)
def test_the_gradient_with_the_mask_held_equals_central_differences_and_the_tape(shape, rate, seed):
    rng = np.random.default_rng(seed)
    x, dy = rng.normal(size=shape), rng.normal(size=shape)
    y, mask = dropout.dropout_forward(x, rate, np.random.default_rng(seed))
    found = dropout.dropout_backward(dy, mask, rate)

    def weighed(a):
        return np.sum(dy * dropout.dropout_forward(a, rate, np.random.default_rng(seed))[0])

    z = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(z)
        twin = tf.where(mask, z / (1 - rate), 0.0)
    assert relative_error(y, twin) < 1e-12
    assert relative_error(found, central_difference(weighed, x)) < 1e-7
    assert relative_error(found, tape.gradient(twin, z, output_gradients=tf.constant(dy))) < 1e-10


def test_dx_is_dy_through_the_same_mask_with_the_same_factor():
    rng = np.random.default_rng(1)
    x, dy, rate = rng.normal(size=(4, 5)), rng.normal(size=(4, 5)), 0.3
    _, m = dropout.dropout_forward(x, rate, np.random.default_rng(2))

    def weighed(a):
        return np.sum(dy * dropout.dropout_forward(a, rate, np.random.default_rng(2))[0])

    for dx, tolerance in ((dropout.dropout_backward(dy, m, rate), 1e-10), (central_difference(weighed, x), 1e-7)):
        assert relative_error(dx, dy * m / (1 - rate)) < tolerance


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.2, 0.5, 0.8])
def test_the_share_of_zeros_is_the_rate_and_the_mean_stays(rate):
    y, mask = dropout.dropout_forward(np.ones((500, 400)), rate, np.random.default_rng(0))
    assert abs((y == 0).mean() - rate) < 0.005
    assert abs(y.mean() - 1) < 0.02
    assert ((y != 0) == mask).all()
    assert set(np.unique(y)) <= {0.0, 1 / (1 - rate)}


def test_every_example_has_a_mask_of_its_own_and_every_call_a_new_one():
    rng = np.random.default_rng(0)
    first, second = (dropout.dropout_forward(np.ones((200, 100)), 0.5, rng)[1] for _ in range(2))
    assert len(np.unique(first, axis=0)) == 200
    assert (first != second).any()


def test_float32_stays_float32():
    y, mask = dropout.dropout_forward(np.ones(5, "float32"), 0.3, np.random.default_rng(0))
    assert y.dtype == dropout.dropout_backward(y, mask, 0.3).dtype == np.float32


@pytest.mark.parametrize("rate", [-0.1, 1.0, 1.5, np.nan])
def test_a_rate_out_of_range_is_refused_both_ways(rate):
    with pytest.raises(ValueError, match=r"rate: got .*, expected 0 <= rate < 1"):
        dropout.dropout_forward(np.ones(3), rate, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"rate: got .*, expected 0 <= rate < 1"):
        dropout.dropout_backward(np.ones(3), np.ones(3, bool), rate)


def test_a_gradient_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"dy: got shape \(3,\), expected \(2, 3\)"):
        dropout.dropout_backward(np.ones(3), np.ones((2, 3), bool), 0.5)

"""Each part of the machine against its formula; weights stay weights; gradients reach all that is learnt."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse.recurrent.ntm import content, interpolate, read, sharpen, shift, write
from hypothesis import given
from hypothesis import strategies as st

sizes = st.integers(1, 5)
seeds = st.integers(0, 2**31 - 1)


def drawn(seed, b, i, j, u=3):
    """All that the parts take, in float64."""
    rng = np.random.default_rng(seed)
    weights = {n: rng.dirichlet(np.ones(k), b) for n, k in (("alpha", i), ("last", i), ("taps", u))}
    found = {
        "memory": rng.normal(size=(b, i, j)),
        "key": rng.normal(size=(b, j)),
        "strength": rng.uniform(0, 9, (b, 1)),
        "gate": rng.uniform(0, 1, (b, 1)),
        "gamma": rng.uniform(1, 9, (b, 1)),
        "erase": rng.uniform(0, 1, (b, j)),
        "add": rng.normal(size=(b, j)),
    }
    return {name: tf.constant(x) for name, x in (found | weights).items()}


WEIGHTINGS = {
    "content": (content, ("memory", "key", "strength")),
    "interpolate": (interpolate, ("alpha", "last", "gate")),
    "shift": (shift, ("alpha", "taps")),
    "sharpen": (sharpen, ("alpha", "gamma")),
}
PARTS = WEIGHTINGS | {"read": (read, ("memory", "alpha")), "write": (write, ("memory", "alpha", "erase", "add"))}


@pytest.mark.parametrize("name", WEIGHTINGS)
@given(seed=seeds, b=sizes, i=sizes, j=sizes)
def test_weights_are_at_least_zero_and_sum_to_one(name, seed, b, i, j):
    part, takes = WEIGHTINGS[name]
    found = drawn(seed, b, i, j)
    y = part(*(found[each] for each in takes)).numpy()
    assert y.dtype == np.float64
    assert (y >= 0).all()
    np.testing.assert_allclose(y.sum(axis=1), np.ones(b), atol=1e-12)


@pytest.mark.parametrize("name", PARTS)
def test_gradients_flow_to_all_that_it_takes_and_are_those_of_differences(name):
    part, takes = PARTS[name]
    given_ = [drawn(1, 2, 4, 3)[each] for each in takes]
    probe = np.random.default_rng(2).normal(size=part(*given_).shape)
    with tf.GradientTape() as tape:
        tape.watch(given_)
        total = tf.reduce_sum(part(*given_) * probe)
    for at, gradient in enumerate(tape.gradient(total, given_)):
        flat = given_[at].numpy().ravel()
        slopes = np.zeros(len(flat))
        for n in range(len(flat)):
            sides = []
            for push in (1e-6, -1e-6):
                moved = flat.copy()
                moved[n] += push
                inputs = [*given_]
                inputs[at] = tf.constant(moved.reshape(given_[at].shape))
                sides.append(float(tf.reduce_sum(part(*inputs) * probe)))
            slopes[n] = (sides[0] - sides[1]) / 2e-6
        assert np.abs(slopes).max() > 1e-3, f"nothing arrives at {takes[at]}"
        np.testing.assert_allclose(gradient.numpy().ravel(), slopes, atol=1e-6)


@given(seed=seeds, i=st.integers(1, 6), u=st.sampled_from([1, 3, 5]), data=st.data())
def test_a_shift_by_a_one_hot_is_a_shift(seed, i, u, data):
    alpha = drawn(seed, 2, i, 1)["alpha"].numpy()
    tap = data.draw(st.integers(0, u - 1))
    taps = np.tile(np.eye(u)[tap], (2, 1))
    np.testing.assert_array_equal(shift(alpha, taps), np.roll(alpha, tap - u // 2, axis=1))


def test_content_finds_the_row_that_the_key_points_to_regardless_of_its_length():
    memory = np.array([[[1.0, 0, 0], [0, 0.01, 0], [5, 5, 0]]])
    np.testing.assert_allclose(content(memory, [[0, 7.0, 0]], [[100.0]]), [[0, 1, 0]], atol=1e-9)
    np.testing.assert_allclose(content(memory, [[0, 7.0, 0]], [[0.0]]), np.full((1, 3), 1 / 3))


def test_a_gate_of_one_takes_what_was_found_and_of_zero_stays():
    found, last = np.array([[0.2, 0.8]]), np.array([[0.6, 0.4]])
    np.testing.assert_array_equal(interpolate(found, last, [[1.0]]), found)
    np.testing.assert_array_equal(interpolate(found, last, [[0.0]]), last)


def test_sharpening_is_a_power_and_does_not_underflow():
    alpha = drawn(3, 4, 5, 1)["alpha"].numpy()
    np.testing.assert_allclose(sharpen(alpha, np.full((4, 1), 3.0)), alpha**3 / (alpha**3).sum(1, keepdims=True))
    small = np.array([[1e-20, 3e-20, 0]], np.float32)
    assert not (small**4).any()
    np.testing.assert_allclose(sharpen(small, [[4.0]]), [[1 / 82, 81 / 82, 0]], rtol=1e-4, atol=1e-12)


def test_the_gradient_of_sharpening_is_finite_where_a_weight_is_zero():
    alpha = tf.constant([[0.0, 1.0, 0.0]])
    with tf.GradientTape() as tape:
        tape.watch(alpha)
        y = tf.reduce_sum(sharpen(alpha, [[2.0]])[:, 0])
    assert np.isfinite(tape.gradient(y, alpha)).all()


def test_a_row_that_is_written_is_read_and_an_erased_one_is_empty():
    memory, at = np.random.default_rng(4).normal(size=(1, 3, 2)), np.array([[0.0, 1.0, 0.0]])
    new = write(memory, at, np.ones((1, 2)), [[7.0, 8.0]])
    np.testing.assert_array_equal(read(new, at), [[7, 8]])
    np.testing.assert_array_equal(new.numpy()[:, [0, 2]], memory[:, [0, 2]])
    np.testing.assert_array_equal(read(write(memory, at, np.ones((1, 2)), np.zeros((1, 2))), at), [[0, 0]])


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: read(np.ones((2, 3)), np.ones((2, 3))), "memory"),
        (lambda: read(np.ones((2, 3, 4)), np.ones((2, 4))), "alpha"),
        (lambda: write(np.ones((2, 3, 4)), np.ones((2, 3)), np.ones((2, 3)), np.ones((2, 4))), "erase"),
        (lambda: write(np.ones((2, 3, 4)), np.ones((2, 3)), np.ones((2, 4)), np.ones((2, 3))), "add"),
        (lambda: content(np.ones((2, 3, 4)), np.ones((2, 3)), np.ones((2, 1))), "key"),
        (lambda: content(np.ones((2, 3, 4)), np.ones((2, 4)), np.ones(2)), "strength"),
        (lambda: interpolate(np.ones((2, 3)), np.ones((2, 4)), np.ones((2, 1))), "last"),
        (lambda: interpolate(np.ones((2, 3)), np.ones((2, 3)), np.ones((2, 3))), "gate"),
        (lambda: shift(np.ones((2, 3)), np.ones((2, 2))), "taps"),
        (lambda: shift(np.ones((2, 3)), np.ones((1, 3))), "taps"),
        (lambda: sharpen(np.ones((2, 3)), np.ones((2, 2))), "gamma"),
    ],
)
def test_what_cannot_be_is_refused_by_name(call, name):
    with pytest.raises(ValueError, match=f"^{name}: got"):
        call()


@given(seed=seeds, b=sizes, i=st.integers(2, 5), j=sizes)
def test_looking_by_content_and_reading_is_the_attention_of_keras(seed, b, i, j):
    found = drawn(seed, b, i, j)
    memory, key = (tf.cast(found[name], tf.float32) for name in ("memory", "key"))
    strength = tf.cast(found["strength"], tf.float32)
    unit = tf.math.l2_normalize
    query = (strength * unit(key, 1))[:, None]
    y = keras.layers.Attention()([query, memory, unit(memory, 2)])[:, 0]
    np.testing.assert_allclose(read(memory, content(memory, key, strength)), y, rtol=1e-4, atol=1e-5)


@given(seed=seeds, i=st.integers(3, 6))
def test_a_library_convolution_goes_the_other_way(seed, i):
    alpha, taps = (drawn(seed, 1, i, 1)[name].numpy() for name in ("alpha", "taps"))
    ring = np.concatenate([alpha[:, -1:], alpha, alpha[:, :1]], axis=1)
    y = tf.nn.conv1d(ring[..., None], taps[0][:, None, None], 1, "VALID")[..., 0]
    np.testing.assert_allclose(y, shift(alpha, taps[:, ::-1]), atol=1e-12)

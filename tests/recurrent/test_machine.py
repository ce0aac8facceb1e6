"""The machine's step, put together by hand, and what it hands on."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.recurrent.copying import bits_lost, copy_task
from deepcourse.recurrent.machine import address, machine, run, start, step, weights_of
from deepcourse.recurrent.ntm import content, interpolate, read, sharpen, shift, write


def test_a_head_is_told_how_to_do_all_four_in_their_order():
    rng = np.random.default_rng(0)
    memory, last = (tf.constant(a, tf.float32) for a in (rng.normal(size=(2, 5, 3)), rng.dirichlet(np.ones(5), 2)))
    told = tf.constant(rng.normal(size=(2, 9)), tf.float32)
    key, strength, gate, gamma = told[:, :3], told[:, 3:4], told[:, 4:5], told[:, 8:]
    found = content(memory, np.tanh(key), np.log1p(np.exp(strength)))
    alpha = shift(interpolate(found, last, 1 / (1 + np.exp(-gate))), tf.nn.softmax(told[:, 5:8]))
    expected = sharpen(alpha, 1 + np.log1p(np.exp(gamma)))
    np.testing.assert_allclose(address(memory, last, told), expected, rtol=1e-5)


def test_a_step_reads_the_old_memory_and_writes_the_new_one():
    tf.keras.utils.set_random_seed(0)
    layers = machine(9, 8, units=6, width=4)
    state = start(layers, 3, 5)._replace(memory=tf.random.stateless_normal((3, 5, 4), (0, 1)))
    x = tf.random.stateless_uniform((3, 9), (0, 2))
    new = step(layers, state, x)
    h = layers["net"](tf.concat([x, tf.zeros((3, 4))], 1))
    np.testing.assert_allclose(new.reading, address(state.memory, state.reading, layers["reader"](h)), rtol=1e-6)
    np.testing.assert_allclose(new.seen, read(state.memory, new.reading), rtol=1e-6)
    np.testing.assert_allclose(
        new.memory, write(state.memory, new.writing, layers["erase"](h), layers["add"](h)), rtol=1e-5, atol=1e-6
    )
    np.testing.assert_allclose(new.logits, layers["out"](tf.concat([h, new.seen], 1)), rtol=1e-5)


def test_all_that_is_learnt_gets_a_gradient_and_has_the_sizes_of_the_heads():
    tf.keras.utils.set_random_seed(1)
    layers = machine(9, 8)
    x, y, wanted = copy_task([3, 2], 0)
    with tf.GradientTape() as tape:
        logits = tf.transpose(run(layers, x, 8).logits, (1, 0, 2))
        loss = tf.reduce_mean(bits_lost(logits, y, wanted))
    for w, gradient in zip(weights_of(layers), tape.gradient(loss, weights_of(layers)), strict=True):
        assert np.isfinite(gradient).all()
        assert np.abs(gradient).max() > 0, w.path
    assert sum(int(tf.size(w)) for w in weights_of(layers)) == 3000 + 2 * 2626 + 2 * 2020 + 968


def test_a_run_is_step_after_step_from_both_heads_at_the_first_row():
    tf.keras.utils.set_random_seed(2)
    layers = machine(9, 8, units=5, width=3)
    x, _, _ = copy_task([2, 1], 3)
    states = run(layers, x, 4)
    state = start(layers, 2, 4)
    assert state.reading.numpy().tolist() == state.writing.numpy().tolist() == [[1, 0, 0, 0]] * 2
    for t in range(x.shape[1]):
        state = step(layers, state, x[:, t])
        for part, whole in zip(state, states, strict=True):
            np.testing.assert_allclose(whole[t], part, rtol=1e-5, atol=1e-7)


def test_the_task_is_bits_then_a_flag_then_silence_and_the_same_bits_are_wanted():
    x, y, wanted = copy_task([2, 4], 7, longest=5)
    assert x.shape == (2, 11, 9)
    for n, length in enumerate([2, 4]):
        np.testing.assert_array_equal(x[n, :length, :8], y[n, length + 1 : 2 * length + 1])
        assert set(np.unique(x[n, :length, :8])) == {0, 1}
        assert x[n, :, 8].tolist() == [float(t == length) for t in range(11)]
        assert not x[n, length:, :8].any()
        assert wanted[n].tolist() == [float(length < t <= 2 * length) for t in range(11)]
        assert not y[n][wanted[n] == 0].any()


def test_who_knows_nothing_loses_eight_bits_a_vector_and_who_knows_all_none():
    _, y, wanted = copy_task([3, 1], 0)
    np.testing.assert_allclose(bits_lost(np.zeros_like(y), y, wanted), [24, 8], rtol=1e-6)
    np.testing.assert_allclose(bits_lost(100 * (2 * y - 1), y, wanted), [0, 0], atol=1e-6)


@pytest.mark.parametrize(
    ("lengths", "longest", "name"), [([0], None, "longest"), ([3, 0], None, "lengths"), ([4], 3, "lengths")]
)
def test_lengths_that_cannot_be_are_refused(lengths, longest, name):
    with pytest.raises(ValueError, match=f"^{name}: got"):
        copy_task(lengths, 0, longest)


@pytest.mark.parametrize("name", ["features", "outputs", "units", "width"])
def test_sizes_that_cannot_be_are_refused(name):
    with pytest.raises(ValueError, match=f"^{name}: got 0"):
        machine(**{"features": 9, "outputs": 8, name: 0})

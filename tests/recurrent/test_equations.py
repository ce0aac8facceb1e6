"""What the page on the Neural Turing Machine displays, each formula evaluated by index."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.recurrent.machine import machine, start, step
from deepcourse.recurrent.ntm import content, interpolate, read, sharpen, shift, write

RNG = np.random.default_rng(0)
MEMORY = RNG.normal(size=(1, 4, 3))
ALPHA, LAST = RNG.dirichlet(np.ones(4), 2)[:, None]


@pytest.mark.equation("recurrent/read", digest="5b01afe7")
def test_reading_adds_up_the_rows_by_their_weights(proof):
    r = np.zeros(3)
    for i, j in np.ndindex(4, 3):
        r[j] += ALPHA[0, i] * MEMORY[0, i, j]
    proof(read(MEMORY, ALPHA)[0], r)


@pytest.mark.equation("recurrent/write", digest="0f37d6e0")
def test_writing_wipes_and_then_adds(proof):
    erase, add = RNG.uniform(0, 1, (1, 3)), RNG.normal(size=(1, 3))
    new = np.zeros((4, 3))
    for i, j in np.ndindex(4, 3):
        new[i, j] = MEMORY[0, i, j] * (1 - ALPHA[0, i] * erase[0, j]) + ALPHA[0, i] * add[0, j]
    proof(write(MEMORY, ALPHA, erase, add)[0], new)


@pytest.mark.equation("recurrent/content", digest="8e5db34a")
def test_content_is_a_softmax_of_cosines(proof):
    key, beta = RNG.normal(size=(1, 3)), 2.5
    cosines = [row @ key[0] / (np.linalg.norm(row) * np.linalg.norm(key)) for row in MEMORY[0]]
    powers = np.exp(beta * np.array(cosines))
    proof(content(MEMORY, key, np.array([[beta]]))[0], powers / powers.sum())


@pytest.mark.equation("recurrent/interpolate", digest="54e03548")
def test_the_gate_mixes_what_was_found_with_where_the_head_was(proof):
    proof(
        interpolate(ALPHA, LAST, np.array([[0.3]]))[0],
        [0.3 * a + 0.7 * b for a, b in zip(ALPHA[0], LAST[0], strict=True)],
    )


@pytest.mark.equation("recurrent/shift", digest="48e424de")
def test_a_shift_is_a_convolution_on_a_ring(proof):
    s, moved = RNG.dirichlet(np.ones(3)), np.zeros(4)
    for i, u in np.ndindex(4, 3):
        moved[i] += s[u] * ALPHA[0, (i - u + 1) % 4]
    proof(shift(ALPHA, s[None])[0], moved)


@pytest.mark.equation("recurrent/sharpen", digest="f05b611e")
def test_sharpening_is_a_power_over_its_sum(proof):
    powers = ALPHA[0] ** 2.7
    proof(sharpen(ALPHA, np.array([[2.7]]))[0], powers / powers.sum())


@pytest.mark.equation("recurrent/controller", digest="fe049321")
def test_the_controller_sees_what_was_read_and_the_answer_what_is_read(proof):
    tf.keras.utils.set_random_seed(0)
    layers = machine(3, 2, units=4, width=3)
    for layer in layers.values():
        layer.bias.assign(RNG.normal(size=layer.bias.shape))
    before, x = RNG.normal(size=(1, 3)), RNG.normal(size=(1, 3))
    state = start(layers, 1, 4)._replace(memory=tf.constant(MEMORY, tf.float32), seen=tf.constant(before, tf.float32))
    new = step(layers, state, tf.constant(x, tf.float32))
    (w, b), (wo, bo) = (layers[name].get_weights() for name in ("net", "out"))
    h = np.tanh(np.concatenate([x, before], 1) @ w + b)
    proof(new.logits, np.concatenate([h, new.seen], 1) @ wo + bo, tolerance=1e-6)

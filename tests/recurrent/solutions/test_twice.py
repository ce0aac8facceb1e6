"""What the page gives for a copy that is said twice."""

import numpy as np
import tensorflow as tf
from deepcourse.recurrent.copying import copy_task
from deepcourse.recurrent.machine import machine
from deepcourse.recurrent.solutions.twice import Shut, copy_twice


def test_all_vectors_are_wanted_twice_in_their_order():
    lengths = [3, 1, 4]
    once, twice = copy_task(lengths, 5, 4), copy_twice(lengths, 5, 4)
    assert [a.shape for a in twice] == [(3, 13, 9), (3, 13, 8), (3, 13)]
    for n, length in enumerate(lengths):
        bits = once[1][n, length + 1 : 2 * length + 1]
        assert bits.any()
        np.testing.assert_array_equal(twice[0][n, :9], once[0][n])
        np.testing.assert_array_equal(twice[1][n, length + 1 : 3 * length + 1], np.tile(bits, (2, 1)))
        assert twice[2][n].tolist() == [float(length < t <= 3 * length) for t in range(13)]
        assert not twice[0][n, length + 1 :].any()
        assert not twice[1][n][twice[2][n] == 0].any()


def test_a_shut_head_is_told_all_but_its_gate():
    tf.keras.utils.set_random_seed(0)
    layers = machine(9, 8, units=6, width=4)
    h = tf.random.stateless_normal((3, 6), (0, 1))
    told, shut = layers["reader"](h).numpy(), Shut(layers["reader"])(h).numpy()
    gate = 5  # behind a key of four columns and the strength
    np.testing.assert_array_equal(shut[:, gate], [-20] * 3)
    np.testing.assert_allclose(np.delete(shut, gate, 1), np.delete(told, gate, 1))

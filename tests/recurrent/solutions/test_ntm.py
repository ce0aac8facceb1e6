"""What the solutions of the page on the Neural Turing Machine say."""

import numpy as np
import tensorflow as tf
from deepcourse.recurrent.machine import machine, weights_of
from deepcourse.recurrent.ntm import write
from deepcourse.recurrent.solutions.ntm import apart, follow, reading_head, told_to, write_with_a_bug

RNG = np.random.default_rng(0)


def test_the_planted_bug_shows_only_where_something_is_wiped_and_added():
    memory, alpha = RNG.normal(size=(2, 3, 4)), RNG.dirichlet(np.ones(3), 2)
    erase, add = RNG.uniform(0, 1, (2, 4)), RNG.normal(size=(2, 4))
    none = np.zeros_like(add)
    for given in ((erase, none), (none, add)):
        np.testing.assert_allclose(write_with_a_bug(memory, alpha, *given), write(memory, alpha, *given))
        assert apart(memory, alpha, *given) < 1e-12
    assert apart(memory, alpha, erase, add) > 0.01


def test_two_is_the_smallest_number_that_moves_the_head_and_brings_it_back():
    memory = tf.constant([[[0, 1.0], [1, 0], [0, 1], [0, 1], [0, 1]]])
    for n, right in ((1, False), (2, True), (20, True)):
        down, stay, back = told_to(n, 0, 2), told_to(n, 0, 1), told_to(n, 1, 1)
        path = follow(memory, [down, down, down, stay, back])
        assert (path.argmax(1).tolist() == [1, 2, 3, 3, 1]) == right
    assert follow(memory, [told_to(20, 0, 0)]).argmax(1) == [4]


def test_without_sharpening_a_head_spreads_over_the_rows():
    memory = tf.ones((1, 32, 2))
    sharp, soft = (follow(memory, [told_to(2, 0, 2, power)] * 20)[-1] for power in (0, -20))
    assert sharp.argmax() == 20
    assert soft.max() < 0.1
    assert sharp[20] > 0.8


def test_a_second_reading_head_adds_its_own_layer_and_what_it_has_read():
    for units, width, outputs in ((100, 20, 8), (7, 3, 2)):
        one = machine(9, outputs, units, width)
        counts = {name: layer.count_params() for name, layer in one.items()}
        more = counts["reader"] + width * units + width * outputs  # it reads into the net and into the answer
        assert reading_head(units, width, outputs) == more
        assert sum(int(tf.size(w)) for w in weights_of(one)) == sum(counts.values())

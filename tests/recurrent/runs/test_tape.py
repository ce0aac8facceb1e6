"""What the record says of a full tape, and how a layer loses a read."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse import records
from deepcourse.recurrent.copying import copy_task
from deepcourse.recurrent.machine import machine, run, start, step
from deepcourse.recurrent.runs import ntm, tape
from keras.layers import Dense


def test_a_layer_without_its_read_gets_zeros_for_it_alone():
    layer = Dense(3)
    x = tf.constant(np.random.default_rng(0).normal(size=(2, 5)), tf.float32)
    layer.build((None, 5))
    blank = x * [1, 1, 1, 0, 0]
    np.testing.assert_allclose(tape.Without(layer, 2)(x), layer(blank), rtol=1e-6)
    assert np.abs(layer(x) - layer(blank)).max() > 0.01


def test_faults_are_counted_by_sequence_and_at_most():
    assert tape.faults(np.array([0, 3, 0, 7.0])) == {"faulty": 2, "most": 7}


def test_the_largest_power_is_that_of_all_steps_and_both_heads():
    tf.keras.utils.set_random_seed(0)
    layers = machine(9, 8, units=6, width=4)
    s = ntm.copiers.Training(units=6, width=4, rows=5, sequences=2)
    x, _, _ = copy_task([3, 3], [3, ntm.copiers.TEST])
    state, most = start(layers, 2, 5), 0.0
    for t in range(x.shape[1]):
        h = layers["net"](tf.concat([x[:, t], state.seen], 1))
        for head in ("reader", "writer"):
            most = max(most, float(np.max(1 + np.log1p(np.exp(layers[head](h)[:, -1])))))
        state = step(layers, state, x[:, t])
    np.testing.assert_allclose(tape.largest_power(s, layers, 3), most, rtol=1e-5)


def test_the_recorded_machine_needs_rows_to_spare_and_answers_from_the_read_before():
    values = records.read("recurrent/tape")["values"]
    assert values["spare_2"]["faulty"] == values["vectors_250_rows_256"]["faulty"] == 0
    full = values["spare_0"]
    assert 0 < full["faulty"] == full["overwritten"]
    assert values["without_the_read_of_now"] == 0
    assert values["without_the_read_of_before"] > 30


@pytest.mark.parametrize(
    ("after", "told"),
    [([3, 1, 0], False), ([1, 4, 1], False), ([4, 3, 2], True), ([2, 9, 9], True), ([1, 0, 2], False)],
)
def test_only_a_row_that_is_still_to_be_read_counts_as_overwritten(after, told):
    tape_of_three = [1, 4, 2]  # row 1 is read at the flag
    assert tape.overwrites(np.array([*tape_of_three, *after, 0]), 3) == told


def test_a_row_that_is_written_before_it_is_read_is_told():
    layers = ntm.machine_of(records.read("recurrent/ntm"))
    s = tape.Settings(many=4)
    found = tape.crowded(s, layers, 4, 0)  # as many vectors as rows
    x, y, wanted = copy_task([4] * 4, [4, ntm.copiers.TEST])
    states = run(layers, x, 4)
    said = states.logits.numpy().transpose(1, 0, 2) > 0
    wrong = ((said != (y > 0.5)).sum(2) * wanted).sum(1)
    assert (found["faulty"], found["most"]) == ((wrong > 0).sum(), wrong.max())
    assert 0 <= found["overwritten"] <= found["faulty"]

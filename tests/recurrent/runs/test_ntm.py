"""What the record says of nets that learned, and nets that learn in small."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse import records
from deepcourse.recurrent.copying import copy_task
from deepcourse.recurrent.machine import weights_of
from deepcourse.recurrent.runs import copiers, ntm

S = ntm.QUICK
CHANCE = 8.0  # bits of a vector


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")


def said(s, kind, seed):
    """What a net might be found to do: the machine loses nothing from seed 1, and the LSTM much."""
    bits = 30.0 if kind == "lstm" else [0.02, 0.0][seed]
    net = copiers.net_of(s, kind)
    return {
        "curve": [16.0, bits],
        "step_ms": 3.0,
        "asked": {str(n): {"bits": bits * n, "errors": bits} for n in s.lengths},
        "weights": copiers.coded(net.weights) if kind == "ntm" else "",
        "count": 7 if kind == "ntm" else 9,
    }


def test_the_record_has_medians_ranges_and_how_many_learned(tmp_path, monkeypatch):
    monkeypatch.setattr(copiers, "of_a_seed", said)
    records.make("recurrent/ntm", ntm.measure, S, tmp_path)
    record = records.read("recurrent/ntm", tmp_path)
    values = record["values"]
    assert values["bits_per_sequence_2"] == pytest.approx(0.02)  # the middle of 0.04 and 0
    assert values["errors_per_sequence_3"] == pytest.approx(0.01)
    assert (values["errors_per_sequence_3_lowest"], values["errors_per_sequence_3_highest"]) == (0, pytest.approx(0.02))
    assert values["lstm_bits_per_sequence_3"] == 90
    assert (values["seeds"], values["seeds_that_learned"]) == (2, 1)
    assert record["copier"]["seed"] == 1, "the page's machine is the first that learned"
    assert values["bits_per_vector_3"] == pytest.approx(0.01)
    assert (values["bits_per_vector_3_lowest"], values["bits_per_vector_3_highest"]) == (0, pytest.approx(0.02))
    assert (values["seeds_without_error"], values["new_seeds"]) == (1, 0)
    assert values["lstm_seeds_without_error"] == 0
    assert values["ntm_seed_0"]["length_3"]["errors"] == pytest.approx(0.02)
    assert record["asked"]["ntm"][0]["3"]["bits"] == pytest.approx(0.06)


def test_the_machine_comes_out_of_the_record_as_it_went_in_but_for_float16(tmp_path, monkeypatch):
    net = copiers.net_of(S.training, "ntm")
    found = {"count": 7, "weights": copiers.coded(net.weights)}
    monkeypatch.setattr(copiers, "of_a_seed", lambda s, kind, seed: said(s, kind, seed) | found)
    records.make("recurrent/ntm", ntm.measure, S, tmp_path)
    again = ntm.machine_of(records.read("recurrent/ntm", tmp_path))
    for w, v in zip(net.weights, weights_of(again), strict=True):
        np.testing.assert_array_equal(np.float16(w.numpy()), v.numpy())


@pytest.mark.parametrize("kind", ["ntm", "lstm"])
def test_a_net_learns_the_same_from_the_same_seed_and_loses_fewer_bits(kind):
    s = copiers.Training(
        units=8,
        width=4,
        rows=3,
        lstm_units=8,
        longest=1,
        batch=4,
        rate=0.02,
        steps=60,
        lstm_steps=60,
        every=30,
        compiled=False,
    )
    curves = []
    for _ in range(2):
        keras.utils.set_random_seed(0)
        curves.append(copiers.learn(s, kind, 0, copiers.net_of(s, kind))[0])
    assert curves[0] == curves[1]
    assert len(curves[0]) == 2
    assert curves[0][1] < curves[0][0] < CHANCE


def test_a_net_is_asked_the_same_sequences_and_its_errors_are_counted():
    s = copiers.Training(units=4, width=3, rows=3, test_rows=4, sequences=3)

    class Knowing:
        def logits(self, x, rows):
            assert rows == s.test_rows
            _, y, _ = copy_task([2] * s.sequences, [2, copiers.TEST])
            wrong = np.zeros_like(y)
            wrong[0, 3, :2] = wrong[1, 4, 0] = 1  # of the answers
            wrong[2, 0] = 1  # before them
            return tf.constant(40 * (2 * y - 1) * (1 - 2 * wrong))

    found = copiers.asked(s, Knowing(), 2)
    assert found["errors"] == 1
    assert found["bits"] == pytest.approx(40 / np.log(2))


def test_the_nets_are_those_of_the_page_and_the_lstm_has_more_weights():
    s = copiers.Training()
    counts = {k: sum(int(tf.size(w)) for w in copiers.net_of(s, k).weights) for k in ("ntm", "lstm")}
    assert counts["ntm"] < counts["lstm"] == 4 * 256 * (9 + 256 + 1) + 257 * 8

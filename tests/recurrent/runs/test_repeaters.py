"""What the record says of machines that copy twice, and such machines in small."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse import records
from deepcourse.recurrent.runs import repeaters, twice

S = twice.QUICK


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")


def said(s, kind, seed, shown):
    """What a machine might be found to do: with its gate it loses nothing from seed 1."""
    bits = 30.0 if kind == "shut" else [0.02, 0.0][seed]
    asked = {str(n): {"bits": bits * n, "errors": bits} for n in s.lengths}
    found = {
        "curve": [16.0, bits],
        "step_ms": 3.0,
        "asked": asked,
        "heads": {"writing": [0] * (3 * shown + 1), "reading": [0] * (3 * shown + 1)},
        "weights": "",
    }
    return found | ({"asked_shut": asked} if kind == "whole" else {})


def test_the_record_has_medians_ranges_and_how_many_learned(tmp_path, monkeypatch):
    monkeypatch.setattr(repeaters, "of_a_seed", said)
    records.make("recurrent/twice", twice.measure, S, tmp_path)
    values = records.read("recurrent/twice", tmp_path)["values"]
    assert [values[kind]["seeds_that_learned"] for kind in repeaters.KINDS] == [1, 0]
    wrong = values["whole"]["errors"]["length_3"]
    assert (wrong["lowest"], wrong["median"], wrong["highest"]) == (0, pytest.approx(0.01), pytest.approx(0.02))
    assert values["whole"]["shut_afterwards"]["length_2"]["highest"] == pytest.approx(0.02)


def test_a_machine_is_watched_step_by_step_and_asked_with_its_gate_and_without(tmp_path):
    records.make("recurrent/twice", twice.measure, S, tmp_path)
    record = records.read("recurrent/twice", tmp_path)
    steps = 3 * S.shown + 1
    for kind in repeaters.KINDS:
        for heads in record["heads"][kind]:
            assert len(heads["reading"]) == len(heads["writing"]) == steps
            assert all(0 <= row < S.training.rows for row in heads["reading"])


def test_a_shut_machine_never_looks_by_content():
    net = repeaters.machine_of(S.training, "shut")
    told = net.layers["reader"](tf.random.normal((3, S.training.units)))
    gate = told[:, S.training.width + 1]
    np.testing.assert_array_equal(gate, -20.0)
    assert len(net.weights) == len(repeaters.machine_of(S.training, "whole").weights)


def test_the_second_copy_is_read_where_the_first_was_or_elsewhere():
    back, on = [0, 0, 0, 5, 6, 5, 6], [0, 0, 0, 5, 6, 7, 8]
    assert (twice.read_again(2, back), twice.read_again(2, on)) == (1, 0)
    assert twice.read_again(2, [0, 0, 0, 5, 6, 5, 7]) == 0.5

"""The figures of lesson 5 say what their record says."""

from dataclasses import replace

import numpy as np
import pytest
from deepcourse import records
from deepcourse.recurrent.copying import copy_task
from deepcourse.recurrent.figures import copy, learning
from deepcourse.recurrent.machine import run
from deepcourse.recurrent.runs import copiers, ntm

S = replace(ntm.QUICK, shown=3)


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """A folder of records in which no machine has learnt anything, and the LSTM of the page fails."""

    def said(s, kind, seed):
        lost = 50.0 if kind == "lstm" else 0.25 * (seed + 1)
        return {
            "curve": [99.0, lost],
            "step_ms": 1.0,
            "asked": {str(n): {"bits": lost, "errors": lost * n} for n in s.lengths},
            "weights": copiers.coded(copiers.net_of(s, kind).weights) if kind == "ntm" else "",
            "count": 1,
        }

    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(copiers, "of_a_seed", said)
    records.make("recurrent/ntm", ntm.measure, S, tmp_path)
    return tmp_path


def test_the_trace_is_that_of_the_recorded_machine_on_the_pattern(runs):
    record = records.read("recurrent/ntm", runs)
    pattern = np.array(record["shown"])
    x, y, _ = copy_task([3], 0)
    np.testing.assert_array_equal(pattern, y[0, 4:])
    states = run(ntm.machine_of(record), x, S.training.rows)
    found = copy.traced(record, pattern)
    for name in ("reading", "writing"):
        np.testing.assert_allclose(found[name], getattr(states, name)[:, 0], atol=1e-6)
    np.testing.assert_allclose(found["p"], 1 / (1 + np.exp(-states.logits[:, 0])), atol=1e-6)


def test_the_copy_is_described_with_its_wrong_bits_and_the_rows_of_both_heads(runs):
    record = records.read("recurrent/ntm", runs)
    pattern = np.array(record["shown"])
    found, text = copy.traced(record, pattern), copy.copy(runs).text
    wrong = ((found["p"][4:] > 0.5) != (pattern > 0)).sum()
    assert f"of their bits {wrong} wrong" in text
    assert f"writing head is at rows {', '.join(map(str, found['writing'][:3].argmax(1)))}." in text
    assert f"reading head is at rows {', '.join(map(str, found['reading'][4:].argmax(1)))}." in text


def test_wrong_bits_and_losses_are_said_by_length_and_by_seed(runs):
    text = learning.wrong(runs).text
    assert "LSTM 100.0 at 2, 150.0 at 3" in text
    assert "machine 0.8 at 2, 1.1 at 3" in text  # the middle of two seeds
    assert "LSTM 50; machine 0.25, 0.5" in learning.losses(runs).text


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_the_recorded_machine_reads_the_rows_that_it_wrote_whatever_the_bits(seed):
    record = records.read("recurrent/ntm")
    pattern = np.array(record["shown"])
    if seed:
        pattern = np.random.default_rng(seed).integers(0, 2, pattern.shape)
    found, many = copy.traced(record, pattern), len(pattern)
    written = found["writing"][:many].argmax(1)
    rows = record["settings"]["rows"]
    assert set(np.diff(written) % rows) in ({1}, {rows - 1})
    assert not found["reading"][:many].argmax(1).any()
    np.testing.assert_array_equal(found["reading"][many : 2 * many].argmax(1), written)
    assert ((found["p"][many + 1 :] > 0.5) == (pattern > 0)).all()


def test_the_recorded_machine_takes_many_zeros_for_the_silence_after_the_flag():
    record = records.read("recurrent/ntm")
    for zeros, early in ((1, False), (10, True)):
        pattern = np.array(record["shown"])
        pattern[:zeros] = 0
        found, many = copy.traced(record, pattern), len(pattern)
        assert found["reading"][:many].argmax(1).any() == early
        assert ((found["p"][many + 1 :] > 0.5) != (pattern > 0)).any() == early

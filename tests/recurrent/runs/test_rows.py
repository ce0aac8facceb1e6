"""Digits by rows: the rate falls to 0, and the record has the spread of the seeds."""

import numpy as np
import pytest
from deepcourse import datasets, records
from deepcourse.recurrent.runs import rows

S = rows.QUICK


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")


def test_means_and_ranges_of_both_ways_become_a_record(tmp_path, monkeypatch):
    def said(s, source, kind, way, seed):
        read = 0.9 if way == "rows" else 0.5
        return {"accuracy": read + 0.02 * seed, "losses": [1.0]}

    monkeypatch.setattr(rows, "of_a_net", said)
    records.make("recurrent/rows", rows.measure, S, tmp_path)
    record = records.read("recurrent/rows", tmp_path)
    values = record["values"]
    assert values["lstm_accuracy"] == pytest.approx(0.91)
    assert (values["lstm_accuracy_lowest"], values["lstm_accuracy_highest"]) == (0.9, pytest.approx(0.92))
    assert (values["lstm_seeds"], values["rnn_seeds"], values["permuted"]["lstm_seeds"]) == (2, 1, 1)
    assert values["permuted"]["gru_accuracy"] == 0.5
    assert (values["steps"], values["permuted"]["steps"]) == (8, 4)
    assert record["losses"]["rows lstm"] == [[1.0], [1.0]]


@pytest.mark.parametrize("way", ["rows", "permuted"])
def test_a_net_learns_at_a_rate_that_falls_to_zero(way, monkeypatch):
    made = []
    trained = rows.nets.Trained
    monkeypatch.setattr(rows.nets, "Trained", lambda *a: made.append(trained(*a)) or made[0])
    found = rows.of_a_net(S, datasets.digits(), "gru", way, 0)
    assert 0.1 < found["accuracy"] < 1
    assert len(found["losses"]) == (S.epochs if way == "rows" else S.permuted_epochs)
    assert np.diff(found["losses"]).max(initial=-1) < 0
    assert 0 < float(made[0].adam.learning_rate) < 0.1 * S.rate


def test_each_picture_comes_once_in_an_epoch_in_another_order_in_each():
    one, other = (rows.batches(S, 2 * S.batch + 3, epoch, 0) for epoch in (0, 1))
    assert one.shape == (2, S.batch)
    assert len(set(one.ravel())) == one.size
    assert (one != other).any()

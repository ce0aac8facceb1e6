"""Nets of `family` that learn longer, in small."""

import pytest
from deepcourse import records
from deepcourse.convolution.runs import family_longer, one_layer

S = family_longer.QUICK
KINDS = family_longer.NETS


@pytest.fixture
def values(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")
    asked = []

    def said(net, source, kind, task, rate, seed):
        asked.append((net.epochs, task, rate))
        read = 0.3 + 0.1 * KINDS.index(kind) + 0.01 * seed * (kind == "shared")
        return {"validation": read, "shifted": read, "centred": read + 0.1}

    monkeypatch.setattr(one_layer, "of_a_run", said)
    rates = {kind: {"digits": {"shifted_rate": 0.03}} for kind in KINDS}
    before = {"values": rates, "units": {"shifted_rate": "1"}, "settings": {}, "seeds": [], "data": {}, "command": ""}
    records.write("convolution/family", before, tmp_path)
    records.make("convolution/family_longer", family_longer.measure, S, tmp_path)
    assert {*asked} == {(S.times * S.net.epochs, "shifted", 0.03)}
    record = records.read("convolution/family_longer", tmp_path)
    assert record["settings"]["net"]["epochs"] == S.times * S.net.epochs
    return record["values"]


def test_differences_are_those_of_pairs_and_have_their_range(values):
    shared = values["shared"]["digits"]
    assert shared["shifted_accuracy_ahead_of_dense"] == pytest.approx(20.5)
    assert shared["shifted_accuracy_ahead_of_local_lowest"] == pytest.approx(10)
    assert shared["shifted_accuracy_ahead_of_local_highest"] == pytest.approx(11)
    assert values["local"]["digits"]["shifted_accuracy_ahead_of_dense"] == pytest.approx(10)


def test_what_learned_on_shifted_pictures_reads_of_centred_ones_stands_apart(values):
    found = values["dense"]["digits"]
    assert found["back_accuracy"] - found["shifted_accuracy"] == pytest.approx(0.1)

"""Nets that learn longer, in small: they are those of `checkerboard`, looked at more often."""

import pytest
from deepcourse import datasets, records
from deepcourse.convolution.runs import checkerboard, longer

S = longer.QUICK


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")


def test_a_net_is_that_of_checkerboard_at_the_same_epoch():
    source = datasets.digits()
    found = longer.of_a_run(S, source, "three")
    right = checkerboard.of_a_run(S.nets, source, ("three", S.rate, S.seed))
    assert found["after_1"]["error"] == pytest.approx(right["error"], rel=1e-4)
    for name in ("after_0", "after_1"):
        assert found[name]["grey"] == pytest.approx(right["strength"][name], rel=1e-3)


def test_an_untrained_net_makes_black_of_black():
    # no biases yet, so all that it makes of 0 is 0
    assert longer.of_a_run(S, datasets.digits(), "four")["after_0"]["black"] == 0


def test_the_record_has_each_way_at_each_look(tmp_path, monkeypatch):
    monkeypatch.setattr(longer, "of_a_run", lambda s, source, way: {f"after_{n}": {"error": 1.0} for n in s.looked})
    records.make("convolution/longer", longer.measure, S, tmp_path)
    values = records.read("convolution/longer", tmp_path)["values"]
    assert {way: [*each] for way, each in values.items()} == {way: ["after_0", "after_1"] for way in longer.WAYS}

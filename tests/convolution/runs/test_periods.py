"""The nets of exercise 3, in small."""

import pytest
from deepcourse import records
from deepcourse.convolution.runs import one_layer, periods


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")


def test_each_period_is_compared_with_the_first_in_pairs(tmp_path, monkeypatch):
    def said(n, source, kind, task, rate, seed):
        return {"shifted": 0.5 + 0.1 * seed + (0.02 + 0.02 * seed) * (n.period == 5) + 0.1 * (n.epochs > 1)}

    monkeypatch.setattr(one_layer, "of_a_run", said)
    records.make("convolution/periods", periods.measure, periods.QUICK, tmp_path)
    values = records.read("convolution/periods", tmp_path)["values"]
    assert values["times_1"]["period_1"]["read"] == pytest.approx(0.55)
    assert values["times_4"]["period_1"]["read"] == pytest.approx(0.65)
    five = values["times_1"]["period_5"]
    assert five["ahead"] == pytest.approx(3)  # of 2 and 4 points
    assert five["ahead_error"] == pytest.approx(1)
    assert "ahead" not in values["times_1"]["period_1"]


def test_nets_are_those_of_the_solution(monkeypatch):
    from deepcourse.convolution.solutions import bought

    asked = []
    monkeypatch.setattr(bought, "of_a_run", lambda net, source, *what: asked.append((net, *what)) or {"shifted": 0.0})
    bought.by_period(5, 8, (0,))
    s = periods.Settings()
    assert asked == [(periods.replace(s.net, period=5), *periods.WHAT, s.rate, 0)]

"""The layers that are timed compute the same, and what is asked of them becomes a record."""

import numpy as np
import pytest
from deepcourse.recurrent.runs import bench


@pytest.fixture(autouse=True)
def threads(monkeypatch):
    monkeypatch.setattr(bench, "tensorflow", lambda: __import__("tensorflow"))


@pytest.mark.parametrize("name", bench.LAYERS)
def test_both_layers_give_the_same_states_and_gradients(name):
    ours, theirs = (makers[name](bench.QUICK)() for makers in bench.MAKERS.values())
    assert len(ours) == len(theirs) == 5
    assert ours[0].shape == (2, 3, 5)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_layers_are_compared_turn_by_turn_and_refused_if_they_differ():
    def ask(house, name, s, repeats):
        return {"ours": 3.0, "keras": 2.0}[house] if repeats else [np.ones(2)]

    found = bench.compared(ask, bench.Settings(turns=3), "lstm")
    assert found["lstm_ratio_to_keras"] == 1.5
    assert found["lstm_ms"] == 3000

    def wrong(house, *task):
        return ask(house, *task) if task[2] or house == "keras" else [np.ones(2) * 1.01]

    with pytest.raises(RuntimeError, match=r"^gru: the two differ"):
        bench.compared(wrong, bench.Settings(turns=3), "gru")

"""The numbers of the figure that answers: those of their seed, and multiplied alike in every setting."""

import numpy as np
import pytest
from deepcourse import records
from deepcourse.gradflow.runs import window


def test_the_recorded_numbers_are_those_of_the_seed_in_all_18_settings():
    record = records.read("gradflow/window")
    for name, values in window.arrays(window.Settings()).items():
        np.testing.assert_array_equal(record["arrays"][name], values)
    assert record["values"]["cases"] == 3 * 3 * 2
    assert record["values"]["error"] < 1e-12


def test_two_ways_that_differ_are_noticed(monkeypatch):
    x, k, dy = window.cut(window.arrays(window.Settings()), 3, 2, "same")
    assert window.difference(x, k, dy, 2, "same") < 1e-12
    right = window.conv_backward
    monkeypatch.setattr(window, "conv_backward", lambda *given: [-each for each in right(*given)])
    assert window.difference(x, k, dy, 2, "same") == pytest.approx(2)

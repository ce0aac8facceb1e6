"""The points of the figure that answers: the backward pass and the residuals of a ridge regression are one."""

import numpy as np
import pytest
from deepcourse import records
from deepcourse.gradflow.figures import batchnorm as figures
from deepcourse.gradflow.runs import line


def test_the_record_begins_with_the_points_of_the_page_and_both_ways_agree():
    record = records.read("gradflow/line")
    s = line.Settings()
    stages, back = figures.example()
    np.testing.assert_array_equal(record["settings"]["x"], stages.x[:, 0])
    np.testing.assert_array_equal(record["settings"]["dy"], back.y[:, 0])
    assert record["settings"]["gamma"] == stages.gamma[0]
    assert record["values"]["cases"] == len(s.epsilons) * (s.draws + 1)
    assert record["values"]["error"] < 1e-12


def test_two_ways_that_differ_are_noticed(monkeypatch, tmp_path):
    ridge = line.ridge
    monkeypatch.setattr(line, "ridge", lambda x, dy, eps: ridge(x, dy, 2 * eps))
    assert line.measure(line.QUICK, tmp_path)["values"]["error"] > 1e-3


@pytest.mark.parametrize("eps", [0.0, 1.0])
def test_points_on_a_line_and_two_points_get_nothing_back_unless_epsilon_tilts_the_line(eps):
    x = np.array(line.Settings().x)
    for at, dy in ((x, x / 4 - 1), (x[[0, 3]], np.array([1.0, -0.25]))):
        assert (np.abs(line.backward(at, dy, 2.0, eps)).max() < 1e-12) == (eps == 0)

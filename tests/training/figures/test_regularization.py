"""The figures on regularization say what the records hold."""

from pathlib import Path

import numpy as np
import pytest
from deepcourse import records
from deepcourse.drawing import STYLE
from deepcourse.training.figures import regularization
from deepcourse.training.shrinking import left_by_stopping
from matplotlib import rc_context

RUNS = Path(__file__).parents[3] / "runs"


@pytest.fixture(autouse=True)
def styled():
    with rc_context(STYLE):
        yield


def test_the_cut_is_that_of_the_widest_net_without_decay():
    found = records.read("training/boundary", RUNS)["values"]["of_16"]["decay_0"]
    text = regularization.boundary(RUNS).text
    assert f"{regularization.draw.percent(found['own'], 0)} of them are on the wrong side" in text
    assert f"{regularization.draw.percent(found['others'], 0)} of 400 others" in text


def test_both_paths_are_told():
    values = records.read("training/overfitting", RUNS)["values"]["of_250"]
    text = regularization.overfitting(RUNS).text
    assert f"after {values['lowest_step']} steps" in text
    assert f"ends at {regularization.draw.number(values['loss'])}" in text


def test_the_dashed_line_is_the_way_of_descent():
    lines = regularization.bowl().art.axes[0].lines
    (dashed,) = (line for line in lines if line.get_linestyle() == "--")
    np.testing.assert_allclose(dashed.get_xydata()[10], left_by_stopping(np.array([4, 0.25]), 0.1, 10))

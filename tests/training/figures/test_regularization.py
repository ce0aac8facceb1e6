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
    assert f"{round(40 * found['own'])} of them, drawn thick, are on the wrong side" in text
    assert f"{regularization.draw.percent(found['others'], 0)} of 400 new points" in text


def test_the_points_on_the_wrong_side_are_drawn_thick():
    own = records.read("training/boundary", RUNS)["values"]["of_16"]["decay_0"]["own"]
    thick = [line for line in regularization.boundary(RUNS).art.axes[0].lines if line.get_markeredgewidth() > 2]
    assert sum(len(line.get_xdata()) for line in thick) == round(40 * own)


def test_a_dot_stands_at_the_share_of_errors_that_a_method_spares():
    found = records.read("training/regularization", RUNS)["values"]["of_1000"]
    share = 1 - found["shifts"]["test_error"] / found["none"]["test_error"]
    drawing = regularization.gains(RUNS)
    ax = drawing.art.axes[1]
    assert ax.get_title(loc="left") == "1,000"
    dots = {y: x for x, y in (line.get_xydata()[0] for line in ax.lines if line.get_marker() == "o")}
    assert dots[list(regularization.ROWS).index("shifts")] == pytest.approx(share)
    assert f"moved {regularization.draw.percent(share, 0)}" in drawing.text


def test_both_paths_are_told():
    values = records.read("training/overfitting", RUNS)["values"]["of_250"]
    text = regularization.overfitting(RUNS).text
    assert f"after {values['lowest_step']} steps" in text
    assert f"ends at {regularization.draw.number(values['loss'])}" in text


def test_the_dashed_line_is_the_way_of_descent():
    lines = regularization.bowl().art.axes[0].lines
    (dashed,) = (line for line in lines if line.get_linestyle() == "--")
    np.testing.assert_allclose(dashed.get_xydata()[10], left_by_stopping(np.array([4, 0.25]), 0.1, 10))

"""The figures of the optimizers say what the functions of the post compute."""

from pathlib import Path

import pytest
from deepcourse import records
from deepcourse.drawing import STYLE
from deepcourse.training.figures import optimizers as figures
from matplotlib import rc_context

RUNS = Path(__file__).parents[3] / "runs"


@pytest.fixture(autouse=True)
def styled():
    with rc_context(STYLE):
        yield


def test_the_flat_parts_lie_at_the_root_of_beta():
    _, quarter, more, *_ = figures.modulus().art.axes[0].lines
    assert quarter.get_ydata()[200] == pytest.approx(0.5)
    assert more.get_ydata()[200] == pytest.approx(0.8)


def test_the_longest_step_after_silence_is_told():
    said = figures.sizes().text
    assert "the longest 6.57 at gradient 12" in said
    assert "3.16 is the paper's bound" in said
    assert "7.27" in said


def test_where_adam_and_amsgrad_end_is_told_as_recorded():
    values = records.read("training/amsgrad", RUNS)["values"]
    assert values["adam"]["of_0_1"] > 0.99
    assert values["amsgrad"]["of_0_1"] < -0.99
    assert "Adam ends at 1.00, the worst place, and AMSGrad at -1.00" in figures.amsgrad(RUNS).text

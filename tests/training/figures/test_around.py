"""The figures of what stands around a step say what was computed and measured."""

from pathlib import Path

import pytest
from deepcourse import records
from deepcourse.drawing import STYLE
from deepcourse.training.figures import around as figures
from deepcourse.training.noise import expected_losses
from matplotlib import rc_context

RUNS = Path(__file__).parents[3] / "runs"


@pytest.fixture(autouse=True)
def styled():
    with rc_context(STYLE):
        yield


def test_the_lines_are_the_mean_losses_and_those_that_fall_end_below_the_floor():
    level, _, cosine, stable = figures.noisy().art.axes[0].lines
    assert level.get_ydata() == pytest.approx(expected_losses([0.5] * 300, [1.0, 0.05], 0.01))
    for line in (cosine, stable):
        assert line.get_ydata()[-1] < level.get_ydata()[-1] / 2
    assert "0.5 ends at 0.003" in figures.noisy().text


def test_momentum_stays_high_behind_the_bad_batch_and_clipped_falls_on():
    free, clipped, adam = (line.get_ydata()[-1] for line in figures.bad_batch(RUNS).art.axes[0].lines)
    assert clipped < adam < free
    last = records.read("training/around", RUNS)["values"]["bad"]
    assert free > 1 > 10 * clipped
    assert last["momentum"]["clipped"]["last"] < 0.05

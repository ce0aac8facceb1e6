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


def test_the_lines_are_rates_and_mean_losses_and_those_that_fall_end_lower():
    drawing = figures.schedules(RUNS)
    rates, losses = ([line.get_ydata() for line in axes.lines] for axes in drawing.art.axes)
    for own, lost in zip(rates, losses, strict=True):
        assert lost == pytest.approx(expected_losses(own, [1.0, 0.05], 0.01))
    values = records.read("training/schedules", RUNS)["values"]
    ends = [lost[-1] for lost in losses]
    assert ends == pytest.approx([values["constant"]["end"], values["cosine"]["high"], values["stable"]["high"]])
    assert ends[1] < ends[0]
    assert "always 0.16 ends at 0.001" in drawing.text


def test_the_ring_sums_as_it_is_drawn():
    for n in (2, 3, 5):
        rounds = figures.sums_in(n)
        assert rounds[-1] == [[n] * n] * n
        assert [max(row) for row in rounds[n - 1]] == [n] * n
        assert sum(row.count(n) for row in rounds[n - 1]) == n


def test_each_line_around_the_bad_batch_ends_as_its_name_says():
    drawing = figures.bad_batch(RUNS)
    free, clipped, adam, both = (line.get_ydata() for line in drawing.art.axes[0].lines)
    assert both[-1] < clipped[-1] < adam[-1] < free[-1]
    assert free[-1] > 1 > 10 * clipped[-1]
    assert adam[105:125].max() > 5 * adam[95:99].mean(), "it rises"
    assert f"Adam ends at {adam[-1]:.2g}" in drawing.text
    assert len(free) == records.read("training/around", RUNS)["settings"]["bad_steps"] - 1, "but for the bad batch"

"""The figures of the first part say what the records hold."""

from pathlib import Path

import pytest
from deepcourse import records
from deepcourse.drawing import STYLE
from deepcourse.training.figures import depth
from deepcourse.training.runs import trains
from matplotlib import rc_context

RUNS = Path(__file__).parents[3] / "runs"


@pytest.fixture(autouse=True)
def styled():
    with rc_context(STYLE):
        yield


def test_the_bars_are_those_that_the_live_figure_begins_with():
    norms = records.read("training/gradients", RUNS)["norms"]["sigmoid glorot 20"]
    said = depth.bars(RUNS)
    assert f"to {depth.draw.number(norms[0])} at the first" in said.text
    tops = [bar.get_y() + bar.get_height() for bar in said.art.axes[0].patches]
    assert tops == pytest.approx(norms, rel=1e-3)


def test_the_depths_name_every_net(tmp_path):
    said = depth.depths(RUNS).text
    assert said.count("at 50 layers") == 12
    assert "ReLU, 0.01" in said


def test_dead_units_are_told_by_rate():
    found = records.read("training/dead", RUNS)["values"]["relu"]["rate_1"]
    assert f"at 1 {depth.draw.percent(found['dead_1'], 0)} dead" in depth.dead(RUNS).text


def test_what_trains_is_told_by_depth(tmp_path, monkeypatch):
    monkeypatch.setattr(trains, "of_a_run", lambda s, pictures, what: {"validation": 0.5, "test": 0.1 * what[2]})
    monkeypatch.setattr(records, "kept", lambda name, key, start, run: run())
    records.make("training/trains", trains.measure, trains.QUICK, tmp_path)
    assert "tanh, Glorot: 20 % at 2, 50 % at 5" in depth.trains(tmp_path).text.replace("\u202f", " ")


def test_the_slope_of_the_sigmoid_is_a_quarter_at_most():
    line = depth.slopes().art.axes[0].lines[0]
    assert line.get_ydata().max() == 1 / 4

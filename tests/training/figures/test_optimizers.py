"""The figures of the optimizers say what the functions of the post compute."""

from pathlib import Path

import pytest
from deepcourse import records
from deepcourse.drawing import STYLE
from deepcourse.training.figures import optimizers as figures
from deepcourse.training.runs import optimizers as race
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


def test_the_modulus_is_told_as_where_it_is_flat_and_where_it_passes_one():
    said = figures.modulus().text
    assert "with β = 0.25 it is 0.5 from 0.25 to 2.25, and it passes 1 at 2.5" in said
    assert "with β = 0.64 it is 0.8 from 0.04 to 3.24, and it passes 1 at 3.28" in said


def test_each_curve_turns_about_where_its_root_goes_over_the_edge():
    top, low, *_ = figures.settling(RUNS).art.axes
    for far, ratio in zip(top.lines, low.lines[:3], strict=True):
        lowest = far.get_ydata().argmin()
        assert 0.9 < ratio.get_ydata()[lowest] < 1.6
    assert low.lines[0].get_ydata()[-1] == pytest.approx(1, abs=1e-6)  # stays at the edge


def test_where_adam_and_amsgrad_end_is_told_as_recorded():
    values = records.read("training/amsgrad", RUNS)["values"]
    assert values["adam"]["of_0_1"] > 0.99
    assert values["amsgrad"]["of_0_1"] < -0.99
    assert "Adam ends at 1.00, the worst place, and AMSGrad at -1.00" in figures.amsgrad(RUNS).text


def test_the_costs_are_those_around_each_optimizers_best_rate(tmp_path, monkeypatch):
    def instead(s, source, name, half, seed):
        cost = 0.1 * (half - getattr(s, name)) ** 2 + 0.01 * len(name)
        return {"costs": [1.0 + cost, cost + 0.02 * seed], "validation_cost": 1.0, "validation": 0.5}

    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(race, "of_a_run", instead)
    records.make("training/optimizers", race.measure, race.QUICK, tmp_path)
    said = figures.costs(tmp_path)
    assert "Adam: 0.15 at 0.00032, 0.05 at 0.001, 0.15 at 0.0032" in said.text
    assert said.art.axes[0].lines[2].get_ydata() == pytest.approx([0.19, 0.09, 0.19])

"""The experiments on what stands around a step, in small, and what their record says."""

from pathlib import Path

import numpy as np
import pytest
from deepcourse import records
from deepcourse.training.runs import around

RUNS = Path(__file__).parents[3] / "runs"


def test_the_record_holds_each_way_and_the_table_each_step(tmp_path):
    records.make("training/around", around.measure, around.QUICK, tmp_path)
    values = records.read("training/around", tmp_path)["values"]
    assert values["bad"]["bad_length"] > 50 * values["bad"]["usual_length"]
    assert set(values["fall"]["momentum"]) == {"constant", "cosine", "stable"}
    assert values["fall"]["adam"]["constant"]["bought"] == 0
    assert set(values["warm"]["adam"]["rate_0_003"]) == {"with", "without"}
    table = records.read_table(tmp_path / "training/bad_batch.csv")
    assert len(table["step"]) == 4 * around.QUICK.bad_steps


def test_one_batch_is_spoilt_and_keeps_its_labels_in_another_order():
    given = [(np.full((9, 2), float(k)), np.arange(9)) for k in range(3)]
    found = list(around.spoilt(given, 1, 0))
    for k in (0, 2):
        np.testing.assert_array_equal(found[k][0], given[k][0])
    np.testing.assert_array_equal(found[1][0], 255 * given[1][0])
    assert (found[1][1] != given[1][1]).any()
    assert sorted(found[1][1]) == list(range(9))


def test_all_schedules_begin_at_the_highest_rate_and_two_end_at_0():
    found = around.shapes(100, 0.3)
    assert [rates[0] for rates in found.values()] == pytest.approx([0.3] * 3, rel=1e-3)
    assert [rates[-1] for rates in found.values()] == [0.3, 0, 0]


def test_clipping_saves_momentum_and_adam_learns_on_without_it():
    bad = records.read("training/around", RUNS)["values"]["bad"]
    assert bad["momentum"]["free"]["accuracy"] < 0.5
    assert bad["momentum"]["clipped"]["accuracy"] > 0.85
    assert bad["adam"]["free"]["last"] > 5 * bad["adam"]["clipped"]["last"]


def test_a_warm_up_takes_adams_jump_away_and_buys_nothing():
    warm = records.read("training/around", RUNS)["values"]["warm"]
    assert warm["adam"]["rate_0_03"]["with"]["peak"] < 3 < warm["adam"]["rate_0_03"]["without"]["peak"]
    for several in warm.values():
        for ways in several.values():
            assert ways["with"]["accuracy"] < ways["without"]["accuracy"] + 0.01

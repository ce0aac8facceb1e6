"""The recorded runs in small: what they measure is near what they say of it, and a record comes of it."""

import numpy as np
import pytest
from deepcourse import records
from deepcourse.graphs.runs import diet, mean, median


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """No finished part of an earlier run."""
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")


def made(name, module, tmp_path):
    records.make(f"graphs/{name}", module.measure, module.QUICK, tmp_path)
    return records.read(f"graphs/{name}", tmp_path)["values"]


def test_the_mean_is_learnt_as_its_theory_says(tmp_path):
    found = made("mean", mean, tmp_path)
    for name in ("rate_slow", "rate_fast", "rate_limit", "steps_to_1e_4"):
        assert found[name] == pytest.approx(found[f"{name}_theory"], rel=0.05)
    assert found["apart"] < 1e-12
    assert found["overkill"] == pytest.approx(mean.QUICK.steps / found["steps_to_1e_4"], rel=0.01)
    table = records.read_table(tmp_path / "graphs/mean.csv")
    assert table["step"] == [*range(0, mean.QUICK.steps, mean.EVERY)]
    assert np.all(np.diff(table["slow"]) < 0)


def test_a_goal_that_is_not_reached_is_no_record():
    few = mean.Settings(steps=20, slow=(5, 10), trials=2)
    with pytest.raises(RuntimeError, match=r"^error: 0.0001 not reached in 20 steps"):
        mean.of_a_seed(few, 0)


def test_the_descent_to_the_median_shrinks_as_its_curvature_says(tmp_path):
    found = made("median", median, tmp_path)
    apart = found["apart"]
    assert apart["pull"] < 1e-8
    assert apart["descent_50_factor"] == pytest.approx(apart["descent_50_factor_theory"], rel=1e-3)
    assert apart["rate_limit"] == pytest.approx(apart["rate_limit_theory"], rel=0.01)
    assert found["at_a_point"]["pull"] < 1
    assert found["at_a_point"]["descent_0_1_in_rates"] > 0.1  # it never settles
    assert found["trap"]["weiszfeld_nan"] == found["trap"]["slope_nan"] == 2
    assert found["trap"]["mended_error"] < 1e-8
    far = records.read_table(tmp_path / "graphs/median.csv")
    assert {*far["way"]} == {"weiszfeld", "descent_50"}


def test_a_distance_counts_as_reached_when_it_stays_within():
    assert median.first_within([3.0, 0.5, 2.0, 0.5, 0.1], 1.0) == 3
    assert median.first_within([0.5], 1.0) == 0
    with pytest.raises(RuntimeError, match=r"^goal: 1.0 not reached"):
        median.first_within([0.5, 2.0], 1.0)


def test_the_fine_misses_by_one_over_its_weight_and_its_steps_grow_with_it(tmp_path):
    found = made("diet", diet, tmp_path)
    light, heavy = found["weight_1"], found["weight_3"]
    assert light["error_theory"] == pytest.approx(3 * heavy["error_theory"])
    assert heavy["steps"] == pytest.approx(3 * light["steps"], rel=0.1)
    assert light["error"] == pytest.approx(light["error_theory"], rel=diet.QUICK.near)
    with pytest.raises(RuntimeError, match=r"^most: got 5 steps"):
        diet.of_a_weight(diet.Settings(most=5), 1)

"""Where schedules end in a noisy bowl."""

from pathlib import Path

import numpy as np
import pytest
from deepcourse import records
from deepcourse.training.noise import expected_losses
from deepcourse.training.runs import schedules
from deepcourse.training.schedule import rate_at, stable_rate_at

RUNS = Path(__file__).parents[3] / "runs"


def test_rates_are_those_of_the_page_up_level_and_down():
    t = range(1, 101)
    line, cosine, none = (schedules.rates_of(shape, 0.5, 10, 20, 100) for shape in ("line", "cosine", "none"))
    np.testing.assert_array_equal(line, [stable_rate_at(i, 100, 0.5, 10, 20) for i in t])
    np.testing.assert_array_equal(none, [stable_rate_at(i, 100, 0.5, 10, 0) for i in t])
    np.testing.assert_array_equal(cosine[:80], none[:80])
    whole = schedules.rates_of("cosine", 0.5, 10, 100, 100)
    np.testing.assert_allclose(whole, [rate_at(i, 100, 0.5, 10) for i in t])


def test_the_record_holds_the_best_of_its_rates_inside_the_grid(tmp_path):
    records.make("training/schedules", schedules.measure, schedules.QUICK, tmp_path)
    s, values = schedules.Settings(), records.read("training/schedules", RUNS)["values"]
    for each in values.values():
        assert s.rates[0] < each["rate"] < s.rates[-1]
    ends = [expected_losses([rate] * s.steps, s.curvatures, s.noise)[-1] for rate in s.rates]
    assert values["constant"]["end"] == pytest.approx(min(ends))
    assert max(values["constant"]["end"] / values[name]["end"] for name in ("cosine", "stable")) < 2

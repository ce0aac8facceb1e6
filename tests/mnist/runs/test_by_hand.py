"""Nets trained by hand, and one in Keras without dropout: the runs in small, and what pages say of their records."""

from itertools import pairwise
from pathlib import Path

import pytest
from deepcourse import datasets, records
from deepcourse.mnist.runs import by_hand, by_heart

RUNS = Path(__file__).parents[3] / "runs"


def test_the_run_by_hand_writes_each_width_and_each_net_of_equal_units(tmp_path):
    small = by_hand.Settings("digits", (0, 2), 1, seeds=(0, 1), twins=(4,), at=(1, 2))
    records.make("mnist/by_hand", by_hand.measure, small, tmp_path)
    values = records.read("mnist/by_hand", tmp_path)["values"]
    assert set(values) == {"units_0", "units_2", "twins_4"}
    for name in ("units_0", "units_2"):
        each = values[name]
        low, high = each["validation_error_low"], each["validation_error_high"]
        assert 0 < low <= each["validation_error"] <= high < 1
    assert set(values["twins_4"]) == {"after_1", "after_2"}


def test_on_mnist_sixteen_units_beat_softmax_regression_eight_dont_and_more_gain_ever_less():
    values = records.read("mnist/by_hand", RUNS)["values"]
    widths = (2, 4, 8, 16, 64, 256, 1024)
    wrong = [values[f"units_{units}"]["validation_error"] for units in widths]
    assert wrong == sorted(wrong, reverse=True)
    softmax = values["units_0"]
    assert values["units_8"]["validation_error_low"] > softmax["validation_error_high"]
    assert values["units_16"]["validation_error_high"] < softmax["validation_error_low"]
    gained = [1 - more / fewer for fewer, more in pairwise(wrong[3:])]
    assert gained == pytest.approx([0.44, 0.27, 0.15], abs=0.02)


def test_equal_units_stay_equal_or_part_by_rounding_first():
    values = records.read("mnist/by_hand", RUNS)["values"]
    assert all(each["apart"] == 0 for each in values["twins_64"].values())
    fifty = values["twins_50"]
    assert 0 < fifty["after_100"]["apart"] < 1e-6
    assert fifty["after_400"]["apart"] > 0.5
    assert fifty["after_3200"]["test_accuracy"] > 1.5 * values["twins_64"]["after_3200"]["test_accuracy"]


def test_the_lines_by_heart_print_five_numbers_for_each_of_three_epochs(tmp_path, monkeypatch):
    source = datasets.digits()
    few = source._replace(images=source.images[:300], labels=source.labels[:300])
    monkeypatch.setattr(datasets, "digits", lambda: few)
    records.make("mnist/by_heart", by_heart.measure, by_heart.Settings("digits"), tmp_path)
    record = records.read("mnist/by_heart", tmp_path)
    printed = [[float(word) for word in line.split()] for line in record["printed"]]
    assert [row[0] for row in printed] == [1, 7, 20]
    assert {len(row) for row in printed} == {5}
    assert printed[2][4] == pytest.approx(record["values"]["validation_loss"], abs=6e-4)


def test_while_the_loss_on_what_was_kept_aside_rises_more_of_it_is_read():
    record = records.read("mnist/by_heart", RUNS)
    _, seventh, last = ([float(word) for word in line.split()] for line in record["printed"])
    assert last[2] < 0.05 * seventh[2]
    assert last[4] > seventh[4]
    assert last[3] > seventh[3]
    assert record["values"]["run_seconds"] < 60

"""Stopping early by the loss, by the error, and with a fitted rate, in small; and what the page says of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from deepcourse import datasets, records
from deepcourse.training.regularization import stop
from deepcourse.training.runs import heart, masks, moved, stopping
from deepcourse.training.runs import regularization as run

RUNS = Path(__file__).parents[3] / "runs"
SMALL = stopping.Stopping(run.QUICK, (0.1, 0.1), 2)
WHAT = 60, "none", 0, 0.1, 0


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")


def recorded(name):
    return records.read(f"training/{name}", RUNS)["values"]


def test_each_way_gives_the_net_that_its_measure_goes_back_to():
    pictures = run.scaled(datasets.digits())
    aside = tuple(part[-run.QUICK.validation :] for part in pictures[0])
    held, tests = [], []

    def look(net):
        held.append(run.told(aside, net))
        tests.append(run.told(pictures[1], net)[0])

    run.learnt(run.QUICK, pictures[0], WHAT, look)
    found = stopping.of_a_seed(SMALL, pictures, WHAT)
    for way, column in (("by_error", 0), ("by_loss", 1)):
        at = stop([each[column] for each in held], 2)
        assert found[way]["test"] == tests[at]
        assert found[way]["step"] == 4 * (at + 1)
        assert found[way]["spent"] == min(4 * (at + 3), 40)
    assert found["whole"]["test"] == tests[-1]
    short = replace(run.QUICK, steps=found["by_error"]["step"])
    assert found["fitted"]["test"] == run.told(pictures[1], run.learnt(short, pictures[0], WHAT))[0]


def test_differences_are_those_of_the_means(tmp_path):
    records.make("training/stopping", stopping.measure, SMALL, tmp_path)
    for found in records.read("training/stopping", tmp_path)["values"].values():
        for way in stopping.WAYS:
            bought = 100 * (found["whole"]["test_error"] - found[way]["test_error"])
            assert found[way]["bought"] == pytest.approx(bought, abs=1e-9)


def test_the_same_rates_and_seeds_as_in_the_comparison_give_the_same_nets():
    whole, compared = recorded("stopping"), recorded("regularization")
    s = records.read("training/stopping", RUNS)["settings"]
    for many, rate in zip(s["net"]["many"], s["rates"], strict=True):
        plain = compared[f"of_{many}"]["none"]
        assert (plain["rate"], plain["test_error"]) == (rate, whole[f"of_{many}"]["whole"]["test_error"])


def test_what_the_page_says_of_stopping_holds():
    values = recorded("stopping")
    for many in (250, 1000, 5000):
        found = values[f"of_{many}"]
        assert found["by_loss"]["bought"] < -0.5
        by_error = found["by_error"]
        assert abs(by_error["bought"]) < 2 * by_error["bought_se"]
        assert found["fitted"]["test_loss"] < by_error["test_loss"] < found["whole"]["test_loss"]
        assert -0.3 < found["fitted"]["bought"] < 0
    assert values["of_250"]["by_error"]["spent"] == pytest.approx(500, abs=50)


def test_what_the_page_says_of_the_comparison_holds():
    values = recorded("regularization")
    others = {*run.METHODS, "stop"} - {"shifts"}
    for many in (250, 1000, 5000, 50_000):
        assert all(values[f"of_{many}"][way]["bought"] < 1 for way in others)
    few = {way: each["test_loss"] for way, each in values["of_250"].items()}
    assert few["shifts"] < few["stop"] < few["l2"] < few["none"] < few["dropout"]
    for fewer, more in ((250, 1000), (1000, 5000), (5000, 50_000)):
        least = min(each["test_error"] for each in values[f"of_{fewer}"].values())
        assert least > values[f"of_{more}"]["none"]["test_error"]
    assert all(each.get("bought", 0) < 0.5 for each in values["of_50000"].values())
    spared = {
        n: each["bought"] / (100 * values["of_50000"]["none"]["test_error"])
        for n, each in values["of_50000"].items()
        if "bought" in each
    }
    assert (spared["shifts"], spared["norm"]) == (pytest.approx(1 / 6, abs=0.02), pytest.approx(1 / 9, abs=0.02))
    for many, ways in ((1000, ("dropout", "smoothing")), (5000, ("norm", "smoothing"))):
        found = values[f"of_{many}"]
        assert all(found[way]["bought"] / found["none"]["test_error"] == pytest.approx(10, abs=0.5) for way in ways)
    assert abs(values["of_250"]["smoothing"]["bought"]) < values["of_250"]["smoothing"]["bought_se"]
    both = recorded("pair")["of_250"]["both"]
    assert both["better"] == 5
    assert both["test_error"] < values["of_250"]["shifts"]["test_error"] - 0.01
    edges = {(many, way) for many, found in values.items() for way, each in found.items() if each["at_the_edge"]}
    assert edges == {("of_5000", "shifts"), ("of_50000", "shifts"), ("of_50000", "dropout")}


def test_the_guesses_of_figure_1_are_answered():
    values = recorded("boundary")
    s = records.read("training/boundary", RUNS)["settings"]
    widest = [each["others"] for each in values["of_16"].values()]
    assert s["decays"][int(np.argmin(widest))] == s["helps"] == s["decays"][3]
    two = values["of_2"]["decay_0"]["others"]
    assert min(widest) < two < (min(widest) + widest[0]) / 2


def test_half_the_units_dropped_is_too_much_for_the_net_of_the_masks():
    values = recorded("masks")
    assert values["without"]["error"] + 0.005 < values["scaled"]["error"]
    assert set(values) == {"without", "scaled", *(f"of_{n}" for n in masks.Masks().masks)}


def test_the_lines_of_keras_print_losses_that_part(tmp_path):
    records.make("training/heart", heart.measure, heart.Settings("digits"), tmp_path)
    small = records.read("training/heart", tmp_path)
    assert [float(line.split()[1]) for line in small["printed"]] == [small["values"][n]["own"] for n in ("few", "many")]
    for values in (small["values"], recorded("heart")):
        assert values["many"]["own"] < 0.2 * values["few"]["own"]
    values = recorded("heart")
    assert values["many"]["others"] > values["few"]["others"] + 0.1
    assert values["many"]["own"] < 0.01


def test_moved_digits_catch_up_with_more_steps(tmp_path):
    records.make("training/moved", moved.measure, moved.QUICK, tmp_path)
    assert set(records.read("training/moved", tmp_path)["values"]) == {"after_5", "after_10"}
    values = recorded("moved")
    for most in (1, 2):
        few, many = (values[f"after_{steps}"][f"moved_{most}"]["lost"] for steps in moved.Settings().steps)
        assert few > many > 0

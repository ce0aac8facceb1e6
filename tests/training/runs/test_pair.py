"""Two methods at once, and other draws of points: in small, and what the page says of them."""

from dataclasses import replace
from pathlib import Path

import pytest
from deepcourse import datasets, records
from deepcourse.training.runs import boundary, pair
from deepcourse.training.runs import regularization as run

RUNS = Path(__file__).parents[3] / "runs"
SMALL = replace(run.QUICK, many=(60,), nets=(2,))


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")


def recorded(name):
    return records.read(f"training/{name}", RUNS)


def test_two_strengths_do_both_and_one_does_what_its_method_does():
    pictures = run.scaled(datasets.digits())

    def error(method, strength):
        return run.of_a_run(SMALL, pictures, (60, method, strength, 0.1, 0))

    assert error("both", {"shifts": 1}) == error("shifts", 1)
    assert error("both", {"dropout": 0.3}) == error("dropout", 0.3)
    assert error("both", {}) == error("none", 0)
    both = error("both", {"shifts": 1, "dropout": 0.3})
    assert both not in (error("shifts", 1), error("dropout", 0.3), error("none", 0))


def test_the_pair_is_compared_with_moved_pictures_seed_by_seed(tmp_path):
    s = pair.Pair(SMALL, (0.1,), (1,), (0.1, 0.2))
    records.make("training/pair", pair.measure, s, tmp_path)
    found = records.read("training/pair", tmp_path)["values"]["of_60"]
    over = 100 * (found["shifts"]["test_error"] - found["both"]["test_error"])
    assert found["both"]["over"] == pytest.approx(over)
    assert found["both"]["dropout"] in s.dropout
    assert 0 <= found["both"]["better"] <= 2


def test_the_dropout_of_the_pair_lies_inside_its_ladder():
    found = recorded("pair")
    ladder = found["settings"]["dropout"]
    assert ladder[0] < found["values"]["of_250"]["both"]["dropout"] < ladder[-1]


def test_the_pair_begins_with_what_was_chosen_for_each_alone():
    found, alone = recorded("pair"), recorded("regularization")["values"]
    s = found["settings"]
    for many, rate, pixels in zip(s["net"]["many"], s["rates"], s["pixels"], strict=True):
        size = alone[f"of_{many}"]
        assert (rate, pixels) == (size["none"]["rate"], size["shifts"]["strength"])
        assert found["values"][f"of_{many}"]["shifts"]["test_error"] == size["shifts"]["test_error"]


def test_what_decay_gains_on_other_draws_leaves_out_the_one_shown(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(boundary, "helped", lambda _, seed: seen.append(seed) or 0.01 * seed)
    records.make("training/boundary", boundary.measure, replace(boundary.QUICK, draws=4), tmp_path)
    found = records.read("training/boundary", tmp_path)["values"]["draws"]
    assert seen == [0, 1, 2, 4, 3]
    assert (found["helped"], found["bought"], found["shown"]) == (3, pytest.approx(1.75), pytest.approx(3))

"""The recorded experiments, each from end to end in small."""

import csv
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from deepcourse import datasets, records
from deepcourse.mnist import train
from deepcourse.mnist.runs import experiment

SMALL = replace(experiment.FULL, sizes=(64, 16, 10), epochs=2, validation=200)


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(monkeypatch, tmp_path):
    """Whatever a run writes below the current folder, it writes here."""
    monkeypatch.chdir(tmp_path)


def table(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_quick_headline_runs_end_to_end_and_writes_record_curves_and_predictions(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["experiment", "headline", "--quick"])
    experiment.main()
    folder = Path(".cache/quick/mnist")
    assert sorted(path.name for path in folder.iterdir()) == ["headline.csv", "headline.json", "predictions.csv"]
    record = records.read("mnist/headline", Path(".cache/quick"))
    values = record["values"]
    assert values["parameters"] == 65 * 512 + 513 * 10
    assert 0.6 < values["test_accuracy"] < 1
    assert values["test_error"] == pytest.approx(1 - values["test_accuracy"])
    assert values["test_accuracy_sd"] > 0
    assert values["seconds_per_epoch"] > 0
    assert record["settings"]["rate"] in experiment.TRIED["full"]
    assert record["settings"]["test_images"] == 360
    assert record["seeds"] == [0, 1]
    assert record["data"] == {"name": "digits", "records": 1797, "sha256": datasets.digits().sha256}
    assert record["command"] == "python -m deepcourse.mnist.runs.experiment headline"

    curves = table(folder / "headline.csv")
    assert [(row["seed"], row["epoch"]) for row in curves] == [("0", "1"), ("0", "2"), ("1", "1"), ("1", "2")]
    answers = np.loadtxt(folder / "predictions.csv", delimiter=",", skiprows=1)
    assert answers.shape == (360, 3)
    wrong = answers[:, 0] != answers[:, 1]
    assert values["wrong"] == wrong.sum()
    assert values["sure_and_wrong"] == (wrong & (answers[:, 2] > 0.99)).sum()
    first = json.loads(
        next(p for p in sorted(Path(".cache/experiments").rglob("result.json")) if is_seed_0(p, record)).read_text()
    )
    assert first["test_accuracy"] == pytest.approx(1 - wrong.mean(), abs=1e-6)
    assert not Path("runs").exists()


def is_seed_0(path, record):
    found = json.loads(path.read_text())
    return found["seed"] == 0 and found["settings"]["rate"] == record["settings"]["rate"]


def test_ingredients_trains_the_net_without_each_ingredient_at_a_rate_of_its_own(monkeypatch):
    monkeypatch.setattr(experiment, "TRIED", {name: rates[-1:] for name, rates in experiment.TRIED.items()})
    experiment.ingredients(datasets.digits(), SMALL, range(2), Path("runs"))
    record = records.read("mnist/ingredients")
    assert set(record["values"]) == set(record["settings"]) == {"full", *experiment.VARIANTS}
    assert record["values"]["softmax"]["parameters"] == 65 * 10
    settings = record["settings"]
    for name, key, value in [
        ("softmax", "sizes", [64, 10]),
        ("sigmoid", "activation", "sigmoid"),
        ("sgd", "optimizer", "sgd"),
        ("no_dropout", "drop_hidden", 0.0),
    ]:
        assert settings[name][key] == value != settings["full"][key]
        assert settings[name]["rate"] == experiment.TRIED[name][0]
    rows = table(Path("runs/mnist/ingredients.csv"))
    assert len(rows) == 5 * 2 * 2
    assert {row["variant"] for row in rows} == set(settings)


def test_srivastava_gives_the_error_with_and_without_max_norm(monkeypatch):
    narrow = {name: replace(variant, sizes=(784, 32, 32, 32, 10)) for name, variant in experiment.SRIVASTAVA.items()}
    monkeypatch.setattr(experiment, "SRIVASTAVA", narrow)
    experiment.srivastava(datasets.digits(), replace(SMALL, validation=0), range(2), Path("runs"))
    record = records.read("mnist/srivastava")
    values = record["values"]
    assert 0 < values["test_error"] < 1
    assert 0 < values["test_error_max_norm"] < 1
    assert values["updates"] == 1437 // 256 * 2
    assert record["settings"]["max_norm"]["max_norm"] == 2.0
    assert record["settings"]["plain"]["max_norm"] is None


def test_the_recorded_nets_are_those_of_the_lesson():
    assert experiment.FULL.sizes == (784, 512, 10)
    assert experiment.DEEP.sizes == (784, 1024, 1024, 1024, 10)
    for variant in experiment.SRIVASTAVA.values():
        assert (variant.drop_input, variant.drop_hidden, variant.activation) == (0.2, 0.5, "relu")


def test_a_finished_run_is_read_and_not_trained_again(monkeypatch):
    source, settings = datasets.digits(), replace(SMALL, epochs=1)
    first = experiment.measure(source, settings, 0, "first")
    assert not (Path(first["folder"]) / "checkpoint").exists()
    monkeypatch.setattr(train, "train", pytest.fail)
    assert experiment.measure(source, settings, 0, "again") == first


def test_a_run_of_other_settings_seed_data_or_code_has_another_name(monkeypatch, tmp_path):
    source = datasets.digits()
    names = {
        experiment.key(source, SMALL, 0),
        experiment.key(source, replace(SMALL, rate=0.002), 0),
        experiment.key(source, SMALL, 1),
        experiment.key(source._replace(sha256="other"), SMALL, 0),
    }
    changed = tmp_path / "train.py"
    changed.write_text("pass")
    monkeypatch.setattr(train, "__file__", str(changed))
    assert len(names | {experiment.key(source, SMALL, 0)}) == 5


def test_the_rate_is_chosen_by_validation_accuracy_alone(monkeypatch):
    def measure(source, settings, seed, name):
        rank = experiment.TRIED["full"].index(settings.rate)
        return {"validation_accuracy": [0.1, 0.3, 0.2][rank], "test_accuracy": [0.9, 0.1, 0.8][rank]}

    monkeypatch.setattr(experiment, "measure", measure)
    assert experiment.best_rate(None, "full", SMALL).rate == experiment.TRIED["full"][1]


def test_an_unknown_stage_is_refused(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["experiment", "everything"])
    with pytest.raises(SystemExit):
        experiment.main()
    assert "headline" in capsys.readouterr().err

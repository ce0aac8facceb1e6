"""The recorded experiments, each from end to end in small."""

import csv
import functools
import json
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from deepcourse import datasets, records
from deepcourse.mnist import max_norm, model
from deepcourse.mnist.runs import headline, ingredients, plan, srivastava, training

pytestmark = pytest.mark.filterwarnings("ignore:Even though:UserWarning")  # batches stay compiled, as they may
SOURCES, FINGERPRINT = functools.cache(records.sources), functools.cache(records.fingerprint)


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(monkeypatch, tmp_path):
    """Whatever a run writes below the current folder, it writes here."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def code_read_once(monkeypatch):
    """Each run is named after the code that trains it, which stays as it is."""
    monkeypatch.setattr(records, "sources", lambda start: [*SOURCES(start)])
    monkeypatch.setattr(records, "fingerprint", FINGERPRINT)


@pytest.fixture(autouse=True)
def uncompiled():
    """Every run compiles graphs of its own, which takes longer than the few steps of a small run."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def table(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def narrow(experiment, **options):
    """The quick plan with small hidden layers and few steps."""
    nets = {
        name: replace(net, sizes=(64, *[16] * (len(net.sizes) - 2), 10), batch_size=512)
        for name, net in plan.small(experiment.FULL).nets.items()
    }
    return replace(plan.small(experiment.FULL), nets=nets, **options)


def test_quick_headline_runs_end_to_end_and_writes_record_curves_and_predictions(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["headline", "--quick"])
    records.run("mnist/headline", headline.measure, headline.FULL, plan.small(headline.FULL), description="")
    folder = Path(".cache/quick/mnist")
    assert sorted(path.name for path in folder.iterdir()) == ["headline.csv", "headline.json", "predictions.csv"]
    record = records.read("mnist/headline", Path(".cache/quick"))
    values = record["values"]
    assert values["parameters"] == 65 * 512 + 513 * 10
    assert 0.6 < values["test_accuracy"] < 1
    assert values["test_error"] == pytest.approx(1 - values["test_accuracy"])
    assert values["test_accuracy_sd"] > 0
    assert values["seconds_per_epoch"] > 0
    assert record["settings"]["rate"] in headline.RATES
    assert record["settings"]["test_images"] == 360
    assert record["seeds"] == [0, 1]
    assert record["data"] == {"name": "digits", "records": 1797, "sha256": datasets.digits().sha256}

    curves = table(folder / "headline.csv")
    assert [(row["seed"], row["epoch"]) for row in curves] == [("0", "1"), ("0", "2"), ("1", "1"), ("1", "2")]
    # What was spent on training, not what this call took: finished runs are read, not trained again.
    assert record["seconds"] == pytest.approx(sum(float(row["seconds"]) for row in curves), abs=0.06)
    answers = np.loadtxt(folder / "predictions.csv", delimiter=",", skiprows=1)
    assert answers.shape == (360, 3)
    wrong = answers[:, 0] != answers[:, 1]
    assert values["wrong"] == wrong.sum()
    assert values["sure_and_wrong"] == (wrong & (answers[:, 2] > 0.99)).sum()
    kept = [json.loads(path.read_text(encoding="utf-8")) for path in Path(".cache/experiments").rglob("result.json")]
    first = next(r for r in kept if r["seed"] == 0 and r["settings"]["rate"] == record["settings"]["rate"])
    assert first["test_accuracy"] == pytest.approx(1 - wrong.mean(), abs=1e-6)
    assert not Path("runs").exists()


def test_ingredients_trains_the_net_without_each_ingredient_at_a_rate_of_its_own():
    tried = {name: rates[-1:] for name, rates in ingredients.FULL.tried.items()}
    # Seed 100 is also the one that the rates are tried with, so those runs are read.
    settings = narrow(ingredients, tried=tried, seeds=(100, 101))
    records.make("mnist/ingredients", ingredients.measure, settings, Path("runs"))
    record = records.read("mnist/ingredients")
    assert set(record["values"]) == set(record["settings"]) == {"full", "softmax", "sigmoid", "sgd", "no_dropout"}
    assert record["values"]["softmax"]["parameters"] == 65 * 10
    settings = record["settings"]
    for name, key, value in [
        ("softmax", "sizes", [64, 10]),
        ("sigmoid", "activation", "sigmoid"),
        ("sgd", "optimizer", "sgd"),
        ("no_dropout", "drop_hidden", 0.0),
    ]:
        assert settings[name][key] == value != settings["full"][key]
        assert settings[name]["rate"] == tried[name][0]
    rows = table(Path("runs/mnist/ingredients.csv"))
    assert len(rows) == 5 * 2 * 2
    assert {row["variant"] for row in rows} == set(settings)
    seeds = table(Path("runs/mnist/ingredients_seeds.csv"))
    assert [(row["variant"], row["seed"]) for row in seeds] == [(name, s) for name in settings for s in ("100", "101")]
    for name in settings:
        errors = [float(row["test_error"]) for row in seeds if row["variant"] == name]
        assert np.mean(errors) == pytest.approx(record["values"][name]["test_error"], abs=1e-6)


def test_srivastava_gives_the_error_with_and_without_max_norm():
    records.make("mnist/srivastava", srivastava.measure, narrow(srivastava), Path("runs"))
    record = records.read("mnist/srivastava")
    values = record["values"]
    assert 0 < values["test_error"] < 1
    assert 0 < values["test_error_max_norm"] < 1
    assert values["updates"] == 1437 // 512 * 2
    assert record["settings"]["max_norm"]["max_norm"] == 2.0
    assert record["settings"]["plain"]["max_norm"] is None
    assert len(table(Path("runs/mnist/srivastava_seeds.csv"))) == 4


def test_the_recorded_nets_are_those_of_the_lesson():
    assert headline.NET.sizes == (784, 512, 10)
    assert srivastava.DEEP.sizes == (784, 1024, 1024, 1024, 10)
    for net in srivastava.FULL.nets.values():
        assert (net.drop_input, net.drop_hidden, net.activation, net.validation) == (0.2, 0.5, "relu", 0)
    for experiment in (headline, ingredients, srivastava):
        assert (experiment.FULL.data, len(experiment.FULL.seeds)) == ("mnist", 5)


SMALL = replace(headline.NET, sizes=(64, 16, 10), epochs=1, validation=200)


def test_only_settings_with_a_limit_build_the_net_that_has_one():
    plain, limited = (training.build(replace(SMALL, max_norm=limit), 0) for limit in (None, 2.0))
    assert (type(plain.model), plain.step) == (model.MLP, training.train.step)
    assert (type(limited.model), limited.step) == (max_norm.MaxNormMLP, max_norm.limited_step)


def test_without_a_validation_part_pictures_that_were_learnt_are_watched():
    parts = training.data.split(datasets.digits(), 0)
    np.testing.assert_array_equal(training.watched(parts).images, parts[0].images)
    found = training.finish(training.build(SMALL, 0), parts, np.zeros((1, 4)))
    assert found["validation_accuracy"] is None


def test_a_finished_run_is_read_and_not_trained_again(monkeypatch):
    source = datasets.digits()
    first = plan.measure(source, SMALL, 0, "first")
    assert not (Path(first["folder"]) / "checkpoint").exists()
    monkeypatch.setattr(plan, "trained", pytest.fail)
    assert plan.measure(source, SMALL, 0, "again") == first


def test_a_run_of_other_settings_seed_or_data_has_another_name():
    source = datasets.digits()
    names = {
        plan.key(source, SMALL, 0),
        plan.key(source, replace(SMALL, rate=0.002), 0),
        plan.key(source, SMALL, 1),
        plan.key(source._replace(sha256="other"), SMALL, 0),
    }
    assert len(names) == 4


@pytest.mark.parametrize(
    ("module", "matters"),
    [
        *((name, True) for name in ("training", "model", "max_norm", "layers", "train", "data", "adam", "expect")),
        *((name, False) for name in ("plan", "headline", "ingredients", "srivastava", "records", "datasets")),
    ],
)
def test_a_finished_run_is_kept_unless_what_trained_it_changes(module, matters, monkeypatch):
    before = plan.key(datasets.digits(), SMALL, 0)
    monkeypatch.setattr(records, "fingerprint", lambda path: "new" if path.stem == module else FINGERPRINT(path))
    assert (plan.key(datasets.digits(), SMALL, 0) != before) == matters


def test_two_experiments_that_need_the_same_run_at_once_train_it_once_and_lose_nothing(monkeypatch):
    trained, started, second = [], threading.Event(), threading.Event()

    def slow(source, settings, seed, name, folder):
        (folder / "checkpoint").mkdir()
        trained.append(name)
        started.set()
        second.wait(5)
        time.sleep(0.3)
        assert (folder / "checkpoint").is_dir()  # the other one hasn't cleaned up after us
        return {"test_accuracy": 0.5}

    monkeypatch.setattr(plan, "trained", slow)
    source = datasets.digits()

    def other():
        started.wait(5)
        second.set()
        return plan.measure(source, SMALL, 0, "second")

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(plan.measure, source, SMALL, 0, "first"), pool.submit(other)]
        first, again = (f.result(20) for f in both)
    assert first == again
    assert trained == ["first"]


HOLD = """
import sqlite3, sys
lock = sqlite3.connect(sys.argv[1], isolation_level=None)
lock.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
input()
"""


def test_the_lock_on_a_run_goes_with_its_process():
    lock = Path("locked/lock")
    lock.parent.mkdir()
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", HOLD, lock], stdin=pipe, stdout=pipe) as process:
        process.stdout.readline()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            sqlite3.connect(lock, timeout=0, isolation_level=None).execute("BEGIN EXCLUSIVE")
        process.kill()
        process.wait()
        with plan.alone(lock.parent):
            pass


def test_the_rate_is_chosen_by_validation_accuracy_alone(monkeypatch):
    def measure(source, settings, seed, name):
        rank = headline.RATES.index(settings.rate)
        return {"validation_accuracy": [0.1, 0.3, 0.2][rank], "test_accuracy": [0.9, 0.1, 0.8][rank]}

    monkeypatch.setattr(plan, "measure", measure)
    assert plan.best_rate(None, "full", SMALL, headline.RATES).rate == headline.RATES[1]
    assert plan.best_rate(None, "full", SMALL, ()) == SMALL

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
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from deepcourse import datasets, records
from deepcourse.mnist import data, max_norm, model
from deepcourse.mnist.runs import (
    bend,
    decay,
    early,
    fashion,
    fewer,
    headline,
    ingredients,
    longer,
    plan,
    regions,
    small,
    srivastava,
    training,
)

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
    assert record["settings"]["rate"] in [each["rate"] for each in record["tried"]["full"]]
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


def one_step(source, settings, seed, name, folder):
    """What `plan.trained` gives, after one step on few pictures; the whole of it is seen in the headline's run."""
    parts = training.data.split(source, settings.validation)
    run = training.build(settings, seed)
    loss = run.step(run.model, run.optimizer, parts[0].images[:64], parts[0].labels[:64], settings.rate, (0, 1))
    np.savez(folder / "weights.npz", *run.model.weights)
    np.savez(folder / "answers.npz", *[training.answers(run.model, part) for part in parts[1:]])
    return training.finish(run, parts, np.full((settings.epochs, 4), loss))


def test_ingredients_trains_the_net_without_each_ingredient_at_a_rate_of_its_own(monkeypatch):
    monkeypatch.setattr(plan, "GRID", (0.001, 0.01, 0.03, 0.3))
    monkeypatch.setattr(plan, "trained", one_step)
    records.make("mnist/ingredients", ingredients.measure, narrow(ingredients), Path("runs"))
    record = records.read("mnist/ingredients")
    nets = {"full", "softmax", "identity", "sigmoid", "momentum", "sgd", "no_dropout", "whole_pictures"}
    assert set(record["settings"]) == set(record["tried"]) == nets
    assert set(record["values"]) == nets | {"moved", "rim"}
    assert record["values"]["softmax"]["parameters"] == 65 * 10
    settings = record["settings"]
    for name, key, value in [
        ("softmax", "sizes", [64, 10]),
        ("identity", "activation", "identity"),
        ("sigmoid", "activation", "sigmoid"),
        ("momentum", "optimizer", "momentum"),
        ("sgd", "optimizer", "sgd"),
        ("no_dropout", "drop_hidden", 0.0),
        ("whole_pictures", "drop_input", 0.0),
    ]:
        assert settings[name][key] == value != settings["full"][key]
    for name, tried in record["tried"].items():
        rates = [each["rate"] for each in tried]
        assert len(rates) > 1
        assert rates == sorted(rates)
        assert max(tried, key=lambda each: each["validation_accuracy"])["rate"] == settings[name]["rate"]
        assert next(each["ties"] for each in tried if each["rate"] == settings[name]["rate"])
    rows = table(Path("runs/mnist/ingredients.csv"))
    assert len(rows) == len(nets) * 2 * 2
    assert {row["variant"] for row in rows} == nets
    seeds = table(Path("runs/mnist/ingredients_seeds.csv"))
    assert [(row["variant"], row["seed"]) for row in seeds] == [(name, s) for name in settings for s in ("0", "1")]
    for name in settings:
        errors = [float(row["test_error"]) for row in seeds if row["variant"] == name]
        mean, full = (record["values"][each]["test_error"] for each in (name, "full"))
        assert np.mean(errors) == pytest.approx(mean, abs=1e-6)
        if name != "full":
            assert record["values"][name]["test_more"] == pytest.approx(100 * (mean - full), abs=1e-4)
    moved = table(Path("runs/mnist/moved.csv"))
    assert len(moved) == 64
    assert float(moved[27]["sgd_moved"]) > 0  # in the middle


def test_fashion_compares_the_same_nets_on_other_pictures(monkeypatch):
    monkeypatch.setattr(plan, "trained", one_step)
    assert replace(ingredients.FULL, data="fashion_mnist") == fashion.FULL
    nets = {name: ingredients.FULL.nets[name] for name in ("full", "momentum")}
    settings = replace(narrow(ingredients), search=False)
    settings = replace(settings, nets={name: settings.nets[name] for name in nets})
    records.make("mnist/fashion", fashion.measure, settings, Path("runs"))
    values = records.read("mnist/fashion")["values"]
    assert set(values) == {*nets, "rim"}
    assert set(values["rim"]) == {"full", "momentum"}
    assert len(table(Path("runs/mnist/fashion_seeds.csv"))) == 4


def test_four_times_the_budget_is_the_nets_of_fashion_at_the_rates_that_were_chosen_there(monkeypatch):
    monkeypatch.setattr(plan, "trained", one_step)
    chosen = records.read("mnist/fashion", Path(__file__).parents[3] / "runs")["settings"]
    for name, net in longer.FULL.nets.items():
        assert json.loads(json.dumps(asdict(net))) == {"decay": 0.0} | chosen[name] | {
            "epochs": 4 * chosen[name]["epochs"]
        }
    records.make("mnist/longer", longer.measure, plan.small(longer.FULL), Path("runs"))
    values = records.read("mnist/longer")["values"]
    assert set(values) == {"full", "momentum", "no_dropout"}
    assert {"test_more", "test_more_se"} <= set(values["no_dropout"])


def test_adamw_is_tried_with_dropout_and_without_at_the_rates_that_adam_had_and_paired_with_adam(monkeypatch):
    monkeypatch.setattr(plan, "trained", one_step)
    for name, of in (("mnist", "ingredients"), ("fashion_mnist", "fashion")):
        chosen = records.read(f"mnist/{of}", Path(__file__).parents[3] / "runs")["settings"]
        for net, settings in decay.FULL.sets[name].nets.items():
            assert json.loads(json.dumps(asdict(settings))) == {"decay": 0.0} | chosen[net]
    quick = replace(decay.QUICK, sets={"mnist": decay.QUICK.sets["mnist"]})
    records.make("mnist/decay", decay.measure, quick, Path("runs"))
    record = records.read("mnist/decay")
    values = record["values"]["mnist"]
    nets = {f"{net}_{way}" for net in ("full", "no_dropout") for way in ("adam", "adamw")}
    assert set(values) == {*nets, "instead"}
    for net in ("full", "no_dropout"):
        tried = record["tried"]["mnist"][net]
        best = max(tried, key=lambda each: each["validation_accuracy"])
        assert values[f"{net}_adamw"]["decay"] == best["decay"]
        gap = values[f"{net}_adamw"]["test_loss"] - values[f"{net}_adam"]["test_loss"]
        assert values[f"{net}_adamw"]["loss_more"] == pytest.approx(gap)
    gap = values["no_dropout_adamw"]["test_error"] - values["full_adam"]["test_error"]
    assert values["instead"]["test_more"] == pytest.approx(100 * gap)
    assert len(table(Path("runs/mnist/decay_seeds.csv"))) == 8


def test_the_bend_is_compared_without_dropout_on_two_data_sets_and_paired_with_relu(monkeypatch):
    monkeypatch.setattr(plan, "trained", one_step)
    for each in bend.FULL.sets.values():
        hidden = [net for net in each.nets.values() if len(net.sizes) > 2]
        assert len(hidden) == 3
        assert not any(net.drop_input or net.drop_hidden for net in hidden)
        assert not each.nets["softmax"].drop_input
        assert each.nets["relu"] == ingredients.FULL.nets["no_dropout"]
    quick = replace(bend.QUICK, sets={"mnist": replace(bend.QUICK.sets["mnist"], search=False)})
    records.make("mnist/bend", bend.measure, quick, Path("runs"))
    record = records.read("mnist/bend")
    values = record["values"]["mnist"]
    assert set(values) == set(record["settings"]["mnist"]) == {"softmax", "identity", "sigmoid", "relu"}
    for net in ("softmax", "identity", "sigmoid"):
        gap = values[net]["test_error"] - values["relu"]["test_error"]
        assert values[net]["test_more"] == pytest.approx(100 * gap)
    assert "test_more" not in values["relu"]
    assert len(table(Path("runs/mnist/bend_seeds.csv"))) == 8


def test_adamw_gets_the_decay_of_the_settings_and_the_others_none():
    kinds = {kind: replace(SMALL, optimizer=kind, decay=0.5) for kind in training.OPTIMIZERS}
    optimizers = {kind: training.build(each, 0).optimizer for kind, each in kinds.items()}
    assert optimizers["adamw"].decay == 0.5
    assert not any(hasattr(each, "decay") for kind, each in optimizers.items() if kind != "adamw")


def test_stopped_early_is_no_dropout_with_a_schedule_of_its_own_and_the_length_is_chosen_in_validation(monkeypatch):
    monkeypatch.setattr(plan, "trained", one_step)
    no_dropout = ingredients.FULL.nets["no_dropout"]
    for n in early.LENGTHS:
        assert early.FULL.nets[f"of_{n}"] == replace(no_dropout, epochs=n)
    assert early.FULL.nets["full"] == ingredients.FULL.nets["full"]
    records.make("mnist/early", early.measure, plan.small(early.FULL), Path("runs"))
    values = records.read("mnist/early")["values"]
    best = values.pop("best")
    lengths = [values[f"of_{n}"] for n in early.LENGTHS]
    assert best["validation_loss"] == min(each["validation_loss"] for each in lengths)
    assert best["gained"] == pytest.approx(best["test_loss"] - values["full"]["test_loss"])


def test_on_few_pictures_the_loop_of_the_page_runs_with_dropout_and_without():
    settings = small.Settings(16, (0.003, 0.1), epochs=1, longer=2, batch_size=512, seeds=(0, 1))
    records.make("mnist/small", small.measure, settings, Path("runs"))
    values = records.read("mnist/small")["values"]
    slow, fast = values["rate_0_003"], values["rate_0_1"]
    best = max((slow, 0.003), (fast, 0.1), key=lambda each: each[0]["validation_accuracy"])[1]
    assert values["rate"] == best
    assert fast["first_step"] == pytest.approx(slow["first_step"] * 0.1 / 0.003, rel=1e-3)  # Adam's is the rate
    for length in (values["of_1"], values["of_2"]):
        dropout, none = (length[kind]["test_accuracy"] for kind in ("dropout", "none"))
        assert length["bought"] == pytest.approx(100 * (dropout - none))
    assert values["of_1"]["dropout"] == {
        k: v for k, v in (slow if best == 0.003 else fast).items() if k != "first_step"
    }
    source = datasets.digits()
    order = small.mixed(source, 3)
    assert sorted(order.images.sum(axis=(1, 2))) != sorted(source.images.sum(axis=(1, 2)))
    both = [np.concatenate([each.labels, each.test_labels]) for each in (order, source)]
    np.testing.assert_array_equal(*map(np.bincount, both))
    x, dropping, never = np.ones((1, 64), np.float32), small.TwoLayers(64, 16, 10), small.NeverDrops(64, 16, 10)
    np.testing.assert_array_equal(never(x, (0, 1)), dropping(x))
    assert np.abs(dropping(x, (0, 1)) - dropping(x)).max() > 0.01


def test_a_rate_is_tried_until_the_best_one_has_a_worse_one_on_each_side(monkeypatch):
    asked = []

    def measure(source, settings, seed, name):
        asked.append((settings.rate, seed))
        return {"validation_accuracy": -abs(np.log(settings.rate / 0.09)) + 0.01 * seed, "test_accuracy": settings.rate}

    monkeypatch.setattr(plan, "measure", measure)
    found = plan.tried(None, "full", replace(SMALL, rate=0.003), (0, 1))
    assert list(found) == [0.001, 0.003, 0.01, 0.03, 0.1, 0.3]
    assert plan.best(found) == 0.1
    assert len(asked) == len(set(asked)) == 12


def test_at_the_end_of_the_grid_the_search_stops(monkeypatch):
    monkeypatch.setattr(plan, "measure", lambda source, settings, *_: {"validation_accuracy": settings.rate})
    found = plan.tried(None, "full", replace(SMALL, rate=1.0), (0,))
    assert list(found) == [0.3, 1.0, 3.0, 10.0]


def test_a_rate_ties_with_the_best_one_if_three_seeds_cannot_tell_them_apart():
    rates = {0.1: [0.90, 0.91, 0.92], 0.2: [0.93, 0.95, 0.97], 0.3: [0.94, 0.94, 0.96]}
    said = plan.choices(rates)
    assert [(each["rate"], each["ties"]) for each in said] == [(0.1, False), (0.2, True), (0.3, True)]
    assert said[0]["validation_accuracy"] == pytest.approx(0.91)


def test_a_paired_difference_counts_pictures_and_seeds():
    base = np.zeros((3, 400))
    wrong = base.copy()
    wrong[:, :40] = 1
    wrong[2, 40:60] = 1
    found = plan.paired(wrong, base)
    assert found["more"] == pytest.approx(100 * (40 * 3 + 20) / 1200)
    pictures = np.var(wrong.mean(axis=0), ddof=1) / 400
    seeds = np.var([0.1, 0.1, 0.15], ddof=1) / 3
    assert found["more_se"] == pytest.approx(100 * np.sqrt(pictures + seeds))
    assert plan.paired(base, wrong)["more"] == -found["more"]


def test_mistakes_are_those_that_the_accuracies_count():
    source = datasets.digits()
    run = plan.measure(source, SMALL, 0, "one")
    for part, name in ((1, "validation_accuracy"), (2, "test_accuracy")):
        [wrong] = plan.mistakes(source, [run], part)
        assert 1 - wrong.mean() == pytest.approx(run[name], abs=1e-6)


def test_how_far_the_weights_of_a_pixel_went_is_measured_from_where_they_started():
    source = datasets.digits()
    run = plan.measure(source, SMALL, 3, "one")
    found = ingredients.moved(source, [run, run])
    first = training.build(SMALL, 3).model.w[0].numpy()
    with np.load(Path(run["folder"]) / "weights.npz") as kept:
        last = kept[kept.files[0]]
    np.testing.assert_allclose(found["moved"], np.sqrt(((last - first) ** 2).mean(axis=1)), rtol=1e-6)
    np.testing.assert_allclose(found["start"], np.sqrt((first**2).mean(axis=1)), rtol=1e-6)
    parts = ingredients.regions(source, {"moved": np.arange(64.0)})
    inked = source.images.reshape(len(source.images), -1).max(axis=0) > 0
    box = np.array([i for i in range(64) if 1 <= i // 8 < 7 and 1 <= i % 8 < 7])
    assert inked[box].all()
    assert parts["box"] == pytest.approx(np.sqrt((box**2).mean()))
    assert parts["black"] == pytest.approx(np.sqrt((np.flatnonzero(~inked) ** 2).mean()))


def test_without_its_rim_a_net_is_asked_with_the_first_weights_there_and_with_a_black_rim():
    source = datasets.digits()
    run = plan.measure(source, SMALL, 3, "one")
    said = ingredients.without_rim(source, [run, run])
    inside = np.array([1 <= i // 8 < 7 and 1 <= i % 8 < 7 for i in range(64)])
    np.testing.assert_array_equal(ingredients.box(source), inside)
    test = data.split(source, SMALL.validation)[2]
    with np.load(Path(run["folder"]) / "weights.npz") as kept:
        w1, b1, w2, b2 = (kept[name] for name in kept.files)
    first = training.build(SMALL, 3).model.w[0].numpy()

    def error(images, w):
        return np.mean((np.maximum(images @ w + b1, 0) @ w2 + b2).argmax(axis=1) != test.labels)

    assert said["error"] == pytest.approx(1 - run["test_accuracy"])
    assert said["blacked_out"] == pytest.approx(error(test.images * inside, w1))
    assert said["put_back"] == pytest.approx(error(test.images, np.where(inside[:, None], w1, first)))
    assert len({said[name] for name in ("error", "blacked_out", "put_back")}) == 3
    assert said["put_back_more"] == pytest.approx(100 * (said["put_back"] - said["error"]))
    assert said["put_back_more_se"] > 0


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
    for experiment, seeds in ((headline, 5), (ingredients, 5), (srivastava, 3)):
        assert (experiment.FULL.data, len(experiment.FULL.seeds)) == ("mnist", seeds)


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
        *(
            (name, True)
            for name in ("training", "model", "max_norm", "layers", "train", "data", "adam", "keys", "expect")
        ),
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


def test_points_in_a_plane_are_cut_straight_without_a_bend_and_around_corners_with_one(monkeypatch):
    tf.config.run_functions_eagerly(False)
    settings = replace(regions.Settings(), points=60, steps=600, side=9)
    records.make("mnist/regions", regions.measure, settings, Path("runs"))
    values = records.read("mnist/regions")["values"]
    assert values["softmax_accuracy"] < 0.95 < values["relu_accuracy"]
    assert values["identity_accuracy"] == pytest.approx(values["softmax_accuracy"], abs=0.05)
    grid = table(Path("runs/mnist/regions.csv"))
    assert len(grid) == 81
    assert len(table(Path("runs/mnist/regions_units.csv"))) == 8
    for net, straight in (("softmax", True), ("identity", True), ("relu", False)):
        z = np.array([float(row[net]) for row in grid]).reshape(9, 9)
        bent = np.abs(np.diff(z, n=2, axis=0)).max()  # a plane has no second difference
        assert (bent < 1e-2) == straight


def test_what_dropout_buys_is_measured_on_each_number_of_pictures_and_kept(monkeypatch):
    asked = []

    def made_up(x, y, many, rate, seed, steps):
        asked.append((many, rate, seed, steps))
        return 0.1 - 0.02 * rate * (many > 100) + 0.001 * seed

    monkeypatch.setattr(fewer, "fewer", made_up)
    settings = fewer.Settings("digits", (50, 200), steps=7, seeds=(0, 1))
    for _ in range(2):  # the second finds what the first has kept
        records.make("mnist/fewer", fewer.measure, settings, Path("runs"))
        assert len(asked) == 8
    values = records.read("mnist/fewer")["values"]
    assert values["of_50"]["bought"] == pytest.approx(0)
    assert values["of_200"]["bought"] == pytest.approx(1)
    assert values["of_200"]["bought_se"] == pytest.approx(0, abs=1e-9)

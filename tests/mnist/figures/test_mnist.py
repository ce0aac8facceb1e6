"""The figures of lesson 2, drawn from made-up records: what they say is what the records hold."""

import doctest
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import asdict

import matplotlib as mpl
import numpy as np
import pytest
from deepcourse import datasets, records
from deepcourse.drawing import STYLE
from deepcourse.mnist.figures import front, pictures
from deepcourse.mnist.figures import mnist as figures
from deepcourse.mnist.runs import headline, plan, training
from PIL import Image

SVG = "{http://www.w3.org/2000/svg}"
MEANS = {"full": 0.015, "softmax": 0.074, "sigmoid": 0.017, "sgd": 0.016, "no_dropout": 0.018}
DEEP = {"plain": 0.012, "max_norm": 0.011}
STEPS = 0.0001 * np.array([-2, -1, 0, 1, 2])  # of the seeds around their mean
SETTINGS = asdict(headline.NET)


def fake(settings, values, **more):
    data = {"name": "digits", "records": 1797, "sha256": ""}
    units = dict.fromkeys((n.rsplit(".", 1)[-1] for n, _ in records.leaves(values)), "1")
    return {
        "command": "x",
        "values": values,
        "units": units,
        "settings": settings,
        "seeds": [0],
        "data": data,
        **more,
    }


@pytest.fixture
def runs(tmp_path):
    folder = tmp_path / "runs/mnist"
    folder.mkdir(parents=True)
    records.write("mnist/headline", fake(SETTINGS, {"test_error": 0.015}), folder.parent)
    for record, means in (("ingredients", MEANS), ("srivastava", DEEP)):
        lines = ["record,variant,seed,test_error"]
        for name, mean in means.items():
            lines += [f"{record},{name},{seed},{mean + step:.6f}" for seed, step in enumerate(STEPS)]
        (folder / figures.SEEDS[record]).write_text("\n".join(lines) + "\n")
    lines = ["variant,seed,epoch,train_loss,validation_loss,validation_accuracy,seconds"]
    for name, final in (("full", 0.984), ("no_dropout", 0.982)):
        for seed, step in enumerate(STEPS):
            lines += [f"{name},{seed},{e},{0.5 / e},0.1,{final - 0.04 / e + 0.01 + step},2" for e in range(1, 5)]
    (folder / "ingredients.csv").write_text("\n".join(lines) + "\n")
    answers = [(4, 4, 0.99)] * 90 + [(4, 9, 0.97)] * 7 + [(5, 3, 0.55)] * 2 + [(9, 9, 0.3)]
    rows = [f"{t},{p},{c}" for t, p, c in answers]
    (folder / "predictions.csv").write_text("\n".join(["label,predicted,confidence", *rows]) + "\n")
    return folder.parent


def words(runs, name):
    root = ET.fromstring((runs / f"mnist/{name}.svg").read_text())
    found = {part: root.find(f"{SVG}{part}").text for part in ("title", "desc")}
    found["labels"] = " ".join("".join(e.itertext()) for e in root.iter(f"{SVG}text")).replace("\u202f", " ")
    found["desc"] = found["desc"].replace("\u202f", " ")
    return found


def test_all_are_drawn_and_twice_the_same(runs):
    assert figures.draw(figures.FIGURES, runs) == []
    first = {p.name: p.read_bytes() for p in (runs / "mnist").iterdir()}
    assert figures.draw(figures.FIGURES, runs) == []
    assert {p.name: p.read_bytes() for p in (runs / "mnist").iterdir()} == first
    assert {f"{name}.svg" for name in figures.FIGURES} <= set(first)


def test_their_ids_do_not_clash_on_one_page(runs):
    figures.draw(figures.FIGURES, runs)
    page = "".join((runs / f"mnist/{name}.svg").read_text() for name in figures.FIGURES)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids)) > len(figures.FIGURES)


def test_ingredients_are_labelled_with_mean_and_deviation_worst_first(runs):
    figures.draw(["ingredients"], runs)
    said = words(runs, "ingredients")
    assert "7.40 ± 0.02 %" in said["labels"]
    order = [said["desc"].index(f"{figures.NAMES[n]} ") for n in ("softmax", "no_dropout", "sigmoid", "sgd", "full")]
    assert order == sorted(order)
    assert f"7.40 ± 0.02 %, {0.074 / 0.015:.2f} times" in said["desc"]


def test_the_text_names_only_variants_whose_every_seed_is_worse(runs):
    path = runs / "mnist/seeds.csv"
    path.write_text(path.read_text().replace("ingredients,sgd,0,0.015800", "ingredients,sgd,0,0.015000"))
    figures.draw(["ingredients"], runs)
    apart = words(runs, "ingredients")["desc"].split("for: ")[1]
    assert figures.NAMES["sgd"] not in apart
    assert figures.NAMES["sigmoid"] in apart


def test_curves_state_where_both_nets_end(runs):
    figures.draw(["curves"], runs)
    said = words(runs, "curves")["desc"]
    assert "over 4 epochs, mean of 5 seeds" in said
    assert "Without dropout, the training loss falls from 0.5 to 0.12 nats" in said
    assert "(seeds: 1.78 to 1.82 %)" in said
    rows = (runs / "mnist/curves.csv").read_text().splitlines()
    assert len(rows) == 1 + 2 * 4 * 2


def test_net_shows_the_shape_of_every_array_and_weight(runs):
    figures.draw(["net"], runs)
    said = words(runs, "net")
    for shape in ("(B, 28, 28)", "(B, 784)", "(784, 512)", "(512,)", "(B, 512)", "(512, 10)", "(10,)", "(B, 10)"):
        assert shape in said["labels"]
    assert "407,050" in said["title"]
    assert said["labels"].count("(B, 512)") == 3


def test_confusion_counts_what_is_wrong_and_leaves_out_what_is_right(runs):
    figures.draw(["confusion"], runs)
    said = words(runs, "confusion")
    assert "Of 100 test digits 9 are misread" in said["desc"]
    assert "4 taken for 9, 7×; 5 taken for 3, 2×." in said["desc"]
    assert "Hardest is the 5, with 2 of 2 wrong" in said["desc"]
    assert "7 of 97" in said["labels"]
    rows = (runs / "mnist/confusion.csv").read_text().splitlines()
    assert sum(int(row.split(",")[2]) for row in rows[1:]) == 100


def test_calibration_counts_every_answer_once(runs):
    figures.draw(["calibration"], runs)
    rows = np.loadtxt(runs / "mnist/calibration.csv", delimiter=",", skiprows=1)
    assert rows[:, 0].tolist() == [1, 2, 7, 90]
    assert rows[:, 2].tolist() == [1, 0, 0, 1]
    assert "Over all 100 answers" in words(runs, "calibration")["desc"]


def test_srivastava_stands_beside_the_printed_numbers(runs):
    figures.draw(["srivastava"], runs)
    said = words(runs, "srivastava")
    assert "paper 1.25 %" in said["labels"]
    assert "paper 1.06 %" in said["labels"]
    assert "the paper prints 1.25 %, so the mean is 0.05 percentage points below it" in said["desc"]
    assert "the paper prints 1.06 %, so the mean is 0.04 percentage points above it" in said["desc"]


def test_a_missing_record_is_named_and_the_rest_is_drawn(runs):
    (runs / "mnist/ingredients.csv").unlink()
    missing = figures.draw(figures.FIGURES, runs)
    assert len(missing) == 1
    assert missing[0].startswith("curves: ")
    assert "ingredients.csv: no such file; run its stage" in missing[0]
    assert (runs / "mnist/net.svg").exists()


def test_the_stage_fails_when_a_figure_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "RUNS", tmp_path)
    monkeypatch.setattr("sys.argv", ["figures"])
    with pytest.raises(SystemExit) as stop:
        figures.main()
    assert all(f"{name}: " in stop.value.code for name in figures.FIGURES)


@pytest.fixture
def finished(tmp_path, monkeypatch):
    """A finished run of seed 0 on the digits, untrained, with its records."""
    monkeypatch.setattr(plan, "CACHE", tmp_path / "cache")
    source, runs = datasets.digits(), tmp_path / "runs"
    small = training.Settings(sizes=(64, 48, 10), validation=200)
    folder = plan.CACHE / plan.key(source, small, 0)
    folder.mkdir(parents=True)
    net = training.build(small, 0).model
    np.savez_compressed(folder / "weights.npz", *net.weights)
    (folder / "result.json").write_text(json.dumps({"test_accuracy": 0.9}))
    found = {"seed": 0, "folder": str(folder)}
    headline.write_predictions(runs / "mnist/predictions.csv", headline.predictions(source, small, found))
    records.write("mnist/headline", fake(asdict(small), {"test_error": 0.1}), runs)
    records.write("mnist/ingredients", fake({"full": asdict(small)}, {"full": {"test_error": 0.1}}), runs)
    return source, runs


def test_pictures_come_with_text_alternatives_that_count(finished):
    source, runs = finished
    assert pictures.pictures(source, runs) == []
    record = records.read("mnist/pictures", runs)
    rows = np.loadtxt(runs / "mnist/mistakes.csv", delimiter=",", skiprows=1)
    assert record["values"]["wrong"] == len(rows)
    assert (rows[:, 1] != rows[:, 2]).all()
    assert (np.diff(rows[:, 3]) <= 0).all()
    assert f"36 of the {len(rows)} test digits out of 360" in record["alternatives"]["mistakes"]
    assert "40 of 48 hidden units, each as 8 by 8 pixels" in record["alternatives"]["weights"]
    first = {p.name: p.read_bytes() for p in (runs / "mnist").glob("*.webp")}
    assert {Image.open(runs / "mnist" / name).width for name in first} == {pictures.WIDTH}
    pictures.pictures(source, runs)
    assert {p.name: p.read_bytes() for p in (runs / "mnist").glob("*.webp")} == first


def test_the_strip_of_the_front_page_is_the_first_row_of_the_mistakes(finished):
    source, runs = finished
    pictures.pictures(source, runs)
    front.strip(runs)
    with Image.open(runs / "mnist/front.webp") as strip, Image.open(runs / "mnist/mistakes.webp") as sheet:
        assert strip.size == (sheet.width, sheet.height // pictures.ROWS)
        top = np.asarray(sheet.convert("L"), float)[: strip.height]
        assert abs(np.asarray(strip.convert("L"), float) - top).mean() < 3
    text = records.read("mnist/front", runs)["alternatives"]["front"]
    first = (runs / "mnist/mistakes.csv").read_text().splitlines()[1].split(",")
    assert f"a {first[1]} read as {first[2]} with {int(1000 * float(first[3])) / 10} %" in text
    assert text.count("read as") == pictures.COLUMNS


def test_untrained_weights_are_noise_with_the_deviation_of_their_start(finished):
    source, runs = finished
    pictures.pictures(source, runs)
    values = records.read("mnist/pictures", runs)["values"]
    assert abs(values["neighbour_correlation"]) < 0.1
    assert values["rms_centre"] == pytest.approx((2 / 64) ** 0.5, rel=0.1)


def test_single_seeds_are_written_and_a_missing_record_is_named(finished):
    source, runs = finished
    assert pictures.seeds(source, runs) == []
    assert (runs / "mnist/seeds.csv").read_text().splitlines()[1:] == ["ingredients,full,0,0.100000"]
    (runs / "mnist/ingredients.json").unlink()
    missing = pictures.seeds(source, runs)
    assert len(missing) == 1
    assert "ingredients.json: no such record" in missing[0]


def test_runs_that_are_not_those_of_the_record_are_refused(finished):
    source, runs = finished
    record = records.read("mnist/ingredients", runs)
    record["values"]["full"]["test_error"] = 0.2
    records.write("mnist/ingredients", record, runs)
    missing = pictures.seeds(source, runs)
    assert "mean test error of 0.100000, the record states 0.200000" in missing[0]


def test_an_unfinished_run_is_never_started(finished, tmp_path):
    source, runs = finished
    for result in (tmp_path / "cache").glob("*/result.json"):
        result.unlink()
    with pytest.raises(records.RecordError, match="no finished run of seed 0"):
        pictures.pictures(source, runs)


@pytest.mark.parametrize("module", [figures, pictures])
def test_examples_in_docstrings_are_true(module):
    with mpl.rc_context(STYLE):
        result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed

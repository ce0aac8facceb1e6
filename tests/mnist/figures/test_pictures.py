"""Pictures of an untrained net: what they say is what was counted; a run that isn't there is never started."""

import json
import shutil
from dataclasses import asdict

import numpy as np
import pytest
from deepcourse import datasets, records
from deepcourse.mnist.figures import front, pictures
from deepcourse.mnist.runs import headline, plan, training
from PIL import Image


def fake(settings, values):
    data = {"name": "digits", "records": 1797, "sha256": ""}
    units = dict.fromkeys((n.rsplit(".", 1)[-1] for n, _ in records.leaves(values)), "1")
    return {
        "command": "x",
        "values": values,
        "units": units,
        "settings": settings,
        "seeds": [0],
        "data": data,
    }


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished run of seed 0 on the digits, untrained, with its records and small pictures of both."""
    tmp_path = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "CACHE", tmp_path / "cache")
        patch.setattr(pictures, "UNITS_SHOWN", 8)
        for module in (pictures, front):
            patch.setattr(module, "ROWS", 2)
        source, runs = datasets.digits(), tmp_path / "runs"
        small = training.Settings(sizes=(64, 48, 10), validation=200)
        folder = plan.CACHE / plan.key(source, small, 0)
        folder.mkdir(parents=True)
        net = training.build(small, 0).model
        np.savez_compressed(folder / "weights.npz", *net.weights)
        (folder / "result.json").write_text(json.dumps({"test_accuracy": 0.9}), encoding="utf-8")
        found = {"seed": 0, "folder": str(folder)}
        answers = headline.predictions(source, small, found)
        headline.write_predictions(runs / "mnist/predictions.csv", answers)
        records.write("mnist/headline", fake(asdict(small), {"test_error": 0.1}), runs)
        records.write("mnist/ingredients", fake({"full": asdict(small)}, {"full": {"test_error": 0.1}}), runs)
        pictures.pictures(source, runs)
        front.strip(runs)
        yield source, runs


def test_pictures_come_with_text_alternatives_that_count(finished):
    _, runs = finished
    record = records.read("mnist/pictures", runs)
    rows = np.loadtxt(runs / "mnist/mistakes.csv", delimiter=",", skiprows=1)
    assert record["values"]["wrong"] == len(rows)
    assert (rows[:, 1] != rows[:, 2]).all()
    assert (np.diff(rows[:, 3]) <= 0).all()
    assert f"12 of the {len(rows)} test digits out of 360" in record["alternatives"]["mistakes"]
    assert "8 of 48 hidden units, each as 8 by 8 pixels" in record["alternatives"]["weights"]


def test_pictures_are_the_same_each_time_and_as_wide_as_a_sheet(finished, tmp_path):
    source, runs = finished
    again = shutil.copytree(runs, tmp_path / "runs", ignore=shutil.ignore_patterns("*.webp"))
    pictures.pictures(source, again)
    for name, wide in {"mistakes.webp": pictures.LETTERED, "weights.webp": pictures.SHEET}.items():
        assert (again / "mnist" / name).read_bytes() == (runs / "mnist" / name).read_bytes()
        with Image.open(runs / "mnist" / name) as sheet:
            assert sheet.width == wide


def test_the_strip_of_the_front_page_is_the_first_row_of_the_mistakes(finished):
    _, runs = finished
    with Image.open(runs / "mnist/front.webp") as strip, Image.open(runs / "mnist/mistakes.webp") as sheet:
        assert strip.size == (sheet.width, sheet.height // pictures.ROWS)
        top = np.asarray(sheet.convert("L"), float)[: strip.height]
        assert abs(np.asarray(strip.convert("L"), float) - top).mean() < 3
    text = records.read("mnist/front", runs)["alternatives"]["front"]
    first = (runs / "mnist/mistakes.csv").read_text(encoding="utf-8").splitlines()[1].split(",")
    assert f"a {first[1]} read as {first[2]} with {pictures.floor(float(first[3]))} %" in text
    assert text.count("read as") == pictures.COLUMNS


def test_untrained_weights_are_noise_with_the_deviation_of_their_start(finished):
    _, runs = finished
    values = records.read("mnist/pictures", runs)["values"]
    assert abs(values["neighbour_correlation"]) < 0.1
    assert values["rms_centre"] == pytest.approx((2 / 64) ** 0.5, rel=0.1)


def test_single_seeds_are_written_beside_their_record(finished):
    source, runs = finished
    pictures.seeds(source, runs)
    rows = (runs / "mnist/seeds.csv").read_text(encoding="utf-8").splitlines()
    assert rows == ["record,variant,seed,test_error", "ingredients,full,0,0.100000"]


def test_without_their_record_or_with_another_the_single_seeds_stay_as_they_are(finished, tmp_path):
    source, runs = finished
    runs = shutil.copytree(runs, tmp_path / "runs")
    kept = runs / "mnist/seeds.csv"
    kept.write_text("as it was", encoding="utf-8")
    record = records.read("mnist/ingredients", runs)
    record["values"]["full"]["test_error"] = 0.2
    records.write("mnist/ingredients", record, runs)
    with pytest.raises(records.RecordError, match=r"test error of 0.100000, the record states 0.200000"):
        pictures.seeds(source, runs)
    (runs / "mnist/ingredients.json").unlink()
    with pytest.raises(records.RecordError, match=r"ingredients.json: no such record"):
        pictures.seeds(source, runs)
    assert kept.read_text(encoding="utf-8") == "as it was"


def test_an_unfinished_run_is_never_started(finished, tmp_path, monkeypatch):
    source, runs = finished
    monkeypatch.setattr(plan, "CACHE", tmp_path / "cache")
    with pytest.raises(records.RecordError, match="no finished run of seed 0"):
        pictures.pictures(source, runs)
    assert not (tmp_path / "cache").exists()

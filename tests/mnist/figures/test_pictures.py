"""Pictures of an untrained net: what they say is what was counted."""

import shutil
from dataclasses import asdict

import numpy as np
import pytest
from deepcourse import datasets, records
from deepcourse.mnist.figures import front, pictures
from deepcourse.mnist.runs import headline, training
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
    """What an untrained net reads in the digits, and the pictures of it."""
    tmp_path = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        for module in (pictures, front):
            patch.setattr(module, "ROWS", 2)
        source, runs = datasets.digits(), tmp_path / "runs"
        small = training.Settings(sizes=(64, 48, 10), validation=200)
        net = training.build(small, 0).model
        np.savez_compressed(tmp_path / "weights.npz", *net.weights)
        found = {"seed": 0, "folder": str(tmp_path)}
        answers = headline.predictions(source, small, found)
        headline.write_predictions(runs / "mnist/predictions.csv", answers)
        records.write("mnist/headline", fake(asdict(small), {"test_error": 0.1}), runs)
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


def test_pictures_are_the_same_each_time_and_as_wide_as_a_sheet(finished, tmp_path):
    source, runs = finished
    again = shutil.copytree(runs, tmp_path / "runs", ignore=shutil.ignore_patterns("*.webp"))
    pictures.pictures(source, again)
    assert (again / "mnist/mistakes.webp").read_bytes() == (runs / "mnist/mistakes.webp").read_bytes()
    with Image.open(runs / "mnist/mistakes.webp") as sheet:
        assert sheet.width == pictures.SHEET


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


def test_without_the_record_or_the_answers_nothing_is_drawn(finished, tmp_path):
    source, runs = finished
    runs = shutil.copytree(runs, tmp_path / "runs")
    before = (runs / "mnist/mistakes.webp").read_bytes()
    (runs / "mnist/predictions.csv").unlink()
    with pytest.raises(records.RecordError, match=r"predictions\.csv: no such table"):
        pictures.pictures(source, runs)
    (runs / "mnist/headline.json").unlink()
    with pytest.raises(records.RecordError, match=r"headline\.json: no such record"):
        pictures.pictures(source, runs)
    assert (runs / "mnist/mistakes.webp").read_bytes() == before

"""The figures of lesson 2, drawn from made-up records: what they say is what the records hold."""

import base64
import shutil

import drawings
import numpy as np
import pytest
from deepcourse import records
from deepcourse.mnist.figures import errors
from deepcourse.mnist.figures.mnist import FIGURES

MEANS = {"full": 0.015, "softmax": 0.074, "sigmoid": 0.017, "sgd": 0.016, "no_dropout": 0.018}
DEEP = {"plain": 0.012, "max_norm": 0.011}
STEPS = 0.0001 * np.array([-2, -1, 0, 1, 2])  # of the seeds around their mean
DIGIT = {
    "test_image": 8,
    "label": 5,
    "pixels": base64.b64encode(bytes([0, 255] * 392)).decode(),
    "probabilities": [0.05, 0.05, 0, 0, 0, 0.2, 0.7, 0, 0, 0],
}
SETTINGS = {"sizes": [784, 512, 10], "activation": "relu", "drop_input": 0.2, "drop_hidden": 0.5}


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    """A folder of records that are made up, and all figures drawn from them."""
    folder = tmp_path_factory.mktemp("runs") / "mnist"
    folder.mkdir()
    record = {"command": "x", "values": {"test_error": 0.015}, "units": {"test_error": "fraction"}}
    data = {"name": "digits", "records": 1797, "sha256": ""}
    records.write("mnist/headline", {**record, "settings": SETTINGS, "seeds": [0], "data": data}, folder.parent)
    page = {"settings": {"sizes": [784, 64, 10]}, "seeds": [0], "data": data, "shown": 0, "digits": [DIGIT]}
    records.write("mnist/page_net", {"command": "x", "values": {}, "units": {}, **page}, folder.parent)
    for record, means in (("ingredients", MEANS), ("srivastava", DEEP)):
        lines = ["record,variant,seed,test_error"]
        for name, mean in means.items():
            lines += [f"{record},{name},{seed},{mean + step:.6f}" for seed, step in enumerate(STEPS)]
        (folder / errors.SEEDS[record]).write_text("\n".join(lines) + "\n", encoding="utf-8")
    lines = ["variant,seed,epoch,train_loss,validation_loss,validation_accuracy,seconds"]
    for name, final in (("full", 0.984), ("no_dropout", 0.982)):
        for seed, step in enumerate(STEPS):
            lines += [f"{name},{seed},{e},{0.5 / e},0.1,{final - 0.04 / e + 0.01 + step},2" for e in range(1, 5)]
    (folder / "ingredients.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    answers = [(4, 4, 0.99)] * 90 + [(4, 9, 0.97)] * 7 + [(5, 3, 0.55)] * 2 + [(9, 9, 0.3)]
    rows = [f"{t},{p},{c}" for t, p, c in answers]
    rows = ["label,predicted,confidence", *rows]
    (folder / "predictions.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert FIGURES.draw(folder.parent) == []
    return folder.parent


@pytest.fixture
def runs(made_up, tmp_path):
    """The same in a folder of the test's own."""
    return shutil.copytree(made_up, tmp_path / "runs")


def words(runs, name):
    said = drawings.words(runs / f"mnist/{name}.svg")
    return said | {"labels": " ".join(said["labels"])}


def test_ingredients_are_labelled_with_mean_and_deviation_worst_first(made_up):
    said = words(made_up, "ingredients")
    assert "7.40 ± 0.02 %" in said["labels"]
    order = [said["desc"].index(f"{errors.NAMES[n]} ") for n in ("softmax", "no_dropout", "sigmoid", "sgd", "full")]
    assert order == sorted(order)
    assert f"7.40 ± 0.02 %, {0.074 / 0.015:.2f} times" in said["desc"]


def test_the_text_names_only_variants_whose_every_seed_is_worse(runs):
    path = runs / "mnist/seeds.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("ingredients,sgd,0,0.015800", "ingredients,sgd,0,0.015000")
    )
    FIGURES.draw(runs, ["ingredients"])
    apart = words(runs, "ingredients")["desc"].split("for: ")[1]
    assert errors.NAMES["sgd"] not in apart
    assert errors.NAMES["sigmoid"] in apart


def test_curves_state_where_both_nets_end(made_up):
    said = words(made_up, "curves")["desc"]
    assert "over 4 epochs, mean of 5 seeds" in said
    assert "Without dropout, the training loss falls from 0.5 to 0.12 nats" in said
    assert "(seeds: 1.78 to 1.82 %)" in said
    rows = (made_up / "mnist/curves.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + 2 * 4 * 2


def test_net_shows_the_shape_of_every_array_and_weight(made_up):
    said = words(made_up, "net")
    for shape in ("(B, 28, 28)", "(B, 784)", "(784, 512)", "(512,)", "(B, 512)", "(512, 10)", "(10,)", "(B, 10)"):
        assert shape in said["labels"]
    assert "407,050" in said["title"]
    assert said["labels"].count("(B, 512)") == 3


def test_confusion_counts_what_is_wrong_and_leaves_out_what_is_right(made_up):
    said = words(made_up, "confusion")
    assert "Of 100 test digits 9 are misread" in said["desc"]
    assert "4 taken for 9, 7×; 5 taken for 3, 2×." in said["desc"]
    assert "Hardest is the 5, with 2 of 2 wrong" in said["desc"]
    assert "7 of 97" in said["labels"]
    rows = (made_up / "mnist/confusion.csv").read_text(encoding="utf-8").splitlines()
    assert sum(int(row.split(",")[2]) for row in rows[1:]) == 100


def test_calibration_counts_every_answer_once(made_up):
    rows = np.loadtxt(made_up / "mnist/calibration.csv", delimiter=",", skiprows=1)
    assert rows[:, 0].tolist() == [1, 2, 7, 90]
    assert rows[:, 2].tolist() == [1, 0, 0, 1]
    assert "Over all 100 answers" in words(made_up, "calibration")["desc"]


def test_srivastava_stands_beside_the_printed_numbers(made_up):
    said = words(made_up, "srivastava")
    assert "paper 1.25 %" in said["labels"]
    assert "paper 1.06 %" in said["labels"]
    assert "the paper prints 1.25 %, so the mean is 0.05 percentage points below it" in said["desc"]
    assert "the paper prints 1.06 %, so the mean is 0.04 percentage points above it" in said["desc"]


def test_a_missing_record_is_named_and_the_rest_is_drawn(runs):
    (runs / "mnist/ingredients.csv").unlink()
    (runs / "mnist/net.svg").unlink()
    (missing,) = FIGURES.draw(runs, ["curves", "net"])
    assert missing.startswith("curves: ")
    assert "ingredients.csv: no such table; make it by its stage" in missing
    assert (runs / "mnist/net.svg").exists()


def test_the_digit_of_the_page_has_its_truth_its_reading_and_ten_probabilities(made_up):
    said = words(made_up, "draw")
    for label in ("test digit 8, a 5", "read as 6", "70.0 %", "20.0 %"):
        assert label in said["labels"]
    assert "5 20.0 %, 6 70.0 %, 7 0.0 %" in said["desc"]

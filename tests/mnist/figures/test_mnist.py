"""The figures of lesson 2, drawn from made-up records: what they say is what the records hold."""

import base64
import shutil
from itertools import pairwise
from pathlib import Path

import drawings
import numpy as np
import pytest
from deepcourse import records
from deepcourse.mnist.figures import page_net, thinned
from deepcourse.mnist.figures.mnist import FIGURES
from deepcourse.mnist.runs import rounded

RECORDED = Path(__file__).parents[3] / "runs"
DIGIT = {
    "test_image": 8,
    "label": 5,
    "pixels": base64.b64encode(bytes([0, 255] * 392)).decode(),
    "probabilities": {
        "softmax": [0, 0, 0.6, 0, 0, 0.4, 0, 0, 0, 0],
        "identity": [0, 0, 0.55, 0, 0, 0.45, 0, 0, 0, 0],
        "page": [0.05, 0.05, 0, 0, 0, 0.2, 0.7, 0, 0, 0],
    },
}
HIDDEN = [2.0, 0.0, 1.0]  # three units, one of them without ink on its pattern
NETS = {"softmax": [784, 10], "identity": [784, 3, 10], "page": [784, 3, 10]}
SETTINGS = {"sizes": [784, 512, 10], "activation": "relu", "drop_input": 0.2, "drop_hidden": 0.5}


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    """A folder of records that are made up, and all figures drawn from them."""
    folder = tmp_path_factory.mktemp("runs") / "mnist"
    folder.mkdir()
    record = {"command": "x", "values": {"test_error": 0.015}, "units": {"test_error": "fraction"}}
    data = {"name": "digits", "records": 1797, "sha256": ""}
    records.write("mnist/headline", {**record, "settings": SETTINGS, "seeds": [0], "data": data}, folder.parent)
    nets = {name: {"sizes": sizes, "drop_hidden": 0.5} for name, sizes in NETS.items()}
    page = {"settings": nets, "seeds": [0], "data": data, "shown": 0, "digits": [DIGIT], "hidden": HIDDEN}
    records.write("mnist/page_net", {"command": "x", "values": {}, "units": {}, **page}, folder.parent)
    weights = [[each for d, h in pairwise(sizes) for each in (np.ones((d, h)), np.zeros(h))] for sizes in NETS.values()]
    (folder / "page_net.bin").write_bytes(b"".join(map(rounded.pack, weights)))
    lengths = {"box": 0.1, "rim": 0.05, "black": 0.0}
    values = {"moved": {"momentum": lengths, "full": lengths, "sgd": lengths}}
    whole = {"command": "x", "values": values, "units": dict.fromkeys(lengths, "1"), "settings": {}, "seeds": [0]}
    records.write("mnist/ingredients", whole | {"data": data}, folder.parent)
    header = ("variant", "seed", "epoch", "train_loss", "validation_loss")
    ends = (("full", 0.05), ("no_dropout", 0.08))
    cases = [(net, last, seed, epoch) for net, last in ends for seed in (0, 1) for epoch in (1, 2, 3)]
    epochs = [(net, seed, epoch, 1 / epoch, last + (epoch - 2) ** 2 / 100) for net, last, seed, epoch in cases]
    records.write_table(folder / "ingredients.csv", header, epochs)
    plane = [(x, y, x + y - 0.5, x + y - 0.5, x * y - 0.2) for x in (0, 0.5, 1) for y in (0, 0.5, 1)]
    records.write_table(folder / "regions.csv", ("x1", "x2", "softmax", "identity", "relu"), plane)
    records.write_table(folder / "regions_points.csv", ("x1", "x2", "label"), [(0.1, 0.2, 0), (0.9, 0.8, 1)])
    records.write_table(folder / "regions_units.csv", ("w1", "w2", "b"), [(1.0, 2.0, -1.0)])
    right = {"softmax_accuracy": 0.875, "identity_accuracy": 0.875, "relu_accuracy": 1.0}
    cut = {"command": "x", "values": right, "units": dict.fromkeys(right, "fraction"), "settings": {}, "seeds": [0]}
    records.write("mnist/regions", cut | {"data": data}, folder.parent)
    lines = ["pixel,full_moved,momentum_moved", *(f"{i},{i / 784},{1 - i / 784}" for i in range(784))]
    (folder / "moved.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert FIGURES.draw(folder.parent) == []
    return folder.parent


@pytest.fixture
def runs(made_up, tmp_path):
    """The same in a folder of the test's own."""
    return shutil.copytree(made_up, tmp_path / "runs")


def words(runs, name):
    said = drawings.words(runs / f"mnist/{name}.svg")
    return said | {"labels": " ".join(said["labels"])}


def test_where_each_loss_begins_is_lowest_and_ends_is_said(made_up):
    said = words(made_up, "losses")
    assert (
        "Dropout, validation: 0.060 after the first epoch, 0.050 at the lowest, after 2, 0.060 after 3." in said["desc"]
    )
    assert "No dropout, training: 1.000 after the first epoch, 0.333 at the lowest, after 3" in said["desc"]
    assert "no dropout," in said["labels"]


def test_a_straight_cut_and_a_bent_one_are_said_with_what_they_have_right(made_up):
    said = words(made_up, "regions")
    assert "a straight line and has 88 % of them right" in said["desc"]
    assert "100 % right" in said["desc"]


def test_how_far_the_weights_moved_is_said_by_region(made_up):
    said = words(made_up, "moved")["desc"]
    assert "With Adam, the weights of pixels within the box moved by 0.100" in said
    assert "those outside of it by 0.050, 0.50 times as far" in said


def test_net_shows_the_shape_of_every_array_and_weight(made_up):
    said = words(made_up, "net")
    for shape in ("(B, 28, 28)", "(B, 784)", "(784, 512)", "(512,)", "(B, 512)", "(512, 10)", "(10,)", "(B, 10)"):
        assert shape in said["labels"]
    assert "407,050" in said["title"]
    assert said["labels"].count("(B, 512)") == 3


def test_a_missing_record_is_named_and_the_rest_is_drawn(runs):
    (runs / "mnist/moved.csv").unlink()
    (runs / "mnist/net.svg").unlink()
    (missing,) = FIGURES.draw(runs, ["moved", "net"])
    assert missing.startswith("moved: ")
    assert "moved.csv: no such table; make it by its stage" in missing
    assert (runs / "mnist/net.svg").exists()


def test_the_digit_of_the_page_has_its_truth_and_the_readings_of_three_nets(made_up):
    said = words(made_up, "draw")
    for label in (
        "test digit 8 true class: 5",
        "softmax regression 2: 60.0 %",
        "two linear layers 2: 55.0 %",
        "two layers with ReLU 6: 70.0 %",
    ):
        assert label in said["labels"]
    assert said["labels"].strip().endswith("3 hidden units, larger where they find more")
    for part in (
        "Softmax regression gives 2 60.0 %, 5 40.0 %.",
        "Two layers with ReLU give 6 70.0 %, 5 20.0 %",
        "2 of 3 hidden units find something.",
    ):
        assert part in said["desc"]


def test_before_units_are_dropped_the_whole_net_alone_has_an_answer(made_up):
    said = words(made_up, "thinned")
    for label in (
        "test digit 8 true class: 5",
        "the whole net 6: 70.0 %",
        "the last thinned net ?",
        "mean of all thinned nets ?",
        "3 hidden units, larger where they find more; crossed: dropped",
    ):
        assert label in said["labels"]
    assert "Test digit 8 of MNIST, a 5: of the digits to try" in said["desc"]
    assert "The whole net gives 6 70.0 %" in said["desc"]
    assert "3 of 3 hidden units find something" in said["desc"]  # in the bytes, where all weights are positive


def digit(label, *ink):
    pixels = np.zeros(784, np.uint8)
    pixels[list(ink)] = 255
    return {"label": label, "pixels": base64.b64encode(pixels.tobytes()).decode()}


def test_thinned_nets_disagree_most_on_what_hangs_on_one_unit_and_of_such_digits_the_net_reads_one():
    w1, w2 = np.zeros((784, 3)), np.zeros((3, 10))
    w1[[0, 1, 2], [0, 1, 2]] = 1
    w2[0, 4], w2[1, 5], w2[2, 5] = 1, 1, 0.5
    layers = [(w1, np.ones(3), np.zeros(3)), (w2, np.ones(10), np.eye(10)[0] * 0.1)]
    settings = {"page": {"sizes": [784, 3, 10], "drop_hidden": 0.5}}
    # Without a unit, 0 is read, by the bias. A 0 without ink is always one; a 5 of two units is read unless both are
    # dropped, one of a single unit by half of the nets; and a 4 that the net reads as a 5 isn't asked for.
    sure, two, one, wrong = digit(0), digit(5, 1, 2), digit(5, 1), digit(4, 1)
    for digits, expected in (([sure, two], 1), ([sure, two, one], 2), ([wrong, two, sure], 1)):
        assert thinned.most_apart({"settings": settings, "digits": digits}, layers) == expected


def test_the_question_on_thinned_nets_is_about_the_digit_on_which_they_disagree_most():
    record = records.read("mnist/page_net", RECORDED)
    found = record["digits"][thinned.most_apart(record, thinned.net(record, RECORDED))]
    asked = (RECORDED.parent / "docs/assets/live/mnist/thinned.html").read_text(encoding="utf-8")
    assert f"read this {found['label']}?" in asked
    said = drawings.words(RECORDED / "mnist/thinned.svg")
    assert said["desc"].startswith(f"Test digit {found['test_image']} of MNIST, a {found['label']}: ")


def test_no_probability_is_rounded_up_to_a_certainty():
    assert page_net.share(0.99996) == "99.9\u202f%"

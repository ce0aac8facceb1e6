"""The figures of post 1: what they say is what the record and the formulas hold."""

import drawings
import numpy as np
import pytest
from deepcourse import records
from deepcourse.gradflow import conv2d_loops
from deepcourse.gradflow.figures import matmul_conv2d as figures
from deepcourse.gradflow.runs import window

VALUES = {
    "right": {"test_accuracy": 0.92, "test_accuracy_sd": 0.005, "gradient_error": 4e-10},
    "transpose": {"test_accuracy": 0.91, "test_accuracy_sd": 0.01, "gradient_error": 1.5},
    "softplus": {"test_accuracy": 0.1, "test_accuracy_sd": 0.01, "gradient_error": 2.0},
    "dropout": {"test_accuracy": 0.84, "test_accuracy_sd": 0.04, "gradient_error": 5e-11},
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A folder of records that are made up, and all figures drawn from them."""
    tmp_path = tmp_path_factory.mktemp("runs")
    record = {
        "command": "x",
        "values": VALUES,
        "units": {"test_accuracy": "fraction", "gradient_error": "relative error"},
        "settings": {},
        "seeds": [0, 1],
        "data": {"name": "digits", "records": 1797, "sha256": ""},
    }
    records.write("gradflow/wrong_gradients", record, tmp_path)
    cosines = {"right": [(1, 0.02), (1, 0.03)], "transpose": [(0.04, 0.1), (0.66, 0.32)]}
    rows = [
        f"{name},{seed},{epoch},{cosine + 0.01 * seed},{likeness + 0.02 * seed}"
        for name, each in cosines.items()
        for seed in (0, 1)
        for epoch, (cosine, likeness) in enumerate(each, 1)
    ]
    table = "\n".join(["variant,seed,epoch,cosine,likeness", *rows]) + "\n"
    (tmp_path / "gradflow/feedback.csv").write_text(table, encoding="utf-8")
    records.make("gradflow/window", window.measure, window.Settings(), tmp_path)
    assert figures.FIGURES.draw(tmp_path) == []
    return tmp_path


def words(runs, name):
    said = drawings.words(runs / f"gradflow/{name}.svg")
    return " ".join(said["labels"]), said["desc"]


def test_the_first_figure_says_which_gradient_is_wrong_and_how_well_each_net_does(runs):
    labels, text = words(runs, "wrong")
    assert labels.count("✗ wrong") == labels.count("✓ agrees") == 2
    assert "transpose missing: 91.0 % ± 1.0 %, error of the gradient 1.5" in text
    assert "91.0 ± 1.0 %" in labels


def test_the_first_figure_says_how_the_wrong_line_comes_to_be_right(runs):
    _, text = words(runs, "wrong")
    assert "its transpose goes from 0.11 after the first to 0.33, in the right one it ends at 0.04" in text
    assert "the right one goes from 0.04 to 0.67" in text  # means of 0.04 and 0.05, of 0.66 and 0.67


def test_the_circuit_has_its_values_and_its_gradients(runs):
    labels, _ = words(runs, "circuit")
    for label in ("x = 3", "w = 2", "b = −1", "q = 6", "a = 5", "r = 5", "L = 15"):
        assert label in labels
    for label in ("dL = 1", "dr = 3", "da = 3", "dq = 3", "db = 3", "dw = 9", "dx = 11", "sends 5", "sends 6"):
        assert label in labels


def test_the_values_under_the_turned_kernel_are_those_of_the_windows_that_saw_the_pixel(runs):
    assert set(figures.readers()) == {(0, 1), (0, 2), (1, 1), (1, 2)}
    assert "covers dy01, dy02, dy11, dy12 and five zeros" in words(runs, "transposed")[1]


def test_the_list_of_the_window_has_the_products_that_the_page_counts():
    x, w = np.zeros((1, figures.PIXELS, figures.PIXELS, 1)), np.zeros((figures.WINDOW, figures.WINDOW, 1, 1))
    found = list(conv2d_loops.terms(x, w, figures.STRIDE, "same"))
    assert (figures.SITES**2 * w.size, len(found)) == (81, 49)


def test_the_window_shows_the_sum_of_its_products(runs):
    labels, text = words(runs, "conv-forward")
    said = text[text.index("y12 = ") :].rstrip(".")
    assert said in labels
    products, total = said.replace("−", "-").removeprefix("y12 = ").split(" = ")
    factors = [part.split("·") for part in products.split(" + ")]
    assert sum(float(a.strip("()")) * float(b.strip("()")) for a, b in factors) == float(total)


def test_the_pixel_of_before_is_copied_into_the_rows_of_two_windows_that_saw_it(runs):
    labels, text = words(runs, "im2col")
    assert labels.split().count("13") == 6  # once in each channel, and in both channels of two rows of X
    assert labels.split().count("0") == 6 + 1  # the column of the ring in both channels; and the name of one
    assert "as values 5 and 6 of the one and as values 1 and 2 of the other" in text
    assert set(figures.TWO) <= set(figures.readers())

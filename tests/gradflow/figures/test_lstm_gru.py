"""The figures of gradflow 2: drawn twice the same, labelled, and saying what the module computes."""

import shutil

import drawings
import numpy as np
import pytest
from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.gradflow.figures import lstm_gru as figures


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """What each figure says."""
    runs = tmp_path_factory.mktemp("runs")
    (runs / "gradflow").mkdir()
    for name in ("time_distance.csv", "reach.json"):
        shutil.copy(records.RUNS / "gradflow" / name, runs / "gradflow")
    assert figures.FIGURES.draw(runs) == []
    return {name: drawings.words(runs / f"gradflow/{name}.svg") for name in figures.FIGURES.names}


def test_the_curves_carry_the_names_of_all_nets_and_the_text_their_numbers(words):
    said = words["time_distance"]
    columns = ("lowest", "geometric mean", "highest")
    curves = draw.series(records.RUNS / "gradflow/time_distance.csv", "net", *columns)
    for name, (_, text, *_) in figures.LINES.items():
        assert text in said["labels"]
        assert draw.number(curves[name][50, 1]) in said["desc"]


def test_the_reach_in_words_is_that_of_the_record(words):
    found = records.read("gradflow/reach")["values"]["forget_3_input_0"]
    for part in ("whole", "direct"):
        assert draw.number(found[part]) in words["lstm-reach"]["desc"]


def test_the_circuit_shows_forward_values_and_gradients_that_sum_at_the_fork(words):
    n = figures.circuit_numbers()
    h1 = np.tanh(figures.WX * figures.X[0])
    h2 = np.tanh(figures.WX * figures.X[1] + figures.WH * h1)
    assert n["h"] == pytest.approx((h1, h2))
    assert n["arrives"] == pytest.approx(figures.ABOVE[0] + (1 - h2**2) * figures.WH)
    labels = words["circuit-rnn"]["labels"]
    total = f"{figures.ABOVE[0]:.2f} + {n['back']:.2f} = {n['arrives']:.2f}"
    assert {f"{h1:.2f}", f"{h2:.2f}", total, f"{n['back']:.2f}"} <= set(labels)


def test_the_way_back_has_the_gates_and_the_gradients_of_the_step(words):
    n = figures.cell_numbers()
    forward, back = (set(words[name]["labels"]) for name in ("lstm-step", "lstm-back"))
    assert {"f: σ", "i: σ", "g: tanh", "o: σ"} <= forward
    assert {f"{k} = {v:.2f}" for k, v in n["gates"].items()} <= back
    assert {f"{value:.2f}" for value in (*n["da"].values(), n["delta"], n["back"])} <= back

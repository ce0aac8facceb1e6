"""The figures of gradflow 2: drawn twice the same, labelled, and saying what the module computes."""

import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from deepcourse import records
from deepcourse.gradflow.figures import lstm_gru as figures

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def runs(tmp_path):
    (tmp_path / "gradflow").mkdir()
    shutil.copy(records.RUNS / "gradflow/time_distance.csv", tmp_path / "gradflow")
    return tmp_path


def words(runs, name):
    root = ET.fromstring((runs / f"gradflow/{name}.svg").read_text())
    found = {part: root.find(f"{SVG}{part}").text for part in ("title", "desc")}
    return found | {"labels": ["".join(e.itertext()) for e in root.iter(f"{SVG}text")]}


def test_all_are_drawn_and_twice_the_same_with_ids_that_do_not_clash(runs):
    assert figures.draw(figures.FIGURES, runs) == []
    first = {p.name: p.read_bytes() for p in Path(runs / "gradflow").iterdir()}
    assert figures.draw(figures.FIGURES, runs) == []
    assert {p.name: p.read_bytes() for p in Path(runs / "gradflow").iterdir()} == first
    ids = re.findall(r'\bid="([^"]+)"', "".join((runs / f"gradflow/{n}.svg").read_text() for n in figures.FIGURES))
    assert len(ids) == len(set(ids))


def test_the_curves_carry_the_names_of_all_nets_and_the_text_their_numbers(runs):
    figures.draw(["time_distance"], runs)
    said = words(runs, "time_distance")
    for name, (_, text, *_) in figures.LINES.items():
        assert text in said["labels"]
        assert f"{figures.curves(runs)[name][50, 1]:.2g}" in said["desc"]


def test_the_circuit_shows_forward_values_and_gradients_that_sum_at_the_fork(runs):
    figures.draw(["circuit-rnn"], runs)
    n = figures.circuit_numbers()
    h1 = np.tanh(figures.WX * figures.X[0])
    h2 = np.tanh(figures.WX * figures.X[1] + figures.WH * h1)
    assert n["h"] == pytest.approx((h1, h2))
    assert n["arrives"] == pytest.approx(figures.ABOVE[0] + (1 - h2**2) * figures.WH)
    labels = words(runs, "circuit-rnn")["labels"]
    total = f"{figures.ABOVE[0]:.2f} + {n['back']:.2f} = {n['arrives']:.2f}"
    assert {f"{h1:.2f}", f"{h2:.2f}", total, f"{n['back']:.2f}"} <= set(labels)


def test_the_lstm_grows_each_drawing_has_the_labels_of_the_one_before(runs):
    figures.draw([f"lstm-{n}" for n in (1, 2, 3, 4)], runs)
    before = set()
    for n in (1, 2, 3, 4):
        labels = words(runs, f"lstm-{n}")["labels"]
        assert before < set(labels) or len(labels) > len(before)
        assert before <= set(labels)
        before = set(labels)


def test_a_missing_record_is_named_and_the_rest_is_drawn(tmp_path):
    missing = figures.draw(figures.FIGURES, tmp_path)
    assert len(missing) == 1
    assert "time_distance.csv: no such file; run its stage" in missing[0]
    assert (tmp_path / "gradflow/lstm-4.svg").exists()

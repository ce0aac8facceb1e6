"""The figures of gradflow 3, drawn from made-up records: what they say is what the records hold."""

import re

import drawings
import numpy as np
import pytest
from deepcourse import records
from deepcourse.gradflow.figures import batchnorm as figures

LENGTHS = {"one": 2.0, "ten": 200.0, "tenth": 0.02, "ten_hundredfold": 200.0}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A folder of records that are made up, and all figures drawn from them."""
    tmp_path = tmp_path_factory.mktemp("runs")
    lines = ["variant,seed,step,loss,squared_length"]
    for name, length in LENGTHS.items():
        for seed in (0, 1):
            for i, step in enumerate((0, 10, 30, 50, 70)):
                loss = 2.5 / (1 + i * (0.5 if name == "ten" else 5) + seed * i / 10)
                lines.append(f"{name},{seed},{step},{loss:.6g},{length * (1 + i / 10):.6g}")
    values = {f"ratio_{r}": {"one_pass": 4e-7 * r**2, "two_pass": 2e-7, "corrected": 1e-7} for r in (1, 100, 10000)}
    record = {
        "command": "x",
        "values": values,
        "units": dict.fromkeys(("one_pass", "two_pass", "corrected"), "1"),
        "settings": {},
    }
    records.write("gradflow/variance", {**record, "seeds": [], "data": {}}, tmp_path)
    (tmp_path / "gradflow/scale_invariance.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert figures.FIGURES.draw(tmp_path) == []
    return tmp_path


def words(runs, name):
    return drawings.words(runs / f"gradflow/{name}.svg")


def test_the_graph_has_every_value_and_its_gradient_on_the_drawing_and_in_its_text(runs):
    stages, back = figures.example()
    labels, said = words(runs, "bn-backward")["labels"], words(runs, "bn-backward")["desc"]
    numbers = [figures.short(v) for name in figures.BOXES for a in (stages, back) for v in getattr(a, name).ravel()]
    rows = 5  # all five gradients at the squares are the same, and written once
    assert sorted(labels) == sorted(
        [n for n in numbers if n != "0.075"]
        + ["each 0.075"]
        + ["d"] * len(figures.BOXES)
        + [sign for sign, *_ in figures.BOXES.values()]
        + list(words_of_edges())
    )
    assert numbers.count("0.075") == rows
    assert "x is 1, 3, 4, 5, 7, its gradient 0.35, −0.35, −0.2, −0.05, 0.25" in said
    assert "σ² is 4, its gradient 0.375" in said


def words_of_edges():
    return (text for _, _, text in figures.WORDS.values())


def test_the_residuals_of_the_line_are_the_gradient_of_the_graph(runs):
    stages, back = figures.example()
    x, dy = stages.x[:, 0], back.y[:, 0]
    np.testing.assert_allclose(dy - np.polyval(np.polyfit(x, dy, 1), x), back.x[:, 0], atol=1e-12)
    assert {"0.35", "−0.35", "−0.2", "−0.05", "0.25"} <= set(words(runs, "bn-line")["labels"])


def test_the_step_of_the_short_weights_turns_them_more(runs):
    turns = [int(m[1]) for label in words(runs, "bn-length")["labels"] if (m := re.match(r"w turns by (\d+)°", label))]
    assert turns[0] == pytest.approx(np.degrees(np.arctan(63.6 / 92)), abs=0.5)
    assert turns[1] == pytest.approx(np.degrees(np.arctan(31.8 / 184)), abs=0.5)


def test_curves_and_variances_state_what_the_records_hold(runs):
    said = words(runs, "bn-scale")["desc"]
    assert "Mean of 2 seeds" in said
    assert "× 1/10: loss from 2.5 to 0.12 nats, squared length from 0.02 to 0.028" in said
    assert "within 0.001 %" in said
    assert "at a ratio of 10,000 it is 40 for the difference" in words(runs, "bn-variance")["desc"]


def test_a_missing_variant_is_named(runs, tmp_path):
    made_up = (runs / "gradflow/scale_invariance.csv").read_text(encoding="utf-8")
    (tmp_path / "gradflow").mkdir()
    (tmp_path / "gradflow/scale_invariance.csv").write_text(made_up.replace("tenth", "other"), encoding="utf-8")
    with pytest.raises(records.RecordError, match="no variant tenth"):
        figures.scale(tmp_path)

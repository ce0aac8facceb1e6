"""The curves of the figure that answers are those of `time_distance`, for every cut of the way back."""

import numpy as np
import pytest
from deepcourse import records
from deepcourse.gradflow.runs import reach
from deepcourse.gradflow.runs import time_distance as td


def test_each_cut_leaves_out_its_columns_of_the_weights():
    s, net = reach.QUICK, td.Net("lstm", gate_bias=3.0, input_bias=-3.0)
    found = reach.curves(net, s, 1)
    assert [reach.CUTS[n] for n in (0, 1, 4, 15)] == ["", "i", "g", "ifgo"]
    for cut, curve in zip(reach.CUTS, found, strict=True):
        columns = [k for c in cut for k in range(s.units * "ifgo".index(c), s.units * ("ifgo".index(c) + 1))]
        sizes = s.inputs, s.units, s.examples, s.distances[-1] + 1
        expected = td.reach(net, *sizes, np.random.default_rng(1), columns)
        np.testing.assert_allclose(curve, expected[list(s.distances)], rtol=1e-12)
    assert len(np.unique(found[:, -1].round(12))) == 16


def test_the_record_has_the_numbers_of_the_page():
    values, page = records.read("gradflow/reach")["values"], records.read("gradflow/time_distance")["values"]
    for (f, i), name in {(0, 0): "lstm_0", (1, 0): "lstm_1", (3, 0): "lstm_3", (5, 0): "lstm_5"}.items():
        found = values[f"forget_{f}_input_{i}"]
        assert found["whole"] == pytest.approx(page[name]["at_100"], rel=2e-4)
        assert found["direct"] == pytest.approx(page[name]["carousel_100"], rel=2e-4)
    closed = values["forget_5_input_5"]
    assert closed["whole"] == pytest.approx(page["lstm_5_closed"]["at_100"], rel=2e-4)


def test_the_record_has_16_curves_for_each_pair_of_biases_that_begin_at_1():
    record = records.read("gradflow/reach")
    s = record["settings"]
    names = {f"{f} {i}" for f in s["forget_biases"] for i in s["input_biases"]}
    assert record["cuts"] == reach.CUTS
    assert set(record["curves"]) == names
    for every in record["curves"].values():
        table = np.array([curve.split() for curve in every], int)
        assert table.shape == (16, len(s["distances"]))
        assert (table[:, 0] == 0).all()

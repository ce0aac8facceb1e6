"""The recorded gradients in small: they are those that the taught functions give."""

from dataclasses import replace

import numpy as np
import pytest
from deepcourse import datasets, records
from deepcourse.training.begin import RULES, begin
from deepcourse.training.norms import norms
from deepcourse.training.runs import gradients

SMALL = replace(gradients.QUICK, depths=(2, 20), seeds=(0, 1))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    records.make("training/gradients", gradients.measure, SMALL, runs)
    return records.read("training/gradients", runs), records.read_table(runs / "training/gradients.csv")


def test_the_grid_has_every_net_and_its_norms_are_those_of_the_page(made):
    record, _ = made
    assert len(record["norms"]) == 3 * len(RULES) * 2
    d = datasets.digits()
    x, labels = d.images[:64].reshape(64, -1) / 255, d.labels[:64]
    found = [norms(x, labels, begin([64, *[100] * 19, 10], "glorot", s), "sigmoid") for s in (0, 1)]
    np.testing.assert_allclose(record["norms"]["sigmoid glorot 20"], np.sqrt(found[0] * found[1]), rtol=1e-7)


@pytest.mark.parametrize(
    ("activation", "rule", "squared"),
    [("relu", "he", 1), ("relu", "glorot", 1 / 2), ("relu", "torch", 1 / 6), ("tanh", "torch", 1 / 3)],
)
def test_sizes_go_forward_and_back_by_the_factor_of_the_theory(made, activation, rule, squared):
    values = made[0]["values"][activation][rule]
    assert values["out"] == pytest.approx(squared**0.5, rel=0.05)
    assert values["back"] == pytest.approx(squared**0.5, rel=0.05)


def test_a_sigmoid_loses_more_than_three_quarters_a_layer_on_the_way_back_alone(made):
    values = made[0]["values"]["sigmoid"]["glorot"]
    assert values["out"] == pytest.approx(1, abs=0.01)
    assert values["back"] < 1 / 4


def test_the_table_has_each_hidden_layer_of_the_depth_shown(made):
    _, table = made
    assert len(table["layer"]) == 3 * len(RULES) * (gradients.SHOWN - 1)
    assert max(table["layer"]) == gradients.SHOWN - 1

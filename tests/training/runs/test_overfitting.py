"""The paths and the masks in small."""

import numpy as np
import pytest
from deepcourse import datasets, records
from deepcourse.training.runs import masks, overfitting
from deepcourse.training.runs import regularization as run

SMALL = overfitting.Paths(run.QUICK, run.QUICK.many, every=2, dense=8)
LOOKS = [2, 4, 6, 8, *range(12, 41, 4)]


def test_the_path_ends_at_the_net_of_the_comparison(tmp_path):
    records.make("training/overfitting", overfitting.measure, SMALL, tmp_path)
    found = records.read("training/overfitting", tmp_path)["values"]["of_60"]
    training, _ = run.scaled(datasets.digits())
    net = run.learnt(run.QUICK, training, (60, "none", 0, SMALL.rate, 0))
    aside = tuple(part[-run.QUICK.validation :] for part in training)
    assert (found["error"], found["loss"]) == pytest.approx(run.told(aside, net))
    table = records.read_table(tmp_path / "training/overfitting.csv")
    own = [float(n) for n, many in zip(table["loss"], table["many"], strict=True) if int(many) == 60]
    assert found["lowest"] == pytest.approx(min(own), abs=1e-3)
    assert [int(n) for n, many in zip(table["step"], table["many"], strict=True) if int(many) == 60] == LOOKS
    assert found["lowest_step"] == LOOKS[int(np.argmin(own))]


def test_an_error_is_settled_where_it_stays_near_its_last():
    steps, errors = (3, 6, 9, 12), (0.5, 0.1, 0.4, 0.1)
    assert overfitting.settled(SMALL, steps, errors) == 12
    assert overfitting.settled(SMALL, steps, (0.3, 0.1005, 0.0995, 0.1)) == 6
    assert overfitting.settled(SMALL, steps, (0.1,) * 4) == 3


def test_the_mean_of_many_masks_agrees_with_the_scaled_net_more_than_one_mask(tmp_path):
    small = masks.Masks(run.QUICK, many=300, masks=(1, 30))
    records.make("training/masks", masks.measure, small, tmp_path)
    found = records.read("training/masks", tmp_path)["values"]
    assert found["of_1"]["agree"] < found["of_30"]["agree"]


def test_without_a_mask_the_thinned_net_is_the_whole_one():
    rng = np.random.default_rng(0)
    net = [(rng.normal(size=(4, 5)), np.zeros(5)), (rng.normal(size=(5, 3)), np.zeros(3))]
    x = rng.normal(size=(6, 4))
    np.testing.assert_allclose(masks.thinned(x, net, 0.0, rng), run.scores(x, net))
    assert masks.odds(run.scores(x, net)).sum(axis=1) == pytest.approx(1)

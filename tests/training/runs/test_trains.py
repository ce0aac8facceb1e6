"""The trainings and the dead units in small."""

from dataclasses import replace

import numpy as np
import pytest
from deepcourse import datasets, records
from deepcourse.training.begin import begin
from deepcourse.training.loop import descend
from deepcourse.training.norms import dead as share
from deepcourse.training.runs import dead, trains

FEW = replace(trains.QUICK, depths=(3,), steps=60, momentum=(0.001, 0.03), adam=(0.003,))


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")


def test_a_training_learns_at_the_better_rate_and_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(trains, "ACTIVATIONS", ("relu",))
    monkeypatch.setattr(trains, "RULES", ("he", "small"))
    for _ in range(2):
        records.make("training/trains", trains.measure, FEW, tmp_path)
        monkeypatch.setattr(trains, "of_a_run", None)  # the second finds what the first has kept
    found = records.read("training/trains", tmp_path)["values"]["relu"]
    assert found["he"]["of_3"]["momentum"]["rate"] == 0.03
    assert found["he"]["of_3"]["momentum"]["at_the_edge"] == 1
    assert found["he"]["of_3"]["momentum"]["accuracy"] > 0.7
    assert found["he"]["of_3"]["adam"]["accuracy"] > 0.7
    assert found["small"]["of_3"]["momentum"]["accuracy"] < 0.5


def infinite(*_):
    raise ValueError("logits: got a row up to inf")


def test_a_run_that_goes_to_infinity_is_lost_and_no_error(monkeypatch):
    monkeypatch.setattr(trains, "OPTIMIZERS", {"momentum": infinite})
    what = ("relu", "he", 5, "momentum", 0.1, 0)
    pictures = trains.scaled(datasets.digits())
    assert trains.of_a_run(FEW, pictures, what) == {"validation": trains.LOST, "test": trains.LOST}


@pytest.mark.parametrize(("depth", "top", "nets"), [(3, 0.11, 2), (20, 0.11, 1), (20, 0.5, 2)])
def test_a_deep_net_that_no_rate_trains_is_tried_from_one_seed(depth, top, nets):
    tried = []

    def run(what):
        tried.append(what[-2:])
        return {"validation": top if what[-2] == 0.03 else 0.1, "test": 0.2 + 0.1 * what[-1]}

    s = replace(FEW, deep=20)
    found = trains.best(s, ("relu", "he", depth, "momentum"), run)
    assert found["nets"] == nets
    assert len(set(tried)) == len(tried) == nets * len(s.momentum)
    assert found["rate"] == 0.03
    assert found["accuracy"] == pytest.approx(0.25 if nets == 2 else 0.2)
    assert ("accuracy_sd" in found) == (nets == 2)


def test_no_picture_comes_twice_in_an_epoch_and_an_epoch_has_an_order_of_its_own():
    images = np.arange(10)[:, None]
    s = replace(FEW, batch=3, steps=7)
    rows = [x.ravel().tolist() for x, _ in trains.batches_of(s, images, images[:, 0], 0)]
    assert [len({n for row in rows[i : i + 3] for n in row}) for i in (0, 3)] == [9, 9]
    assert rows[:3] != rows[3:6]
    assert len(rows) == 7


def test_dead_units_are_counted_after_the_steps_of_the_page(tmp_path):
    s = dead.QUICK
    records.make("training/dead", dead.measure, s, tmp_path)
    values = records.read("training/dead", tmp_path)["values"]["relu"]
    assert values["rate_1"]["dead_1"] > values["rate_0_03"]["dead_1"]
    source = datasets.digits()
    x, cut = source.images.reshape(-1, 64) / 255, len(source.images) - s.validation
    found = []
    for seed in s.seeds:
        rows = np.random.default_rng((seed, 1)).permutation(cut)[: s.steps * s.batch].reshape(s.steps, s.batch)
        net = begin([64, *s.hidden, 10], "he", seed)
        descend(net, "relu", [(x[r], source.labels[r]) for r in rows], 1.0)
        found.append(share(x[cut:], net, "relu")[0])
    assert values["rate_1"]["dead_1"] == pytest.approx(np.mean(found))


def test_a_net_that_went_to_infinity_is_dead(monkeypatch):
    monkeypatch.setattr(dead, "descend", infinite)
    read, shares = dead.of_a_run(dead.QUICK, datasets.digits(), "leaky", 0.1, 0)
    assert read == dead.LOST
    assert (shares == 1).all()

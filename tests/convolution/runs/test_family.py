"""The experiment on dense, local, tiled and shared layers in small."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from deepcourse import datasets, records
from deepcourse.convolution.conv import conv
from deepcourse.convolution.runs import family

S = family.QUICK


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")


def said(s, source, what):
    """What a run might say: the shared net reads most, less so from another seed."""
    kind, _, _, rate, seed = what
    read = 0.5 + 0.1 * family.KINDS.index(kind) - 0.01 * seed * (kind == "shared") - rate
    return {"validation": read, "centred": read, "shifted": read - 0.1}


def test_all_nets_are_compared_in_pairs_with_the_shared_one(tmp_path, monkeypatch):
    monkeypatch.setattr(family, "of_a_run", said)
    s = replace(S, rates=(0.01, 0.03))
    records.make("convolution/family", family.measure, s, tmp_path)
    values = records.read("convolution/family", tmp_path)["values"]
    for budget, task in product(family.BUDGETS, family.TASKS):
        place = values[budget][task]
        assert set(place) == set(family.KINDS)
        assert place["shared"]["centred"]["shared_ahead"] == 0
        for kind, found in place.items():
            assert found["rate"] == 0.01
            assert found[budget] == pytest.approx(place["dense"][budget], rel=0.1)
            ahead = place["shared"]["shifted"]["accuracy"] - found["shifted"]["accuracy"]
            assert found["shifted"]["shared_ahead"] == pytest.approx(100 * ahead)
            error = 0 if kind == "shared" else 0.5  # of two seeds that differ by a point
            assert found["shifted"]["shared_ahead_se"] == pytest.approx(error, abs=1e-9)
    assert values["weights"]["centred"]["dense"] == values["products"]["centred"]["dense"]


def test_a_net_learns_and_has_the_weights_that_are_counted():
    found = family.of_a_run(S, datasets.digits(), ("tiled", "weights", "centred", 0.01, 0))
    assert found["validation"] > 0.5
    assert found["centred"] > found["shifted"]


@pytest.mark.parametrize("kind", ["local", "tiled", "shared"])
def test_the_layer_that_is_trained_is_that_of_the_page(kind):
    x = family.moved(datasets.digits().images[:3], S.margin, np.zeros((3, 2), int))
    layer, _ = family.hidden(S, kind, 8, 4)
    y = layer(x).numpy()
    w, b = (a.numpy() for a in layer.weights)
    w = w.reshape(family.shape(S, kind, 8, 4))
    b = b.reshape(*w.shape[:2], 4)
    rows = np.arange(y.shape[1])
    own = b[rows[:, None] % len(b), rows % b.shape[1]]
    np.testing.assert_allclose(np.maximum(conv(x, w, S.stride) + own, 0), y, atol=1e-5)


def test_a_picture_is_moved_down_and_to_the_right_and_cut_off_there():
    x = np.zeros((2, 3, 3), np.uint8)
    x[:, 1, 1] = 255
    found = family.moved(x, 1, np.array([[1, -2], [3, 0]]))
    assert found.shape == (2, 5, 5, 1)
    assert np.argwhere(found[0, :, :, 0]).tolist() == [[3, 0]]
    assert found[1].sum() == 0


def test_shifts_are_the_same_for_all_nets_of_a_seed_and_reach_both_ends():
    one, same = (family.shifts(np.random.default_rng((0, 1)), 400, 6) for _ in range(2))
    assert np.array_equal(one, same)
    assert (one.min(), one.max()) == (-6, 6)

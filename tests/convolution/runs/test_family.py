"""The experiment on dense, local, tiled and shared layers in small."""

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse import datasets, records
from deepcourse.convolution.runs import family, one_layer

S = family.QUICK
KINDS = tuple(family.BEFORE)


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")


def said(_, source, kind, task, rate, seed):
    """What a run might say: more by assumptions, less from another seed where all is shared, less off the best rate."""
    read = 0.3 + 0.1 * KINDS.index(kind) - 0.01 * seed * (kind == "shared") - 2 * abs(rate - 0.03)
    return {"validation": read, "centred": read, "shifted": read - 0.1 - 0.1 * (task == "centred")}


@pytest.fixture
def values(tmp_path, monkeypatch):
    monkeypatch.setattr(one_layer, "of_a_run", said)
    records.make("convolution/family", family.measure, S, tmp_path)
    return records.read("convolution/family", tmp_path)["values"]


def test_each_net_has_the_best_rate_of_a_grid_that_ends_on_neither_side_of_it(values):
    for kind in KINDS:
        for task in family.TASKS:
            assert values[kind]["digits"][f"{task}_rate"] == 0.03
            assert values[kind]["digits"][f"{task}_ties"] == 0


def test_gains_are_those_of_pairs_and_have_their_range(values):
    shared, tiled = values["shared"]["digits"], values["tiled"]["digits"]
    assert shared["accuracy_gain"] == pytest.approx(100 * (shared["accuracy"] - tiled["accuracy"]))
    assert shared["accuracy_gain"] == pytest.approx(9.5)
    assert (shared["accuracy_gain_lowest"], shared["accuracy_gain_highest"]) == pytest.approx((9, 10))
    assert shared["shifted_accuracy_ahead_of_dense"] == pytest.approx(29.5)
    assert values["shared_multiply_adds"]["digits"]["pushed_accuracy_gain"] == pytest.approx(10)
    assert values["tiled_multiply_adds"]["digits"]["accuracy_gain"] == pytest.approx(30)  # over the local one
    assert "accuracy_gain" not in values["dense"]["digits"]
    assert shared["shifted_accuracy"] - shared["pushed_accuracy"] == pytest.approx(0.1)


def test_nets_have_the_weights_or_the_multiply_adds_of_the_dense_and_the_local_one():
    n = family.Settings().net
    spent = {k: one_layer.spent(n, k, 28, one_layer.channels(n, k, 28)) for k in KINDS}
    for kind in ("local", "tiled", "shared"):
        assert spent[kind]["weights"] == pytest.approx(spent["dense"]["weights"], rel=0.01)
    assert spent["local"]["multiply_adds"] == pytest.approx(spent["dense"]["multiply_adds"], rel=0.04)
    for kind in ("tiled_multiply_adds", "shared_multiply_adds"):
        assert spent[kind]["multiply_adds"] == spent["local"]["multiply_adds"]
        assert spent[kind]["weights"] < spent["local"]["weights"] / 3


def test_a_search_goes_on_until_the_best_has_neighbours():
    tried = []

    def run(half, seed):
        tried.append((half, seed))
        return {"validation": -abs(half + 1) + seed}

    best, found = family.search(run, -5, (0, 1))
    assert best == -1
    assert sorted(found) == [-6, -5, -4, -3, -2, -1, 0]
    assert len(tried) == len(set(tried)) == 14


def test_a_rate_that_is_as_good_from_some_seed_is_a_tie():
    found = {h: [{"validation": v} for v in read] for h, read in {-6: (1, 3), -5: (2, 3), -4: (1, 2.9)}.items()}
    assert family.ties(-5, found) == 1


def test_a_net_learns_and_has_the_weights_that_are_counted():
    found = one_layer.of_a_run(S.net, datasets.digits(), "tiled", "centred", 0.01, 0)
    assert found["validation"] > 0.5
    assert found["centred"] > found["shifted"]


def test_a_run_again_reads_the_same_and_another_seed_something_else():
    n = replace(S.net, epochs=1)
    one, same, other = (one_layer.of_a_run(n, datasets.digits(), "shared", "shifted", 0.01, seed) for seed in (0, 0, 1))
    assert one == same != other


@pytest.mark.parametrize("kind", ["dense", "shared", "shared_multiply_adds"])
def test_scores_and_slopes_are_those_of_keras(kind):
    n, labels = S.net, np.array([3, 1, 4])
    x = one_layer.moved(datasets.digits().images[:3], n.margin, np.zeros((3, 2), int))
    net, table = one_layer.started(n, kind, 8, 0)
    net = {name: w.astype(np.float64) for name, w in net.items()}
    net["b"] += 0.1
    window, places, _ = one_layer.laid(n, kind, 8)
    seen = one_layer.cut(x.astype(np.float64), window, n.stride)
    k = net["w"].shape[2]
    first = keras.layers.Conv2D(k, window, n.stride, activation="relu", dtype="float64")
    last = keras.layers.Dense(10, dtype="float64")
    flat = keras.layers.Flatten(dtype="float64")
    model = keras.Sequential([keras.Input(x.shape[1:], dtype="float64"), first, flat, last])
    weights = [net["w"].reshape(window, window, 1, k), net["b"][0], net["out"].reshape(places**2 * k, 10), net["c"]]
    model.set_weights(weights)
    with tf.GradientTape() as tape:
        found = model(x.astype(np.float64))
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, found))
    np.testing.assert_allclose(one_layer.scores(net, table, seen)[0], found, atol=1e-10)
    slopes = one_layer.slopes(net, table, seen, labels)
    theirs = tape.gradient(loss, model.trainable_variables)
    for name, slope in zip(("w", "b", "out", "c"), theirs, strict=True):
        np.testing.assert_allclose(slopes[name].ravel(), np.ravel(slope), atol=1e-10)


def test_a_picture_is_moved_down_and_to_the_right_and_cut_off_there():
    x = np.zeros((2, 3, 3), np.uint8)
    x[:, 1, 1] = 255
    found = one_layer.moved(x, 1, np.array([[1, -2], [3, 0]]))
    assert found.shape == (2, 5, 5, 1)
    assert np.argwhere(found[0, :, :, 0]).tolist() == [[3, 0]]
    assert found[1].sum() == 0


def test_shifts_are_the_same_for_all_nets_of_a_seed_and_reach_both_ends():
    one, same = (one_layer.shifts(np.random.default_rng((0, 1)), 400, 6) for _ in range(2))
    assert np.array_equal(one, same)
    assert (one.min(), one.max()) == (-6, 6)

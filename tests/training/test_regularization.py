"""Regularization, one function a method, against the library and by hand."""

import keras
import numpy as np
import pytest
from deepcourse.training.regularization import l2, limit, shifted, smooth, stop

RNG = np.random.default_rng(0)


def test_a_penalty_and_its_slope_are_keras_own_and_each_other_s():
    w = RNG.normal(size=(4, 3))
    loss, g = l2(w, 0.3)
    assert loss == pytest.approx(float(keras.regularizers.L2(0.15)(w)), rel=1e-6)
    push = 1e-5 * np.eye(12).reshape(12, 4, 3)
    slopes = [(l2(w + each, 0.3)[0] - l2(w - each, 0.3)[0]) / 2e-5 for each in push]
    np.testing.assert_allclose(g.ravel(), slopes, rtol=1e-8)


def test_columns_that_are_too_long_are_scaled_back_as_keras_does():
    w = RNG.normal(size=(4, 50))
    found = limit(w, 1.5)
    np.testing.assert_allclose(found, keras.constraints.MaxNorm(1.5, axis=0)(w), rtol=1e-5)
    short = np.linalg.norm(w, axis=0) < 1.5
    assert short.any()
    assert not short.all()
    np.testing.assert_array_equal(found[:, short], w[:, short])
    assert not limit(np.zeros((2, 3)), 1).any()


@pytest.mark.parametrize(
    ("losses", "patience", "place"),
    [
        ([3], 1, 0),
        ([3, 2, 1], 1, 2),
        ([3, 1, 2, 0], 1, 1),
        ([3, 1, 2, 0], 2, 3),
        ([1, 1, 0], 1, 0),
        ([2, 3, 3, 1], 3, 3),
        ([3, 3, 5, 1], 2, 0),  # an equal loss isn't a lower one, and the first is the lowest so far
    ],
)
def test_one_goes_back_to_the_lowest_loss_before_patience_ends(losses, patience, place):
    assert stop(losses, patience) == place


def test_it_stops_where_keras_stops():
    losses = np.abs(np.linspace(-2, 2, 60)) + 0.2 * RNG.normal(size=60)
    for patience in (1, 3, 8, 60):
        watch = keras.callbacks.EarlyStopping(patience=patience, restore_best_weights=True)
        watch.set_model(keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]))
        watch.model.stop_training = False
        watch.on_train_begin()
        for i, loss in enumerate(losses):
            watch.on_epoch_end(i, {"val_loss": loss})
            if watch.model.stop_training:
                break
        assert stop(losses, patience) == watch.best_epoch


def test_each_picture_moves_as_a_whole_and_all_moves_are_equally_likely():
    images = np.zeros((5000, 5, 7))
    images[:, 2, 3] = 1
    moved = shifted(images, 2, np.random.default_rng(0))
    assert (moved.sum(axis=(1, 2)) == 1).all()
    counts = moved.sum(axis=0)
    assert (counts[:, 1:6] > 150).all(), "a move is missing, or rare"  # 200 each
    assert counts.sum() == counts[:, 1:6].sum()
    np.testing.assert_array_equal(shifted(images, 0, np.random.default_rng(0)), images)


def test_zeros_move_in_and_not_the_pixel_at_the_edge():
    edge = np.zeros((200, 1, 3))
    edge[:, :, 0] = 5
    assert set(shifted(edge, 1, np.random.default_rng(0)).sum(axis=(1, 2))) == {0, 5}


def test_what_leaves_a_picture_doesn_t_come_back_on_the_other_side():
    moved = shifted(np.ones((400, 3, 3)), 2, np.random.default_rng(0))
    assert {n for n in moved.sum(axis=(1, 2))} == {1, 2, 3, 4, 6, 9}


def test_soft_targets_are_those_of_keras():
    labels = np.array([2, 0, 3])
    z = RNG.normal(size=(3, 4))
    hard = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.2)
    soft = keras.losses.CategoricalCrossentropy(from_logits=True)
    assert float(hard(np.eye(4)[labels], z)) == pytest.approx(float(soft(smooth(labels, 0.2, 4), z)), rel=1e-6)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: l2([1.0], -1), "decay: got -1, expected at least 0"),
        (lambda: l2(["a"], 1), "w: got"),
        (lambda: limit([[1.0]], 0), "longest: got 0, expected above 0"),
        (lambda: limit([1.0], 1), "w: got"),
        (lambda: stop([], 1), "losses: got"),
        (lambda: stop([1.0], 0), "patience: got 0, expected a whole number from 1"),
        (lambda: stop([1.0], True), "patience: got True"),
        (lambda: shifted([[1.0]], 1, np.random.default_rng(0)), "images: got"),
        (lambda: shifted([[[1.0]]], 1.5, np.random.default_rng(0)), "most: got 1.5"),
        (lambda: shifted([[[1.0]]], 1, 0), "rng: got"),
        (lambda: smooth([4], 0.1, 4), "labels: got"),
        (lambda: smooth([1], 1.1, 4), "spread: got 1.1"),
    ],
)
def test_what_can_t_be_is_refused_by_name(wrong, said):
    with pytest.raises(ValueError, match=said):
        wrong()

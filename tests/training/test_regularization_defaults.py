"""In what Keras' regularization differs from ours without saying so: the list of the page."""

import inspect

import keras
import numpy as np
import pytest
from deepcourse.gradflow.dropout import dropout_forward
from deepcourse.training.regularization import limit, shifted


def test_adamw_lets_biases_decay_until_they_are_excluded():
    ends = []
    for excluded in (False, True):
        layer = keras.layers.Dense(1, bias_initializer="ones", kernel_initializer="ones")
        layer.build((None, 1))
        optimizer = keras.optimizers.AdamW(0.1, weight_decay=1.0)
        if excluded:
            optimizer.exclude_from_weight_decay(var_names=["bias"])
        optimizer.build(layer.trainable_variables)
        optimizer.apply([keras.ops.zeros_like(v) for v in layer.trainable_variables], layer.trainable_variables)
        ends.append([float(np.ravel(v)[0]) for v in (layer.kernel, layer.bias)])
    assert ends == [pytest.approx([0.9, 0.9]), pytest.approx([0.9, 1.0])]


def once(optimizer):
    w = keras.Variable(np.ones(1))
    optimizer.build([w])
    optimizer.apply([keras.ops.zeros_like(w)], [w])
    return float(w.numpy()[0])


def test_adamw_decays_unasked_and_adam_decays_beside_the_step():
    assert keras.optimizers.AdamW().weight_decay == 0.004
    assert once(keras.optimizers.AdamW(0.5)) == pytest.approx(1 - 0.5 * 0.004)
    assert once(keras.optimizers.AdamW(0.5, weight_decay=0.0)) == once(keras.optimizers.Adam(0.5)) == 1
    assert once(keras.optimizers.Adam(0.5, weight_decay=0.1)) == pytest.approx(0.95), "its decay isn't beside the step"


def test_early_stopping_keeps_the_last_weights_by_default():
    assert not keras.callbacks.EarlyStopping().restore_best_weights
    assert keras.callbacks.EarlyStopping().patience == 0


def test_dropout_is_ours_and_is_off_without_training():
    x = np.ones((200, 500), "float32")
    layer = keras.layers.Dropout(0.2, seed=0)
    np.testing.assert_array_equal(layer(x), x)
    found, ours = np.asarray(layer(x, training=True)), dropout_forward(x, 0.2, np.random.default_rng(0))[0]
    for y in (found, ours):
        assert set(np.unique(y.round(5))) == {0, np.float32(1.25)}
        assert y.mean() == pytest.approx(1, abs=0.01)


def test_translation_takes_shares_moves_by_parts_of_a_pixel_and_mirrors():
    x = np.zeros((50, 8, 8, 1), "float32")
    x[:, :, 0] = 1
    keras.utils.set_random_seed(0)
    mirrored = np.asarray(keras.layers.RandomTranslation(0, 0.25, seed=0)(x, training=True))
    zeros = keras.layers.RandomTranslation(0, 0.25, fill_mode="constant", seed=0)
    filled = np.asarray(zeros(x, training=True))
    assert ((mirrored > 0.01) & (mirrored < 0.99)).any(), "it moves by whole pixels"
    assert mirrored.sum(axis=(1, 2, 3)).max() > 8.5, "nothing is mirrored in"
    assert filled.sum(axis=(1, 2, 3)).max() < 8.5
    assert mirrored[:, :, 4:-2].max() == 0, "it moves by more than a quarter of the width"
    ours = shifted(x[..., 0], 2, np.random.default_rng(0))
    assert set(np.unique(ours)) == {0, 1}


def test_max_norm_limits_columns_of_the_kernel_alone():
    w = np.random.default_rng(0).normal(size=(4, 5)).astype("float32")
    layer = keras.layers.Dense(5, kernel_constraint=keras.constraints.MaxNorm(1.5))
    np.testing.assert_allclose(layer.kernel_constraint(w), limit(w, 1.5), rtol=1e-5)
    assert layer.bias_constraint is None
    assert keras.layers.Dense(5).kernel_constraint is None


def test_the_sparse_loss_has_no_label_smoothing():
    def names(loss):
        return inspect.signature(loss).parameters

    assert "label_smoothing" in names(keras.losses.CategoricalCrossentropy)
    assert "label_smoothing" not in names(keras.losses.SparseCategoricalCrossentropy)

"""Softmax with cross-entropy: its mean over a batch, and prediction minus truth."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse.gradflow.gradcheck import central_difference
from deepcourse.gradflow.loss import softmax_cross_entropy
from hypothesis import example, given
from hypothesis import strategies as st


def case(seed, b, k, scale=3.0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(b, k), scale=scale), rng.integers(0, k, b)


@given(b=st.integers(1, 5), k=st.integers(1, 7), seed=st.integers(0, 2**31))
@example(b=1, k=1, seed=0)
def test_loss_and_gradient_equal_central_differences_and_the_tape(b, k, seed):
    logits, labels = case(seed, b, k)
    found, dlogits = softmax_cross_entropy(logits, labels)
    z = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(z)
        twin = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, z))
    measured = central_difference(lambda a: softmax_cross_entropy(a, labels)[0], logits)
    assert abs(found - float(twin)) < 1e-12
    assert np.abs(dlogits - measured).max() < 1e-8
    assert np.abs(dlogits - tape.gradient(twin, z)).max() < 1e-14


@pytest.mark.equation("gradflow/loss")
def test_the_loss_is_the_mean_of_log_sum_exp_minus_the_true_score(proof):
    z, y = case(1, 4, 5)
    proof.tex(L=softmax_cross_entropy(z, y)[0], z=z, t=y, B=4)


@pytest.mark.equation("gradflow/loss-dlogits")
def test_the_gradient_is_prediction_minus_truth_over_the_batch(proof):
    z, y = case(2, 4, 5)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    proof.tex(dz=softmax_cross_entropy(z, y)[1], p=p, t=y, B=4)
    measured = central_difference(lambda a: softmax_cross_entropy(a, y)[0], z)
    proof.tex(dz=measured, p=p, t=y, B=4, tolerance=1e-7)


def test_what_the_scores_of_one_example_hear_sums_to_zero():
    z, y = case(3, 6, 9)
    dz = softmax_cross_entropy(z, y)[1]
    assert np.abs(dz).max() > 0.01
    assert np.abs(dz.sum(axis=1)).max() < 1e-14


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_logits_of_a_thousand_are_finite_and_right(dtype):
    found, dlogits = softmax_cross_entropy(np.array([[1000, -1000], [-1000, 1000]], dtype), np.array([0, 0]))
    assert found.dtype == dlogits.dtype == dtype
    assert float(found) == 1000.0
    assert dlogits.tolist() == [[0, 0], [-0.5, 0.5]]


def test_even_bets_on_ten_classes_cost_log_ten():
    assert softmax_cross_entropy(np.zeros((3, 10)), np.array([7, 0, 9]))[0] == pytest.approx(np.log(10), rel=1e-14)


@pytest.mark.parametrize(
    ("logits", "labels", "says"),
    [
        (np.ones(3), [0], r"logits: got shape \(3,\)"),
        (np.ones((0, 3)), np.zeros(0, int), r"logits: got shape \(0, 3\), expected \(B, K\), B > 0"),
        (np.ones((2, 3)), np.array([0]), r"labels: got shape \(1,\), expected \(2,\)"),
        (np.ones((2, 3)), np.array([0, 3]), r"labels: got 0 .. 3, expected 0 .. 2"),
        (np.ones((2, 3)), np.array([0, -1]), r"labels: got -1 .. 0, expected 0 .. 2"),
        (np.ones((2, 3)), np.array([0.0, 1.0]), r"labels: got dtype float64, expected integers"),
    ],
)
def test_bad_input_is_named_with_what_was_expected(logits, labels, says):
    with pytest.raises(ValueError, match=says):
        softmax_cross_entropy(logits, labels)


def test_keras_divides_by_the_batch_once_unless_its_reduction_is_a_sum():
    logits, labels = case(4, 6, 3)
    for reduction, times in (("sum_over_batch_size", 1), ("sum", 6)):
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction=reduction, dtype="float64")
        z = tf.constant(logits)
        with tf.GradientTape() as tape:
            tape.watch(z)
            y = loss(labels, z)
        np.testing.assert_allclose(tape.gradient(y, z), times * softmax_cross_entropy(logits, labels)[1], rtol=1e-10)
    assert keras.losses.SparseCategoricalCrossentropy().reduction == "sum_over_batch_size"

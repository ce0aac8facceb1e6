"""How a net learns from a wrong gradient: the nets are those of the first screen, and a fixed matrix is one."""

import numpy as np
import pytest
from deepcourse import records
from deepcourse.datasets import digits
from deepcourse.gradflow.activations import relu_backward
from deepcourse.gradflow.gradcheck import relative_error
from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.gradflow.matmul import dense_backward
from deepcourse.gradflow.runs import feedback
from deepcourse.gradflow.runs import wrong_gradients as wrong

FEW = wrong.Settings(epochs=2, reported=(1,), seeds=2, batch=128)


@pytest.fixture(scope="module")
def data():
    return wrong.prepare(digits())


@pytest.mark.parametrize("name", ["right", "transpose"])
def test_an_epoch_says_what_the_run_of_the_first_screen_says(name, data):
    found = feedback.train(feedback.NETS[name], data, FEW, 1, 2)
    accuracy, losses, cosines, (_, after) = wrong.train(wrong.VARIANTS[name], data, FEW, 1)
    assert (found.accuracy[-1], found.loss, found.cosine) == (accuracy, losses, cosines)
    assert found.likeness[-1] == after


def test_what_stands_for_w_is_fixed_and_the_other_gradients_are_right():
    rng = np.random.default_rng(0)
    dy, x, w, other = rng.normal(size=(6, 4)), rng.normal(size=(6, 3)), *rng.normal(size=(2, 3, 4))
    dx, dw, db = feedback.through(other, dy, x, w)
    right = dense_backward(dy, x, w)
    assert relative_error(dx, dy @ other.T) == 0
    assert relative_error(dx, right[0]) > 0.1
    assert relative_error(dw, right[1]) == relative_error(db, right[2]) == 0
    assert all(np.array_equal(a, b) for a, b in zip(feedback.through(w, dy, x, w), right, strict=True))


def test_a_net_with_random_feedback_turns_towards_it(data):
    found = feedback.train(feedback.NETS["random"], data, wrong.Settings(), 0, 6)
    assert found.likeness[-1] > found.likeness[0] + 0.05
    assert found.cosine[-1] > found.cosine[0] + 0.1


def test_w_resembles_its_transpose_most_in_the_directions_in_which_dy_is_large(data):
    (x, labels), _ = data
    parts, settings, rng = wrong.VARIANTS["transpose"], wrong.Settings(), np.random.default_rng(0)
    w, b = wrong.initial(rng, (64, 64, 64, 10))
    for _ in range(8):
        order = rng.permutation(len(x))
        for at in np.split(order[:1408], 44):
            wrong.step(w, b, x[at], labels[at], parts, settings, rng)
    logits, cache = wrong.forward(w, b, x, parts, settings.drop)
    _, dlogits = softmax_cross_entropy(logits, labels)
    dy = relu_backward(dense_backward(dlogits, *cache[2][:2])[0], cache[1][2])
    _, directions = np.linalg.eigh(dy.T @ dy)  # the smallest first

    def likeness(of):
        return wrong.cosine(of.T @ w[1], of.T @ w[1].T)

    assert likeness(directions[:, -5:]) > 0.1 + likeness(directions[:, :32])


def test_a_small_run_writes_a_record_and_a_row_for_each_epoch(tmp_path):
    path = records.make("gradflow/feedback", feedback.measure, FEW, tmp_path)
    values = records.read("gradflow/feedback", tmp_path)["values"]
    assert set(values) == set(feedback.NETS)
    table = records.read_table(path.with_suffix(".csv"))
    assert len(table["epoch"]) == 2 * 2 * len(feedback.NETS)
    rows = zip(table["variant"], table["epoch"], table["accuracy"], strict=True)
    last = [accuracy for *which, accuracy in rows if which == ["random", 2]]
    assert np.mean(last) == pytest.approx(values["random"]["test_accuracy"], abs=1e-4)

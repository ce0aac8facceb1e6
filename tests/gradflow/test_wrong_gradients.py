"""The experiment of post 1's first screen: right parts learn, and the check sees what it can."""

import json

import numpy as np
import pytest
from deepcourse.datasets import digits
from deepcourse.gradflow import wrong_gradients as wrong
from deepcourse.gradflow.check import central_difference, relative_error
from deepcourse.gradflow.loss import softmax_cross_entropy

SMALL = wrong.Settings(hidden=(6, 6), epochs=1, seeds=2)


@pytest.fixture(scope="module")
def data():
    return wrong.prepare(digits())


@pytest.fixture(scope="module")
def tiny(data):
    """Six pixels of each picture: few enough to push every weight."""
    return [(x[:, 20:26], labels) for x, labels in data]


@pytest.mark.parametrize(
    ("name", "right"), [("right", True), ("transpose", False), ("softplus", False), ("dropout", True)]
)
def test_the_check_sees_wrong_gradients_and_not_a_wrong_layer(name, right, tiny):
    error = wrong.gradient_error(wrong.VARIANTS[name], tiny, SMALL)
    assert error < 1e-7 if right else error > 0.1


def test_the_biases_of_the_right_net_have_right_gradients_too(tiny):
    x, labels = (part[:4] for part in tiny[0])
    w, b = wrong.initial(np.random.default_rng(0), (6, 6, 6, 10))
    parts = wrong.VARIANTS["right"]

    def loss(b):
        logits, cache = wrong.forward(w, b, x, parts, 0.2, np.random.default_rng(1))
        return *softmax_cross_entropy(logits, labels), cache

    _, dlogits, cache = loss(b)
    _, db = wrong.backward(dlogits, cache, parts, 0.2)
    for i, found in enumerate(db):
        measured = central_difference(lambda a, i=i: loss([*b[:i], a, *b[i + 1 :]])[0], b[i])
        assert relative_error(found, measured) < 1e-7


def test_pictures_are_rows_between_0_and_1(data):
    for (x, labels), count in zip(data, (1437, 360), strict=True):
        assert x.shape == (count, 64)
        assert labels.shape == (count,)
        assert (x.min(), x.max()) == (0, 1)


def test_the_right_net_learns_and_a_run_repeats_itself(data):
    settings = wrong.Settings(epochs=4)  # four means of losses, each below the one before
    found = [wrong.train(wrong.VARIANTS["right"], data, settings, 0) for _ in range(2)]
    assert found[0] == found[1]
    accuracy, losses = found[0]
    assert accuracy > 0.8
    assert losses == sorted(losses, reverse=True)
    assert len(losses) == 4


def test_a_quick_run_writes_a_record_and_its_seeds(tmp_path, monkeypatch):
    monkeypatch.setattr(wrong, "gradient_error", lambda *_: 0.5)
    settings = wrong.Settings(hidden=(64, 64), epochs=1, reported=(1,), seeds=2)
    path = wrong.run(settings, tmp_path, "x")
    values = json.loads(path.read_text())["values"]
    assert set(values) == set(wrong.VARIANTS)
    assert all(value["loss_in_epoch_1"] > 0 for value in values.values())
    rows = path.with_suffix(".csv").read_text().splitlines()
    assert len(rows) == 1 + 2 * len(wrong.VARIANTS)

"""The experiment of post 1's first screen: right parts learn, and the check sees what it can."""

import numpy as np
import pytest
from deepcourse import records
from deepcourse.datasets import digits
from deepcourse.gradflow.gradcheck import central_difference, relative_error
from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.gradflow.runs import wrong_gradients as wrong

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
    accuracy, losses, cosines, symmetry = found[0]
    assert max(map(abs, symmetry)) < 0.1
    assert accuracy > 0.8
    assert losses == sorted(losses, reverse=True)
    assert len(losses) == 4
    assert cosines == pytest.approx([1] * 4, abs=1e-12)


def test_without_the_transpose_the_first_layer_comes_to_turn_towards_its_gradient(data):
    _, losses, cosines, (before, after) = wrong.train(wrong.VARIANTS["transpose"], data, wrong.Settings(epochs=12), 0)
    assert abs(cosines[0]) < 0.2
    assert cosines[-1] > 0.3
    assert losses[-1] < losses[0]
    assert abs(before) < 0.1  # its second matrix comes to resemble its transpose
    assert after > before + 0.1


@pytest.mark.parametrize(("name", "moves"), [("right", True), ("transpose", True), ("frozen", False)])
def test_only_a_frozen_first_layer_keeps_its_weights_and_the_others_learn(name, moves, tiny):
    x, labels = (part[:8] for part in tiny[0])
    w, b = wrong.initial(np.random.default_rng(0), (6, 6, 6, 10))
    before = [a.copy() for a in w + b]
    wrong.step(w, b, x, labels, wrong.VARIANTS[name], SMALL, np.random.default_rng(1))
    moved = [not np.array_equal(old, new) for old, new in zip(before, w + b, strict=True)]
    assert moved == [moves, True, True] * 2


def test_a_missing_transpose_says_nothing_to_a_frozen_first_layer(data):
    settings, variants = wrong.Settings(epochs=1), wrong.VARIANTS
    transposed = variants["transpose"]._replace(frozen=True)
    runs = [wrong.train(parts, data, settings, 0)[:2] for parts in (variants["frozen"], transposed)]
    assert runs[0] == runs[1]


def test_the_step_goes_down_by_the_rate_times_the_gradient(tiny):
    x, labels = (part[:8] for part in tiny[0])
    w, b = wrong.initial(np.random.default_rng(0), (6, 6, 6, 10))
    parts = wrong.VARIANTS["right"]
    logits, cache = wrong.forward(w, b, x, parts, SMALL.drop, np.random.default_rng(1))
    loss, dlogits = softmax_cross_entropy(logits, labels)
    dw, db = wrong.backward(dlogits, cache, parts, SMALL.drop)
    wanted = [a - SMALL.rate * da for a, da in zip(w + b, dw + db, strict=True)]
    assert wrong.step(w, b, x, labels, parts, SMALL, np.random.default_rng(1)) == (loss, pytest.approx(1))
    for a, target in zip(w + b, wanted, strict=True):
        assert np.array_equal(a, target)


def test_a_small_run_writes_a_record_and_its_seeds(tmp_path, monkeypatch):
    monkeypatch.setattr(wrong, "gradient_error", lambda *_: 0.5)
    settings = wrong.Settings(hidden=(64, 64), epochs=1, reported=(1,), seeds=2)
    path = records.make("gradflow/wrong_gradients", wrong.measure, settings, tmp_path)
    values = records.read("gradflow/wrong_gradients", tmp_path)["values"]
    assert set(values) == set(wrong.VARIANTS)
    assert all(value["loss_in_epoch_1"] > 0 for value in values.values())
    assert values["right"]["cosine_in_first_epoch"] == pytest.approx(1)
    assert values["transpose"]["cosine_in_last_epoch"] < 0.5
    table = records.read_table(path.with_suffix(".csv"))
    assert table["seed"] == [0, 1] * len(wrong.VARIANTS)
    assert set(table["variant"]) == set(wrong.VARIANTS)
    assert np.mean(table["test_accuracy"][:2]) == pytest.approx(values["right"]["test_accuracy"], abs=1e-6)

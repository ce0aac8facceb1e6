"""What the page says in words of its records, and its formulas that no module has on its own."""

import csv
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from deepcourse import records
from deepcourse.datasets import digits
from deepcourse.mnist import data, train
from deepcourse.mnist.adam import SGD, Adam
from deepcourse.mnist.data import Part, split
from deepcourse.mnist.max_norm import MaxNormMLP
from deepcourse.mnist.model import MLP
from deepcourse.mnist.train import Run, score

RUNS = Path(__file__).parents[2] / "runs"


def errors(name="seeds"):
    found = {}
    with (RUNS / f"mnist/{name}.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["variant"], []).append(float(row["test_error"]))
    return {name: np.array(values) for name, values in found.items()}


def test_most_of_the_gain_is_the_hidden_layer():
    mean = {name: values.mean() for name, values in errors().items()}
    for bend in ("full", "sigmoid", "sgd", "no_dropout"):
        assert 0.18 < mean[bend] / mean["softmax"] < 0.25
    assert mean["softmax"] - mean["no_dropout"] > 10 * (mean["no_dropout"] - mean["full"])


def test_every_seed_with_sgd_or_without_dropout_is_worse_than_the_full_net_and_the_best_sigmoid_is_not():
    found = errors()
    assert found["sgd"].min() > found["full"].max()
    assert found["no_dropout"].min() > found["full"].max()
    assert found["sigmoid"].min() == pytest.approx(found["full"].max(), abs=2e-4)


def test_without_dropout_no_training_digit_is_wrong_at_any_seed():
    values = records.read("mnist/ingredients", RUNS)["values"]["no_dropout"]
    assert (values["train_accuracy"], values["train_accuracy_sd"]) == (1, 0)


def test_without_dropout_the_largest_rate_that_was_tried_did_best():
    settings = records.read("mnist/ingredients", RUNS)["settings"]
    assert settings["no_dropout"]["rate"] == max(settings["no_dropout"]["tried_rates"])
    for name in ("softmax", "full", "sigmoid", "sgd"):
        assert len(settings[name]["tried_rates"]) == 3
        assert settings[name]["rate"] in settings[name]["tried_rates"]


def test_the_spike_of_the_training_loss_is_one_seed_without_dropout():
    with (RUNS / "mnist/ingredients.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["variant"] == "no_dropout" and int(row["epoch"]) > 14]
    high = {(row["seed"], int(row["epoch"])) for row in rows if float(row["train_loss"]) > 0.0008}
    assert len({seed for seed, _ in high}) == 1
    assert sorted(epoch for _, epoch in high) == [15, 16, 17]


def test_four_units_are_silent_and_one_of_them_is_shown():
    values = records.read("mnist/pictures", RUNS)["values"]
    assert (values["silent_units"], values["silent_units_shown"]) == (4, 1)


@pytest.mark.parametrize(("name", "paper"), [("plain", 0.0125), ("max_norm", 0.0106)])
def test_the_published_net_meets_the_printed_error_within_what_the_test_set_can_tell(name, paper):
    values = errors("srivastava_seeds")[name]
    assert len(values) == 5
    assert values.mean() < paper + (paper * (1 - paper) / 10_000) ** 0.5  # its standard error


@pytest.mark.equation("mnist/squared-error-gradient", digest="b58e328d")
def test_gradient_of_a_squared_error_is_weighted_by_the_probability(proof):
    rng = np.random.default_rng(8)
    for y in range(5):
        z = tf.constant(rng.normal(size=5))
        with tf.GradientTape() as tape:
            tape.watch(z)
            loss = 0.5 * tf.reduce_sum((tf.nn.softmax(z) - tf.one_hot(y, 5, dtype=tf.float64)) ** 2)
        p = np.exp(z) / np.exp(z).sum()
        r = p - np.eye(5)[y]
        expected = [p[k] * (r[k] - sum(p[j] * r[j] for j in range(5))) for k in range(5)]
        proof(tape.gradient(loss, z), expected, 1e-12)


def test_a_net_that_is_sure_and_wrong_gets_no_gradient_from_a_squared_error_and_all_from_cross_entropy():
    p = np.exp([20.0, 0, 0]) / np.exp([20.0, 0, 0]).sum()
    r = p - np.eye(3)[2]
    assert abs(p * (r - p @ r)).max() < 1e-6
    assert abs(r).max() > 0.99


@pytest.mark.equation("mnist/adam-silence")
def test_a_gradient_after_a_long_silence_moves_by_the_square_root_of_ten_rates(proof):
    w = tf.Variable([1.0])
    optimizer = Adam([w])
    optimizer.t.assign(20_000.0)
    optimizer.apply([tf.constant([0.3])], 0.01)
    betas = {r"\beta_1": 0.9, r"\beta_2": 0.999}
    proof.tex(betas, w=[1.0, w.numpy()[0]], eta=0.01, t=range(1, 2), tolerance=1e-12, approx=1e-4)


def test_after_a_silence_the_step_grows_to_the_twelfth_and_never_beyond_the_bound():
    bound = (1 - 0.9) / ((1 - 0.999) * (1 - 0.9**2 / 0.999)) ** 0.5
    assert bound == pytest.approx(7.3, abs=0.05)
    m = v = 0.0
    steps = []
    for _ in range(200):
        m, v = 0.9 * m + 0.1, 0.999 * v + 0.001
        steps.append(m / v**0.5)
    assert np.argmax(steps) == 11
    assert steps[11] < bound
    # The worst sequence rises by beta2 / beta1 a step; it comes as near to the bound as one likes.
    m = v = 0.0
    for t in range(200):
        g = (0.999 / 0.9) ** t
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
    assert m / v**0.5 == pytest.approx(bound, rel=1e-9)


def test_the_surest_answers_promise_three_or_four_errors_and_hold_fourteen():
    with (RUNS / "mnist/predictions.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if float(row["confidence"]) > 0.99]
    wrong = sum(row["label"] != row["predicted"] for row in rows)
    assert 3 < sum(1 - float(row["confidence"]) for row in rows) < 4
    assert wrong == records.read("mnist/headline", RUNS)["values"]["sure_and_wrong"]
    assert wrong > 3 * 3.5
    assert 9000 < len(rows) < 9500


@pytest.mark.equation("mnist/adam-folded")
def test_folding_both_corrections_into_the_rate_is_the_same_step(proof):
    rng = np.random.default_rng(5)
    w, m, v = [np.ones(4)], [np.zeros(4)], [np.zeros(4)]
    ours = tf.Variable(tf.ones(4))
    optimizer = Adam([ours], epsilon=1e-3)
    for t in range(1, 21):
        g = rng.normal(size=4)
        optimizer.apply([tf.constant(g, tf.float32)], 0.01)
        m.append(0.9 * m[-1] + 0.1 * g)
        v.append(0.999 * v[-1] + 0.001 * g * g)
        root = (1 - 0.999**t) ** 0.5
        w.append(w[-1] - 0.01 * (m[-1] / (1 - 0.9**t)) / (v[-1] ** 0.5 / root + 1e-3 / root))
        proof(ours - 1, w[-1] - 1, 1e-4)
    bound = {r"\beta_1": 0.9, r"\beta_2": 0.999, r"\hat\epsilon": 1e-3}
    proof.tex(bound, w=w, m=m, v=v, eta=0.01, t=range(1, 21), tolerance=1e-12)


@pytest.mark.equation("mnist/max-norm")
def test_max_norm_scales_the_weights_into_a_unit_back_to_the_limit(proof):
    for limit in (1.2, 100.0):  # above of it all columns, and none
        net = MaxNormMLP((20, 30, 10), max_norm=limit, seed=4)
        before = [w.numpy().astype(float) for w in net.w]
        net.limit_norms()
        for w, found in zip(before, net.w, strict=True):
            assert np.allclose(found, w) == (limit == 100)
            proof.tex({r"\leftarrow w": found}, w=w, c=limit, tolerance=1e-6)


def test_pixels_up_to_255_kill_the_net_under_sgd_and_not_under_adam(monkeypatch):
    for module in (data, train):
        monkeypatch.setattr(module, "check", lambda *part: None)
    training, _, test = split(digits(), validation=200)
    raw, raw_test = Part(training.images * 255, training.labels), Part(test.images * 255, test.labels)
    found = {}
    for name, optimizer, rate in (("sgd", SGD, 0.1), ("adam", Adam, 0.003)):
        net = MLP((64, 128, 10))
        run = Run(net, optimizer(net.weights), rate, 5, batch_size=32)
        for _ in range(5):
            run.epoch(raw, raw_test)
        found[name] = float(score(net, *raw_test)[1]), run.history.numpy()[:, 0]
        hidden = raw_test.images @ net.w[0].numpy() + net.b[0].numpy()
        found[name] += ((hidden <= 0).all(axis=0).mean(),)
    assert found["sgd"][0] < 0.15
    assert found["sgd"][1][0] > 100
    assert found["sgd"][1][-1] == pytest.approx(np.log(10), abs=0.1)
    assert found["sgd"][2] > 0.9
    assert found["adam"][0] > 0.7

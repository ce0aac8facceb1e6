"""What the page says in words of its records, and its formulas that no module has on its own."""

import csv
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse import records
from deepcourse.datasets import digits
from deepcourse.mnist import data, train
from deepcourse.mnist.adam import SGD, Adam
from deepcourse.mnist.data import Part, split
from deepcourse.mnist.layers import dense, he_normal, relu, softmax_cross_entropy
from deepcourse.mnist.max_norm import MaxNormMLP
from deepcourse.mnist.model import MLP
from deepcourse.mnist.train import Run, score

RUNS = Path(__file__).parents[2] / "runs"
POST = (RUNS.parent / "docs/lessons/02-mnist-recipe.md").read_text(encoding="utf-8")


def errors(name):
    found = {}
    with (RUNS / f"mnist/{name}.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["variant"], []).append(float(row["test_error"]))
    return {name: np.array(values) for name, values in found.items()}


@pytest.mark.parametrize("name", ["ingredients", "fashion"])
def test_a_layer_without_a_bend_is_worth_no_more_than_none(name):
    values = records.read(f"mnist/{name}", RUNS)["values"]
    assert values["identity"]["test_error"] > 0.9 * values["softmax"]["test_error"]
    assert values["identity"]["test_error"] > 1.3 * values["full"]["test_error"]


@pytest.mark.parametrize("name", ["ingredients", "fashion"])
def test_each_best_rate_lies_between_two_that_were_tried(name):
    record = records.read(f"mnist/{name}", RUNS)
    for net, settings in record["settings"].items():
        rates = [each["rate"] for each in record["tried"][net]]
        assert rates == sorted(rates)
        assert rates[0] < settings["rate"] < rates[-1]
        best = max(record["tried"][net], key=lambda each: each["validation_accuracy"])
        assert settings["rate"] == best["rate"]


def apart(name, net):
    """By how many of its standard errors a net errs more than the full one."""
    values = records.read(f"mnist/{name}", RUNS)["values"][net]
    return values["test_more"] / values["test_more_se"]


def test_mnist_hardly_tells_the_ingredients_apart_but_the_bend():
    for net in ("no_dropout", "sigmoid", "momentum", "sgd"):
        assert abs(records.read("mnist/ingredients", RUNS)["values"][net]["test_more"]) < 0.2
    assert apart("ingredients", "identity") > 20


def test_on_fashion_mnist_adam_pays_and_dropout_costs():
    assert apart("fashion", "momentum") > 4
    assert apart("fashion", "no_dropout") < -4
    assert abs(apart("fashion", "sigmoid")) < 1
    values = records.read("mnist/fashion", RUNS)["values"]
    assert values["full"]["train_accuracy"] < values["no_dropout"]["train_accuracy"] - 0.04


def test_without_dropout_the_bend_removes_four_of_five_errors_on_digits_and_a_third_on_clothes():
    record = records.read("mnist/bend", RUNS)
    removed = {"mnist": 0.8, "fashion_mnist": 0.34}
    for name, nets in record["values"].items():
        softmax, relu = (nets[net]["test_error"] for net in ("softmax", "relu"))
        assert 1 - relu / softmax == pytest.approx(removed[name], abs=0.02)
        assert abs(nets["identity"]["test_error"] - softmax) < 0.002
        assert 0 < nets["sigmoid"]["test_more"] < 0.3
        for net, tried in record["tried"][name].items():
            rates = [each["rate"] for each in tried]
            assert rates[0] < record["settings"][name][net]["rate"] < rates[-1]


def test_decay_in_place_of_dropout_holds_the_loss_on_digits_and_does_better_on_clothes():
    values = records.read("mnist/decay", RUNS)["values"]
    for each in values.values():
        assert abs(each["full_adamw"]["test_more"]) < 2.5 * each["full_adamw"]["test_more_se"]
        assert each["no_dropout_adamw"]["loss_more"] < -10 * each["no_dropout_adamw"]["loss_more_se"]
        assert each["no_dropout_adamw"]["decay"] == 0.1
    digits_, clothes = values["mnist"]["instead"], values["fashion_mnist"]["instead"]
    assert abs(digits_["loss_more"]) < 2 * digits_["loss_more_se"]
    assert clothes["loss_more"] < -10 * clothes["loss_more_se"]
    assert clothes["test_more"] < -3 * clothes["test_more_se"]


def test_each_decay_lies_between_two_that_were_tried():
    record = records.read("mnist/decay", RUNS)
    for name, nets in record["tried"].items():
        for net, tried in nets.items():
            decays = [each["decay"] for each in tried]
            assert decays == sorted(decays)
            assert decays[0] < record["values"][name][f"{net}_adamw"]["decay"] < decays[-1]


def test_at_four_times_the_budget_adam_still_pays_and_dropout_no_longer_costs():
    assert apart("longer", "momentum") > 2
    assert apart("longer", "no_dropout") > 0
    values = records.read("mnist/longer", RUNS)["values"]
    assert values["no_dropout"]["test_loss"] > 2 * values["full"]["test_loss"]


def validation_losses(net):
    """By epoch, the mean over seeds."""
    found = {}
    with (RUNS / "mnist/ingredients.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["variant"] == net:
                found.setdefault(int(row["epoch"]), []).append(float(row["validation_loss"]))
    return np.array([np.mean(found[epoch]) for epoch in sorted(found)])


def test_without_dropout_the_validation_loss_rises_after_four_epochs_and_with_it_no_more_than_noise():
    without, full = validation_losses("no_dropout"), validation_losses("full")
    assert without.argmin() + 1 == 4
    assert without[-1] > 1.2 * without.min()
    assert full[-1] < 1.03 * full.min()


def test_without_dropout_validation_digits_are_misread_less_while_the_loss_on_them_rises():
    found = {}
    with (RUNS / "mnist/ingredients.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["variant"] == "no_dropout":
                found.setdefault(int(row["epoch"]), []).append(float(row["validation_accuracy"]))
    assert np.mean(found[30]) > np.mean(found[4]) + 0.005


def test_dropout_shows_in_the_log_loss_where_it_does_not_in_the_error():
    values = records.read("mnist/ingredients", RUNS)["values"]
    more = values["no_dropout"]["test_loss"] - values["full"]["test_loss"]
    assert more > 5 * max(values[net]["test_loss_sd"] for net in ("full", "no_dropout"))
    assert abs(apart("ingredients", "no_dropout")) < 1


def test_stopped_early_at_a_rate_that_falls_by_then_the_net_without_dropout_comes_close():
    values = records.read("mnist/early", RUNS)["values"]
    spread = max(values[net]["test_loss_sd"] for net in ("full", "best"))
    assert 2 * spread < values["best"]["gained"] < 0.01
    to_the_end = records.read("mnist/ingredients", RUNS)["values"]["no_dropout"]["test_loss"]
    assert values["best"]["test_loss"] < 0.8 * to_the_end
    lengths = sorted(n for n in values if n.startswith("of_"))
    assert min(lengths, key=lambda n: int(n[3:])) != (best := min(lengths, key=lambda n: values[n]["validation_loss"]))
    assert max(lengths, key=lambda n: int(n[3:])) != best


def test_what_dropout_does_to_few_digits_changes_its_sign_with_the_budget_and_few_test_digits_tell_neither():
    values = records.read("mnist/small", RUNS)["values"]
    short, long = values["of_15"], values["of_60"]
    assert short["bought"] < 0 < long["bought"]
    for each in (short, long):
        assert abs(each["bought"]) < 2 * each["bought_se"]
        assert each["none"]["train_accuracy"] > 0.999


def test_the_loop_of_the_page_has_the_rate_that_is_best_in_validation():
    record = records.read("mnist/small", RUNS)
    best = max(record["tried"], key=lambda each: each["validation_accuracy"])
    assert record["values"]["rate"] == best["rate"]
    assert f"rate = tf.constant({best['rate']} * (1 - done / steps))" in POST


def test_of_mixed_digits_the_net_reads_as_many_in_the_test_as_in_validation():
    mixed = records.read("mnist/small", RUNS)["values"]["mixed"]
    assert abs(mixed["test_accuracy"] - mixed["validation_accuracy"]) < 0.015


def test_two_rates_of_the_full_net_tie_on_the_validation_digits():
    tried = records.read("mnist/headline", RUNS)["tried"]["full"]
    assert sum(each["ties"] for each in tried) == 2


def test_adam_moves_the_rim_nearly_as_far_as_the_box_of_the_digits_and_momentum_a_third_of_it():
    moved = records.read("mnist/ingredients", RUNS)["values"]["moved"]
    assert moved["full"]["rim"] / moved["full"]["box"] > 0.9
    assert 0.28 < moved["momentum"]["rim"] / moved["momentum"]["box"] < 0.36
    assert moved["full"]["black"] == moved["momentum"]["black"] == 0


@pytest.mark.parametrize(("name", "paper"), [("plain", 0.0125), ("max_norm", 0.0106)])
def test_the_published_net_meets_the_printed_error_within_what_the_test_set_can_tell(name, paper):
    values = errors("srivastava_seeds")[name]
    assert len(values) == 3
    assert values.mean() < paper + (paper * (1 - paper) / 10_000) ** 0.5  # its standard error


def test_softmax_of_a_softmax_costs_at_least_the_fingerprint():
    rng = np.random.default_rng(0)
    p = np.vstack([np.eye(10), rng.dirichlet(np.ones(10) / 5, 200)]).astype(np.float32)
    losses = np.array([softmax_cross_entropy(p, np.full(len(p), k, np.int32)) for k in range(10)])
    assert losses.min() == pytest.approx(np.log(np.e + 9) - 1, abs=1e-5)
    assert np.log(np.e + 9) - 1 == pytest.approx(1.4612, abs=1e-4)


def test_from_weights_of_zero_only_the_last_bias_learns():
    x = np.random.default_rng(0).normal(size=(6, 5)).astype(np.float32)
    net = [tf.zeros((5, 4)), tf.zeros(4), tf.zeros((4, 3)), tf.zeros(3)]
    with tf.GradientTape() as tape:
        tape.watch(net)
        z = dense(relu(dense(x, *net[:2])), *net[2:])
        loss = tf.reduce_mean(softmax_cross_entropy(z, [0, 1, 2, 0, 1, 1]))
    assert [bool((g.numpy() != 0).any()) for g in tape.gradient(loss, net)] == [False, False, False, True]


def test_units_that_start_alike_stay_alike():
    x, _ = np.random.default_rng(0).normal(size=(6, 5)).astype(np.float32), None
    net = [tf.Variable(tf.fill(shape, 0.3)) for shape in ((5, 4), (4,), (4, 3), (3,))]
    adam = Adam(net)
    for _ in range(5):
        with tf.GradientTape() as tape:
            z = dense(relu(dense(x, *net[:2])), *net[2:])
            loss = tf.reduce_mean(softmax_cross_entropy(z, [0, 1, 2, 0, 1, 1]))
        adam.apply(tape.gradient(loss, net), 0.01)
    assert np.ptp(net[0].numpy(), axis=1) == pytest.approx(0, abs=1e-6)
    assert np.abs(net[0].numpy() - 0.3).max() > 0.01


def test_half_of_hes_variance_leaves_a_millionth_after_twenty_layers():
    scale = {}
    for factor in (1.0, 0.5**0.5):
        h = tf.random.stateless_normal((64, 256), (0, 0))
        for i in range(20):
            h = relu(dense(h, factor * he_normal((256, 256), (1, i)), tf.zeros(256)))
        scale[factor] = float(tf.reduce_mean(h**2))
    assert scale[0.5**0.5] / scale[1.0] == pytest.approx(2.0**-20, rel=1e-3)
    glorot = keras.initializers.GlorotUniform(seed=0)((256, 256)).numpy().var()
    assert glorot == pytest.approx(2 / 512, rel=0.02)


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


def test_max_norm_scales_the_weights_into_a_unit_back_to_the_limit():
    for limit in (1.2, 100.0):  # above of it all columns, and none
        net = MaxNormMLP((20, 30, 10), max_norm=limit, seed=4)
        before = [w.numpy().astype(float) for w in net.w]
        net.limit_norms()
        for w, found in zip(before, net.w, strict=True):
            assert np.allclose(found, w) == (limit == 100)
            np.testing.assert_allclose(found, w * np.minimum(1, limit / np.linalg.norm(w, axis=0)), rtol=1e-6)


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


def test_fashion_mnist_has_the_rates_of_mnist_but_for_four_nets():
    here, there = (records.read(f"mnist/{name}", RUNS)["settings"] for name in ("ingredients", "fashion"))
    other = {name for name in here if here[name]["rate"] != there[name]["rate"]}
    assert other == {"no_dropout", "whole_pictures", "momentum", "softmax"}
    assert there["no_dropout"]["rate"] == there["whole_pictures"]["rate"]

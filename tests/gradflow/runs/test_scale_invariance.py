"""The two experiments of gradflow 3: what they write down is what they claim."""

import re
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse import records
from deepcourse.datasets import digits
from deepcourse.gradflow import adam
from deepcourse.gradflow.gradcheck import central_difference, relative_error
from deepcourse.gradflow.runs import scale_invariance, variance
from deepcourse.gradflow.runs.scale_invariance import Settings, Variant, first_weights, gradients, train

SMALL = Settings(steps=40, decay_steps=40, seeds=2)
FEW = variance.Settings(batches=200)


@pytest.mark.parametrize("name", ["one", "without"])
def test_the_gradient_of_every_weight_equals_central_differences(name):
    variant, rng = scale_invariance.VARIANTS[name], np.random.default_rng(0)
    x, labels = rng.normal(size=(6, 5)), rng.integers(0, 10, 6)
    net = first_weights(1, 5, 4, 1.0)
    _, found = gradients(net, x, labels, variant, 1e-3)
    for weight, gradient in found.items():
        expected = central_difference(
            lambda value, weight=weight: gradients({**net, weight: value}, x, labels, variant, 1e-3)[0], net[weight]
        )
        if weight == "gamma" and name == "without":
            assert not gradient.any()
        else:
            assert relative_error(gradient, expected) < 1e-7


def test_with_constant_statistics_the_gradient_is_another_one():
    rng = np.random.default_rng(0)
    x, labels, net = rng.normal(size=(6, 5)), rng.integers(0, 10, 6), first_weights(1, 5, 4, 1.0)
    right, wrong = (
        gradients(net, x, labels, scale_invariance.VARIANTS[name], 1e-3)[1]["w"] for name in ("one", "constants")
    )
    assert relative_error(right, wrong) > 0.1


def test_a_net_in_use_answers_each_digit_alone_by_the_statistics_of_training():
    rng = np.random.default_rng(0)
    seen, x, labels, net = *rng.normal(size=(2, 40, 5)), rng.integers(0, 10, 40), first_weights(1, 5, 4, 1.0)
    for name in ("one", "without"):
        layer = scale_invariance.VARIANTS[name]
        alone = [scale_invariance.error(net, x[i : i + 1], labels[i : i + 1], seen, layer, 0.0) for i in range(40)]
        assert scale_invariance.error(net, x, labels, seen, layer, 0.0) == pytest.approx(np.mean(alone))


def test_the_same_seed_gives_the_same_run_and_another_one_does_not():
    (a, wrong), (b, same), (c, _) = (train(Variant(), SMALL, seed, 20) for seed in (0, 0, 1))
    assert np.array_equal(a, b)
    assert wrong == same
    assert not np.array_equal(a, c)


def test_ten_times_the_weights_at_a_hundred_times_the_rate_is_the_same_training():
    one, ten, slow = (train(Variant(*v), SMALL, 0, 40)[0].loss for v in ((), (10.0, 100.0), (10.0,)))
    np.testing.assert_allclose(one, ten, rtol=1e-10)
    assert slow[-10:].mean() > 2 * one[-10:].mean()


def test_the_record_has_every_value_and_every_variant(tmp_path):
    path = records.make("gradflow/scale_invariance", scale_invariance.measure, SMALL, tmp_path)
    record = records.read("gradflow/scale_invariance", tmp_path)
    values, variants = record["values"], record["settings"]["variants"]
    rates = values.pop("by_rate")
    assert values.keys() == variants.keys() == scale_invariance.VARIANTS.keys() | scale_invariance.DECAYED.keys()
    for kind, plain_one in {"with": "one", "without": "without"}.items():
        assert list(rates[kind]) == [f"times_{factor}" for factor in (1, 2, 4, 8, 16)]
        assert rates[kind]["times_1"]["loss"] == values[plain_one]["loss"]
        assert rates[kind]["times_2"]["loss"] != values[plain_one]["loss"]
    for name in scale_invariance.DECAYED:
        assert values[name]["turn_low"] < values[name]["turn"] < values[name]["turn_high"]
    plain = {"factor": 1, "rate_factor": 1, "decay": 0, "every_rate": 1, "held": False}
    assert variants["ten_hundredfold"] == plain | {"factor": 10, "rate_factor": 100}
    assert variants["decay_third"] == plain | {"factor": 0.3, "decay": 0.01}
    assert values["ten"]["start_difference"] < 1e-14
    assert values["ten_hundredfold"]["curve_difference"] < 1e-10
    for name in ("one", "ten", "tenth", "ten_hundredfold"):
        assert values[name]["pythagoras"] < 1e-12
        assert values[name]["cosine"] < 1e-12
        assert values[name]["growth"] >= 1
    assert values["without"]["cosine"] > 0.01
    table = records.read_table(path.with_suffix(".csv"))
    assert list(table) == ["variant", "seed", "step", "loss", "squared_length"]
    assert len(table["loss"]) == len(scale_invariance.VARIANTS) * 2 * (1 + 2)
    assert table["step"][:3] == [0, 10, 30]


def test_a_variance_run_writes_its_record(tmp_path):
    settings = variance.Settings(batches=50)
    records.make("gradflow/variance", variance.measure, settings, tmp_path)
    record = records.read("gradflow/variance", tmp_path)
    assert record["values"]["ratio_10000"]["one_pass"] > 1
    assert record["values"]["ratio_10000"]["two_pass"] < 1e-4
    assert record["settings"] == {"count": 256, "batches": 50, "dtype": "float32"}


def test_the_error_of_one_pass_grows_with_the_square_of_the_ratio():
    at = [np.median(np.abs(variance.errors(variance.one_pass, ratio, FEW))) for ratio in (10, 100, 1000)]
    np.testing.assert_allclose(np.diff(np.log10(at)), [2, 2], atol=0.3)


def test_taking_off_what_a_rounded_mean_has_added_cures_the_centred_form():
    two, cured = (
        np.median(np.abs(variance.errors(function, 100_000, FEW)))
        for function in (variance.two_pass, variance.corrected)
    )
    assert two > 1e-5
    assert cured < 1e-6


def test_keras_computes_two_passes_on_tensorflow_and_one_on_numpy_and_pytorch():
    x = np.random.default_rng(0).normal(10_000, 1, (256, 20)).astype("float32")
    two = keras.ops.moments(x, axes=[0])[1].numpy()
    assert np.abs(two / x.astype(float).var(0) - 1).max() < 1e-3
    backends = Path(keras.__file__).parent / "src/backend"
    for name in ("numpy", "torch"):
        source = (backends / name / "nn.py").read_text(encoding="utf-8")
        moments = source.split("def moments(")[1].split("\ndef ")[0]
        assert re.search(r"square\(x\),[^-]*\)\s*- \w+\.square\(mean\)", moments)
        assert re.search(r"faster\s+# but less numerically stable", moments)
    source = (backends / "tensorflow/nn.py").read_text(encoding="utf-8")
    synchronized = source.split("def _compute_moments_sync(")[1].split("\ndef ")[0]
    assert "y_squared_mean - tf.square(mean)" in synchronized


def test_at_a_ratio_of_a_hundred_thousand_the_corrected_variance_is_exact_and_the_data_are_what_is_off():
    drawn = np.random.default_rng(100_000).normal(100_000, 1, (FEW.count, FEW.batches))
    x = drawn.astype(np.float32)
    exact = x.astype(float).var(0)
    assert (x * 128 % 1 == 0).all()
    np.testing.assert_array_equal(variance.corrected(x), exact.astype(np.float32))
    two = np.median(np.abs(variance.two_pass(x) / exact - 1))
    assert np.median(np.abs(exact / drawn.var(0) - 1)) == pytest.approx(two, rel=0.5)


def test_with_adam_ten_times_the_weights_ask_for_ten_times_the_rate():
    data = digits()
    x = data.images.reshape(len(data.images), -1) / 255

    def losses(factor, rate_factor):
        rng, net, found = np.random.default_rng(0), first_weights(0, 64, 16, factor), []
        m, v = ({name: np.zeros_like(a) for name, a in net.items()} for _ in range(2))
        for t in range(1, 61):
            batch = rng.integers(0, len(x), 64)
            loss, every = gradients(net, x[batch], data.labels[batch], Variant(), 0.0)
            found.append(loss)
            for name, g in every.items():
                rate = 0.003 * (rate_factor if name == "w" else 1)
                adam.update(net[name], m[name], v[name], g, rate, t)
        return np.array(found)

    def apart(rate_factor):
        return np.abs(losses(10.0, rate_factor) / losses(1.0, 1.0) - 1).max()

    assert apart(10) < 1e-3
    assert apart(1) > 0.1
    assert apart(100) > 0.1


def test_adding_in_pairs_the_short_form_loses_less_than_a_third_as_much_and_grows_as_fast():
    rng, lost = np.random.default_rng(0), {}
    for ratio in (1000, 10_000):
        x = (ratio + rng.normal(size=(256, 300))).astype(np.float32)
        exact = x.var(axis=0, dtype=float)
        for name, a, axis in (("one by one", x, 0), ("in pairs", np.ascontiguousarray(x.T), 1)):
            short = (a * a).mean(axis=axis) - a.mean(axis=axis) ** 2
            lost[name, ratio] = np.median(abs(short / exact - 1))
    for ratio in (1000, 10_000):
        assert 0 < lost["in pairs", ratio] < lost["one by one", ratio] / 3
    for name in ("one by one", "in pairs"):
        assert 50 < lost[name, 10_000] / lost[name, 1000] < 200


def test_with_adamw_rate_times_decay_alone_sets_the_angle_a_tenth_below_the_formula():
    data = digits()
    x = data.images.reshape(len(data.images), -1) / 255

    def angle(rate, decay):
        rng, net, squares = np.random.default_rng(0), first_weights(0, 64, 16, 1.0), []
        m, v = ({name: np.zeros_like(a) for name, a in net.items()} for _ in range(2))
        for t in range(1, 3001):
            batch = rng.integers(0, len(x), 64)
            _, every = gradients(net, x[batch], data.labels[batch], Variant(), 0.0)
            old = net["w"].copy()
            net["w"] *= 1 - rate * decay
            for name, g in every.items():
                adam.update(net[name], m[name], v[name], g, rate if name == "w" else 0.003, t)
            lengths = [np.linalg.norm(w, axis=0) for w in (old, net["w"])]
            cosine = (old * net["w"]).sum(axis=0) / np.prod(lengths, axis=0)
            if t > 1500:
                squares.append(np.arccos(np.clip(cosine, -1, 1)) ** 2)
        return np.mean(squares) ** 0.5

    found = [angle(0.02, 0.1), angle(0.005, 0.4)]
    formula = (2 * 0.002 * 0.1 / 1.9) ** 0.5
    assert max(found) / min(found) < 1.05
    assert np.mean(found) / formula == pytest.approx(0.9, abs=0.05)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere TensorFlow may come without XLA")
def test_compiled_by_xla_tensorflow_finds_negative_variances_where_its_kernel_finds_none():
    x = np.random.default_rng(0).normal(10_000, 1, (256, 1, 1, 20)).astype("float32")

    def variances(x):
        return tf.compat.v1.nn.fused_batch_norm(x, tf.ones(20), tf.zeros(20), is_training=True)[2]

    assert np.abs(variances(x).numpy() / x.var((0, 1, 2), ddof=1, dtype=float) - 1).max() < 0.01
    assert tf.function(variances, jit_compile=True)(x).numpy().min() < 0


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere TensorFlow may come without XLA")
def test_the_layer_of_keras_finds_the_right_variances_compiled_by_xla_too():
    x = np.random.default_rng(0).normal(10_000, 1, (256, 20)).astype("float32")
    layer = keras.layers.BatchNormalization(momentum=0.0)  # of the running averages, the last batch is all
    layer.build(x.shape)
    for compiled in (False, True):
        layer.moving_variance.assign(np.zeros(20))
        y = tf.function(lambda x: layer(x, training=True), jit_compile=compiled)(x)
        assert np.abs(layer.moving_variance.numpy() / x.var(0, dtype=float) - 1).max() < 0.01
        np.testing.assert_allclose(y.numpy().std(0), 1, atol=0.01)

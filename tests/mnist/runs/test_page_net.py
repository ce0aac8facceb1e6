"""The net of the page: its bytes, and what its record says of them."""

import base64
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from deepcourse import datasets, records
from deepcourse.mnist import data
from deepcourse.mnist.runs import page_net, plan

RECORDED = Path(__file__).parents[3] / "runs"


def weights(sizes=(6, 4, 3)):
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape) for d, h in pairwise(sizes) for shape in ((d, h), (h,))]


def test_a_weight_comes_back_within_half_a_step_of_its_unit_and_a_bias_as_it_was():
    given = weights()
    layers = page_net.unpack(page_net.pack(given), (6, 4, 3))
    for (whole, scale, b), w, bias in zip(layers, given[::2], given[1::2], strict=True):
        np.testing.assert_array_equal(whole, np.round(whole))
        assert (np.abs(whole).max(axis=0) == 127).all()
        assert (np.abs(whole * scale - w) <= scale * 0.5001).all()
        np.testing.assert_allclose(b, bias, rtol=1e-6)


def test_logits_are_those_of_two_dense_layers_of_keras():
    layers = page_net.unpack(page_net.pack(weights()), (6, 4, 3))
    x = np.random.default_rng(1).random((5, 6))
    (w1, s1, b1), (w2, s2, b2) = layers
    hidden = tf.nn.relu(x @ (w1 * s1) + b1)
    np.testing.assert_allclose(page_net.logits(layers, x), hidden @ (w2 * s2) + b2, atol=1e-12)
    z = page_net.logits(layers, x)
    np.testing.assert_allclose(page_net.softmax(z), tf.nn.softmax(z), atol=1e-12)


def test_a_threshold_takes_answers_that_are_surer_and_counts_the_wrong_among_them():
    sure, right = np.array([0.5, 0.9, 0.95, 0.99]), np.array([False, False, True, True])
    assert page_net.answers(sure, right, 0.9) == {"answered": 0.5, "wrong": 0.0}
    assert page_net.answers(sure, right, 0.6) == {"answered": 0.75, "wrong": pytest.approx(1 / 3)}
    assert page_net.answers(sure, right, 0.999) == {"answered": 0.0, "wrong": 0.0}


def test_quickly_it_writes_weights_and_a_record_that_fit_each_other(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    net = replace(plan.small(page_net.FULL).nets["page"], sizes=(64, 16, 10))
    small = replace(page_net.FULL, nets={"page": net}, data="digits")
    records.make("mnist/page_net", page_net.measure, small, Path("runs"))
    record = records.read("mnist/page_net")
    packed = Path("runs/mnist/page_net.bin").read_bytes()
    assert record["values"]["bytes"] == len(packed) == 4 * 2 * (16 + 10) + 64 * 16 + 16 * 10
    test = data.split(datasets.digits(), 200)[2]
    z = page_net.logits(page_net.unpack(packed, (64, 16, 10)), test.images)
    assert record["values"]["rounded_accuracy"] == np.mean(z.argmax(1) == test.labels)
    assert record["thresholds"][0] == {
        "threshold": 0,
        "answered": 1.0,
        "wrong": pytest.approx(1 - record["values"]["rounded_accuracy"]),
    }
    agree(record, packed)


def test_the_recorded_weights_fit_a_page_and_give_the_recorded_answers():
    record, packed = records.read("mnist/page_net", RECORDED), (RECORDED / "mnist/page_net.bin").read_bytes()
    assert len(packed) <= 60_000
    assert abs(record["values"]["rounded_accuracy"] - record["values"]["test_accuracy"]) < 0.002
    agree(record, packed)


def agree(record, packed):
    """The digits to try have the answers of the packed net; the first ten are one of each class."""
    layers = page_net.unpack(packed, record["settings"]["sizes"])
    digits = record["digits"]
    assert [d["label"] for d in digits[:10]] == list(range(10))
    assert len(digits) > record["shown"] == 10
    for digit in digits:
        pixels = np.frombuffer(base64.b64decode(digit["pixels"]), np.uint8)
        p = page_net.softmax(page_net.logits(layers, pixels[None] / 255))[0]
        np.testing.assert_allclose(p, digit["probabilities"], atol=1e-6)
    assert all(np.argmax(d["probabilities"]) != d["label"] for d in digits[10:])

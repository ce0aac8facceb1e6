"""The nets that lack a part, in small, and what they are shown."""

import re
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse import datasets, records
from deepcourse.convolution.runs import parts, seeds
from keras.layers import GlobalMaxPool2D

S = parts.QUICK


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")


def said(s, source, net, seed):
    """What a run might say: one net reads more, and takes twice as long."""
    other = net == "conv"
    names = parts.views(s, source.test_images[:1], net)
    return {"weights": 7, "took": 1.0 + other, "right": dict.fromkeys(names, 0.5 + 0.2 * other + 0.1 * seed)}


def test_a_net_has_a_mean_and_the_range_of_its_seeds(tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "of_a_run", said)
    records.make("convolution/parts", parts.measure, S, tmp_path)
    record = records.read("convolution/parts", tmp_path)
    values = record["values"]
    found = values["conv"]["stand"]
    assert [found[f"accuracy{end}"] for end in ("_lowest", "", "_highest")] == pytest.approx([0.7, 0.75, 0.8])
    assert set(values["conv"]) - set(values["dense"]) == {"wide", "wide_right_1"}
    assert values["fit"] == {"conv_to_dense": 2, "conv_to_dense_low": 2, "conv_to_dense_high": 2}
    last = datasets.digits().test_images[:, :, -1]
    assert values["lost_ink"] == np.mean([picture.max() > 0 for picture in last])


def test_two_nets_from_more_seeds_are_those_of_the_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "of_a_run", said)
    records.make("convolution/seeds", seeds.measure, seeds.QUICK, tmp_path)
    values = records.read("convolution/seeds", tmp_path)["values"]
    assert set(values) == {"dense", "conv", "fit"}
    assert values["conv"]["right_1"]["accuracy_highest"] == pytest.approx(0.8)
    assert len(seeds.Settings().seeds) == 10


def test_a_net_learns_and_reads_all_views():
    found = parts.of_a_run(S, datasets.digits(), "one", seed=0)
    assert set(found["right"]) == {"stand", "right_1", "left_1"}
    assert found["weights"] == (9 + 1) * 64 + (64 + 1) * 10
    assert all(0 <= share <= 1 for share in found["right"].values())


def test_the_nets_are_those_of_the_page_and_lack_one_part_each():
    s, weights = parts.Settings(), {}
    for net in parts.NETS:
        layers = [keras.Input((28, 28, 1)), *parts.layers(s, net), keras.layers.Dense(10)]
        weights[net] = keras.Sequential(layers).count_params()
    assert (weights["dense"], weights["conv"], weights["same"]) == (27040, 26730, 26730)
    assert weights["two_dense"] == 27040 + 35 * 34
    assert weights["flat"] == 26730 + 15 * 64 * 10
    assert weights["one"] == 26 * 64 + 65 * 10


def test_the_columns_that_the_page_says_a_net_sees_are_those_on_which_its_values_depend():
    page = (Path(__file__).parents[3] / "docs/lessons/04-convolution.md").read_text(encoding="utf-8")
    said = re.findall(r"\| (\d+) \| \[= runs\.convolution\.parts\.(\w+)\.stand", page)
    assert [net for _, net in said] == list(parts.NETS)
    for many, net in said:
        layers = [each for each in parts.layers(parts.Settings(), net) if not isinstance(each, GlobalMaxPool2D)]
        model = keras.Sequential([keras.Input((28, 28, 1)), *layers])
        model.set_weights([np.abs(w) + 0.1 for w in model.get_weights()])  # so that no ReLU is off
        x = tf.ones((1, 28, 28, 1))
        with tf.GradientTape() as tape:
            tape.watch(x)
            total = tf.reduce_sum(model(x))
        heard = np.flatnonzero(tape.gradient(total, x).numpy().any(axis=(0, 1, 3)))
        assert heard.tolist() == list(range(int(many)))


def test_what_is_pushed_leaves_and_zeros_enter_from_either_side():
    row = np.arange(1, 6).reshape(1, 1, 5)
    assert parts.pushed(row, 2).tolist() == [[[0, 0, 1, 2, 3]]]
    assert parts.pushed(row, -2).tolist() == [[[3, 4, 5, 0, 0]]]


def test_in_a_wider_picture_nothing_leaves():
    found = parts.views(parts.Settings(), np.ones((1, 2, 28), int), "conv")
    assert found["wide"].shape == found["wide_right_4"].shape == (1, 2, 32)
    assert found["wide"].sum() == found["wide_right_4"].sum() == 56

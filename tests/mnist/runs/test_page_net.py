"""The net of the page: its bytes, and what its record says of them."""

import base64
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from deepcourse import datasets, records
from deepcourse.mnist import data
from deepcourse.mnist.runs import page_net, plan, rounded

RECORDED = Path(__file__).parents[3] / "runs"


def test_values_are_those_of_the_net_and_the_linear_ones_have_their_names():
    p = {
        "softmax": np.array([[0.9, 0.1], [0.6, 0.4]]),
        "identity": np.array([[0.7, 0.3], [0.2, 0.8]]),
        "page": np.array([[0.1, 0.9], [0.2, 0.8]]),
    }
    run = [{"test_accuracy": 0.5, "parameters": 7}]
    thinned = np.array([[[1, 0], [1, 0]], [[0.1, 0.9], [0.2, 0.8]], [[0.1, 0.9], [0.2, 0.8]]])
    values = page_net.values(dict.fromkeys(p, run), p, thinned, np.array([1, 1]))
    assert (values["rounded_accuracy"], values["wrong"]) == (1, 0)
    assert (values["softmax"]["rounded_accuracy"], values["softmax"]["wrong"]) == (0, 2)
    assert values["identity"]["rounded_accuracy"] == values["linear_agree"] == 0.5
    assert values["linear_apart"] == pytest.approx((0.2 + 0.4) / 2)
    assert values["thinned_accuracy"] == pytest.approx(2 / 3)
    assert values["mean_of_thinned_accuracy"] == 1


def test_a_moved_image_loses_what_leaves_it_and_gets_nothing_from_the_other_side():
    images = np.arange(1, 19).reshape(2, 9)
    np.testing.assert_array_equal(page_net.moved(images, 0), images)
    np.testing.assert_array_equal(page_net.moved(images, 2)[1], [0, 0, 10, 0, 0, 13, 0, 0, 16])
    np.testing.assert_array_equal(page_net.moved(images, -1)[1], [11, 12, 0, 14, 15, 0, 17, 18, 0])
    np.testing.assert_array_equal(page_net.moved(images, -3)[1], np.zeros(9))


def by_place(**until):
    """A net for each name, which reads class 0 as long as no ink has come to a column, then class 1."""

    def ask(images):
        ink = images.reshape(-1, 5, 5).any(axis=1)  # (B, 5)
        wrong = {name: ink[:, columns].any(axis=1) for name, columns in until.items()}
        return {name: np.stack([0.7 - 0.4 * w, 0.3 + 0.4 * w], axis=1) for name, w in wrong.items()}

    return ask


def dots(*columns):
    """An image for each column, of one dot in it; all are of class 0."""
    images = np.zeros((len(columns), 5, 5))
    images[np.arange(len(columns)), 2, columns] = 1
    return SimpleNamespace(images=images.reshape(-1, 25), labels=np.zeros(len(columns), int))


def test_to_try_are_a_digit_of_each_class_the_one_that_turns_and_the_surest_mistakes():
    labels = np.array([*range(10), 0, 0, 0, 0])
    p = {"page": np.eye(10)[labels]}
    p["page"][10:, 0], p["page"][10:, 1] = [0.4, 0.05, 0.3, 0.45], [0.6, 0.95, 0.7, 0.55]
    assert page_net.worth_a_try(labels, p, 12) == [*range(10), 12, 11, 10, 13]


def test_the_digit_that_turns_is_misread_by_all_and_after_a_push_read_by_the_bent_net_alone():
    ask = by_place(softmax=[0, 1, 2, 3, 4], identity=[1, 2, 3, 4], page=[1, 3, 4])

    def turned(test):
        return page_net.turned(ask, test, ask(test.images))

    assert turned(dots(4, 2, 1)) == (2, 1)  # the others are right, or stay wrong; to the left, identity reads it too
    assert turned(dots(0, 2, 3)) == (2, -1)
    said = page_net.about_turned(ask, dots(2, 3), 1, -1)
    assert (said["test_image"], said["label"], said["right"]) == (1, 0, -1)
    assert said["page"] == {"before": 1, "sure_before": 0.7, "read": 0, "sure": 0.7}
    assert said["softmax"] == {"before": 1, "sure_before": 0.7, "read": 1, "sure": 0.7}


def test_of_several_that_turn_it_is_the_surest_and_without_one_the_mistake_nearest_to_right():
    def ask(images):
        ink = images.reshape(-1, 5, 5).any(axis=1).argmax(axis=1)  # (B,) the column
        wrong = {"softmax": np.full(5, 0.4), "identity": np.full(5, 0.4), "page": np.array([0.4, 0.8, 0.45, 0.3, 0.9])}
        return {name: np.stack([right[ink], 1 - right[ink]], axis=1) for name, right in wrong.items()}

    assert page_net.turned(ask, dots(0, 3, 2), ask(dots(0, 3, 2).images)) == (1, 1)

    def still(images):
        return {name: np.stack([p[:, 0] / 2, 1 - p[:, 0] / 2], axis=1) for name, p in ask(images).items()}

    assert page_net.turned(still, dots(0, 2, 3), still(dots(0, 2, 3).images)) == (1, 0)


def test_the_digit_pushed_is_the_first_that_the_bent_net_alone_still_reads_on_its_way_to_the_right():
    ask = by_place(softmax=[2, 3, 4], identity=[3, 4], page=[4])
    test = dots(2, 0, 1)  # the first is misread where it stands
    assert page_net.parted(ask, test, [2, 0, 1]) == (1, 3)
    assert page_net.parted(ask, test, [2, 0]) == (2, 2)
    assert page_net.parted(by_place(softmax=[3], identity=[3], page=[3]), test, [2, 1]) == (1, 0)
    off = by_place(softmax=[4], identity=[4], page=[4])
    test.images[0, -2:] = 0.5  # its ink ends at the edge: there is no room
    assert page_net.parted(off, test, [0]) == (0, 0)


def test_ink_that_leaves_the_picture_ends_the_way():
    test = dots(1)
    test.images[0, 4] = 1  # and a dot in the last column
    ask = by_place(softmax=[2], identity=[2], page=[])
    assert page_net.parted(ask, test, [0]) == (0, 0)
    test.images[0, 4] = 0
    assert page_net.parted(ask, test, [0]) == (0, 1)


def test_of_what_is_pushed_the_record_says_how_each_net_reads_it_and_all_digits():
    ask = by_place(softmax=[2, 3, 4], identity=[3, 4], page=[])
    said = page_net.pushed(ask, dots(0, 0, 3), 0, 2)
    assert (said["test_image"], said["label"], said["right"]) == (0, 0, 2)
    assert said["softmax"] == {"read": 1, "sure": 0.7, "misread_from": 2, "pushed_accuracy": pytest.approx(1 / 3)}
    assert said["identity"]["read"] == 0
    assert said["identity"]["misread_from"] == 3
    assert said["page"]["misread_from"] == 0
    assert said["page"]["pushed_accuracy"] == 1


def test_the_three_nets_differ_in_the_layer_and_in_the_bend_alone():
    net, flat, soft = (page_net.FULL.nets[name] for name in ("page", "identity", "softmax"))
    assert flat == replace(net, activation="identity")
    assert soft == replace(net, sizes=(784, 10), drop_input=0.0)
    assert not page_net.FULL.search


def test_quickly_it_writes_weights_and_a_record_that_fit_each_other(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    sizes = {"softmax": (64, 10), "identity": (64, 16, 10), "page": (64, 16, 10)}
    nets, rate = plan.small(page_net.FULL).nets, 0.25
    nets = {name: replace(nets[name], sizes=each, drop_hidden=rate) for name, each in sizes.items()}
    small = replace(page_net.FULL, nets=nets, data="digits")
    records.make("mnist/page_net", page_net.measure, small, Path("runs"))
    record = records.read("mnist/page_net")
    packed = Path("runs/mnist/page_net.bin").read_bytes()
    two = 4 * 2 * (16 + 10) + 64 * 16 + 16 * 10
    assert record["values"]["bytes"] == len(packed) == 4 * 2 * 10 + 64 * 10 + 2 * two
    test = data.split(datasets.digits(), 200)[2]
    z = rounded.logits(rounded.unpack(packed, sizes)["page"], test.images)
    assert record["values"]["rounded_accuracy"] == np.mean(z.argmax(1) == test.labels)
    masks = rounded.masks(16, rate, page_net.THINNED)  # as it was trained
    thinned = [rounded.logits(rounded.unpack(packed, sizes)["page"], test.images, keep=k).argmax(1) for k in masks]
    assert record["values"]["thinned_accuracy"] == pytest.approx(np.mean(np.array(thinned) == test.labels))
    agree(record, packed)


def test_the_recorded_weights_fit_a_page_and_give_the_recorded_answers():
    record, packed = records.read("mnist/page_net", RECORDED), (RECORDED / "mnist/page_net.bin").read_bytes()
    assert len(packed) <= 120_000
    values = record["values"]
    for each in (values, values["softmax"], values["identity"]):
        assert abs(each["rounded_accuracy"] - each["test_accuracy"]) < 0.002
    assert abs(values["rounded_accuracy"] - values["mean_of_thinned_accuracy"]) < 0.005, "the whole net isn't the mean"
    assert values["pushed"]["right"] > 0
    shown = record["digits"][record["shown"]]
    assert np.argmax(shown["probabilities"]["page"]) != shown["label"]
    agree(record, packed)


def test_the_questions_below_the_figure_are_about_the_digits_that_the_record_says_are_pushed():
    values = records.read("mnist/page_net", RECORDED)["values"]
    turned, pushed = values["turned"], values["pushed"]
    asked = (RECORDED.parent / "docs/assets/live/mnist/draw.html").read_text(encoding="utf-8")
    push = f"All three nets misread this {turned['label']}. Push it to the left"
    choose = f"push the {pushed['label']}, no. {pushed['test_image']}, to the right"
    for question in (push, choose):
        assert question in " ".join(asked.split())
    assert turned["right"] == -1


def test_one_pixel_turns_the_digit_shown_first_for_the_bent_net_alone():
    record = records.read("mnist/page_net", RECORDED)
    turned = record["values"]["turned"]
    assert record["digits"][record["shown"]]["test_image"] == turned["test_image"]
    for name in ("softmax", "identity", "page"):
        assert turned[name]["before"] != turned["label"]
        assert (turned[name]["read"] == turned["label"]) is (name == "page")


def agree(record, packed):
    """The digits to try have the answers of the packed nets; the first ten are one of each class."""
    settings = record["settings"]
    nets = rounded.unpack(packed, {name: settings[name]["sizes"] for name in ("softmax", "identity", "page")})
    digits = record["digits"]
    assert [d["label"] for d in digits[:10]] == list(range(10))
    for digit in digits:
        x = pixels(digit)
        for name, layers in nets.items():
            p = rounded.softmax(rounded.logits(layers, x, name != "identity"))[0]
            np.testing.assert_allclose(p, digit["probabilities"][name], atol=1e-6)
    assert all(np.argmax(d["probabilities"]["page"]) != d["label"] for d in digits[10:])
    shown, pushed = digits[record["shown"]], record["values"]["pushed"]
    taken = next(digit for digit in digits if digit["test_image"] == pushed["test_image"])
    np.testing.assert_allclose(rounded.hidden(nets["page"], pixels(shown))[0], record["hidden"], atol=1e-6)
    assert pushed["label"] == taken["label"]
    x = page_net.moved(pixels(taken), pushed["right"])
    for name, layers in nets.items():
        p = rounded.softmax(rounded.logits(layers, x, name != "identity"))[0]
        assert (p.argmax(), p.max()) == (pushed[name]["read"], pytest.approx(pushed[name]["sure"], abs=1e-6))


def pixels(digit):
    return np.frombuffer(base64.b64decode(digit["pixels"]), np.uint8)[None] / 255

"""The runs on inception, in small: what is trained, what is counted, and that a killed run ends as an unbroken one."""

import base64
from dataclasses import replace

import keras
import numpy as np
import pytest
from deepcourse import datasets, records
from deepcourse.convolution.figures import branches, module
from deepcourse.convolution.runs import bottleneck, inception, inception_fit, module_time, modules, moving


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")


def test_pictures_move_by_their_own_shifts_and_some_are_turned():
    pictures = np.arange(1, 19).reshape(2, 3, 3)
    found = moving.moved(pictures, np.array([[1, 0], [0, -1]]))
    assert found[0].tolist() == [[0, 0, 0], [1, 2, 3], [4, 5, 6]]
    assert found[1].tolist() == [[11, 12, 0], [14, 15, 0], [17, 18, 0]]
    turned = moving.flipped(pictures, np.array([True, False]))
    assert turned[0, 0].tolist() == [3, 2, 1]
    assert np.array_equal(turned[1], pictures[1])


def test_a_run_that_goes_on_after_an_epoch_ends_as_one_that_never_stopped():
    s, source = inception.QUICK, datasets.digits()
    given = source.images[:256], source.labels[:256]
    whole = inception_fit.Training(s, 1, *given, seed=0)
    first = whole.epoch(0, None)
    last = whole.epoch(1, first["state"])
    again = inception_fit.Training(s, 1, *given, seed=0).epoch(1, first["state"])
    numbers = [np.frombuffer(base64.b64decode(each["state"]), "<f4") for each in (first, last, again)]
    np.testing.assert_allclose(numbers[2], numbers[1], atol=1e-5)
    assert np.abs(numbers[1] - numbers[0]).max() > 1e-3
    net = inception.restored(s, source, last["state"])
    read = inception.read(net, source.test_images, source.test_labels)
    assert read == pytest.approx(inception.read(whole.net, source.test_images, source.test_labels))


def test_the_record_has_means_of_both_data_sets(tmp_path, monkeypatch):
    shares = iter([0.5, 0.7, 0.6, 0.9])
    monkeypatch.setattr(inception, "trained", lambda *_: (None, []))
    monkeypatch.setattr(inception, "restored", lambda *_: keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]))
    monkeypatch.setattr(inception, "read", lambda *_: next(shares))
    records.make("convolution/inception", inception.measure, inception.QUICK, tmp_path)
    values = records.read("convolution/inception", tmp_path)["values"]
    assert values["mnist_accuracy"] == pytest.approx(0.55)
    assert values["fashion_accuracy"] == pytest.approx(0.8)
    assert values["fashion_accuracy_highest"] == 0.9


def test_two_nets_are_those_of_the_page_and_are_compared_seed_by_seed(tmp_path, monkeypatch):
    assert bottleneck.of_a_run(bottleneck.QUICK, datasets.digits(), "narrow", 0)["weights"] == sum(
        (9 + 1) * 32 if n == 0 else k for n, k in enumerate([0, 33 * 8, (72 + 1) * 64, 65 * 10])
    )

    behind = {"wide": 0, "narrow": 0.02, "few": 0.05, "thin": 0.03}

    def said(s, source, net, seed):
        found = {"weights": 7, "took": 1.0 + (net == "wide"), "accuracy": 0.5 + 0.1 * seed - behind[net]}
        shares = {f"at_{rank}": 0.01 * rank + 0.1 * seed for rank in s.ranks}
        return found | ({"kept": shares, "read": shares} if net == "wide" else {})

    monkeypatch.setattr(bottleneck, "of_a_run", said)
    records.make("convolution/bottleneck", bottleneck.measure, bottleneck.QUICK, tmp_path)
    values = records.read("convolution/bottleneck", tmp_path)["values"]
    assert values["narrow"]["behind"] == pytest.approx(2)
    assert values["fit"]["wide_to_narrow"] == 2
    assert values["wide"]["accuracy_highest"] == pytest.approx(0.6)
    assert [values[net]["behind_narrow"] for net in ("few", "thin")] == pytest.approx([3, 1])
    assert values["cut_kept"]["at_8"] == pytest.approx(0.13)


def test_nets_of_as_few_weights_have_about_as_few_and_a_kernel_that_is_not_cut_reads_as_before():
    s, source = bottleneck.QUICK, datasets.digits()
    found = {net: bottleneck.of_a_run(s, source, net, 0) for net in ("narrow", "few", "thin")}
    assert all(0.9 < each["weights"] / found["narrow"]["weights"] < 1.1 for each in found.values())
    whole = bottleneck.of_a_run(replace(s, ranks=(1, 32)), source, "wide", 0)
    assert whole["kept"]["at_32"] == pytest.approx(1)
    assert whole["read"]["at_32"] == whole["accuracy"]
    assert whole["kept"]["at_1"] < 0.5


def test_both_figures_show_what_is_counted_and_timed(tmp_path):
    records.make("convolution/modules", modules.measure, modules.QUICK, tmp_path)
    records.make("convolution/module_time", module_time.measure, module_time.QUICK, tmp_path)
    values = records.read("convolution/modules", tmp_path)["values"]
    assert values["module_3a"]["naive_products"] == 28 * 28 * (64 * 192 + 9 * 192 * 128 + 25 * 192 * 32)
    found = module.costs(modules.preset("3a"))
    assert found["now"]["all"] == (values["module_3a"]["weights"], values["module_3a"]["products"])
    assert found["naive"]["all"][0] == values["module_3a"]["naive_weights"]
    assert "163,328" in module.module(tmp_path).text
    timed = records.read("convolution/module_time", tmp_path)["values"]
    assert {"naive_to_bottleneck_low", "one_to_five_each", "second_high", "pool_ms"} <= set(timed)
    assert f"{timed['naive_ms']:.0f} ms" in branches.branches(tmp_path).text
    assert module_time.MODULES["naive"] == modules.naive(*modules.MODULES["3a"][2:])


def test_what_the_table_prints_is_what_its_widths_make_for_3a_and_3b_alone():
    for name in ("3a", "3b"):
        (thousands, millions), printed = modules.compared(name).values()
        assert abs(thousands - printed[0]) <= 1
        assert abs(millions - printed[1]) < 0.5
    off = [name for name in modules.MODULES if abs(np.divide(*modules.compared(name).values())[0] - 1) > 0.01]
    assert off == ["4c", "4d", "5a", "5b"]


def test_a_step_of_the_time_has_the_gradient_by_what_comes_in_and_by_all_weights():
    shape = 2, 5, 4, 3
    for build, weights in ((module_time.LARGE["pool"], 0), (module_time.chain((3, 6, 1, "same")), 2)):
        dx, *others = module_time.step_of(build, shape)()
        assert dx.shape == shape
        assert np.abs(dx).max() > 0
        assert len(others) == weights

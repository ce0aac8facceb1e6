"""The three runs that compare gradflow with TensorFlow, cut short; and what their records of the full runs must say."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from deepcourse import records
from deepcourse.datasets import digits
from deepcourse.gradflow import other_nets
from deepcourse.gradflow.gradcheck import relative_error
from deepcourse.gradflow.runs import bench, by_hand, errors

RUNS = Path(__file__).parents[3] / "runs"
SHORT = replace(by_hand.Settings(), steps=12, epochs=1, seeds=2, compared=2)
RUN = by_hand.both  # before any test puts something in its place


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch, tmp_path):
    """No test finds what another run has finished."""
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")


@pytest.fixture(scope="module")
def both() -> Callable:
    """The losses of a net by hand and by Keras; each net is run once for all tests."""
    found = {}

    def losses(name, source=None, s=SHORT, seed=0):
        if name not in found:
            found[name] = RUN(name, digits(), SHORT)
        return found[name][:, : s.steps]

    return losses


@pytest.fixture
def beside(both, monkeypatch) -> Callable:
    """The losses of a net that was tampered with, beside those of Keras."""

    def losses(name):
        monkeypatch.setattr(by_hand, "keras_losses", lambda name, *_: both(name)[1])
        return RUN(name, digits(), SHORT)

    return losses


@pytest.mark.parametrize("name", other_nets.NETS)
def test_the_same_steps_by_hand_and_by_keras_have_the_same_losses(name, both):
    ours, theirs = both(name)
    assert ours.shape == theirs.shape == (12,)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-8)
    assert len(set(ours)) == 12
    assert abs(np.diff(ours)).max() > 0.05  # the weights do move


@pytest.mark.parametrize("name", other_nets.NETS)
def test_a_slip_of_a_thousandth_in_one_gradient_shows_in_the_losses(name, both, beside, monkeypatch):
    both(name)
    net = other_nets.NETS[name]

    def slipped(dlogits, w, cache):
        gradients = net.backward(dlogits, w, cache)
        first = next(iter(gradients))
        return gradients | {first: 1.001 * gradients[first]}

    monkeypatch.setitem(other_nets.NETS, name, net._replace(backward=slipped))
    ours, theirs = beside(name)
    assert abs(ours - theirs).max() > 1e-7


def test_both_drop_the_same_units(both, beside, monkeypatch):
    ours, theirs = both("dense")
    plain = other_nets.NETS["dense"]._replace(forward=lambda w, x, rng: without_dropout(w, x))
    monkeypatch.setitem(other_nets.NETS, "dense", plain)
    undropped, _ = beside("dense")
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-8)
    assert abs(undropped - theirs).max() > 0.01


def without_dropout(w, x):
    class AllKept(np.random.Generator):
        def random(self, shape):
            return np.ones(shape)

    logits, cache = other_nets.dense_net_forward(w, x, AllKept(np.random.PCG64()))
    return logits, cache


def test_training_on_wobbled_digits_reads_more_digits_of_other_writers():
    s = replace(by_hand.Settings(), epochs=3)
    plain, wobbled = (by_hand.to_the_end(digits(), s, 0, change) for change in (lambda x, _: x, by_hand.wobble))
    assert 0.9 < plain < wobbled


def test_a_cut_short_run_writes_a_whole_record(both, monkeypatch, tmp_path):
    monkeypatch.setattr(by_hand, "both", both)
    records.make("gradflow/by_hand", by_hand.measure, replace(SHORT, steps=2), tmp_path)
    found = records.read("gradflow/by_hand", tmp_path)
    assert found["values"].keys() == other_nets.NETS.keys()
    assert 0 <= found["values"]["conv"]["test_accuracy"] <= 1
    assert found["data"]["records"] == 1797


def test_a_run_that_was_killed_goes_on_after_the_seeds_that_it_has_finished(both, monkeypatch, tmp_path):
    monkeypatch.setattr(by_hand, "both", both)
    calls, kill_at = [], 3

    def to_the_end(source, s, seed, change):
        calls.append(seed)
        if len(calls) == kill_at:
            raise KeyboardInterrupt
        return 0.9 + seed / 100

    monkeypatch.setattr(by_hand, "to_the_end", to_the_end)
    with pytest.raises(KeyboardInterrupt):
        by_hand.measure(SHORT, tmp_path)
    found = by_hand.measure(SHORT, tmp_path)["values"]["conv"]
    assert calls == [0, 1, 0, 0, 1]  # two seeds of the first kind, a kill in the second; then that one from its start
    assert found["test_accuracy"] == found["unmoved_test_accuracy"] == pytest.approx(0.905)
    assert by_hand.measure(SHORT, tmp_path)["values"]["conv"] == found
    assert len(calls) == 5


def test_errors_of_few_cases_are_a_record_with_the_largest_of_each_kind(tmp_path):
    records.make("gradflow/errors", errors.measure, errors.Settings(cases=1), tmp_path)
    values = records.read("gradflow/errors", tmp_path)["values"]
    assert values["largest"]["central"] == max(
        e for name, e in records.leaves(values) if name.endswith("central") and not name.startswith("largest")
    )
    assert set(values) == {*errors.CASES, "largest", "numbers"}
    assert values["lstm"].keys() == {"dx", "dh0", "dc0", "dwx", "dwh", "db"}
    assert values["numbers"] > 250


def test_more_cases_never_make_an_error_smaller(monkeypatch):
    quick = {name: errors.CASES[name] for name in ("matmul", "relu", "loss", "conv2d")}
    monkeypatch.setattr(errors, "CASES", quick)
    few, _ = errors.largest(errors.Settings(cases=1))
    more, _ = errors.largest(errors.Settings(cases=2))
    found = dict(records.leaves(more))
    assert all(found[name] >= error for name, error in records.leaves(few))


@pytest.mark.parametrize("name", bench.TASKS["theirs"])
def test_both_sides_of_the_benchmark_do_the_same(name, monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    monkeypatch.setattr(tf.config.threading, "set_intra_op_parallelism_threads", lambda _: None)  # too late here
    ours, theirs = (bench.TASKS[side][name](bench.QUICK)() for side in ("ours", "theirs"))
    for a, b in zip(ours, theirs, strict=True):
        assert relative_error(a, np.asarray(b)) < 1e-4


def test_a_quick_benchmark_writes_its_record_and_unsets_what_slows_numpy(tmp_path, monkeypatch):
    ours = bench.TASKS["ours"]  # in both processes, for TensorFlow takes long to load
    monkeypatch.setattr(bench, "TASKS", {"ours": ours, "theirs": ours})
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS"):
        monkeypatch.setenv(name, os.environ.get(name, "Haswell" if "CORE" in name else "1"))
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)  # only Linux has it
    records.make("bench/gradflow", bench.measure, bench.QUICK, tmp_path)
    found = records.read("bench/gradflow", tmp_path)
    assert found["command"] == "nox -s bench"
    values = found["values"]
    ratios = {name for name, unit in found["units"].items() if unit == "ratio" and not name.endswith(("_low", "_high"))}
    assert ratios == {
        *("conv2d_ratio_to_tensorflow", "lstm_ratio_to_keras", "conv2d_loops_ratio_to_conv2d"),
        *("conv2d_im2col_share", "conv2d_products_share", "lstm_products_share"),
    }
    for name in ratios:
        assert values[f"{name}_low"] <= values[name] <= values[f"{name}_high"]
        assert found["units"][f"{name}_low"] == found["units"][f"{name}_high"] == "ratio"
    assert values["conv2d_agreement"] == 0
    assert "OPENBLAS_CORETYPE" in found["settings"]["unset"]
    assert "OPENBLAS_CORETYPE" not in os.environ


def test_tasks_take_turns_and_the_first_turn_does_not_count(monkeypatch):
    sides, asked = bench.Sides.__new__(bench.Sides), []
    monkeypatch.setattr(sides, "ask", lambda *task: asked.append(task) or len(asked) / 1000, False)
    once, often = replace(bench.QUICK, repeats=1), replace(bench.QUICK, repeats=9)
    times = sides.race(2, ("ours", "conv2d_loops", once), ("theirs", "conv2d", often))
    assert asked == 3 * [("ours", "conv2d_loops", once, 1), ("theirs", "conv2d", often, 9)]
    np.testing.assert_allclose(times, [[3, 5], [4, 6]])


def test_two_sides_that_differ_are_not_timed(monkeypatch):
    sides = bench.Sides.__new__(bench.Sides)
    monkeypatch.setattr(sides, "ask", lambda side, *task: [np.ones(3) if side == "ours" else np.ones(3) + 1e-3], False)
    with pytest.raises(RuntimeError, match=r"^conv2d: the two differ by 1\.0e-03"):
        sides.agree("conv2d", bench.QUICK)


def recorded(name):
    path = RUNS / f"{name}.json"
    if not path.exists():
        pytest.fail(f"runs/{name}.json: no such record; run its stage")
    return records.read(name, RUNS)["values"]


def test_recorded_errors_are_within_what_the_series_promises():
    found = recorded("gradflow/errors")["largest"]
    assert found["central"] <= 1e-7
    assert found["tensorflow"] <= 1e-10
    assert found["float32"] <= 1e-4


def test_recorded_losses_agree_and_the_conv_net_reads_97_of_100_digits():
    found = recorded("gradflow/by_hand")
    assert all(found[name]["loss_difference"] <= 1e-8 for name in other_nets.NETS)
    assert all(found[name]["last_loss"] < found[name]["first_loss"] / 2 for name in other_nets.NETS)
    assert found["conv"]["loss_difference"] < 1e-14  # as the page has it
    assert found["conv"]["test_accuracy"] >= 0.97


def test_recorded_speeds_are_within_what_the_series_promises():
    found = recorded("bench/gradflow")
    assert found["conv2d_ratio_to_tensorflow"] <= 6
    assert found["lstm_ratio_to_keras"] <= 3
    assert found["conv2d_loops_ratio_to_conv2d"] >= 100
    exponents = [found[f"{name}_exponent_in_{axis}"] for name, axis in (("conv2d", "batch"), ("lstm", "steps"))]
    assert all(0.8 < exponent < 1.3 for exponent in exponents)

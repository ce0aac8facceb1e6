"""The arithmetic of the benchmark, what counts as a line, and, where PyTorch is, all of it in small."""

import sys
from pathlib import Path

import pytest
import tensorflow as tf
from deepcourse import datasets, records
from deepcourse.mnist import adam, data, model, train
from deepcourse.mnist.runs import bench

MODULES = Path(model.__file__).parent
REFUSALS = {"check", "check_part", "outputs"}  # they move no weight


def test_speeds_are_those_of_the_median_turn_and_ratios_those_of_the_turns():
    s = bench.Settings(batch_size=10, steps=6)
    found = bench.speeds(s, {"ours": [1, 2, 6], "keras_fit": [2, 3, 6], "pytorch": [4, 2, 3]})
    assert found == {
        "ours_images_per_second": 30,
        "keras_fit_images_per_second": 20,
        "pytorch_images_per_second": 20,
        **{"ratio_to_keras_fit": 1.5, "ratio_to_keras_fit_low": 1, "ratio_to_keras_fit_high": 2},
        **{"ratio_to_pytorch": 1, "ratio_to_pytorch_low": 0.5, "ratio_to_pytorch_high": 4},
    }
    assert [bench.unit(name) for name in found] == 3 * ["1/s"] + 6 * ["ratio"]


def test_the_goal_takes_the_seconds_of_the_epochs_and_not_of_their_validation(monkeypatch):
    clock, accuracies = [0.0], iter([0.5, 0.97, 0.98, 1.0])
    monkeypatch.setattr(bench.time, "perf_counter", lambda: clock[0])

    def spend(seconds, given=None):
        clock[0] += seconds
        return given

    s = bench.Settings(patience=3)
    assert bench.time_to_goal(s, lambda: spend(2), lambda: spend(50, next(accuracies))) == 6
    with pytest.raises(RuntimeError, match=r"^no 98% after 3 epochs$"):
        bench.time_to_goal(s, lambda: None, lambda: 0.9799)


def documented(x):
    """Say something.

    Over several lines.
    """
    # A comment.

    return (
        x
        + 1
    )  # fmt: skip


class Documented:
    """Say something."""

    def method(self):
        """Say more."""
        return self


def test_docstrings_comments_blank_lines_and_layout_are_no_lines_of_code():
    assert bench.lines(documented) == 2
    assert bench.lines(Documented) == 3
    assert bench.lines(documented, Documented) == 5


@pytest.fixture
def uncompiled():
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.mark.usefixtures("uncompiled")
def test_the_lines_that_are_counted_are_those_that_train():
    parts = data.split(datasets.digits(), 1400)
    ran = set()

    def note(frame, *_):
        path = Path(frame.f_code.co_filename)
        if path.parent == MODULES and path.stem not in ("expect", "keys"):
            ran.add((path.stem, frame.f_code.co_qualname.partition(".")[0]))

    sys.setprofile(note)
    try:
        net = model.MLP((64, 8, 10))
        train.Run(net, adam.Adam(net.weights), 0.001, 1, 32).epoch(*parts[:2])
    finally:
        sys.setprofile(None)
    counted = [(each.__module__.rpartition(".")[2], each.__name__) for each in bench.lesson()]
    assert sorted(counted) == sorted(each for each in ran if each[1] not in REFUSALS)


def test_a_quick_benchmark_beside_pytorch_writes_its_record(tmp_path):
    pytest.importorskip("torch")
    records.make("bench/mnist", bench.measure, bench.QUICK, tmp_path)
    found = records.read("bench/mnist", tmp_path)
    values = found["values"]
    for name in ("ratio_to_keras_fit", "ratio_to_pytorch"):
        assert 0 < values[f"{name}_low"] <= values[name] <= values[f"{name}_high"]
    assert values["quickstart_seconds_to_goal"] > 0
    assert values["ours_seconds_to_goal"] > 0
    assert values["ours_lines"] > values["quickstart_lines"]
    assert (found["command"], found["seeds"], found["settings"]["turns"]) == ("nox -s bench", [0], 2)

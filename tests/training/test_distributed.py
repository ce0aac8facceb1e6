"""Two workers of TensorFlow really start, lose what one loses, and none is left waiting."""

import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from deepcourse import records
from deepcourse.training import workers
from deepcourse.training.distributed import losses_of, shard, shared_step
from deepcourse.training.runs import distributed as run

SMALL = {"steps": 12, "joint": 64, "hidden": 32}


def python(line):
    return [sys.executable, "-c", line]


def test_two_workers_lose_what_one_loses_and_the_record_says_so(tmp_path, monkeypatch):
    found = workers.start(2, seconds=180, threads=1, **SMALL)
    alone, _ = losses_of(tf.distribute.get_strategy(), 0, 1, **SMALL)
    for each in found:
        assert len(each["losses"]) == SMALL["steps"]
        np.testing.assert_allclose(each["losses"], alone, rtol=0, atol=1e-5)
        assert each["seconds"] > 0
    assert alone[-1] < 0.9 * alone[0]


def test_the_joint_batch_falls_into_shards_without_gaps():
    for joint, many in ((64, 2), (7, 3), (5, 5)):
        parts = [np.arange(joint)[shard(joint, k, many)] for k in range(many)]
        np.testing.assert_array_equal(np.concatenate(parts), np.arange(joint))


def test_a_step_divides_by_the_joint_batch_and_not_by_what_is_here():
    weights = [tf.ones((3, 4)), tf.zeros(4), tf.ones((4, 2)), tf.zeros(2)]
    x, labels = tf.ones((5, 3)), tf.constant([0, 1, 0, 1, 1])
    losses = [
        float(shared_step(tf.distribute.get_strategy(), [*map(tf.Variable, weights)], joint, 0.1)(x, labels))
        for joint in (5, 10)
    ]
    assert losses == pytest.approx([np.log(2), np.log(2) / 2])


def test_a_worker_that_dies_is_named_and_the_other_one_is_ended(tmp_path):
    place = tmp_path / "pid"
    waits = f"import os, time, pathlib; pathlib.Path({str(place)!r}).write_text(str(os.getpid())); time.sleep(60)"
    dies = (
        f"import time, pathlib\nwhile not pathlib.Path({str(place)!r}).exists(): time.sleep(0.01)\nraise OSError('no')"
    )
    start = time.monotonic()
    with pytest.raises(workers.WorkerError, match=r"^worker 1 of 2: ended with 1; it said: OSError: no$"):
        workers.run_all([python(waits), python(dies)], [{}, {}], 50)
    assert time.monotonic() - start < 50
    with pytest.raises(ProcessLookupError):
        os.kill(int(place.read_text()), 0)


def test_what_never_ends_is_ended_and_told():
    with pytest.raises(workers.WorkerError, match=r"^worker 0 of 1: no end after 0\.3 s; it said nothing$"):
        workers.run_all([python("import time; time.sleep(60)")], [{}], 0.3)


def test_what_ends_well_is_told_with_its_own_variables():
    line = "import os; print(os.environ['ABC'])"
    assert workers.run_all([python(line)] * 2, [{"ABC": "1"}, {"ABC": "2"}], 50) == ["1\n", "2\n"]


def test_the_page_shows_the_variable_of_the_second_worker():
    page = (Path(__file__).parents[2] / "docs/lessons/03-training-loop.md").read_text(encoding="utf-8")
    shown = page.split("```json\n")[1].split("```")[0]
    assert json.loads(shown) == json.loads(workers.tf_configs([5001, 5002])[1])


def test_ports_are_different():
    assert len(set(workers.free_ports(5))) == 5


def test_the_record_holds_differences_times_and_traffic(tmp_path, monkeypatch):
    def instead(count, *, steps, joint, **settings):
        return [{"losses": [1.0 + k * 1e-6, 0.5], "seconds": 0.002 * count} for k in range(count)]

    carried = iter(range(0, 10**6, 1000))
    monkeypatch.setattr(run, "start", instead)
    monkeypatch.setattr(run, "carried", lambda: next(carried))
    values = run.measure(run.Settings(repeats=2), tmp_path)["values"]
    assert values["largest_difference"] == pytest.approx(1e-6)
    assert values["of_256"]["ratio_low"] == pytest.approx(2)
    assert values["weights"] == 65 * 2048 + 2049 * 10
    monkeypatch.setattr(run, "carried", lambda: None)
    assert "kb_sent" not in run.measure(run.Settings(repeats=1), tmp_path)["values"]["of_256"]


def test_the_recorded_losses_are_within_a_hundred_thousandth():
    values = records.read("training/distributed", Path(__file__).parents[2] / "runs")["values"]
    assert values["largest_difference"] < 1e-5
    assert values["of_256"]["kb_sent"] == pytest.approx(values["kb_of_weights"], rel=0.05)

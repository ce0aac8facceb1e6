"""The arithmetic of the benchmark, what it chains, and all of it in small."""

import numpy as np
import pytest
from deepcourse import records
from deepcourse.graphs.runs import bench, inside


def test_a_chain_has_as_many_operations_as_it_says():
    assert bench.chained("elementwise", 4, 0.5) == ((0.5 * 0.5 + 0.5) * 0.5) + 0.5
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(bench.chained("matmul", 2, x), x @ x @ x)


@pytest.mark.parametrize("task", [("elementwise", 7, (5,)), ("matmul", 2, (3, 3))])
def test_all_four_compute_the_same(task):
    found = {name: maker(*task)() for name, maker in bench.MAKERS.items()}
    bench.alike("task", found)
    with pytest.raises(RuntimeError, match=r"^task: eager differs from ours"):
        bench.alike("task", found | {"eager": found["eager"] + 1e-6})


def test_times_are_those_of_a_node_and_ratios_those_of_the_turns():
    s = bench.Settings(nodes=(10,), sizes=())
    turns = {"ours": [1, 2, 3], "eager": [4, 4, 4], "function": [1, 1, 3], "xla": [2, 1, 1]}
    both = {task: turns for task in bench.tasks(s)}
    firsts = {task: dict.fromkeys(bench.MAKERS, 0.5) for task in both}
    found = bench.summary(s, {"turns": both, "first": firsts})["nodes_10"]
    assert found["ours_microseconds_per_node"] == pytest.approx(2e5)
    assert [found[f"ours_ratio_to_function{end}"] for end in ("", "_low", "_high")] == [1, 1, 2]
    assert found["function_first_seconds"] == 0.5
    assert {bench.unit(name) for name in found} == {"1", "ratio", "s"}


def test_a_call_is_timed_at_least_once():
    calls = []
    assert bench.seconds_of(lambda: calls.append(1), 0.0) > 0
    assert len(calls) == 1


def test_a_race_in_one_process_makes_a_record(tmp_path, monkeypatch):
    class Line:
        """A pipe whose other end answers at once."""

        def __init__(self):
            self.known, self.asked = set(), ""

        def send(self, task):
            self.asked = task

        def recv(self):
            if self.asked in self.known:
                return 0.25
            self.known.add(self.asked)
            return 1.0, np.zeros(1)

    class Spawn:
        """Processes that aren't there."""

        def Process(self, **_):  # noqa: N802 - the name that multiprocessing gives it
            return self

        def start(self):
            pass

        Pipe = staticmethod(lambda: (Line(), None))

    monkeypatch.setattr(bench.multiprocessing, "get_context", lambda _: Spawn())
    records.make("bench/graphs", bench.measure, bench.QUICK, tmp_path)
    found = records.read("bench/graphs", tmp_path)
    assert found["command"] == "nox -s bench"
    assert found["values"]["matmul"]["xla_ratio_to_function"] == 1
    assert found["values"]["nodes_10"]["ours_microseconds_per_node"] == pytest.approx(25_000)


@pytest.mark.usefixtures("optimized")
def test_the_counts_of_the_three_builders_make_a_record(tmp_path):
    records.make("graphs/inside", inside.measure, inside.Settings(batch_size=10), tmp_path)
    found = records.read("graphs/inside", tmp_path)["values"]
    for way in ("ours", "session", "function"):
        assert found["ran"]["guesses"][way] < found["ran"]["trainer"][way]
    assert found["tracings"] == {"number": 2, "tensor": 1, "dtype": 2, "shape": 2}
    for who in ("ours", "grappler"):
        assert found["optimized"][who]["after"] < found["optimized"][who]["before"]
    assert found["xla_kernels"] < found["xla_nodes"]

"""The ways that are timed compute the same, and what is asked of them becomes a record."""

import numpy as np
import pytest
from deepcourse.convolution.runs import bench

T = bench.Task(side=9, window=4, batch=2, channels=3)


def test_all_ways_compute_the_same():
    found = {name: maker(T)()[0] for name, maker in bench.MAKERS.items() if name != "tensorflow"}
    for y in found.values():
        np.testing.assert_allclose(y, found["product"], atol=1e-5)


def test_a_way_is_compared_turn_by_turn_and_refused_if_it_is_wrong():
    took = {"places": 6.0, "product": 2.0, "fourier": 1.0, "tensorflow": 2.0}

    def ask(name, _, repeats):
        return took[name] if repeats else [np.ones(2)]

    found = bench.compared(ask, bench.Settings(turns=3), T)
    assert [found[f"{n}_ratio_to_tensorflow"] for n in bench.WAYS] == [3, 1, 0.5]
    assert found["places_ms"] == 6000

    def wrong(name, *task):
        return ask(name, *task) if task[1] or name != "fourier" else [np.ones(2) * 1.01]

    with pytest.raises(RuntimeError, match=r"^fourier: it differs"):
        bench.compared(wrong, bench.Settings(turns=3), T)

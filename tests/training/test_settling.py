"""At a constant rate the root of v fades until a step is over the edge: what the record and the page say of it."""

from pathlib import Path

import numpy as np
import pytest
from deepcourse import records
from deepcourse.training import optimizers as o
from deepcourse.training.runs import settling as run
from deepcourse.training.settling import edge, follow

RUNS = Path(__file__).parents[2] / "runs"


def values():
    return records.read("training/settling", RUNS)["values"]


@pytest.mark.parametrize("beta1", [0, 0.5, 0.9])
@pytest.mark.parametrize(("share", "grows"), [(0.99, False), (1.01, True)])
def test_with_a_root_that_stays_a_weight_shrinks_below_the_edge_and_grows_above(beta1, share, grows):
    w, m, far = 1.0, 0.0, []
    for _ in range(4000):
        m = beta1 * m + (1 - beta1) * w
        w -= share * edge(beta1) * m
        far.append(abs(w))
    assert bool(far[-1] > far[-100]) == grows


def test_the_ratio_is_that_of_the_step_taken():
    places, ratios = follow(o.adam, 0.1, (-0.8, 1.2), 1, 0.999)
    assert ratios[0] == pytest.approx(0.1 / np.array([0.8, 1.2]), rel=1e-4)  # corrected, v is the gradient squared
    before = np.array([-0.8, 1.2])
    places, ratios = follow(o.rmsprop, 0.1, before, 30, 0.9)
    np.testing.assert_allclose(places, np.r_[before[None], places[:-1]] * (1 - ratios), rtol=1e-9)


def test_rmsprop_ends_at_the_edge_half_a_rate_away_at_each_rate_from_each_start():
    found = values()["rmsprop"]
    assert found["bursts"] == values()["runs"] == 10
    assert found["late_off"] < 1e-4
    for word in ("least", "most"):
        assert found[f"late_ratio_{word}"] == pytest.approx(2, abs=1e-6)
        assert found[f"late_loss_{word}"] == pytest.approx(1, abs=1e-4)


def test_a_longer_memory_delays_the_burst_and_makes_it_higher():
    short, longer = values()["rmsprop"], values()["longer"]
    assert longer["bursts"] + longer["zeros"] == 10
    assert 1000 < longer["burst_step"] > 10 * short["burst_step"]
    assert longer["burst"] > 10 * short["burst"]
    assert longer["growth_most"] > 5
    assert 1.4 < longer["lowest_ratio_least"] < longer["lowest_ratio_most"] < 2.1


def test_adam_turns_at_its_own_edge():
    found = values()["adam"]
    assert edge(0.9) == pytest.approx(38)
    assert found["bursts"] == 6
    assert 37 < found["lowest_ratio_least"] < found["lowest_ratio"] < found["lowest_ratio_most"] < 38.5
    assert found["lowest"] < 1e-100
    assert found["burst"] > 1e-3


def test_what_is_asked_of_the_run_is_told(tmp_path):
    records.make("training/settling", run.measure, run.QUICK, tmp_path)
    found = records.read("training/settling", tmp_path)
    assert found["values"]["runs"] == 4
    assert found["values"]["rmsprop"]["late_loss"] == pytest.approx(1, abs=0.2)


def test_bad_input_is_refused_by_name():
    with pytest.raises(ValueError, match=r"^step: got"):
        follow(o.adagrad, 0.1, (1.0, 1.0), 3, 0.9)
    with pytest.raises(ValueError, match=r"^steps: got 0"):
        follow(o.adam, 0.1, (1.0, 1.0), 0, 0.9)
    with pytest.raises(ValueError, match=r"^beta1: got 1"):
        edge(1)

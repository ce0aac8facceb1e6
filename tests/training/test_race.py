"""Five optimizers on three surfaces: where they go, and what the record and the page say of it."""

from pathlib import Path

import keras
import numpy as np
import pytest
from deepcourse import records
from deepcourse.training import optimizers
from deepcourse.training.runs import race, rates
from deepcourse.training.surfaces import SURFACES, descend
from scipy import stats

RUNS = Path(__file__).parents[2] / "runs"


def test_gradient_descent_multiplies_each_weight_of_the_bowl():
    path = descend(optimizers.gradient_descent, SURFACES["bowl"], (1.0, 2.0), 3, rate=0.02)
    np.testing.assert_allclose(path, [(0.98**t, 2 * 0.5**t) for t in range(4)])


def test_a_path_ends_where_a_weight_is_far():
    path = descend(optimizers.gradient_descent, SURFACES["bowl"], (1.0, 1.0), 200, rate=1.0)
    ended = np.isnan(path[:, 0])
    assert not ended[0]
    assert ended[-1]
    assert np.abs(path[~ended]).max() <= 1e6


def test_bad_input_is_refused_by_name():
    with pytest.raises(ValueError, match=r"^start: got"):
        descend(optimizers.adam, SURFACES["bowl"], (1.0,), 3, rate=0.1)
    with pytest.raises(ValueError, match=r"^steps: got"):
        descend(optimizers.adam, SURFACES["bowl"], (1.0, 1.0), -3, rate=0.1)


def test_the_record_has_the_best_rate_and_counts_those_that_get_down(tmp_path):
    s = race.Settings(rates=(0.01, 0.05, 10.0), steps=50, bowl=(-1.4, 1.2))
    records.make("training/race", race.measure, s, tmp_path)
    found = records.read("training/race", tmp_path)["values"]["bowl"]["gradient_descent"]
    assert (found["rate"], found["down"]) == (0.05, 1)
    assert found["left"] == pytest.approx((1.4**2 * 0.95**100 + 25 * 1.2**2 * 0.25**100) / 2)


def test_the_next_rate_drives_gradient_descent_alone_out_of_the_bowl():
    record = records.read("training/race", RUNS)
    settings, best = record["settings"], record["values"]["bowl"]
    gone = [
        name
        for name in race.STEPS
        for rate in [settings["rates"][settings["rates"].index(best[name]["rate"]) + 1]]
        if np.isnan(descend(getattr(optimizers, name), SURFACES["bowl"], settings["bowl"], 100, rate=rate)).any()
    ]
    assert gone == ["gradient_descent"]


def test_the_steps_of_rmsprop_dont_settle_and_those_of_adagrad_do():
    best = records.read("training/race", RUNS)["values"]["bowl"]
    assert best["rmsprop"]["left"] < 1e-30
    assert best["rmsprop"]["late"] > 0.1
    assert best["adagrad"]["late"] < best["adagrad"]["left"]


def test_at_its_small_rate_gradient_descent_stays_longest_near_the_saddle():
    settings = records.read("training/race", RUNS)["settings"]
    start, rate = settings["saddle"], settings["saddle_rate"]
    ends = {
        name: abs(descend(getattr(optimizers, name), SURFACES["saddle"], start, settings["steps"], rate=rate)[-1][1])
        for name in race.STEPS
    }
    assert min(ends, key=ends.get) == "gradient_descent"
    assert ends["gradient_descent"] < 0.3


def test_the_lines_print_the_losses_of_each_rate(tmp_path):
    records.make("training/rates", rates.measure, rates.Settings("digits"), tmp_path)
    record = records.read("training/rates", tmp_path)
    assert [line.split()[0] for line in record["printed"]] == ["0.001", "0.01", "0.1"]
    assert record["values"]["rate_0_1"]["adam"] == float(record["printed"][2].split()[3])


def test_what_the_page_says_of_three_rates_holds():
    low, middle, high = (records.read("training/rates", RUNS)["values"][f"rate_0_{n}"] for n in ("001", "01", "1"))
    for name in ("plain", "momentum"):
        assert high[name] < min(low[name], middle[name], high["adam"])
    assert middle["adam"] < min(low["adam"], high["adam"])
    assert low["adam"] < min(low["plain"], low["momentum"]) / 3
    assert high["momentum"] < low["adam"] < min(middle["plain"], middle["momentum"])
    assert middle["adam"] < high["momentum"] < 1.3 * middle["adam"]
    assert float(keras.optimizers.SGD().learning_rate) == pytest.approx(0.01)


def test_what_the_page_says_of_the_experiment_holds():
    values = records.read("training/optimizers", RUNS)["values"]
    assert min(values, key=lambda name: values[name]["cost"]) == "adam"
    gaps = records.read("training/gaps", RUNS)["values"]
    limit = stats.t.ppf(0.975, 2)  # of three seeds
    assert limit == pytest.approx(4.3, abs=0.01)
    for name in ("rmsprop", "adadelta", "adagrad", "nesterov"):
        more = values[name]["more"], values[name]["more_sd"] / 3**0.5
        assert gaps[name]["error"] == pytest.approx(more[1])
        assert gaps[name]["errors"] == pytest.approx(more[0] / more[1])
        low, high = (0, limit) if name in ("rmsprop", "adadelta") else (20, np.inf)
        assert low < gaps[name]["errors"] < high
    adam, nesterov = values["adam"], values["nesterov"]
    above, below = ([each[f"cost_{side}"] / each["cost"] for each in (adam, nesterov)] for side in ("above", "below"))
    assert above == pytest.approx([1.87, 1.19], abs=0.01)
    assert below == pytest.approx([1.19, 1.52], abs=0.01)
    for side, found in (("above", above), ("below", below)):
        assert [1 + gaps[name][side] for name in ("adam", "nesterov")] == pytest.approx(found)
    assert not any(each["at_the_edge"] for each in values.values())


def test_the_best_rates_are_these_multiples_of_those_of_the_library():
    values = records.read("training/optimizers", RUNS)["values"]
    kinds = {"adam": "Adam", "rmsprop": "RMSprop", "nesterov": "SGD", "adagrad": "Adagrad", "adadelta": "Adadelta"}
    times = {k: values[k]["rate"] / float(getattr(keras.optimizers, kind)().learning_rate) for k, kind in kinds.items()}
    expected = {"adam": 1, "rmsprop": 1, "nesterov": 3.16, "adagrad": 100, "adadelta": 1000}
    assert times == pytest.approx(expected, rel=1e-4)

"""The race of optimizers in small, and how it finds the rate of each."""

import numpy as np
import pytest
from deepcourse import datasets, records
from deepcourse.training.runs import optimizers as race

S = race.Settings(seeds=(0, 1, 2))


@pytest.mark.parametrize("best", [-9, -6, -1])
def test_the_search_walks_to_the_best_and_gives_three_rates_all_seeds(best):
    tried = []

    def run(half, seed):
        tried.append((half, seed))
        return {"costs": [9.0, (half - best) ** 2 + 0.1 * seed]}

    at, found = race.search(run, -6, S)
    assert at == best
    assert [half for half, runs in sorted(found.items()) if len(runs) == 3] == [best - 1, best, best + 1]
    assert len(set(tried)) == len(tried)
    assert race.of_an_optimizer(at, {h: [r | {"validation": 0.5} for r in rs] for h, rs in found.items()}, S)[
        "cost"
    ] == pytest.approx(0.1)


def test_more_seeds_may_move_the_best_and_the_walk_goes_on():
    def run(half, seed):  # the first seed alone likes -6
        return {"costs": [abs(half + 6) if not seed else abs(half + 3)]}

    at, found = race.search(run, -6, S)
    means = {h: np.mean([r["costs"][0] for r in rs]) for h, rs in found.items() if len(rs) == 3}
    assert at == min(means, key=means.get)
    assert {at - 1, at + 1} <= set(means)


def test_the_walk_ends_where_the_grid_does():
    at, found = race.search(lambda half, seed: {"costs": [half]}, -12, S)
    assert at == S.lowest == min(found)


def test_a_run_costs_less_after_an_epoch_and_one_that_is_infinite_is_lost():
    s = race.Settings(data="digits", hidden=(50,), epochs=3, validation=200)
    source = datasets.digits()
    found = race.of_a_run(s, source, "adam", -5, 0)
    assert len(found["costs"]) == 3
    assert found["costs"][-1] < found["costs"][0] < 3
    assert found["validation"] > 0.5
    lost = race.of_a_run(s, source, "nesterov", 30, 0)
    assert lost["costs"][-1] == lost["validation_cost"] == race.LOST


def test_the_record_says_each_best_and_its_neighbours(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")

    def instead(s, source, name, half, seed):
        cost = (half - getattr(s, name)) ** 2 + len(name)
        return {"costs": [9.0, cost], "validation_cost": 1.0, "validation": 0.5}

    monkeypatch.setattr(race, "of_a_run", instead)
    records.make("training/optimizers", race.measure, race.QUICK, tmp_path)
    values = records.read("training/optimizers", tmp_path)["values"]
    assert values["adam"]["rate"] == 0.001
    assert values["adam"]["cost_below"] == values["adam"]["cost_above"] == 5
    assert values["nesterov"]["more"] == len("nesterov") - len("adam")
    assert all(each["at_the_edge"] == 0 for each in values.values())
    table = records.read_table(tmp_path / "training/optimizers.csv")
    assert len(table["cost"]) == 5 * 3 * 2 * 2

"""The comparison of methods in small: its gradients, its ladder, and what a method does."""

from dataclasses import replace

import numpy as np
import pytest
from deepcourse import datasets, records
from deepcourse.training.regularization import smooth
from deepcourse.training.runs import regularization as run

FEW = replace(run.QUICK, many=(60,), nets=(2,))


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")


@pytest.fixture(scope="module")
def pictures():
    return run.scaled(datasets.digits())


def test_every_method_is_measured_and_kept(tmp_path, monkeypatch):
    for _ in range(2):
        records.make("training/regularization", run.measure, FEW, tmp_path)
        monkeypatch.setattr(run, "learnt", None)  # the second finds what the first has kept
    found = records.read("training/regularization", tmp_path)["values"]["of_60"]
    assert set(found) == {"none", "stop", *run.METHODS}
    assert found["none"]["test_error"] < 0.7
    for method in run.METHODS:
        bought = 100 * (found["none"]["test_error"] - found[method]["test_error"])
        assert found[method]["bought"] == pytest.approx(bought)


class Same:
    """A generator that always draws the same numbers for a shape."""

    def random(self, shape, _):
        return np.random.default_rng(shape[1]).random(shape)


@pytest.mark.parametrize("rate", [0, 0.5])
def test_the_gradients_are_those_of_small_pushes_with_dropout_too(rate):
    rng = np.random.default_rng(0)
    sizes = ((5, 7), (7, 6), (6, 10))
    net = [(rng.normal(size=size), rng.normal(size=size[1])) for size in sizes]
    x, targets = rng.normal(size=(4, 5)), smooth([1, 2, 3, 9], 0.2, 10)

    def loss():
        h = x
        for w, b in net[:-1]:
            keep = Same().random((4, len(b)), None) >= rate
            h = np.maximum(h @ w + b, 0) * keep / (1 - rate)
        z = h @ net[-1][0] + net[-1][1]
        return -(targets * (z - np.log(np.exp(z).sum(axis=1, keepdims=True)))).sum() / 4

    found = run.slopes(x, targets, net, rate, Same())
    for g, a in zip(found, [a for pair in net for a in pair], strict=True):
        flat = a.reshape(-1)
        for i in (0, len(flat) // 2):
            flat[i] += 1e-5
            up = loss()
            flat[i] -= 2e-5
            down = loss()
            flat[i] += 1e-5
            assert g.ravel()[i] == pytest.approx((up - down) / 2e-5, abs=1e-6)


def test_each_method_does_what_it_says(pictures):
    def net(method, strength):
        return run.learnt(FEW, pictures[0], (60, method, strength, 0.1, 0))

    def longest(net):
        return max(np.linalg.norm(w, axis=0).max() for w, _ in net[:-1])

    plain = net("none", 0)
    assert longest(net("norm", 0.7)) == pytest.approx(0.7, rel=1e-4)
    assert longest(plain) > 1
    assert sum((w**2).sum() for w, _ in net("l2", 0.1)) < 0.5 * sum((w**2).sum() for w, _ in plain)
    aside = tuple(part[:60] for part in pictures[0])
    losses = [run.told(aside, each)[1] for each in (plain, net("smoothing", 0.8))]
    assert losses[0] < losses[1]
    for method, strength in (("dropout", 0.5), ("shifts", 2)):
        assert not np.array_equal(net(method, strength)[0][0], plain[0][0])


def test_a_ladder_is_climbed_as_long_as_errors_fall():
    tried = []

    def error(n):
        tried.append(n)
        return abs(n - 2)

    assert run.best(tuple(range(10)), error) == (2, 0)
    assert len(tried) == len(set(tried))
    assert run.best((1, 2, 3), lambda n: -n) == (3, 1)
    assert run.best((1, 2, 3), lambda _: 0) == (2, 0)


def test_the_plain_net_goes_on_and_the_stopped_one_is_the_one_of_its_check(pictures):
    what = (60, "none", 0, 0.1, 0)
    seen = []
    run.learnt(FEW, pictures[0], what, lambda net: seen.append(run.told(pictures[1], net)[0]))
    assert len(seen) == FEW.checks
    assert seen[-1] == run.of_a_run(FEW, pictures, what)["test"]
    for found in run.of_a_stopped_run(FEW, pictures, what).values():
        assert found["test"] == seen[found["stopped"] // 4 - 1]


def test_no_picture_aside_is_learnt_and_each_seed_learns_others(pictures):
    rows = [run.chosen(FEW, pictures[0], 60, seed) for seed in (0, 1)]
    assert all(len(set(each)) == 60 for each in rows)
    assert max(each.max() for each in rows) < len(pictures[0][0]) - FEW.validation
    assert set(rows[0]) != set(rows[1])


def test_an_epoch_shows_each_picture_at_most_once_and_has_an_order_of_its_own():
    order = [*run.batches(replace(FEW, batch=20), 60, 6, 0)]
    assert sorted(np.concatenate(order[:3])) == list(range(60))
    assert any((a != b).any() for a, b in zip(order[:3], order[3:], strict=True))

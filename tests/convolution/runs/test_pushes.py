"""What a push does to maps and to nets, in small."""

import numpy as np
import pytest
from deepcourse import datasets, records
from deepcourse.convolution.runs import family, one_layer, pushes
from deepcourse.gradflow.loss import softmax_cross_entropy

S = pushes.QUICK
N = S.net
RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")


def net_of(seed=0):
    net, table = one_layer.started(N, "shared", 8, seed)
    return {**net, "out": RNG.normal(size=(net["w"].shape[2], 10))}, table


def test_a_map_that_is_moved_is_not_off_and_one_that_is_another_is():
    before = RNG.normal(size=(5, 5, 2, 3))
    wide = RNG.normal(size=(9, 9, 2, 3))
    wide[2:7, 2:7] = before
    assert pushes.off(before, wide[1:6, 3:8]) < 1e-12
    assert pushes.off(before, before + 1) > 0.5


def test_only_a_push_by_a_multiple_of_the_stride_moves_the_map_of_a_shared_layer():
    net, table = one_layer.started(N, "shared", 8, 0)
    pictures = datasets.digits().test_images[:20].copy()
    pictures[:, :, [0, -1]] = 0  # so that no ink leaves
    still = pushes.maps_of(N, net, table, pictures, (0, 0))
    assert pushes.off(still, pushes.maps_of(N, net, table, pictures, (0, N.stride))) < 1e-6
    assert pushes.off(still, pushes.maps_of(N, net, table, pictures, (0, 1))) > 0.3


def test_digits_are_pushed_in_four_directions():
    assert pushes.pushes(0) == [(0, 0)]
    assert sorted(pushes.pushes(2)) == [(-2, 0), (0, -2), (0, 2), (2, 0)]


def test_the_end_takes_the_largest_value_of_each_map_and_its_slopes_are_right():
    net, table = net_of()
    net = {name: array.astype(np.float64) for name, array in net.items()}
    net["b"] += 0.1
    x = one_layer.moved(datasets.digits().images[:3], N.margin, np.zeros((3, 2), int))
    seen, labels = one_layer.cut(x.astype(np.float64), N.window, N.stride), np.array([3, 1, 4])
    scores, hidden, _ = pushes.ended(net, table, seen)
    np.testing.assert_allclose(scores, hidden.max(axis=0) @ net["out"] + net["c"])
    found = pushes.slopes(net, table, seen, labels)
    for name, at in (("w", (0, 3, 2)), ("b", (0, 1)), ("out", (2, 4)), ("c", (1,))):
        losses = []
        for step in (1e-6, -1e-6):
            near = {key: array.copy() for key, array in net.items()}
            near[name][at] += step
            losses.append(softmax_cross_entropy(pushes.ended(near, table, seen)[0], labels)[0])
        assert found[name][at] == pytest.approx((losses[0] - losses[1]) / 2e-6, rel=1e-4, abs=1e-8)


def test_the_record_has_each_net_by_push_and_the_end_at_its_best_rate(tmp_path, monkeypatch):
    def said(s, source, kind, rate, seed):
        read = {"by_0": 0.9 + 0.01 * seed, "by_1": 0.5}
        return {"read": read, "off": {"by_1": 0.7}} if kind == "shared" else {"read": read}

    def ended(s, source, rate, seed):
        return {"validation": -abs(rate - 0.03), "weights": 7, "centred": 0.6, "shifted": 0.5, "read": {"by_0": rate}}

    monkeypatch.setattr(pushes, "of_a_run", said)
    monkeypatch.setattr(pushes, "of_an_end", ended)
    rates = {kind: {"digits": {"centred_rate": 0.01}} for kind in pushes.NETS}
    before = {"values": rates, "units": {"centred_rate": "1"}, "settings": {}, "seeds": [], "data": {}, "command": ""}
    records.write("convolution/family", before, tmp_path)
    records.make("convolution/pushes", pushes.measure, S, tmp_path)
    values = records.read("convolution/pushes", tmp_path)["values"]
    assert values["dense"]["read"]["by_0"]["read"] == pytest.approx(0.905)
    assert values["shared"]["off"]["by_1"]["off"] == pytest.approx(0.7)
    assert values["largest"]["centred_rate"] == values["largest"]["read"]["by_0"]["read"] == 0.03
    assert (values["largest"]["accuracy"], values["largest"]["pushed_accuracy"]) == (0.6, 0.5)


def test_a_net_of_the_page_is_read_by_push_and_its_corners_are_looked_at():
    found = pushes.of_a_run(S, datasets.digits(), "local", 0.03, 0)
    assert found["read"]["by_0"] > found["read"]["by_2"]
    assert found["carried"]["corner"] < found["carried"]["middle"]


def test_a_net_with_the_end_learns_and_its_pushes_are_those_of_the_settings():
    found = pushes.of_an_end(S, datasets.digits(), 0.03, 0)
    assert found["centred"] > 0.3
    assert [*found["read"]] == [f"by_{n}" for n in range(N.shift + 1)]
    assert family.QUICK.net == N

"""The two experiments of gradflow 2: what they measure, and that the conclusions fail when a bias is taken away."""

import json
import subprocess
import sys
from dataclasses import replace

import keras
import numpy as np
import pytest
from deepcourse import records
from deepcourse.gradflow import adam, lstm
from deepcourse.gradflow.gradcheck import central_difference
from deepcourse.gradflow.runs import patience, remember
from deepcourse.gradflow.runs import time_distance as td

SMALL = td.Settings(inputs=8, units=24, examples=8, steps=31, seeds=2)


def reach(name, seed=0, s=SMALL):
    return td.reach(td.NETS[name], s.inputs, s.units, s.examples, s.steps, np.random.default_rng(seed))


@pytest.mark.parametrize(("name", "kind"), [("rnn", "SimpleRNN"), ("lstm_1", "LSTM"), ("gru", "GRU")])
def test_first_weights_have_the_sizes_and_the_laws_of_keras(name, kind):
    layer = getattr(keras.layers, kind)(40)
    layer.build((None, None, 30))
    ours = td.weights(td.NETS[name], 30, 40, np.random.default_rng(0))
    for w, theirs in zip(ours, layer.get_weights(), strict=True):
        assert w.shape == theirs.shape
    assert np.abs(ours[0]).max() == pytest.approx(np.abs(layer.get_weights()[0]).max(), rel=0.02)
    for wh in (ours[1], layer.get_weights()[1]):
        np.testing.assert_allclose(wh @ wh.T, np.eye(40), atol=1e-5)
    assert (ours[2] == layer.get_weights()[2]).all()


@pytest.mark.parametrize("name", ["rnn_half", "rnn_double"])
def test_the_gain_is_every_singular_value_of_the_recurrent_weights(name):
    net = td.NETS[name]
    wh = td.weights(net, 3, 8, np.random.default_rng(0))[1]
    np.testing.assert_allclose(np.linalg.svd(wh)[1], net.gain)


@pytest.mark.parametrize("name", td.NETS)
def test_the_reach_is_the_length_of_the_gradient_against_the_last_step(name):
    net = td.NETS[name]
    rng = np.random.default_rng(3)
    x, u = rng.normal(size=(2, 4, 3)), rng.normal(size=(2, 5))
    theta = td.weights(net, 3, 5, rng)
    u = u / np.linalg.norm(u, axis=1, keepdims=True)
    dx = central_difference(lambda x: np.sum(u * td.layer(net, x, *theta)[0][:, -1]), x)
    length = np.sqrt((dx**2).sum(axis=2).mean(axis=0))[::-1]
    found = td.reach(net, 3, 5, 2, 4, np.random.default_rng(3))
    np.testing.assert_allclose(found, length / length[0], rtol=1e-6)


def test_the_order_of_the_nets_is_that_of_the_figure():
    at_30 = {name: np.exp(np.log([reach(name, s)[30] for s in range(3)]).mean()) for name in td.NETS}
    assert at_30["rnn_double"] > 1 > at_30["rnn"] > at_30["rnn_half"]
    assert at_30["lstm_3"] > at_30["lstm_1"] > at_30["lstm_0"]
    assert at_30["gru_3"] > at_30["gru"]
    assert at_30["rnn"] > max(at_30["lstm_0"], at_30["gru"])


def test_with_all_recurrent_weights_cut_on_the_way_back_the_product_of_the_forget_gates_is_left():
    net, rng = td.NETS["lstm_0"], np.random.default_rng(0)
    x, u = rng.normal(size=(1, 9, 3)), rng.normal(size=(1, 5))
    wx, wh, b = td.weights(net, 3, 5, rng)
    dh = np.zeros((1, 9, 5))
    dh[:, -1] = u
    dx = td.layer(net, x, wx, wh, b, cut=range(20))[1](dh)[0]
    gates = lstm.lstm_forward(x, u * 0, u * 0, wx, wh, b)[2]
    i, f, g, o = np.split(gates.gates[:, 0], 4, axis=1)
    dc = u[0] * o[-1] * (1 - np.tanh(gates.c[-1, 0]) ** 2) * np.prod(f[3:], axis=0)  # at the cell of step 2
    before = gates.c[2, 0]
    da = np.concatenate([dc * g[2] * i[2] * (1 - i[2]), dc * before * f[2] * (1 - f[2]), dc * i[2] * (1 - g[2] ** 2)])
    np.testing.assert_allclose(dx[0, 2], da @ wx[:, :15].T, rtol=1e-10)


def test_what_comes_beside_the_direct_path_comes_through_the_candidate():
    net, sizes = td.NETS["lstm_0"], (8, 24, 8, 31)

    def at_30(*gates):
        cut = [k for gate in gates for k in range(24 * "ifgo".index(gate), 24 * ("ifgo".index(gate) + 1))]
        return np.exp(np.mean([np.log(td.reach(net, *sizes, np.random.default_rng(s), cut)[30]) for s in range(3)]))

    whole, direct = at_30(), at_30(*"ifgo")
    assert whole > 30 * direct
    assert at_30(*"ifo") == pytest.approx(whole, rel=0.3)
    assert at_30("g") < 3 * direct


def test_the_mean_gate_is_near_the_sigmoid_of_its_bias():
    for name, bias in (("lstm_0", 0), ("lstm_1", 1), ("lstm_3", 3)):
        assert td.mean_gate(td.NETS[name], SMALL, 0) == pytest.approx(1 / (1 + np.exp(-bias)), abs=0.03)


def test_a_summary_is_the_geometric_mean_and_the_range():
    curves = np.stack([2.0 ** -np.arange(21), 8.0 ** -np.arange(21)])
    found = td.summary(curves)
    assert found["at_10"] == pytest.approx(4.0**-10)
    assert (found["at_1_lowest"], found["at_1_highest"]) == (1 / 8, 1 / 2)
    assert found["per_step"] == pytest.approx(1 / 4)


def test_the_task_is_told_by_the_first_step_alone():
    x, labels = remember.task(50, 7, np.random.default_rng(0))
    assert (x.shape, x.dtype) == ((50, 7, 2), np.float32)
    assert ((x[:, 0, 0] > 0) == labels).all()
    assert (x[:, 1:, 0] == 0).all()
    assert set(labels) == {0, 1}


@pytest.mark.parametrize("name", ["rnn", "lstm_3", "gru"])
def test_gradients_of_the_task_equal_central_differences(name):
    net, rng = td.NETS[name], np.random.default_rng(0)
    theta = [w.astype(float) for w in remember.start(net, 4, rng)]
    x, labels = remember.task(3, 5, rng)
    x = x.astype(float)
    _, found, _, dx = remember.gradients(net, theta, x, labels)
    for n, g in enumerate(found):
        expected = central_difference(
            lambda w, n=n: remember.gradients(net, [*theta[:n], w, *theta[n + 1 :]], x, labels)[0], theta[n]
        )
        np.testing.assert_allclose(g, expected, atol=1e-8)
    expected = central_difference(lambda x: remember.gradients(net, theta, x, labels)[0], x)
    np.testing.assert_allclose(dx, expected, atol=1e-8)


def test_with_the_forget_bias_the_lstm_recalls_and_without_it_does_not():
    settings = replace(remember.Settings(), steps=24, units=12, examples=16, updates=70, rate=0.01, test=200)
    reach_with, with_bias = remember.train(td.NETS["lstm_3"], settings, 0)
    reach_without, without = remember.train(td.NETS["lstm_0"], settings, 0)
    assert with_bias > 0.95
    assert without < 0.65
    assert reach_with > 1e3 * reach_without


def test_adam_is_that_of_keras():
    w, g = np.array([1.0, -2.0]), np.array([0.3, -4.0])
    twin = keras.Variable(w, dtype="float64")
    optimizer = keras.optimizers.Adam(0.01)
    m, v = np.zeros(2), np.zeros(2)
    for t in (1, 2, 3):
        adam.update(w, m, v, g * t, 0.01, t)
        optimizer.apply([keras.ops.convert_to_tensor(g * t, "float64")], [twin])
    np.testing.assert_allclose(w, twin.numpy(), rtol=1e-5)


def test_adam_follows_one_long_gradient_for_dozens_of_updates_and_then_shortens_its_steps_for_thousands():
    w, m, v = np.zeros((3, 1))
    steps = []
    for t in range(1, 5_001):
        before = w.copy()
        adam.update(w, m, v, np.array([1e4 if t == 3_000 else 1.0]), 1.0, t)
        steps.append(float((before - w)[0]))
    steps = np.array(steps)
    assert steps[2_998] == pytest.approx(1, rel=1e-3)
    after = steps[2_999:]
    assert after[0] > 2
    assert 24 < np.argmax(after < 0.1) < 60
    assert 1 / after[100] == pytest.approx(1e4 * 0.001**0.5, rel=0.1)
    assert 1 / after[2_000] > 50


def test_a_run_that_was_killed_goes_on_after_the_nets_that_it_has_finished(monkeypatch, tmp_path):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")
    measured, calls = td.measured, []

    def counted(net, settings):
        calls.append(net)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return measured(net, settings)

    monkeypatch.setattr(td, "measured", counted)
    with pytest.raises(KeyboardInterrupt):
        td.measure(SMALL, tmp_path)
    broken = td.measure(SMALL, tmp_path)
    assert len(calls) == 1 + len(td.NETS | td.SPANS)
    monkeypatch.setattr(records, "KEPT", tmp_path / "nothing")
    table = (tmp_path / "gradflow/time_distance.csv").read_bytes()
    assert td.measure(SMALL, tmp_path) == broken
    assert (tmp_path / "gradflow/time_distance.csv").read_bytes() == table


@pytest.mark.parametrize("module", ["time_distance", "remember"])
def test_the_quick_run_writes_a_whole_record_and_loads_no_tensorflow(module, tmp_path, monkeypatch):
    code = (
        "import runpy, sys; sys.argv = ['x', '--quick']; "
        f"runpy.run_module('deepcourse.gradflow.runs.{module}', run_name='__main__'); "
        "assert 'tensorflow' not in sys.modules"
    )
    root = records.RUNS.resolve().parent
    monkeypatch.setenv("PYTHONPATH", str(root / "code"))
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")  # arrays are small, and the processors may be busy
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True)
    record = json.loads((tmp_path / f".cache/quick/gradflow/{module}.json").read_text())
    records.validate(record)
    assert set(record["values"]) == set(td.NETS) | (set(td.SPANS) if module == "time_distance" else set())


def test_the_record_has_the_seed_that_fails_with_the_largest_reach_and_four_times_the_updates_teach_it():
    reach, accuracy, longer = np.array(records.read("gradflow/remember")["by_seed"]["lstm_1"]).T
    assert (accuracy < 0.95).sum() == 1
    assert reach.argmax() == accuracy.argmin()
    assert (longer > 0.95).all()


def test_what_is_left_of_the_direct_path_behind_its_first_step_is_what_the_forget_gates_leave():
    values = records.read("gradflow/time_distance")["values"]
    for name in ("lstm_5", "lstm_5_closed"):
        found = values[name]["carousel_from_1_to_100"]
        assert found == pytest.approx(values[name]["carousel_100"] / values[name]["carousel_1"])
        assert 0.4 < found < 0.55
    assert values["lstm_5"]["carousel_1"] < 0.6 * values["lstm_5_closed"]["carousel_1"]


def test_the_quick_run_of_patience_is_whole(tmp_path):
    records.make("gradflow/patience", patience.measure, patience.QUICK, tmp_path)
    values = records.read("gradflow/patience", tmp_path)["values"]
    assert values["rnn_double"]["seeds"] == 2


def test_nets_with_doubled_weights_learn_late():
    first = records.read("gradflow/remember")["by_seed"]
    record = records.read("gradflow/patience")
    double = np.array(record["by_seed"]["rnn_double"])
    np.testing.assert_array_equal(double[:, :2], first["rnn_double"][: len(double)])
    assert (double[:, 1] < 0.95).any()
    assert (double[:, 2] > 0.95).all()

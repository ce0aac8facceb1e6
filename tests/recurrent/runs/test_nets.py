"""Five nets at tasks that need a memory: what is trained, and what the records say of it."""

from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse import records
from deepcourse.recurrent.runs import adding, memory, nets

T = nets.Training(units=4, batch=4, every=2, compiled=False)
X = np.random.default_rng(0).normal(size=(2, 5, 3)).astype(np.float32)


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")


@pytest.mark.parametrize("kind", nets.KINDS)
def test_the_loop_without_a_list_of_states_gives_what_the_layer_gives(kind):
    keras.utils.set_random_seed(0)
    net = nets.Net(kind, 3, 4, 2)
    layer = net.layer
    layer.bias.assign(tf.random.normal(layer.bias.shape))
    layer.return_sequences = True
    ways = {"ends": lambda: net.ends(tf.constant(X), 3), "layer": lambda: net.out(layer(X)[:, 2:])}
    found = {}
    for name, way in ways.items():
        with tf.GradientTape() as tape:
            y = way()
            cost = tf.reduce_sum(y**2)
        found[name] = [y, *tape.gradient(cost, net.weights)]
    for one, other in zip(*found.values(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(net.last(tf.constant(X)), found["ends"][0][:, -1], rtol=1e-6)


@pytest.mark.parametrize(("kind", "name"), {"rnn": "SimpleRNN", "lstm_1": "LSTM", "gru": "GRU"}.items())
def test_the_nets_are_those_of_keras(kind, name):
    net, twin = nets.Net(kind, 3, 4, 2), getattr(keras.layers, name)(4)
    twin.build((None, None, 3))
    twin.set_weights(net.layer.get_weights())
    np.testing.assert_allclose(net.states(tf.constant(X))[0], twin(X), rtol=1e-5, atol=1e-6)


def test_the_biases_of_the_forget_gates_differ_and_one_net_has_none():
    biases = {kind: nets.Net(kind, 3, 4, 2).layer.bias.numpy() for kind in nets.KINDS}
    assert biases["lstm_1"].tolist() == [0] * 4 + [1] * 4 + [0] * 8
    assert biases["lstm_0"].tolist() == [0] * 16
    assert biases["lstm_1997"].shape == (12,)


def test_a_run_from_the_same_seed_is_the_same_whatever_came_before():
    net = adding.trained(adding.QUICK, "gru", 6)

    def draw(seed):
        return adding.drawn(adding.QUICK, 6, seed)

    first = nets.solve(net, draw, T, 0.01, 0, 24, 0)
    other = nets.solve(net, draw, T, 0.01, 0, 24, 1)
    again = nets.solve(net, draw, T, 0.01, 0, 24, 0)
    assert len(first) == 3
    assert first == pytest.approx(again, rel=1e-5)
    assert other != pytest.approx(first, rel=1e-2)


@pytest.mark.parametrize("task", [adding, memory])
def test_an_easy_task_is_solved_before_the_budget_is_spent(task):
    s = task.Settings(
        training=nets.Training(units=16, batch=32, every=20, compiled=False),
        plan=((2, 20_000, 1),),
        kinds=("gru",),
        task=1,
    )
    goal = 0.5 * task.without(s, 2)
    curve = nets.solve(task.trained(s, "gru", 2), partial(task.drawn, s, 2), s.training, 0.02, goal, 20_000, 0)
    assert curve[-1] < goal < curve[0]
    assert len(curve) < 20_000 / 32 / 20


def test_slow_is_told_from_deaf_and_the_unsolved_count_as_the_budget():
    s = nets.Training(batch=10, every=5, solved=0.1, deaf=0.9)
    curves = [[1.0, 0.5, 0.05], [1.0, 0.8, 0.7, 0.6], [1.0, 0.99, 1.0, 1.01]]
    said = nets.summary(s, curves, 1.0, 200)
    assert {key: said[key] for key in ("seeds", "solved", "slow", "deaf")} == dict(seeds=3, solved=1, slow=1, deaf=1)
    assert (said["sequences_lowest"], said["sequences"], said["sequences_highest"]) == (150, 200, 200)
    assert (said["error_lowest"], said["error_highest"]) == (0.05, 1.01)


def test_the_rate_counts_at_which_most_seeds_solve_it_then_soonest_or_else_errs_less():
    s = nets.Training(batch=10, every=5, solved=0.1, rates=(0.3, 0.1))
    both, one = [[0.5, 0.05]] * 2, [[0.05], [1.0] * 4]
    assert nets.best(s, [one, both], 1.0, 200)["rate"] == 0.1
    assert nets.best(s, [[[1.0, 0.05]], [[0.05]]], 1.0, 200)["rate"] == 0.1
    assert nets.best(s, [[[0.6] * 4], [[0.7] * 4]], 1.0, 200)["rate"] == 0.3


@pytest.mark.parametrize(("task", "unit", "name"), [(adding, "1", "adding"), (memory, "nat", "copying")])
def test_the_record_has_every_net_at_every_length(task, unit, name, tmp_path, monkeypatch):
    def said(s, task, kind, length, budget, seeds):
        return [[[0.9, 0.001]] * seeds] * len(s.training.rates)

    monkeypatch.setattr(nets, "of_a_net", said)
    records.make(f"recurrent/{name}", task.measure, task.QUICK, tmp_path)
    record = records.read(f"recurrent/{name}", tmp_path)
    lengths = [f"of_{length}" for length, *_ in task.QUICK.plan]
    for kind in nets.KINDS:
        assert [*record["values"][kind]] == lengths
        assert record["values"][kind][lengths[0]]["solved"] == 2
        assert record["values"][kind][lengths[0]]["sequences"] == 2 * 2 * 4
    assert record["units"][f"gru.{lengths[0]}.error_lowest"] == unit
    assert record["units"][f"gru.{lengths[0]}.sequences"] == "count"
    assert record["curves"]["gru"][lengths[1]]["rate_0.01"] == [[0.9, 0.001]]


def test_the_answers_alone_are_asked_for():
    x, y = memory.drawn(memory.QUICK, 3, 0)
    assert (x.shape, y.shape) == ((4, 3 + 2 * 2, 10), (4, 2))
    np.testing.assert_array_equal(x[:, :2].argmax(2), y)
    assert memory.without(memory.QUICK, 3) == pytest.approx(np.log(8))

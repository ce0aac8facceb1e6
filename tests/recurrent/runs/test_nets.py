"""Six nets at tasks that need a memory: what is trained, and what the records say of it."""

from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse import records
from deepcourse.recurrent.runs import adding, copying, nets, reach
from deepcourse.recurrent.solutions.layers import bias_that_keeps

T = nets.Training(units=4, batch=4, every=2, compiled=False)
X = np.random.default_rng(0).normal(size=(2, 5, 3)).astype(np.float32)


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")


@pytest.mark.parametrize("kind", nets.KINDS)
def test_the_loop_without_a_list_of_states_gives_what_the_layer_gives(kind):
    keras.utils.set_random_seed(0)
    net = nets.Net(kind, 3, 4, 2, 5)
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
    biases = {kind: nets.Net(kind, 3, 4, 2, 20).layer.bias.numpy() for kind in nets.KINDS}
    assert biases["lstm_1"].tolist() == [0] * 4 + [1] * 4 + [0] * 8
    assert biases["lstm_0"].tolist() == [0] * 16
    assert biases["lstm_1997"].shape == (12,)
    bias = pytest.approx(bias_that_keeps(0.5, 20))
    assert biases["lstm_span"].tolist() == [0] * 4 + [bias] * 4 + [0] * 8


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


@pytest.mark.parametrize("task", [adding, copying])
def test_an_easy_task_is_solved_before_the_budget_is_spent(task):
    s = task.Settings(
        training=nets.Training(units=16, batch=32, every=20, compiled=False),
        task=1,
    )
    goal = 0.5 * task.without(s, 2)
    curve = nets.solve(task.trained(s, "gru", 2), partial(task.drawn, s, 2), s.training, 0.02, goal, 20_000, 0)
    assert curve[-1] < goal < curve[0]
    assert len(curve) < 20_000 / 32 / 20


def test_slow_is_told_from_unheard_and_the_unsolved_count_as_the_budget():
    s = nets.Training(batch=10, every=5, solved=0.1, unheard=0.9)
    curves = [[2.0, 1.0, 0.1], [2.0, 1.6, 1.4, 1.2], [2.0, 1.98, 2.0, 2.02]]
    said = nets.summary(s, curves, 2.0, 200)
    counts = {"seeds": 3, "solved": 1, "slow": 1, "unheard": 1}
    assert {key: said[key] for key in counts} == counts
    assert (said["sequences_lowest"], said["sequences"], said["sequences_highest"]) == (150, 200, 200)
    assert (said["left_lowest"], said["left_highest"]) == (0.6, 1.0), "of those alone that did not solve it, 1 at most"
    assert said["left"] == pytest.approx((0.05 + 0.6 + 1) / 3)
    said = nets.summary(s, curves[:1], 2.0, 200)
    assert (said["left_lowest"], said["left_highest"]) == (0.05, 0.05)


def test_the_rate_counts_at_which_most_seeds_solve_it_then_soonest_or_else_errs_less():
    s = nets.Training(batch=10, every=5, solved=0.1)
    both, one = [[0.5, 0.05]] * 2, [[0.05], [1.0] * 4]

    def best(first, second):
        return nets.best(s, {0.3: (200, first), 0.1: (200, second)}, 1.0)

    assert best(one, both)["rate"] == 0.1
    assert best([[1.0, 0.05]], [[0.05]])["rate"] == 0.1
    assert best([[0.6] * 4], [[0.7] * 4])["rate"] == 0.3
    assert best([[1.2] * 4, [0.9]], [[1.3] * 4, [0.8]])["rate"] == 0.1
    assert best(one, both)["rates"] == 2
    longer = {0.3: (400, [[0.8] * 8]), 0.1: (200, [[0.7] * 4])}
    assert nets.best(s, longer, 1.0)["rate"] == 0.3, "what was tried for longer says more"


def test_a_later_row_of_the_plan_counts():
    plan = (("a", "b"), (5, 6), (0.1,), 64, 2), (("b",), (6,), (0.1, 0.2), 256, 1)
    found = nets.planned(plan)
    assert found["a", 6, 0.1] == found["b", 5, 0.1] == (64, 2)
    assert found["b", 6, 0.1] == found["b", 6, 0.2] == (256, 1)
    assert len(found) == 5


@pytest.mark.parametrize(("task", "unit", "name"), [(adding, "1", "adding"), (copying, "nat", "copying")])
def test_the_record_has_every_net_at_every_length(task, unit, name, tmp_path, monkeypatch):
    def solve(trained, draw, t, rate, goal, budget, seed):
        return [0.9, 0.001]

    monkeypatch.setattr(nets, "solve", solve)
    records.make(f"recurrent/{name}", task.measure, task.QUICK, tmp_path)
    record = records.read(f"recurrent/{name}", tmp_path)
    plan = nets.planned(task.QUICK.plan)
    first, last = (f"of_{row[1][0]}" for row in task.QUICK.plan)
    for kind in {kind for kind, *_ in plan}:
        assert {*record["values"][kind]} == {f"of_{length}" for one, length, _ in plan if one == kind}
    assert record["values"]["gru"][first]["solved"] == 2
    assert record["values"]["gru"][first]["sequences"] == 2 * 2 * 4
    assert record["values"]["gru"][last]["rates"] == 2
    assert record["units"][f"gru.{first}.left_lowest"] == "ratio"
    assert record["units"][f"gru.{first}.sequences"] == "count"
    assert record["units"]["without_memory" if name == "adding" else "without_memory.answer"] == unit
    assert record["curves"]["gru"][last]["rate_0.01"] == [[0.9, 0.001]]


def test_a_run_that_is_finished_is_kept(tmp_path, monkeypatch):
    asked = []

    def solve(trained, draw, t, rate, goal, budget, seed):
        asked.append(seed)
        return [0.9, 0.001]

    monkeypatch.setattr(nets, "solve", solve)
    for _ in range(2):
        nets.compared("recurrent/adding", adding.QUICK, adding)
    assert len(asked) == sum(seeds for _, seeds in nets.planned(adding.QUICK.plan).values())


def test_less_gradient_reaches_the_first_step_the_less_a_gate_keeps():
    s = reach.Settings(task=copying.QUICK, gaps=(20,), seeds=(0, 1, 2))
    found = reach.measure(s, None)["values"]
    far = {kind: each["of_20"] for kind, each in found.items()}
    assert far["lstm_0"] < far["lstm_1"] < far["lstm_span"] < 10
    assert far["gru"] < far["lstm_1"]


def test_the_answers_alone_are_asked_for():
    x, y = copying.drawn(copying.QUICK, 3, 0)
    assert (x.shape, y.shape) == ((4, 3 + 2 * 2, 10), (4, 2))
    np.testing.assert_array_equal(x[:, :2].argmax(2), y)
    assert copying.without(copying.QUICK, 3) == pytest.approx(np.log(8))

"""Running: only what is needed, inputs first, each node once, all reads before all writes."""

import numpy as np
import pytest
from deepcourse.graphs.graph import Graph, assign, exp, log, reduce_sum
from deepcourse.graphs.operations import COMPUTE
from deepcourse.graphs.run import evaluate, needed, run


def test_only_what_the_fetches_need_runs():
    g = Graph()
    x, w = g.placeholder((), "x"), g.variable(2.0, "w")
    label = x * w
    loss = (label - 1) ** 2
    train = assign(w, w - loss)
    assert [n.name for n in evaluate([label], {x: 3.0})] == ["x", "w", "multiply_2"]
    assert train not in evaluate([loss], {x: 3.0})
    assert len(evaluate([train], {x: 3.0})) == len(g.nodes)
    assert run(w) == 2, "fetching the labels or the loss, or looking at all values, has written"


def test_a_node_that_two_others_read_is_computed_once_and_before_both(monkeypatch):
    g = Graph()
    x = g.placeholder((), "x")
    e = exp(x)
    late = log(e)
    y = e + late
    calls = []
    monkeypatch.setitem(COMPUTE, "exp", lambda a: calls.append(a) or np.exp(a))
    assert [*evaluate([y], {x: 1.0})] == [x, e, late, y]
    assert len(calls) == 1


def test_a_ladder_of_doublings_takes_as_many_additions_as_it_has_steps():
    y = Graph().constant(1)
    for _ in range(60):  # who computes inputs anew for each reader needs 2 to the power of 60 additions
        y = y + y
    assert run(y) == 2.0**60
    assert len(evaluate([y])) == 61


def test_every_node_comes_after_its_inputs():
    g = Graph()
    nodes, rng = [g.placeholder((), "x")], np.random.default_rng(0)
    for _ in range(60):
        a, b = rng.choice(len(nodes), 2)
        nodes.append(nodes[a] + nodes[b])
    order = {n: i for i, n in enumerate(needed([nodes[-1], nodes[30]]))}
    assert all(order[a] < order[n] for n in order for a in n.inputs)


def test_a_chain_of_five_thousand_nodes_runs():
    y = Graph().constant(0)
    for _ in range(2500):
        y = y + 1
    assert run(y) == 2500


def test_all_reads_come_before_all_writes():
    g = Graph()
    w = g.variable(1.0, "w")
    before = w * 10
    write = assign(w, w + 1)
    after = w * 10  # built after the write, and reads the same
    assert [float(v) for v in run([before, write, after, w])] == [10, 2, 10, 1]
    assert run(w) == 2


def test_two_variables_swap_their_values_in_one_run():
    g = Graph()
    a, b = g.variable([1.0, 2.0], "a"), g.variable([3.0, 4.0], "b")
    run([assign(a, b), assign(b, a)])
    np.testing.assert_array_equal(run([a, b]), [[3, 4], [1, 2]])
    m = g.variable([[1.0, 2.0], [3.0, 4.0]], "m")
    run(assign(m, m.T))  # a view of what is written
    np.testing.assert_array_equal(run(m), [[1, 3], [2, 4]])


def test_a_run_that_fails_has_written_nothing(monkeypatch):
    g = Graph()
    w = g.variable(1.0, "w")
    write, other = assign(w, w + 1), exp(w)

    def fails(_):
        raise ArithmeticError

    monkeypatch.setitem(COMPUTE, "exp", fails)
    with pytest.raises(ArithmeticError):
        run([write, other])
    assert run(w) == 1


def test_what_a_run_returns_is_a_copy():
    g = Graph()
    w, x = g.variable([1.0, 2.0], "w"), g.placeholder((2,), "x")
    mine = np.ones(2)
    held, turned, same = run([w, w.T, x], {x: mine})
    held[:] = turned[:] = same[:] = 7
    np.testing.assert_array_equal(run(w), [1, 2])
    np.testing.assert_array_equal(mine, 1)
    seen = run(w)
    run(assign(w, w + 1))
    np.testing.assert_array_equal(seen, [1, 2])


def test_a_node_gives_an_array_and_a_list_of_nodes_a_list():
    x = Graph().constant([1, 2])
    assert run(x).shape == (2,)
    assert isinstance(run(reduce_sum(x)), np.ndarray)
    assert len(run([x, x])) == 2


def refused():
    """Graph, placeholder, variable, and what else the refusals are about."""
    g, other = Graph(), Graph()
    x, w, u = g.placeholder((2,), "x"), g.variable([1.0, 2.0], "w"), g.placeholder((), "unused")
    return {"x": x, "w": w, "u": u, "y": x + w, "alien": other.placeholder((2,), "alien"), "two": assign(w, x)}


@pytest.mark.parametrize(
    ("fetch", "feed", "message"),
    [
        (["y"], {}, r"x: got no value, expected a feed of \(2,\)"),
        (["y"], {"x": [1.0]}, r"x: got shape \(1,\), expected shape \(2,\)"),
        (["y"], {"x": ["a", "b"]}, "x: got dtype <U1, expected real numbers"),
        (["y"], {"x": [1, 2], "u": [1]}, r"unused: got shape \(1,\), expected shape \(\)"),
        (["y"], {"x": [1, 2], "w": [1, 2]}, r"feed: got w \(2,\), expected a placeholder"),
        (["y"], {"x": [1, 2], "name": 1}, "feed: got 'name', expected a placeholder"),
        (["y"], {"x": [1, 2], "alien": [1, 2]}, "feed: got nodes of 2 graphs, expected of one"),
        (["y", "alien"], {"x": [1, 2]}, "fetches: got nodes of 2 graphs, expected of one"),
        (["name"], {}, "fetches: got 'name', expected nodes"),
        ([], {}, "fetches: got nodes of 0 graphs, expected of one"),
        (["two", "second"], {"x": [1, 2]}, "w: got two assigns, expected one in a run"),
    ],
)
def test_what_cannot_run_is_refused_before_anything_is_computed(monkeypatch, fetch, feed, message):
    found = refused()
    found["second"] = assign(found["w"], found["y"])
    for op in COMPUTE:
        monkeypatch.setitem(COMPUTE, op, lambda *_, **__: pytest.fail("something was computed"))
    with pytest.raises(ValueError, match=f"^{message}"):
        run([found.get(name, name) for name in fetch], {found.get(name, name): v for name, v in feed.items()})

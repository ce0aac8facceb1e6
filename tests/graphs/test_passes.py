"""The passes leave every value as it is, and what they take away is counted."""

import numpy as np
import pytest
from deepcourse.graphs.gradients import gradients
from deepcourse.graphs.graph import Graph, assign, exp, reduce_sum, relu
from deepcourse.graphs.passes import copied, folded, merged, optimize, rewritten
from deepcourse.graphs.run import evaluate, needed, run


@pytest.fixture
def net():
    """A net that trains, with all that a careless builder leaves in a graph."""
    g = Graph()
    x, t = g.placeholder((4, 2), "x"), g.placeholder((4, 1), "t")
    w, b = g.variable([[0.5], [-0.25]], "w"), g.variable([0.1], "b")
    y = relu(x @ w + b)
    loss = reduce_sum((y - t) ** 2) * (g.constant(2.0) / 4.0)
    dw, db = gradients(loss, [w, b])
    train = [assign(w, w - 0.1 * dw), assign(b, b - 0.1 * db)]
    exp(loss)  # nobody asks for it
    feed = {x: np.arange(8.0).reshape(4, 2), t: np.ones((4, 1))}
    return g, [loss, *train], feed


def renamed(feed, graph):
    """The same feed for the placeholders of another graph, by name."""
    by_name = {n.name: n for n in graph.nodes if n.op == "placeholder"}
    return {by_name[node.name]: value for node, value in feed.items()}


@pytest.mark.parametrize("which", ["folded", "merged", "dropped", "all"])
def test_a_pass_changes_no_value(net, which):
    g, fetches, feed = net
    if which == "all":
        smaller, changed = optimize(fetches)
        assert [*changed] == ["folded", "merged", "dropped"]
        assert all(changed.values())
    else:
        rules = {"folded": folded, "merged": merged(), "dropped": copied}
        new = rewritten(needed(fetches) if which == "dropped" else g.nodes, rules[which])
        smaller = [new[node] for node in fetches]
        assert which == "folded" or len(smaller[0].graph.nodes) < len(g.nodes)
    graph = smaller[0].graph
    assert graph is not g
    expected, values = evaluate(fetches, feed), evaluate(smaller, renamed(feed, graph))
    for old, new in zip(fetches, smaller, strict=True):
        np.testing.assert_array_equal(values[new], expected[old])
    assert len(values) <= len(expected)


def test_a_rewritten_graph_trains_the_same_variables(net):
    _, fetches, feed = net
    (loss, *train), _ = optimize(fetches)
    first = run(fetches[0], feed)
    run(train, renamed(feed, loss.graph))
    assert run(fetches[0], feed) < first


def test_constants_are_folded_through_and_variables_are_not():
    g = Graph()
    w = g.variable(1.0, "w")
    y = ((g.constant(2.0) + 3.0) * 4.0) * w
    new = rewritten(g.nodes, folded)
    assert sum(new[node].op != node.op for node in g.nodes) == 2
    assert new[y].inputs[0].settings["value"] == 20
    assert new[y].op == "multiply"
    assert len(new[y].graph.nodes) == len(g.nodes)


def test_the_same_computed_twice_is_computed_once():
    g = Graph()
    x = g.placeholder((2, 2), "x")
    y = exp(x + 1.0) * exp(x + 1.0)
    new = rewritten(g.nodes, merged())
    assert new[y].inputs[0] is new[y].inputs[1]
    assert len(new[y].graph.nodes) == len(g.nodes) - 3  # a constant, a sum, an exponential


def test_what_only_looks_the_same_is_not_merged():
    g = Graph()
    a, b = g.placeholder((2, 2), "a"), g.placeholder((2, 2), "b")
    v, w = g.variable(1.0, "v"), g.variable(1.0, "w")
    reduce_sum(a, 0), reduce_sum(a, 1), a - b, b - a, a**2, a**3, v + w
    g.constant(0.0), g.constant(-0.0), g.constant([0.0]), assign(v, w), assign(w, v)
    assert len({*rewritten(g.nodes, merged()).values()}) == len(g.nodes)


def test_what_nobody_needs_is_dropped():
    g = Graph()
    x = g.placeholder((), "x")
    y, z = x + 1.0, exp(x)
    new = rewritten(needed([y]), copied)
    assert z not in new
    assert [n.name for n in new[y].graph.nodes] == ["x", "constant_1", "add_2"]


def test_fetches_of_two_graphs_are_refused():
    with pytest.raises(ValueError, match=r"^fetches: got nodes of 2 graphs, expected of one"):
        optimize([Graph().constant(1.0), Graph().constant(1.0)])

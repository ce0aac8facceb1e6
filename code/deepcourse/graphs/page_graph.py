"""The graph of the page: one unit with a bend, its loss, and its trainer."""

from typing import NamedTuple

from deepcourse.graphs.gradients import gradients
from deepcourse.graphs.graph import Graph, Node, assign, relu
from deepcourse.graphs.passes import optimize

FED = {"x": 1.5, "t": 2.0}  # at first
HELD = {"w": 0.5, "b": 0.25}
RATE = 0.1


class Unit(NamedTuple):
    """What one may ask for."""

    y: Node  # the prediction
    loss: Node
    dw: Node  # how the loss changes with w
    train_w: Node
    train_b: Node


def unit(w=HELD["w"], b=HELD["b"], rate=RATE):
    """Build y = relu(x w + b), its loss (y - t)², and what trains it.

    Args:
        w: the weight to begin with.
        b: the bias to begin with.
        rate: of the descent.

    Returns:
        The nodes, in a graph that all three passes went through.

    Examples:
        >>> len(unit().loss.graph.nodes)
        26
    """
    g = Graph()
    x, t = g.placeholder((), "x"), g.placeholder((), "t")
    w, b = g.variable(w, "w"), g.variable(b, "b")
    y = relu(x * w + b)
    loss = (y - t) ** 2
    dw, db = gradients(loss, [w, b])
    train = assign(w, w - rate * dw), assign(b, b - rate * db)
    small, _ = optimize([y, loss, dw, *train])
    return Unit(*small)


def by_name(graph, name):
    """A node of a graph by its name.

    Args:
        graph: to look in.
        name: of a node.

    Returns:
        The first node of that name.
    """
    return next(node for node in graph.nodes if node.name == name)

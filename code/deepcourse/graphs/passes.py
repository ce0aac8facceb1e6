"""Three ways to a smaller graph that computes the same.

Each pass reads a graph and builds another, which holds the same variables:
what the one assigns, the other reads. TensorFlow's Grappler has the same
three and a dozen more.
"""

from typing import NamedTuple

from deepcourse.graphs.expect import refuse
from deepcourse.graphs.graph import Graph, graph_of
from deepcourse.graphs.operations import COMPUTE
from deepcourse.graphs.run import needed

KEPT_APART = ("placeholder", "variable", "assign")


class Rewritten(NamedTuple):
    """A new graph, and what became of the nodes of the old one."""

    graph: Graph
    new: dict  # old node -> new node
    changed: int  # nodes that were folded, merged or dropped


def fold_constants(graph):
    """What depends on constants alone becomes a constant.

    Args:
        graph: a graph.

    Returns:
        The new graph, the new node of each, how many were folded.

    Examples:
        >>> g = Graph()
        >>> y = g.placeholder((), "x") * (g.constant(2.0) / 4.0)
        >>> fold_constants(g).new[y].inputs[1].settings["value"]
        array(0.5)
    """
    result, new, folded = Graph(), {}, 0
    for node in graph.nodes:
        inputs = tuple(new[a] for a in node.inputs)
        if inputs and all(a.op == "constant" for a in inputs):
            arrays = [a.settings["value"] for a in inputs]
            value = COMPUTE[node.op](*arrays, **node.settings)
            new[node] = result.constant(value, node.name)
            folded += 1
        else:
            new[node] = copied(node, inputs, result)
    return Rewritten(result, new, folded)


def merge_common(graph):
    """Nodes that compute the same become one.

    Args:
        graph: a graph.

    Returns:
        The new graph, the new node of each, how many were merged.

    Examples:
        >>> g = Graph()
        >>> x = g.placeholder((), "x")
        >>> merge_common((x * x + x * x).graph).changed
        1
    """
    result, new, seen = Graph(), {}, {}
    for node in graph.nodes:
        inputs = tuple(new[a] for a in node.inputs)
        key = what_it_computes(node, inputs)
        if key not in seen:
            seen[key] = copied(node, inputs, result)
        new[node] = seen[key]
    return Rewritten(result, new, len(new) - len(seen))


def drop_dead(graph, fetches):
    """Nodes that no fetch needs vanish.

    Args:
        graph: a graph.
        fetches: nodes of it that will be asked for.

    Returns:
        The new graph, the new node of each that is left, how many weren't.

    Raises:
        ValueError: A fetch is no node of this graph.

    Examples:
        >>> g = Graph()
        >>> x = g.placeholder((), "x")
        >>> y, z = x + 1, x - 1
        >>> drop_dead(g, [y]).changed
        2
    """
    nodes, result, new = needed(fetches), Graph(), {}
    if graph_of("fetches", nodes) is not graph:
        refuse(
            "fetches", "another graph's", "nodes of this graph"
        )
    for node in nodes:
        inputs = tuple(new[a] for a in node.inputs)
        new[node] = copied(node, inputs, result)
    return Rewritten(result, new, len(graph.nodes) - len(nodes))


def copied(node, inputs, graph):
    """The same node at the end of another graph.

    Args:
        node: of the old graph.
        inputs: its inputs in the new one.
        graph: the new one.

    Returns:
        The new node; a variable holds the same array.
    """
    known = node.op, inputs, node.shape, node.name
    return graph.add(*known, **node.settings)


def what_it_computes(node, inputs):
    """A key that nodes share if they compute the same.

    Args:
        node: of the old graph.
        inputs: its inputs in the new one.

    Returns:
        A tuple; for what is fed, kept or written, one of its own.
    """
    if node.op in KEPT_APART:
        return (node,)
    if node.op == "constant":
        return node.shape, node.settings["value"].tobytes()
    settings = tuple(node.settings.items())
    return node.op, inputs, settings


def optimize(fetches):
    """All three passes in turn.

    Args:
        fetches: nodes of one graph that will be asked for.

    Returns:
        These nodes in the new graph, and what each pass changed, by name.

    Raises:
        ValueError: One isn't a node, or they are of several graphs.
    """
    graph, changed = graph_of("fetches", needed(fetches)), {}
    for rewrite in (fold_constants, merge_common):
        graph, new, count = rewrite(graph)
        fetches = [new[node] for node in fetches]
        changed[rewrite.__name__] = count
    _, new, changed["drop_dead"] = drop_dead(graph, fetches)
    return [new[node] for node in fetches], changed

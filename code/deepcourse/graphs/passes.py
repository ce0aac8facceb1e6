"""Three ways to a smaller graph that computes the same.

A pass goes through nodes in their order and puts one into a new graph for
each: a copy, unless its rule knows better. The new graph holds the same
variables: what the one assigns, the other reads. TensorFlow's Grappler has the
same three and a dozen more.
"""

from deepcourse.graphs.graph import Graph, graph_of
from deepcourse.graphs.operations import COMPUTE
from deepcourse.graphs.run import needed

KEPT_APART = ("placeholder", "variable", "assign")


# --8<-- [start:rewritten]
def rewritten(nodes, rule):
    """What a rule puts into a new graph for each node.

    Args:
        nodes: of one graph, each after its inputs.
        rule: a function of the new graph, a node, and its new inputs, that
            returns a node of the new graph.

    Returns:
        From each node to the new one.
    """
    graph, new = Graph(), {}
    for node in nodes:
        inputs = tuple(new[u] for u in node.inputs)
        new[node] = rule(graph, node, inputs)
    return new


def copied(graph, node, inputs):
    """The same node at the end of another graph.

    Args:
        graph: the new one.
        node: of the old graph.
        inputs: its inputs in the new one.

    Returns:
        The new node; a variable holds the same array.
    """
    known = node.op, inputs, node.shape, node.name
    return graph.add(*known, **node.settings)


def folded(graph, node, inputs):
    """A constant, if all inputs are constants; else a copy.

    Args:
        graph: the new one.
        node: of the old graph.
        inputs: its inputs in the new one.

    Returns:
        The new node.

    Examples:
        >>> g = Graph()
        >>> y = g.placeholder((), "x") * (g.constant(2.0) / 4.0)
        >>> rewritten(g.nodes, folded)[y].inputs[1].settings["value"]
        array(0.5)
    """
    if not inputs or any(u.op != "constant" for u in inputs):
        return copied(graph, node, inputs)
    arrays = [u.settings["value"] for u in inputs]
    value = COMPUTE[node.op](*arrays, **node.settings)
    return graph.constant(value, node.name)


# --8<-- [end:rewritten]


def merged():
    """A rule with a memory: nodes that compute the same become one.

    Returns:
        The rule.

    Examples:
        >>> x = Graph().placeholder((), "x")
        >>> new = rewritten((x * x + x * x).graph.nodes, merged())
        >>> len(new), len({*new.values()})
        (4, 3)
    """
    seen = {}

    def rule(graph, node, inputs):
        key = what_it_computes(node, inputs)
        if key not in seen:
            seen[key] = copied(graph, node, inputs)
        return seen[key]

    return rule


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
    """All three passes in turn; the last copies what is needed.

    Args:
        fetches: nodes of one graph that will be asked for.

    Returns:
        These nodes in the new graph, and how many nodes were folded, merged
        and dropped.

    Raises:
        ValueError: One isn't a node, or they are of several graphs.
    """
    nodes = graph_of("fetches", fetches).nodes
    new = rewritten(nodes, folded)
    constants = sum(new[node].op != node.op for node in nodes)
    again = rewritten(new.values(), merged())
    kept = [again[new[node]] for node in fetches]
    live = needed(kept)
    last = rewritten(live, copied)
    changed = {
        "folded": constants,
        "merged": len(nodes) - len({*again.values()}),
        "dropped": len({*again.values()}) - len(live),
    }
    return [last[node] for node in kept], changed

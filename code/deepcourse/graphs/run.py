"""Running a graph: only what the fetches need, inputs first.

Within a run all reads come before all writes. Every node sees a variable as
it was when the run began, also one that was built after an assign; when all
is computed, the variables take their new values. A run that fails has
therefore changed nothing.
"""

import numpy as np

from deepcourse.graphs.expect import array, refuse
from deepcourse.graphs.graph import graph_of
from deepcourse.graphs.operations import COMPUTE


# --8<-- [start:needed]
def needed(fetches):
    """Every node that the fetches need, each after its inputs.

    The order is that of building. It has to be one in which inputs come
    first: a node that two others read is computed once, before both.

    Args:
        fetches: nodes of one graph.

    Returns:
        A list of nodes.

    Raises:
        ValueError: One isn't a node, or they are of several graphs.
    """
    graph_of("fetches", fetches)
    found, todo = {*fetches}, [*fetches]
    while todo:
        new = {*todo.pop().inputs} - found
        found |= new
        todo += new
    return sorted(found, key=lambda node: node.number)


# --8<-- [end:needed]


def fed(nodes, feed):
    """What is fed, as arrays, if it is all that the nodes need.

    Args:
        nodes: that will run.
        feed: from placeholders of their graph to arrays.

    Returns:
        From placeholders to float64 arrays.

    Raises:
        ValueError: A placeholder isn't fed, what is fed isn't one of this
            graph, or the value isn't real numbers of its shape.
    """
    for node in feed:
        if getattr(node, "op", None) != "placeholder":
            refuse("feed", repr(node), "a placeholder")
    graph_of("feed", [*feed, *nodes])
    for node in nodes:
        if node.op == "placeholder" and node not in feed:
            refuse(
                node.name, "no value", f"a feed of {node.shape}"
            )
    return {
        node: array(node.name, value, node.shape)
        for node, value in feed.items()
    }


def once(nodes):
    """Refuse two writes of one variable in one run.

    Args:
        nodes: that will run.

    Raises:
        ValueError: The variable that is assigned twice.
    """
    written = [n.inputs[0] for n in nodes if n.op == "assign"]
    for variable in {*written}:
        if written.count(variable) > 1:
            refuse(variable.name, "two assigns", "one in a run")


# --8<-- [start:evaluate]
def evaluate(fetches, feed=None):
    """Compute what the fetches need, and write nothing.

    Args:
        fetches: nodes of one graph.
        feed: from placeholders to arrays.

    Returns:
        From each node that ran, in its turn, to its value.

    Raises:
        ValueError: The argument, what came, and what was expected. Two
            nodes assign the same variable.
    """
    nodes = needed(fetches)
    once(nodes)
    given, values = fed(nodes, feed or {}), {}
    for node in nodes:
        if node in given:
            values[node] = given[node]
        else:
            arrays = [values[u] for u in node.inputs]
            compute = COMPUTE[node.op]
            values[node] = compute(*arrays, **node.settings)
    return values


# --8<-- [end:evaluate]


# --8<-- [start:run]
def run(fetches, feed=None):
    """The values of the fetches; then, variables are assigned.

    Args:
        fetches: a node, or a list of nodes of one graph.
        feed: from placeholders to arrays.

    Returns:
        An array for a node, a list of arrays for a list.

    Raises:
        ValueError: The argument, what came, and what was expected. Two
            nodes assign the same variable.

    Examples:
        >>> from deepcourse.graphs.graph import Graph, assign
        >>> g = Graph()
        >>> count = g.variable(0, "count")
        >>> step = assign(count, count + 1)
        >>> [run([step, count]) for _ in range(2)]
        [[array(1.), array(0.)], [array(2.), array(1.)]]
    """
    wanted = fetches if isinstance(fetches, list) else [fetches]
    values = evaluate(wanted, feed)
    found = [np.array(values[node]) for node in wanted]
    new = {
        node.inputs[0]: np.array(value)
        for node, value in values.items()
        if node.op == "assign"
    }
    for variable, value in new.items():
        variable.settings["value"][...] = value
    return found if isinstance(fetches, list) else found[0]


# --8<-- [end:run]

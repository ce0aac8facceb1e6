"""Gradients as nodes: the golden rule, from the last node to the first.

Nothing is computed here either. The gradient of a node is the sum of what
arrives from all of its readers, so a node has its turn after them; sent back
to an input is that sum, times the slope of the operation. What results is a
part of the graph like any other: it can be run, drawn, and have a gradient.
"""

import numpy as np

from deepcourse.graphs.graph import reduce_sum, reshape
from deepcourse.graphs.operations import GRADIENT
from deepcourse.graphs.run import needed


# --8<-- [start:gradients]
def gradients(y, xs):
    """Nodes that compute how y changes with each x.

    Args:
        y: a node; if it is an array, the gradient is that of its sum.
        xs: nodes of its graph.

    Returns:
        A list of nodes, each of the shape of its x; zeros where y doesn't
        depend on it.

    Raises:
        ValueError: Something is no node, or of another graph.
    """
    between = readers(xs, needed([y, *xs]))
    arrived = {y: y.graph.constant(np.ones(y.shape))}
    for node in reversed(needed([y])):
        if node in between and node in arrived and node.inputs:
            send_back(node, arrived, between)
    return [
        arrived.get(x) or y.graph.constant(np.zeros(x.shape))
        for x in xs
    ]


# --8<-- [end:gradients]


def readers(xs, nodes):
    """The nodes that change when an x does.

    Args:
        xs: nodes.
        nodes: among which to look, each after its inputs.

    Returns:
        A set of nodes, with the xs.
    """
    found = {*xs}
    for node in nodes:
        if not found.isdisjoint(node.inputs):
            found.add(node)
    return found


# --8<-- [start:send-back]
def send_back(node, arrived, between):
    """Add what a node sends to each input to what is there.

    Args:
        node: all of whose readers have had their turn.
        arrived: from nodes to their gradients so far; grows.
        between: the inputs that are to get one.
    """
    slopes = GRADIENT[node.op](arrived[node], node, *node.inputs)
    for u, du in zip(node.inputs, slopes):
        if u in between and du is not None:
            sent, so_far = sum_to(du, u.shape), arrived.get(u)
            arrived[u] = so_far + sent if so_far else sent


# --8<-- [end:send-back]


def sum_to(dy, shape):
    """The gradient of an input that was broadcast: a sum.

    Args:
        dy: a node of the shape to which the input was repeated.
        shape: of the input.

    Returns:
        A node of that shape.
    """
    if dy.shape == shape:
        return dy
    own = (1,) * (len(dy.shape) - len(shape)) + shape
    axes = [i for i, n in enumerate(dy.shape) if n != own[i]]
    return reshape(reduce_sum(dy, axes), shape)

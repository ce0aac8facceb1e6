"""Gradients as nodes: the golden rule, from the last node to the first.

Nothing is computed here either. The gradient of a node is the sum of what
arrives from all of its readers, so a node has its turn after them; sent back
to an input is that sum, times the slope of the operation. What results is a
part of the graph like any other: it can be run, drawn, and have a gradient.
Slopes that nobody asks for are built as well, and as nobody fetches them, they
never run.
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
    arrived = {y: y.graph.constant(np.ones(y.shape))}
    for node in reversed(needed([y, *xs])):
        if node in arrived and node.inputs:
            send_back(node, arrived)
    return [
        arrived.get(x) or y.graph.constant(np.zeros(x.shape))
        for x in xs
    ]


# --8<-- [end:gradients]


# --8<-- [start:send-back]
def send_back(node, arrived):
    """Add what a node sends to each input to what is there.

    Args:
        node: all of whose readers have had their turn.
        arrived: from nodes to their gradients so far; grows.
    """
    slopes = GRADIENT[node.op](arrived[node], node, *node.inputs)
    for u, du in zip(node.inputs, slopes):
        if du is not None:
            sent = sum_to(du, u.shape)
            if u in arrived:
                sent = arrived[u] + sent
            arrived[u] = sent


# --8<-- [end:send-back]


# --8<-- [start:sum-to]
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


# --8<-- [end:sum-to]

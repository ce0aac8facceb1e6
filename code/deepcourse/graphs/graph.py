"""A graph: nodes are operations, edges are what they compute.

This module builds, and computes nothing. A node's inputs are there before it
and never change, so that a graph has no cycle, and the order in which its
nodes were built is one in which they can run.
"""

from dataclasses import dataclass

import numpy as np

from deepcourse.graphs.expect import array, refuse
from deepcourse.graphs.shapes import axes_of, shape_of


# --8<-- [start:infix]
def infix(op):
    """Two methods: for a node left and right of an operator.

    Args:
        op: the name of the operation.

    Returns:
        Two functions of a node and of what stands on its other side.
    """
    return (
        lambda node, other: apply(op, node, other),
        lambda node, other: apply(op, other, node),
    )


# --8<-- [end:infix]


# --8<-- [start:node]
@dataclass(frozen=True, eq=False, repr=False)
class Node:
    """An operation; what it computes flows to its readers."""

    graph: "Graph"
    number: int  # how many nodes were built before it
    op: str
    inputs: tuple  # nodes
    shape: tuple
    name: str
    settings: dict  # what else the operation has to know

    __array_ufunc__ = None  # NumPy leaves `array * node` to us
    __add__, __radd__ = infix("add")
    __sub__, __rsub__ = infix("subtract")
    __mul__, __rmul__ = infix("multiply")
    __truediv__, __rtruediv__ = infix("divide")
    __matmul__, __rmatmul__ = infix("matmul")

    def __neg__(self):
        return self * -1.0

    def __pow__(self, exponent):
        exponent = float(array("exponent", exponent, ()))
        return apply("power", self, exponent=exponent)

    T = property(lambda node: apply("transpose", node))

    def __repr__(self):
        return f"{self.name} {self.shape}"


# --8<-- [end:node]


# --8<-- [start:graph]
class Graph:
    """Nodes, each built after those that it needs."""

    def __init__(self):
        self.nodes = []

    def add(self, op, inputs, shape, name=None, **settings):
        """A new node at the end of the graph.

        Args:
            op: the name of its operation.
            inputs: a tuple of nodes of this graph.
            shape: of what it will compute.
            name: its own; by default operation and number.
            **settings: what else the operation has to know.

        Returns:
            The node.
        """
        name = name or f"{op}_{len(self.nodes)}"
        known = len(self.nodes), op, inputs, shape, name, settings
        self.nodes.append(Node(self, *known))
        return self.nodes[-1]

    def constant(self, value, name=None):
        """A node that is the same array in every run.

        Args:
            value: real numbers.
            name: its own.

        Returns:
            The node.

        Raises:
            ValueError: The value isn't real numbers.
        """
        value = np.array(array("value", value), float)
        return self.add(
            "constant", (), value.shape, name, value=value
        )

    def placeholder(self, shape, name=None):
        """A node whose value each run is fed.

        Args:
            shape: of what will be fed.
            name: its own.

        Returns:
            The node.

        Raises:
            ValueError: The shape is none.
        """
        shape = shape_of("placeholder", [shape])
        return self.add("placeholder", (), shape, name)

    def variable(self, value, name=None):
        """A node that holds state from run to run.

        Args:
            value: real numbers, those it holds at first.
            name: its own.

        Returns:
            The node.

        Raises:
            ValueError: The value isn't real numbers.
        """
        value = np.array(array("value", value), float)
        return self.add(
            "variable", (), value.shape, name, value=value
        )


# --8<-- [end:graph]


# --8<-- [start:apply]
def apply(op, *inputs, **settings):
    """A node that will apply an operation to its inputs.

    Args:
        op: the name of the operation.
        *inputs: nodes of one graph; a number becomes a constant of it.
        **settings: what else the operation wants to know.

    Returns:
        The node, in the graph of its inputs.

    Raises:
        ValueError: No input is a node, two are of different graphs, one
            isn't real numbers, or their shapes don't fit.
    """
    graph = graph_of(op, [u for u in inputs if is_node(u)])
    nodes = tuple(
        u if is_node(u) else graph.constant(u) for u in inputs
    )
    shape = shape_of(op, [u.shape for u in nodes], **settings)
    return graph.add(op, nodes, shape, **settings)


# --8<-- [end:apply]


def is_node(thing):
    """Whether it is a node, of whatever class of nodes.

    Args:
        thing: anything.

    Returns:
        Whether it has a graph, an operation and inputs.
    """
    return all(
        hasattr(thing, k) for k in ("graph", "op", "inputs")
    )


def graph_of(name, nodes):
    """The one graph that nodes belong to.

    Args:
        name: of what wants to use them, for the error.
        nodes: a list of nodes.

    Returns:
        The graph.

    Raises:
        ValueError: One isn't a node, there is none, or they are of
            several graphs.
    """
    for node in nodes:
        if not is_node(node):
            refuse(name, repr(node), "nodes")
    graphs = {node.graph for node in nodes}
    if len(graphs) != 1:
        refuse(name, f"nodes of {len(graphs)} graphs", "of one")
    return graphs.pop()


def exp(a):
    """E to the power of each value.

    Args:
        a: a node.

    Returns:
        A node of its shape.
    """
    return apply("exp", a)


def log(a):
    """The natural logarithm of each value.

    Args:
        a: a node.

    Returns:
        A node of its shape.
    """
    return apply("log", a)


def tanh(a):
    """The hyperbolic tangent of each value.

    Args:
        a: a node.

    Returns:
        A node of its shape.
    """
    return apply("tanh", a)


def maximum(a, b):
    """The larger of two values; of equal ones, the first.

    Args:
        a: a node or a number.
        b: a node or a number.

    Returns:
        A node of the shape to which both broadcast.
    """
    return apply("maximum", a, b)


def relu(a):
    """What is positive of each value, else 0.

    Args:
        a: a node.

    Returns:
        A node of its shape.
    """
    return maximum(0.0, a)


def reduce_sum(a, axes=None):
    """The sum over axes, which vanish.

    Args:
        a: a node.
        axes: one, several, or None for all.

    Returns:
        A node without these axes.
    """
    return apply("reduce_sum", a, axes=axes_of(a.shape, axes))


def reduce_mean(a, axes=None):
    """The mean over axes, which vanish.

    Args:
        a: a node.
        axes: one, several, or None for all.

    Returns:
        A node without these axes.
    """
    count = np.prod([a.shape[i] for i in axes_of(a.shape, axes)])
    return reduce_sum(a, axes) / count


def reshape(a, shape):
    """The same values in the same order in another shape.

    Args:
        a: a node.
        shape: a tuple of sizes.

    Returns:
        A node of that shape.
    """
    return apply("reshape", a, to=shape)


def broadcast_to(a, shape):
    """The same values, repeated along axes.

    Args:
        a: a node.
        shape: a tuple of sizes, to which the node's broadcasts.

    Returns:
        A node of that shape.
    """
    return apply("broadcast_to", a, to=shape)


def assign(variable, value):
    """A node that will write a value into a variable.

    Args:
        variable: a node that holds state.
        value: a node or a number, of the shape of the variable.

    Returns:
        The node; its value is the new one.

    Raises:
        ValueError: It isn't a variable, or the shapes differ.
    """
    if getattr(variable, "op", None) != "variable":
        refuse("variable", repr(variable), "a variable")
    return apply("assign", variable, value)

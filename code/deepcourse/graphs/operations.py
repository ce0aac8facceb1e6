"""What each operation computes, and how a gradient passes it.

One line for each: forward on arrays, and backward on nodes. Since a backward
rule builds nodes, of operations that have rules themselves, the gradient of
a gradient needs nothing new.
"""

import numpy as np

from deepcourse.graphs.graph import apply, broadcast_to, reshape


def through_maximum(dy, y, a, b):
    """All of dy goes to the larger one; of equal ones, to the first.

    Args:
        dy: the gradient of what `y` computes.
        y: the node itself.
        a: its first input.
        b: its second input.

    Returns:
        A gradient for each input.
    """
    first = apply("at_least", a, b)
    return dy * first, dy * (1.0 - first)


def through_power(dy, y, a):
    """The exponent times a to the power of one less.

    Args:
        dy: the gradient of what `y` computes.
        y: the node itself.
        a: its input.

    Returns:
        A gradient for the input, or None if the exponent is 0.
    """
    n = y.settings["exponent"]
    return (dy * (n * a ** (n - 1)) if n else None,)


def through_sum(dy, y, a):
    """Every summand gets all of dy.

    Args:
        dy: the gradient of what `y` computes.
        y: the node itself.
        a: its input.

    Returns:
        A gradient for the input.
    """
    axes = y.settings["axes"]
    kept = tuple(
        1 if i in axes else n for i, n in enumerate(a.shape)
    )
    return (broadcast_to(reshape(dy, kept), a.shape),)


# Arrays and settings -> an array.
COMPUTE = {
    "constant": lambda value: value,
    "variable": lambda value: value,
    "assign": lambda a, b: b,
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "power": lambda a, exponent: a**exponent,
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "maximum": np.maximum,
    "at_least": lambda a, b: np.greater_equal(a, b) * 1.0,
    "matmul": np.matmul,
    "transpose": np.transpose,
    "reduce_sum": lambda a, axes: a.sum(axes),
    "reshape": lambda a, to: a.reshape(to),
    "broadcast_to": lambda a, to: np.broadcast_to(a, shape=to),
}
# Nodes: the gradient of n, n, its inputs -> one for each input.
# --8<-- [start:arithmetic]
ARITHMETIC = {
    "add": lambda dn, n, u, v: (dn, dn),
    "subtract": lambda dn, n, u, v: (dn, -dn),
    "multiply": lambda dn, n, u, v: (dn * v, dn * u),
    "divide": lambda dn, n, u, v: (dn / v, -dn * n / v),
    "matmul": lambda dn, n, u, v: (dn @ v.T, u.T @ dn),
    "exp": lambda dn, n, u: (dn * n,),
}
# --8<-- [end:arithmetic]
GRADIENT = ARITHMETIC | {
    "tanh": lambda dn, n, u: (dn * (1 - n * n),),
    "assign": lambda dy, y, a, b: (None, dy),
    "power": through_power,
    "log": lambda dy, y, a: (dy / a,),
    "maximum": through_maximum,
    "at_least": lambda dy, y, a, b: (None, None),
    "transpose": lambda dy, y, a: (dy.T,),
    "reduce_sum": through_sum,
    "reshape": lambda dy, y, a: (reshape(dy, a.shape),),
    "broadcast_to": lambda dy, y, a: (dy,),
}

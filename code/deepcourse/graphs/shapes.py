"""The shape of a node, told from the shapes of its inputs.

So that a graph whose shapes don't fit is refused while it is built, with the
line that built it in the traceback, and not when it runs.
"""

from math import prod

import numpy as np

from deepcourse.graphs.expect import refuse


def axes_of(shape, axes):
    """Axes counted from 0, in their order.

    Args:
        shape: of the array.
        axes: one, several, or None for all; -1 is the last.

    Returns:
        A tuple of whole numbers, 0 .. len(shape) - 1.

    Raises:
        ValueError: One isn't an axis of the array.

    Examples:
        >>> axes_of((2, 3, 4), (-1, 0))
        (0, 2)
    """
    n = len(shape)
    found = range(n) if axes is None else np.ravel(axes).tolist()
    if not {*found} <= {*range(-n, n)}:
        refuse("axes", axes, f"axes of an array of shape {shape}")
    return tuple(sorted({axis % n for axis in found}))


def product(a, b):
    """Rows of the first by columns of the second, if they fit.

    Args:
        a: shape of the first matrix.
        b: shape of the second.

    Returns:
        A shape, or None.
    """
    fits = len(a) == len(b) == 2 and a[1] == b[0]
    return (a[0], b[1]) if fits else None


def without(a, axes):
    """What is left when axes are summed.

    Args:
        a: shape of the input.
        axes: the axes that vanish.

    Returns:
        A shape.
    """
    return tuple(n for i, n in enumerate(a) if i not in axes)


# The rule of an operation, and what it expects, in words.
ELEMENTWISE = np.broadcast_shapes, "shapes that broadcast"
RULES = {
    "placeholder": (np.broadcast_shapes, "sizes from 0"),
    "assign": (lambda a, b: a if a == b else None, "two alike"),
    "power": (lambda a, exponent: a, "any shape"),
    "matmul": (product, "(n, m) and (m, k)"),
    "transpose": (lambda a: a[::-1], "any shape"),
    "reduce_sum": (without, "any shape"),
    "reshape": (
        lambda a, to: to if prod(a) == prod(to) else None,
        "as many values",
    ),
    "broadcast_to": (
        lambda a, to: (
            to if np.broadcast_shapes(a, to) == to else None
        ),
        "one that the input broadcasts to",
    ),
}


def shape_of(op, shapes, **settings):
    """The shape of what an operation will compute.

    Args:
        op: its name.
        shapes: of its inputs.
        **settings: its own, such as `axes`.

    Returns:
        A tuple of sizes.

    Raises:
        ValueError: The operation, the shapes, and what was expected.

    Examples:
        >>> shape_of("matmul", [(1000, 10), (10, 1)])
        (1000, 1)
        >>> shape_of("assign", [(2, 3), (3,)])
        Traceback (most recent call last):
        ValueError: assign: got shapes (2, 3) and (3,), expected two alike
    """
    rule, expected = RULES.get(op, ELEMENTWISE)
    try:
        found = rule(*shapes, **settings)
    except (TypeError, ValueError):
        found = None
    if found is None:
        words = " and ".join(
            map(str, [*shapes, *settings.values()])
        )
        refuse(op, f"shapes {words}", expected)
    return found

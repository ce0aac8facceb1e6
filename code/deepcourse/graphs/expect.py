"""What a graph expects of numbers and nodes, and how it refuses the rest.

Every refusal is a ValueError that names the argument, what came and what was
expected.
"""

import numpy as np


def refuse(name, got, expected):
    """Raise the error of an argument that can't be used.

    Args:
        name: of the argument, the node or the operation.
        got: what came, in words.
        expected: what should have come.

    Raises:
        ValueError: Always.

    Examples:
        >>> refuse("x", "shape (2,)", "shape (3,)")
        Traceback (most recent call last):
        ValueError: x: got shape (2,), expected shape (3,)
    """
    raise ValueError(f"{name}: got {got}, expected {expected}")


def array(name, value, shape=None):
    """A float64 copy of real numbers.

    Args:
        name: of the argument.
        value: a number, or what NumPy makes an array of.
        shape: that the array must have; None for any.

    Returns:
        A new array of float64.

    Raises:
        ValueError: It isn't an array of real numbers, or of another shape.

    Examples:
        >>> array("x", [1, 2])
        array([1., 2.])
    """
    if np.ma.is_masked(value):
        refuse(name, "masked entries", "real numbers")
    try:
        found = np.asarray(value)
    except (TypeError, ValueError):
        refuse(name, "what makes no array", "real numbers")
    if found.dtype.kind not in "fiu":
        refuse(name, f"dtype {found.dtype}", "real numbers")
    if shape is not None and found.shape != shape:
        refuse(name, f"shape {found.shape}", f"shape {shape}")
    return np.array(found, np.float64)

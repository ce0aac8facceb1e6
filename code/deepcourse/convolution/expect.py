"""What the layers of lesson 4 expect, by the rule of `deepcourse.gradflow`."""

import numpy as np

from deepcourse.gradflow.conv2d_geometry import (
    check_padding,
    counts,
)
from deepcourse.gradflow.expect import arrays, refuse

__all__ = ["arrays", "layers", "pair", "period", "six", "windows"]


def pair(name, value):
    """Refuse what isn't two whole numbers above 0.

    Args:
        name: of the argument.
        value: what came.

    Raises:
        ValueError: It is something else.
    """
    found = list(value) if np.ndim(value) == 1 else []
    if len(found) != 2 or not all(counts(n, 1) for n in found):
        refuse(name, value, "2 ints above 0")


def windows(name, shape, size, stride, padding, dilation):
    """Refuse windows that can't be.

    Args:
        name: of the argument that has their size.
        shape: of the images, four numbers.
        size: U and V, the rows and columns of a window.
        stride: pixels from window to window.
        padding: "valid" or "same".
        dilation: pixels from one tap to the next.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    if 0 in shape[1:3]:
        refuse("x", f"shape {shape}", "I and J above 0")
    pair(name, size)
    for other, n in {
        "stride": stride,
        "dilation": dilation,
    }.items():
        if not counts(n, 1):
            refuse(other, n, "a whole number above 0")
    check_padding(padding)
    spans = tuple(dilation * (n - 1) + 1 for n in size)
    small = any(s > n for s, n in zip(spans, shape[1:3]))
    if padding == "valid" and small:
        refuse(
            name,
            f"windows that span {spans}",
            f"at most {shape[1:3]}",
        )


def period(kernels, places):
    """Refuse kernels that no place would use.

    Args:
        kernels: Y and Z.
        places: P and Q.

    Raises:
        ValueError: There are no kernels, or more than places.
    """
    if any(not 0 < n <= most for n, most in zip(kernels, places)):
        refuse("w", f"{kernels} kernels", f"(1, 1) to {places}")


def six(shape):
    """Refuse what isn't the shape of a kernel.

    Args:
        shape: what came.

    Raises:
        ValueError: It hasn't six numbers.
    """
    if len(shape) != 6:
        refuse("shape", shape, "6 numbers")


def layers(found):
    """Refuse layers that aren't three whole numbers each.

    Args:
        found: what came.

    Raises:
        ValueError: A layer is something else.
    """
    for layer in found:
        if len(layer) != 3 or not all(
            counts(n, 1) for n in layer
        ):
            refuse("layers", layer, "3 ints above 0 each")

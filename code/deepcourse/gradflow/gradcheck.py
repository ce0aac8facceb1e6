"""Two tools that tell whether a gradient is right: yours to use."""

import numpy as np


# --8<-- [start:central-difference]
def central_difference(f, x, h=1e-5):
    """The gradient of f at x, measured: push each entry up and down by h.

    The error of the formula falls with h squared, the rounding error of
    the difference grows with 1 / h; in float64 both are small at 1e-5.

    Examples:
        >>> x = np.array([1.0, 2.0, 3.0])
        >>> central_difference(lambda x: np.sum(x * x), x).round(6)
        array([2., 4., 6.])

    Args:
        f: a function of one array that returns one number.
        x: array of any shape; it is not changed.
        h: how far to push, above 0.

    Returns:
        float64 array with the shape of x.

    Raises:
        ValueError: h is not above 0, x is not of real numbers, or f
            returns more than one number.
    """
    x = as_real(f, x, h)
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        here = x[i]
        x[i] = here + h
        up = float(f(x))
        x[i] = here - h
        gradient[i] = (up - float(f(x))) / (2 * h)
        x[i] = here
    return gradient


# --8<-- [end:central-difference]


def as_real(f, x, h):
    """A float64 copy of x, once nothing is wrong with what came."""
    if not h > 0:
        raise ValueError(f"h: got {h}, expected a number above 0")
    x = np.asarray(x)
    if x.dtype.kind not in "fiu":
        raise ValueError(f"x: got dtype {x.dtype}, expected real numbers")
    x = x.astype(np.float64)
    if (shape := np.shape(f(x.copy()))) != ():
        raise ValueError(f"f: got a result of shape {shape}, expected ()")
    return x


# --8<-- [start:relative-error]
def relative_error(found, expected):
    """The largest difference, in units of the largest value of either.

    Examples:
        >>> relative_error(np.array([1.0, 2.0]), np.array([1.0, 2.5]))
        0.2

    Args:
        found: array of any shape.
        expected: array of the same shape.

    Returns:
        A float: 0 for equal arrays, and infinite if any value isn't finite.

    Raises:
        ValueError: the shapes differ; nothing is broadcast.
    """
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    if found.shape != expected.shape:
        raise ValueError(
            f"found: got shape {found.shape}, expected {expected.shape}"
        )
    if not (np.isfinite(found).all() and np.isfinite(expected).all()):
        return float("inf")
    largest = np.abs([found, expected]).max(initial=0)
    difference = np.abs(found - expected).max(initial=0)
    return float(difference / largest) if largest else 0.0


# --8<-- [end:relative-error]

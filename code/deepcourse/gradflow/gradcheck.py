"""Two tools that tell whether a gradient is right, of any function."""

import numpy as np

from deepcourse.gradflow import expect


# --8<-- [start:central-difference]
def central_difference(f, x, h=1e-5):
    """The gradient of f at x, measured: push up and down.

    Each entry is pushed by h, one after the other. The error of the formula
    falls with h squared, the rounding error of the difference grows with
    1 / h; in float64 both are small at 1e-5.

    Args:
        f: a function of one array that returns one number.
        x: array of any shape; it is not changed.
        h: how far to push, above 0.

    Returns:
        float64 array with the shape of x.

    Raises:
        ValueError: h is not above 0, or too small to change an entry of x;
            x is not of real numbers; or f returns anything but one number
            in float64.

    Examples:
        >>> x = np.array([1.0, 2.0, 3.0])
        >>> central_difference(lambda x: np.sum(x * x), x).round(6)
        array([2., 4., 6.])
    """
    x, h = check_arguments(f, x, h)
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        push = up[i] - down[i]  # 2 h, but for rounding
        gradient[i] = (float(f(up)) - float(f(down))) / push
    return gradient


# --8<-- [end:central-difference]


def check_arguments(f, x, h):
    """Refuse what can't be measured.

    Args:
        f: as in `central_difference`.
        x: likewise.
        h: likewise.

    Returns:
        A float64 copy of x, and h.

    Raises:
        ValueError: As there.
    """
    if not callable(f):
        expect.refuse("f", type(f).__name__, "a function")
    h = expect.number(
        "h", h, lambda h: 0 < h < 1e300, "a number above 0"
    )
    x = expect.array("x", x)
    x = np.array(x, np.float64, order="C")
    still = (x + h == x) | (x - h == x)
    if still.any():
        expect.refuse(
            "h",
            h,
            f"a step that changes x, which is {x[still][0]}",
        )
    result = f(x.copy())
    shape = expect.array("f", result).shape
    dtype = np.asarray(result).dtype
    if shape != ():
        expect.refuse("f", f"a result of shape {shape}", "()")
    if dtype.kind != "f" or dtype.itemsize < 8:
        expect.refuse(
            "f",
            f"a result of {dtype}",
            "float64, to be exact enough",
        )
    return x, h


# --8<-- [start:relative-error]
def relative_error(found, expected):
    """Largest difference, in units of the largest value.

    Args:
        found: array of any shape.
        expected: array of the same shape.

    Returns:
        A float: 0 for equal arrays, and infinite if any value isn't finite.

    Raises:
        ValueError: The shapes differ; nothing is broadcast.

    Examples:
        >>> relative_error(np.array([1.0, 2.0]), np.array([1.0, 2.5]))
        0.2
    """
    expected = expect.array("expected", expected)
    found = expect.array("found", found, expected.shape)
    expected = np.asarray(expected, float)
    found = np.asarray(found, float)
    if not (
        np.isfinite(found).all() and np.isfinite(expected).all()
    ):
        return float("inf")
    largest = np.abs([found, expected]).max(initial=0)
    unit = 2.0 if largest > 1 else 1.0  # no difference overflows
    apart = np.abs(found / unit - expected / unit).max(initial=0)
    return float(unit * (apart / largest)) if largest else 0.0


# --8<-- [end:relative-error]


# --8<-- [start:layer-error]
def layer_error(forward, backward, given):
    """The largest error of all gradients of a layer.

    Args:
        forward: takes the arrays, and returns y first and the cache last.
        backward: takes dy and the cache.
        given: the arrays, as many as `backward` returns gradients.

    Returns:
        A float: the largest `relative_error` against central differences,
        for a random dy.

    Examples:
        >>> def double(x):
        ...     return 2 * x, None
        >>> x = np.array([1.0, 2.0])
        >>> round(layer_error(double, lambda dy, _: [2 * dy], [x]), 6)
        0.0
        >>> round(layer_error(double, lambda dy, _: [-2 * dy], [x]), 6)
        2.0
    """
    y, *_, cache = forward(*given)
    dy = np.random.default_rng(1).normal(size=y.shape)
    errors = []
    for i, found in enumerate(backward(dy, cache)):

        def loss(a, i=i):
            rest = *given[:i], a, *given[i + 1 :]
            return np.sum(dy * forward(*rest)[0])

        measured = central_difference(loss, given[i])
        errors.append(relative_error(found, measured))
    return max(errors)


# --8<-- [end:layer-error]

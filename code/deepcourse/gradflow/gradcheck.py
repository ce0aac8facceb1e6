"""Two tools that tell whether a gradient is right, of any function."""

import numpy as np

from deepcourse.gradflow import expect


# --8<-- [start:central-difference]
def central_difference(f, x, delta=1e-5):
    """The gradient of f at x, measured: push up and down.

    Each entry is pushed by delta, one after the other. The error of the
    formula falls with delta squared, the rounding error of the difference
    grows with 1 / delta; in float64 both are small at 1e-5.

    Args:
        f: a function of one array that returns one number.
        x: array of any shape; it is not changed.
        delta: how far to push, above 0.

    Returns:
        float64 array with the shape of x.

    Raises:
        ValueError: delta is not above 0, or too small to change an entry of
            x; x is not of real numbers; or f returns anything but one number
            in float64.

    Examples:
        >>> x = np.array([1.0, 2.0, 3.0])
        >>> central_difference(lambda x: np.sum(x * x), x).round(6)
        array([2., 4., 6.])
    """
    x, delta = check_arguments(f, x, delta)
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += delta
        down[i] -= delta
        push = up[i] - down[i]  # 2 delta, but for rounding
        gradient[i] = (float(f(up)) - float(f(down))) / push
    return gradient


# --8<-- [end:central-difference]


def check_arguments(f, x, delta):
    """Refuse what can't be measured.

    Args:
        f: as in `central_difference`.
        x: likewise.
        delta: likewise.

    Returns:
        A float64 copy of x, and delta.

    Raises:
        ValueError: As there.
    """
    if not callable(f):
        expect.refuse("f", type(f).__name__, "a function")
    delta = expect.number(
        "delta",
        delta,
        lambda d: 0 < d < 1e300,
        "a number above 0",
    )
    x = expect.array("x", x)
    x = np.array(x, np.float64, order="C")
    still = (x + delta == x) | (x - delta == x)
    if still.any():
        expect.refuse(
            "delta",
            delta,
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
    return x, delta


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
    found, expected = check_pair(found, expected)
    largest = np.abs([found, expected]).max(initial=0)
    apart = np.abs(found - expected).max(initial=0)
    if not np.isfinite(largest):
        return float("inf")
    return float(apart / largest) if largest else 0.0


# --8<-- [end:relative-error]


def check_pair(found, expected):
    """Refuse what differs in shape; make sure that no difference overflows.

    Args:
        found: as in `relative_error`.
        expected: likewise.

    Returns:
        Both in float64, halved if a value is above 1. What isn't finite in
        either makes all of them infinite and 0.

    Raises:
        ValueError: As there.
    """
    expected = expect.array("expected", expected)
    found = expect.array("found", found, expected.shape)
    pair = np.array([found, expected], np.float64)
    if not np.isfinite(pair).all():
        return np.full_like(pair[0], np.inf), np.zeros_like(
            pair[0]
        )
    unit = 2.0 if np.abs(pair).max(initial=0) > 1 else 1.0
    return pair / unit


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

"""What a layer expects of its arguments, and how it refuses the rest.

The rule is that of the package: see `deepcourse.gradflow`. Every refusal is a
ValueError that names the argument, what came and what was expected.
"""

from numbers import Integral, Real

import numpy as np


def refuse(name, got, expected):
    """Raise the error of an argument that can't be used.

    Args:
        name: of the argument.
        got: what came, in words.
        expected: what should have come.

    Raises:
        ValueError: Always.

    Examples:
        >>> refuse("rate", 2, "0 <= rate < 1")
        Traceback (most recent call last):
        ValueError: rate: got 2, expected 0 <= rate < 1
    """
    raise ValueError(f"{name}: got {got}, expected {expected}")


def array(name, value, shape=None):
    """One argument as an array of floats, if nothing is wrong.

    Args:
        name: of the argument.
        value: an array, or what NumPy makes one of, such as a list.
        shape: a tuple that the shape must equal; None for any.

    Returns:
        The same array if it is of floats of 4 bytes or more; integers become
        float64, smaller floats float32.

    Raises:
        ValueError: It isn't an array of real numbers, or of another shape.

    Examples:
        >>> array("x", [1, 2])
        array([1., 2.])
    """
    found = whole_array(name, value, "real numbers")
    if found.dtype.kind not in "fiu":
        refuse(name, f"dtype {found.dtype}", "real numbers")
    if shape is not None and found.shape != shape:
        refuse(name, f"shape {found.shape}", shape)
    dtype = found.dtype.newbyteorder("=")
    if dtype.kind in "iu" or dtype.itemsize < 4:
        dtype = np.float64 if dtype.kind in "iu" else np.float32
    return found.astype(dtype, copy=False)


def whole_array(name, value, words):
    """What NumPy makes of an argument; no entry is masked.

    Args:
        name: of the argument.
        value: what came.
        words: what should have come.

    Returns:
        An array of any dtype.

    Raises:
        ValueError: It makes no array, or hides an entry behind a mask.
    """
    if masked(value):
        refuse(name, "masked entries", words)
    try:
        return np.asarray(value)
    except (TypeError, ValueError):
        refuse(name, "what makes no array", words)


def masked(value):
    """Whether an array, or one in a list, has a masked entry.

    Args:
        value: what came.

    Returns:
        True or False.
    """
    if isinstance(value, list | tuple):
        return any(masked(part) for part in value)
    hides = isinstance(value, np.ma.MaskedArray)
    return hides and np.ma.is_masked(value)


def arrays(**stated):
    """Several arguments as arrays of one precision that fit.

    Args:
        **stated: by its name, each array and its shape: a tuple, or letters
            such as "B, 4H". A letter is one size in all of them, and "..."
            stands for any axes.

    Returns:
        The arrays, in their order.

    Raises:
        ValueError: One isn't an array of real numbers, or of another shape.

    Examples:
        >>> x, b = arrays(x=([[1, 2, 3]], "B, D"), b=([0.5, 0.5, 0.5], "D"))
        >>> x + b
        array([[1.5, 2.5, 3.5]])
    """
    sizes, found = {}, []
    for name, (value, shape) in stated.items():
        found.append(array(name, value))
        fit(name, found[-1].shape, shape, sizes)
    precision = np.result_type(*found)
    return [a.astype(precision, copy=False) for a in found]


def fit(name, shape, stated, sizes):
    """Refuse another shape; note the sizes of letters.

    Args:
        name: of the argument.
        shape: its own.
        stated: a tuple, or letters as in `arrays`.
        sizes: of the letters so far, by letter; grows.

    Raises:
        ValueError: The shape isn't the stated one.
    """
    text = isinstance(stated, str)
    axes = stated.split(", ") if text else list(stated)
    expected = [size(axis, sizes) for axis in axes]
    got = list(shape)
    if expected[:1] == ["..."] and len(got) >= len(expected) - 1:
        got = ["...", *got[len(got) - len(expected) + 1 :]]
    pairs = list(zip(got, expected))
    wrong = any(isinstance(e, int) and g != e for g, e in pairs)
    if wrong or len(got) != len(expected):
        comma = "," if len(expected) == 1 else ""
        words = ", ".join(map(str, expected))
        refuse(name, f"shape {tuple(shape)}", f"({words}{comma})")
    sizes |= {e: g for g, e in pairs if isinstance(e, str)}


def size(axis, sizes):
    """An axis as a number, if known: "4H" with H = 2 is 8.

    Args:
        axis: a number, a letter, a multiple of a letter, or "...".
        sizes: of the letters, by letter.

    Returns:
        The number, or the axis as it came.

    Examples:
        >>> size("4H", {"H": 2}), size("4H", {}), size("2", {})
        (8, '4H', 2)
    """
    letter = str(axis).lstrip("0123456789")
    factor = str(axis).removesuffix(letter)
    if letter and letter not in sizes:
        return axis
    return int(factor or 1) * (sizes[letter] if letter else 1)


def squarable(name, x):
    """An array whose squares can be added up: float64 if float32 can't.

    Args:
        name: of the argument.
        x: array of floats; what isn't finite stays as it is.

    Returns:
        x, or x in float64.

    Raises:
        ValueError: Its squares overflow in float64 as well.

    Examples:
        >>> squarable("x", np.array([1e20], np.float32)).dtype
        dtype('float64')
    """
    largest = float(max(-x.min(initial=0), x.max(initial=0)))
    if not np.isfinite(largest):
        return x
    for dtype in (x.dtype, np.dtype(np.float64)):
        if (
            largest
            < float(np.finfo(dtype).max / (4 * x.size + 1)) ** 0.5
        ):
            return x.astype(dtype, copy=False)
    refuse(
        name,
        f"values up to {largest:.0e}",
        "squares that are finite",
    )


def mask(name, value, shape=None):
    """A mask as an array of True and False.

    Args:
        name: of the argument.
        value: bools, or numbers that aren't 0 where it is on.
        shape: a tuple that its shape must equal; None for any.

    Returns:
        The mask.

    Raises:
        ValueError: It isn't of bools or finite numbers, or of another shape.
    """
    found = whole_array(name, value, "True and False")
    if (
        found.dtype.kind not in "biuf"
        or not np.isfinite(found).all()
    ):
        refuse(name, f"dtype {found.dtype}", "True and False")
    if shape is not None and found.shape != shape:
        refuse(name, f"shape {found.shape}", shape)
    return found.astype(bool)


def number(name, value, holds, words):
    """One real number that is in its range.

    Args:
        name: of the argument.
        value: what came.
        holds: a function that is true for a number in the range.
        words: the range.

    Returns:
        The number as Python's, which changes no array's precision.

    Raises:
        ValueError: It isn't a number, or out of its range.

    Examples:
        >>> number("eps", 0.5, lambda e: 0 <= e < np.inf, "at least 0")
        0.5
    """
    if isinstance(value, np.ndarray) and not value.ndim:
        value = value[()]  # an array of one number, no axis
    if not isinstance(value, Real) or isinstance(value, bool):
        refuse(name, value, words)
    try:
        found = float(value)
    except OverflowError:
        refuse(name, "more than a float holds", words)
    found = int(value) if isinstance(value, Integral) else found
    if not holds(found):
        refuse(name, value, words)
    return found


def numbers(**stated):
    """Several real numbers.

    Args:
        **stated: by its name, each number.

    Returns:
        The numbers as Python's, in their order.

    Raises:
        ValueError: One isn't a real number.
    """
    return [
        number(name, value, lambda v: True, "a real number")
        for name, value in stated.items()
    ]


def generator(name, rng):
    """A generator of random numbers, which has no default: give a seed.

    Args:
        name: of the argument.
        rng: a numpy.random.Generator.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(
        rng, np.random.Generator | np.random.RandomState
    ):
        refuse(
            name, type(rng).__name__, "a numpy.random.Generator"
        )


def cache(value, kind, name="cache"):
    """What a forward pass left behind, once it is that of this module.

    Args:
        value: what came.
        kind: the class that belongs to the module.
        name: of the argument.

    Returns:
        The cache.

    Raises:
        ValueError: It is anything else, such as another layer's.
    """
    if not isinstance(value, kind):
        got, expected = (
            f"{c.__module__}.{c.__qualname__}"
            for c in (type(value), kind)
        )
        refuse(name, got, expected)
    return value


def several(name, values):
    """Several arrays, wherever they come from.

    Args:
        name: of the argument.
        values: arrays in a list, a tuple, a generator, ...

    Returns:
        A list of them, each as `array` gives it.

    Raises:
        ValueError: They aren't several, or one isn't of real numbers.
    """
    try:
        values = list(values)
    except TypeError:
        refuse(name, type(values).__name__, "a list of arrays")
    return [array(name, value) for value in values]

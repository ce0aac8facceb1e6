"""Tells whoever types a gradient whether it is right, line by line."""

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.gradflow.gradcheck import relative_error

CLOSE = 1e-6  # rounding of a central difference, and then some


def compare(name, mine, wanted):
    """Print what a typed line is: not yet, exact, close or wrong.

    Args:
        name: of the value, such as "dx".
        mine: what was typed: an array, or the ... that stood there.
        wanted: array, what is right.

    Returns:
        Whether it is right: exact, or close.

    Raises:
        ValueError: wanted isn't an array of real numbers.

    Examples:
        >>> compare("dx", ..., [21.0, 43.0])
        dx: not yet
        False
        >>> compare("dx", [21.0, 43.0], [21.0, 43.0])
        dx: exact
        True
        >>> compare("dx", [21.0, 43.0], [21.0, 43.0 + 1e-9])
        dx: close, off by 1.0e-09 where values reach 43
        True
        >>> compare("dx", [21.0, 34.0], [21.0, 43.0])
        dx: wrong, off by 9 where values reach 43
        False
        >>> compare("dx", [21.0, 43.0, 0.0], [21.0, 43.0])
        dx: wrong, shape (3,) where (2,) belongs
        False
        >>> compare("dx", "21", [21.0, 43.0])
        dx: wrong, no array of real numbers
        False
    """
    word, right = judge(mine, expect.array("wanted", wanted))
    print(f"{name}: {word}")
    return right


def judge(mine, wanted):
    """What `compare` says, and whether it is right.

    Args:
        mine: anything.
        wanted: array of floats.

    Returns:
        The words, and True or False.
    """
    if mine is ...:
        return "not yet", False
    try:
        mine = expect.array("mine", mine)
    except ValueError:
        return "wrong, no array of real numbers", False
    if mine.shape != wanted.shape:
        return (
            f"wrong, shape {mine.shape} where {wanted.shape} belongs",
            False,
        )
    error = relative_error(mine, wanted)
    if error == 0:
        return "exact", True
    if not np.isfinite(error):
        return "wrong, not all values are finite", False
    apart = np.abs(mine.astype(float) - wanted).max()
    most = f"where values reach {np.abs(wanted).max():.3g}"
    if error < CLOSE:
        return f"close, off by {apart:.1e} {most}", True
    return f"wrong, off by {apart:.3g} {most}", False

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

    Raises:
        ValueError: wanted isn't an array of real numbers.

    Examples:
        >>> compare("dx", ..., [21.0, 43.0])
        dx: not yet
        >>> compare("dx", [21.0, 43.0], [21.0, 43.0])
        dx: exact
        >>> compare("dx", [21.0, 43.0], [21.0, 43.0 + 1e-9])
        dx: close, off by 1.0e-09 where values reach 43
        >>> compare("dx", [21.0, 34.0], [21.0, 43.0])
        dx: wrong, off by 9 where values reach 43
        >>> compare("dx", [21.0, 43.0, 0.0], [21.0, 43.0])
        dx: wrong, shape (3,) where (2,) belongs
        >>> compare("dx", "21", [21.0, 43.0])
        dx: wrong, no array of real numbers
    """
    wanted = expect.array("wanted", wanted)
    word = "not yet" if mine is ... else judge(mine, wanted)
    print(f"{name}: {word}")


def judge(mine, wanted):
    """What `compare` says of a line that was typed.

    Args:
        mine: anything.
        wanted: array of floats.

    Returns:
        The words.
    """
    try:
        mine = expect.array("mine", mine)
    except ValueError:
        return "wrong, no array of real numbers"
    if mine.shape != wanted.shape:
        return f"wrong, shape {mine.shape} where {wanted.shape} belongs"
    error = relative_error(mine, wanted)
    if error == 0 or not np.isfinite(error):
        return (
            "wrong, not all values are finite"
            if error
            else "exact"
        )
    apart = np.abs(mine.astype(float) - wanted).max()
    most = f"where values reach {np.abs(wanted).max():.3g}"
    if error < CLOSE:
        return f"close, off by {apart:.1e} {most}"
    return f"wrong, off by {apart:.3g} {most}"

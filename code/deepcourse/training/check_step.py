"""What a step of an optimizer expects; all else is refused by name."""

import numpy as np

from deepcourse.gradflow import expect


def check_step(w, g, rate):
    """Take weights that can be changed, their gradient, and a rate.

    Args:
        w: array of floats, the weights.
        g: array like w, their gradient.
        rate: of learning, at least 0.

    Returns:
        The gradient as an array of w's floats, and the rate.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    if expect.array("w", w) is not w or not w.flags.writeable:
        expect.refuse(
            "w", "what can't be changed", "an array of floats"
        )
    g = expect.array("g", g, w.shape).astype(w.dtype, copy=False)
    return g, check_number("rate", rate)


def check_number(name, value):
    """Refuse what is no finite number from 0.

    Args:
        name: of the argument.
        value: what came.

    Returns:
        The number.

    Raises:
        ValueError: It is none.
    """
    return expect.number(
        name, value, lambda n: 0 <= n < np.inf, "at least 0"
    )


def check_share(**stated):
    """Refuse what is no share that is kept from step to step.

    Args:
        **stated: by its name, each number.

    Raises:
        ValueError: One isn't at least 0 and below 1.
    """
    for name, value in stated.items():
        expect.number(
            name, value, lambda b: 0 <= b < 1, f"0 <= {name} < 1"
        )


def check_matrix(w):
    """Refuse weights that are no matrix.

    Args:
        w: array of floats.

    Raises:
        ValueError: It hasn't two axes.
    """
    if w.ndim != 2:
        expect.refuse("w", f"shape {w.shape}", "(D, H)")


def check_curvatures(low, high):
    """Refuse curvatures that aren't above 0, or not in their order.

    Args:
        low: the smallest.
        high: the largest.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    low = expect.number(
        "low", low, lambda c: 0 < c < np.inf, "above 0"
    )
    expect.number(
        "high",
        high,
        lambda c: low <= c < np.inf,
        f"at least {low}",
    )

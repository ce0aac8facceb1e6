"""Ridge regression, and the prior that it stands for."""

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.training.check_numbers import check_at_least_0


# --8<-- [start:ridge]
def ridge(x, y, decay):
    """The weights of least squared loss and L2 penalty.

    Args:
        x: (N, D) one example a row.
        y: (N,) what is to come out.
        decay: at least 0; above 0 if examples are few.

    Returns:
        (D,) where the slope of half the mean square, plus decay times w, is 0.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> ridge([[2], [2]], [3, 5], 1)
        array([1.6])
    """
    x, y = expect.arrays(x=(x, "N, D"), y=(y, "N"))
    decay = check_at_least_0("decay", decay)
    squares = x.T @ x / len(x)  # (D, D)
    return np.linalg.solve(
        squares + decay * np.eye(len(squares)), x.T @ y / len(x)
    )


# --8<-- [end:ridge]


def surprise(w, x, y, noise, spread):
    """Minus the logarithm of likelihood times prior, up to a constant.

    Args:
        w: (D,) weights.
        x: as for `ridge`, like y.
        y: likewise.
        noise: above 0, the variance of what y misses x w by.
        spread: above 0, the variance of each weight before y is seen.

    Returns:
        A number.
    """
    x, y, w = expect.arrays(x=(x, "N, D"), y=(y, "N"), w=(w, "D"))
    missed = ((x @ w - y) ** 2).sum() / (2 * noise)
    return float(missed + (w**2).sum() / (2 * spread))

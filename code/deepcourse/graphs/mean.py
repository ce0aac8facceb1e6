"""The optimization problem with no deep learning in it, and its theory.

Given n numbers, find the one whose summed squared distance to them is least.
That is their mean; pretend not to know. Guess a linear combination a w, and
learn w by gradient descent from numbers drawn anew in each step.

With A = E[a aᵀ] = I/12 + 1/4, the mean gradient of half the sum of squares
over a batch is B n A (w - 1/n). A has the eigenvalue 1/12 for whatever sums
to 0, and 1/12 + n/4 for the direction in which all weights are alike. So a
step of rate r shrinks the error by 1 - r B n times the eigenvalue.
"""

import numpy as np

from deepcourse.graphs.expect import refuse

FIRST, BATCH = range(2)  # what a run draws numbers for


def first_weights(seed, n):
    """The weights to begin with, from U(0, 1).

    Args:
        seed: of the run, a whole number from 0.
        n: how many.

    Returns:
        (N, 1) float64.
    """
    draw = np.random.default_rng((seed, FIRST))
    return draw.random((n, 1))  # (N, 1)


def batch(seed, step, size, n):
    """The rows of numbers of one step, from U(0, 1).

    Args:
        seed: of the run, a whole number from 0.
        step: which one; each has a key of its own.
        size: rows.
        n: numbers in a row.

    Returns:
        (B, N) float64.
    """
    draw = np.random.default_rng((seed, BATCH, step))
    return draw.random((size, n))  # (B, N)


# --8<-- [start:floor]
def floor(size, n):
    """The mean loss that no choice of weights goes below.

    Each row keeps its squared distance to its own mean, (n - 1)/12 in the
    mean, and half of that counts.

    Args:
        size: rows in a batch, B.
        n: numbers in a row.

    Returns:
        B (n - 1)/24.

    Examples:
        >>> floor(1000, 10)
        375.0
    """
    return size * (n - 1) / 24


# --8<-- [end:floor]


# --8<-- [start:eigenvalues]
def eigenvalues(n):
    """Those of E[a aᵀ], for numbers from U(0, 1).

    Args:
        n: numbers in a row.

    Returns:
        The one of all that sums to 0, and that of the constant direction.
    """
    return 1 / 12, 1 / 12 + n / 4


# --8<-- [end:eigenvalues]


# --8<-- [start:shrinking]
def shrinking(rate, size, n):
    """What a step multiplies the error by, in two directions.

    Args:
        rate: of the descent.
        size: rows in a batch.
        n: numbers in a row.

    Returns:
        The factor of the slow directions, and that of the fast one.

    Examples:
        >>> [round(f, 4) for f in shrinking(1e-5, 1000, 10)]
        [0.9917, 0.7417]
    """
    slow, fast = eigenvalues(n)
    return 1 - rate * size * n * slow, 1 - rate * size * n * fast


# --8<-- [end:shrinking]


# --8<-- [start:limit]
def largest_rate(size, n):
    """The rate above which the fast direction grows.

    Args:
        size: rows in a batch.
        n: numbers in a row.

    Returns:
        2 / (B n (1/12 + n/4)).
    """
    return 2 / (size * n * eigenvalues(n)[1])


# --8<-- [end:limit]


def directions(w):
    """The error of the weights, in its two directions.

    Args:
        w: (N, 1) weights.

    Returns:
        (N, 1), (N, 1) what sums to 0, and what is alike in all.

    Raises:
        ValueError: The weights are no column.
    """
    if np.ndim(w) != 2 or np.shape(w)[1] != 1:
        refuse("w", f"shape {np.shape(w)}", "(N, 1)")
    error = w - 1 / len(w)  # (N, 1)
    alike = np.full_like(error, error.mean())  # (N, 1)
    return error - alike, alike


def steps_to(goal, w, rate, size):
    """After how many steps the theory has every weight at its goal.

    Args:
        goal: largest error of a weight, above 0.
        w: (N, 1) weights to begin with.
        rate: of the descent, small enough for both factors to shrink.
        size: rows in a batch.

    Returns:
        The number of steps.

    Raises:
        ValueError: The rate lets an error grow.
    """
    factors = shrinking(rate, size, len(w))
    if max(map(abs, factors)) >= 1 or goal <= 0:
        refuse("rate", rate, "one that shrinks the error")
    parts, steps = directions(w), 0
    while np.abs(sum(parts)).max() > goal:
        parts = [f * part for f, part in zip(factors, parts)]
        steps += 1
    return steps

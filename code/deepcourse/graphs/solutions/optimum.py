"""What the exercises on optimization ask for, one section each."""

import numpy as np

from deepcourse.graphs.diet import PRICES, constraints, solved
from deepcourse.graphs.mean import batch, first_weights


# --8<-- [start:line]
def walk_on_a_line(points, y, rate, steps):
    """Gradient descent on the summed distance to some numbers.

    >>> for points in ([0, 1, 7], [0, 1, 7, 9]):
    ...     print(*walk_on_a_line(points, 3.02, 0.1, 24)[-3:])
    1.02 0.92 1.02
    3.02 3.02 3.02
    """
    places = []
    for _ in range(steps):
        y += rate * np.sign(np.subtract(points, y)).sum()
        places.append(round(float(y), 2))
    return places


# --8<-- [end:line]


# --8<-- [start:planted]
def learnt(rows, n, rate, steps):
    """Weights that learn the mean of n numbers, and the loss."""
    w, losses = first_weights(0, n)[:, 0], []
    for step in range(steps):
        a = batch(0, step, rows, n)
        y = a @ w
        error = a - y
        losses.append((error**2).sum() / 2)
        w = w + rate * error.sum(axis=0) @ a
    return w, np.mean(losses[steps // 2 :])


# --8<-- [end:planted]


# --8<-- [start:find-the-bug]
def mended(rows, n, rate, steps):
    """The same, with a guess for each row.

    >>> for train in (learnt, mended):
    ...     w, loss = train(10, 10, 1e-3, 5000)
    ...     print(f"{w.mean():.3f} {loss:.2f}")
    0.097 4.49
    0.100 3.75
    """
    w, losses = first_weights(0, n), []
    for step in range(steps):
        a = batch(0, step, rows, n)
        error = a - a @ w  # (B, N) - (B, 1)
        losses.append((error**2).sum() / 2)
        w = w + rate * a.T @ error.sum(axis=1, keepdims=True)
    return w, np.mean(losses[steps // 2 :])


# --8<-- [end:find-the-bug]


# --8<-- [start:centred]
def steps_needed(shift, rate, goal=1e-4, most=3000):
    """Steps until no weight is off by more than the goal.

    >>> for shift, rate in [(0, 7e-5), (0.5, 1e-5), (0.5, 1e-3)]:
    ...     print(shift, rate, steps_needed(shift, rate))
    0 7e-05 143
    0.5 1e-05 1077
    0.5 0.001 6
    """
    w = first_weights(0, 10)
    for step in range(most):
        a = batch(0, step, 1000, 10) - shift
        error = a - a @ w
        w = w + rate * a.T @ error.sum(axis=1, keepdims=True)
        if np.abs(w - 1 / 10).max() <= goal:
            return step + 1


# --8<-- [end:centred]


# --8<-- [start:remembered]
def remembered(rounds, steps, weight=1.0):
    """The error of the diet after rounds, each of some steps.

    >>> print(*(f"{error:.1e}" for error in remembered(18, 100)[9::4]))
    1.1e-03 2.3e-06 2.2e-09
    """
    best, _ = solved()
    m, h = constraints()
    rate = 1 / (weight * np.linalg.norm(m, 2) ** 2)
    x, kept, errors = np.full(3, 10.0), np.zeros(6), []
    for _ in range(rounds):
        for _ in range(steps):
            force = np.maximum(kept + weight * (h - m @ x), 0)
            x = x - rate * (PRICES - m.T @ force)
        kept = np.maximum(kept + weight * (h - m @ x), 0)
        errors.append(float(np.linalg.norm(x - best)))
    return errors


# --8<-- [end:remembered]

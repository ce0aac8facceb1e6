"""Solutions of the exercises on optimizers."""

import numpy as np


# --8<-- [start:foretold]
def foretold(factor, share):
    """How many steps a factor needs to leave a share.

    Args:
        factor: of each step, 0 < factor < 1.
        share: of the distance at the start, 0 < share < 1.

    Returns:
        The number, with its fraction.

    Examples:
        >>> foretold(0.5, 0.125)
        3.0
    """
    return float(np.log(share) / np.log(factor))


# --8<-- [end:foretold]


# --8<-- [start:planted]
def my_adam(w, g, kept, rate):
    """Adam, with a bug."""
    m = kept.setdefault("m", np.zeros_like(w))
    v = kept.setdefault("v", np.zeros_like(w))
    t = kept["t"] = kept.get("t", 0) + 1
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    unbias = (1 - 0.999**t) ** 0.5 / (1 - 0.9**t)
    w -= rate * unbias * m / (np.sqrt(v) + 1e-7)


# --8<-- [end:planted]


# --8<-- [start:mended]
def mended_adam(w, g, kept, rate):
    """The same without the bug."""
    m = kept.setdefault("m", np.zeros_like(w))
    v = kept.setdefault("v", np.zeros_like(w))
    t = kept["t"] = kept.get("t", 0) + 1
    m[:] = 0.9 * m + 0.1 * g
    v[:] = 0.999 * v + 0.001 * g**2
    unbias = (1 - 0.999**t) ** 0.5 / (1 - 0.9**t)
    w -= rate * unbias * m / (np.sqrt(v) + 1e-7)


# --8<-- [end:mended]


# --8<-- [start:turned]
def turned(step, curvatures, degrees, steps, **settings):
    """How far from the bottom one ends in a turned bowl.

    Args:
        step: of `deepcourse.training.optimizers`.
        curvatures: (2,) of the bowl before it is turned.
        degrees: by how much it is turned.
        steps: how many.
        **settings: of the step, its rate too.

    Returns:
        The length of w in the end; it begins with 1, on the bowl's
        diagonal.
    """
    angle = np.radians(degrees)
    turn = np.array(
        [
            [np.cos(angle), -np.sin(angle)],
            [np.sin(angle), np.cos(angle)],
        ]
    )
    table = turn @ np.diag(curvatures) @ turn.T
    w, kept = turn @ np.full(2, 0.5**0.5), {}
    for _ in range(steps):
        step(w, table @ w, kept, **settings)
    return float(np.linalg.norm(w))


# --8<-- [end:turned]

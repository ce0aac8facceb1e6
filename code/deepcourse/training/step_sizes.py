"""How long Adam's steps are, and how long they can be."""

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.training.check_step import check_share


# --8<-- [start:sizes]
def step_sizes(step, gradients, **settings):
    """How far one weight moves at each gradient, in rates.

    Args:
        step: of `deepcourse.training.optimizers`.
        gradients: (T,), one for each step.
        **settings: of the step, without its rate.

    Returns:
        (T,) the moves, against the gradient above 0.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    [gradients] = expect.arrays(gradients=(gradients, "T"))
    w, kept, found = np.zeros(1), {}, []
    for g in gradients:
        before = w.copy()
        step(w, np.array([g]), kept, 1.0, **settings)
        found.append(before - w)
    return np.concatenate(found)


# --8<-- [end:sizes]


# --8<-- [start:longest]
def longest_step(beta1, beta2):
    """What no step of Adam exceeds in the long run, in rates.

    Args:
        beta1: the share of m that is kept, 0 <= beta1 < 1.
        beta2: the share of v that is kept, beta1 squared < beta2 < 1.

    Returns:
        The bound, which the worst gradients come as near as one likes.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> round(longest_step(0.9, 0.999), 2)
        7.27
    """
    check_share(beta1=beta1, beta2=beta2)
    if beta1**2 >= beta2:
        expect.refuse("beta2", beta2, "above beta1 squared")
    squared = (1 - beta1) ** 2 / (1 - beta2)
    return (squared / (1 - beta1**2 / beta2)) ** 0.5


# --8<-- [end:longest]

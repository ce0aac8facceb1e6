"""Adam with L2 in its gradient, or with decay beside it: AdamW."""

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.gradflow.adam import update
from deepcourse.training.check_numbers import check_at_least_0
from deepcourse.training.regularization import l2


# --8<-- [start:adam]
def adam(w, gradients, rate, penalty=0.0, decay=0.0):
    """Adam, with L2 in the gradient, or decay beside it.

    Loshchilov and Hutter 2019, algorithm 2: the penalty is their L2
    regularization, the decay their decoupled weight decay, AdamW.

    Args:
        w: (D,) the weights to begin with.
        gradients: (T, D) the loss's own gradient for each step.
        rate: of learning.
        penalty: at least 0, of an L2 penalty.
        decay: at least 0, what a step takes off a weight, times the rate.

    Returns:
        (D,) the weights after all steps.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    w, gradients = expect.arrays(
        w=(w, "D"), gradients=(gradients, "T, D")
    )
    decay = check_at_least_0("decay", decay)
    w, m, v = np.array(w), np.zeros_like(w), np.zeros_like(w)
    for t, g in enumerate(gradients, 1):
        w *= 1 - rate * decay
        update(w, m, v, g + l2(w, penalty)[1], rate, t)
    return w


# --8<-- [end:adam]

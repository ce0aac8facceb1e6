"""The Jacobian of a layer, and of many layers: a product in their order."""

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.training.check_net import check_choice
from deepcourse.training.deep import ACTIVATIONS


# --8<-- [start:jacobian]
def jacobian(w, h, activation):
    """How each output of a layer answers to each input.

    For one example. Row j, column k says how output k answers to input j.

    Args:
        w: (D, H) weights.
        h: (H,) what came out of the layer's activation.
        activation: a name of ACTIVATIONS.

    Returns:
        (D, H).

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    w, h = expect.arrays(w=(w, "D, H"), h=(h, "H"))
    activation = check_choice(activation, ACTIVATIONS)
    _, slope = ACTIVATIONS[activation]
    return w @ np.diag(slope(h))  # (D, H)


def through(jacobians):
    """The Jacobian of several layers, one behind the other.

    Args:
        jacobians: first layer to last, each (D, H).

    Returns:
        Row j, column k: how the last output k answers to the first input j.
    """
    product, *others = jacobians
    for each in others:
        product = product @ each
    return product


# --8<-- [end:jacobian]

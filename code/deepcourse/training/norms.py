"""How long the gradient of each layer is, and how many units are dead."""

import numpy as np

from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.training.deep import backward, forward, gradients


# --8<-- [start:norms]
def norms(x, labels, net, activation):
    """The length of each layer's gradient, first to last.

    Args:
        x: (B, D) pictures as rows.
        labels: (B,) their classes.
        net: pairs of weights and biases, first layer to last.
        activation: a name of ACTIVATIONS.

    Returns:
        (R,) of each layer the root of the sum of all squares of dw.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    outputs, z = forward(x, net, activation)
    _, dz = softmax_cross_entropy(z, labels)
    da = backward(dz, outputs, net, activation)
    pairs = gradients(outputs, da)
    return np.array([np.linalg.norm(dw) for dw, _ in pairs])


# --8<-- [end:norms]


# --8<-- [start:dead]
def dead(x, net, activation):
    """The share of units that no example switches on.

    Args:
        x: (N, D) pictures as rows.
        net: pairs of weights and biases, first layer to last.
        activation: a name of ACTIVATIONS.

    Returns:
        An array, of each hidden layer a number 0 .. 1.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    outputs, _ = forward(x, net, activation)
    on = [(h > 0).any(axis=0) for h in outputs[1:]]
    return np.array([1 - each.mean() for each in on])


# --8<-- [end:dead]

"""Descent on a deep net, with momentum."""

import numpy as np

from deepcourse.gradflow.loss import (
    check_labels,
    softmax_cross_entropy,
)
from deepcourse.training.check_net import check_changeable
from deepcourse.training.deep import backward, forward, gradients


# --8<-- [start:descend]
def descend(net, activation, batches, rate, momentum=0.9):
    """Change a net, one step for each batch.

    Args:
        net: pairs of weights and biases, arrays of floats; changed.
        activation: a name of ACTIVATIONS.
        batches: pairs of (B, D) pictures and (B,) labels.
        rate: of learning.
        momentum: the share of the last step that the next one keeps.

    Returns:
        The loss of each batch before its step.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    net = check_changeable(net)
    losses, weights = [], [w for layer in net for w in layer]
    u = [np.zeros_like(w) for w in weights]
    for x, labels in batches:
        outputs, z = forward(x, net, activation)
        loss, dz = softmax_cross_entropy(z, labels)
        da = backward(dz, outputs, net, activation)
        found = [g for p in gradients(outputs, da) for g in p]
        for i, g in enumerate(found):
            u[i] = momentum * u[i] + g
            weights[i] -= rate * u[i]
        losses.append(loss)
    return losses


# --8<-- [end:descend]


# --8<-- [start:accuracy]
def accuracy(x, labels, net, activation):
    """The share of pictures whose highest score is right.

    Args:
        x: (N, D) pictures as rows.
        labels: (N,) their classes.
        net: pairs of weights and biases, first layer to last.
        activation: a name of ACTIVATIONS.

    Returns:
        A number 0 .. 1.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    _, z = forward(x, net, activation)
    z, labels = check_labels(z, labels)
    return float((z.argmax(axis=1) == labels).mean())


# --8<-- [end:accuracy]

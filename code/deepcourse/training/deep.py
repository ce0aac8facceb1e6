"""A deep dense net: what goes forward, and the slopes that come back.

A net is a list of layers, first to last, each a pair of weights and biases.
Behind every layer but the last there is an activation; what comes out of the
last one are scores.
"""

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.training.check_net import (
    check_choice,
    check_net,
    check_way,
)


# --8<-- [start:activations]
def sigmoid(a):
    """Squash to 0 .. 1: 1 / (1 + exp(-a)), without overflow.

    Args:
        a: array of floats.

    Returns:
        An array like a, between 0 and 1.

    Examples:
        >>> sigmoid(np.array([-1000.0, 0.0, 2.0])).round(3)
        array([0.   , 0.5  , 0.881])
    """
    return (1 + np.tanh(a / 2)) / 2


ACTIVATIONS = {  # f, and its slope by what comes out of it
    "sigmoid": (sigmoid, lambda h: h * (1 - h)),
    "tanh": (np.tanh, lambda h: 1 - h**2),
    "relu": (lambda a: np.maximum(a, 0), lambda h: h > 0),
}
# --8<-- [end:activations]

# Half dead: what is negative still counts a hundredth.
ACTIVATIONS["leaky"] = (
    lambda a: np.where(a > 0, a, a / 100),
    lambda h: np.where(h > 0, 1.0, 0.01),
)


# --8<-- [start:forward]
def forward(x, net, activation):
    """What goes into each layer, and the scores in the end.

    Args:
        x: (B, D) pictures as rows.
        net: pairs of weights and biases, first layer to last.
        activation: a name of ACTIVATIONS.

    Returns:
        A list of (B, D), (B, H), ...: the pictures, and what comes out of
        each hidden layer; and the scores, (B, K).

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> outputs, z = forward([[1, 2]], [([[1], [1]], [0])], "tanh")
        >>> z
        array([[3.]])
    """
    net = check_net(net)
    x = expect.array("x", x)
    activation = check_choice(activation, ACTIVATIONS)
    f, _ = ACTIVATIONS[activation]
    outputs = [x]
    for w, b in net[:-1]:
        a = outputs[-1] @ w + b
        outputs.append(f(a))
    w, b = net[-1]
    z = outputs[-1] @ w + b  # (B, K)
    return outputs, z


# --8<-- [end:forward]


# --8<-- [start:backward]
def backward(dz, outputs, net, activation):
    """The slope of the loss by each layer's sums x w + b.

    Args:
        dz: (B, K) the slope by the scores.
        outputs: as `forward` returns them.
        net: as for `forward`.
        activation: likewise.

    Returns:
        A list of (B, H), first layer to last; the last one is dz.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    net = check_net(net)
    activation = check_choice(activation, ACTIVATIONS)
    dz, outputs = check_way(dz, outputs, net)
    _, slope = ACTIVATIONS[activation]
    da = [dz]
    for i in range(len(net) - 1, 0, -1):
        dh = da[0] @ net[i][0].T
        da.insert(0, dh * slope(outputs[i]))
    return da


def gradients(outputs, da):
    """The gradients of each layer's weights and biases.

    Args:
        outputs: as `forward` returns them.
        da: as `backward` returns it.

    Returns:
        Pairs of dw (D, H) and db (H,), first layer to last.
    """
    pairs = zip(outputs, da, strict=True)
    return [(h.T @ back, back.sum(axis=0)) for h, back in pairs]


# --8<-- [end:backward]

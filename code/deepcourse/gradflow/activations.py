"""Activations: a bend for each number, and the slope that dy meets there.

Arrays of any shape go in, and come out with that shape. Each backward function
reads the slope off the output y, so the forward pass may write y over its
input; all four raise ValueError if dy and y differ in shape.
"""

import numpy as np


# --8<-- [start:sigmoid]
def sigmoid(x):
    """Squeeze into 0 to 1: 1 / (1 + exp(-x)), written as a tanh.

    The tanh form can't overflow, and is the faster one in NumPy.

    Examples:
        >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
        array([0. , 0.5, 1. ])
    """
    return 0.5 * (1 + np.tanh(0.5 * x))


def sigmoid_backward(dy, y):
    """The slope is y (1 - y): 1/4 at most, and 0 at both ends."""
    check_same(dy, y)
    return dy * y * (1 - y)


# --8<-- [end:sigmoid]


# --8<-- [start:tanh]
def tanh(x):
    """Squeeze into -1 to 1, with 0 staying 0; x has any shape."""
    return np.tanh(x)


def tanh_backward(dy, y):
    """The slope is 1 - y²: 1 at x = 0, and 0 at both ends."""
    check_same(dy, y)
    return dy * (1 - y * y)


# --8<-- [end:tanh]


# --8<-- [start:relu]
def relu(x):
    """Keep what is positive: max(x, 0); x has any shape."""
    return np.maximum(x, 0)


def relu_backward(dy, y):
    """The slope is 1 where the unit is on, else 0, as at the kink.

    Examples:
        >>> y = relu(np.array([-2.0, 0.0, 3.0]))
        >>> relu_backward(np.array([10.0, 10.0, 10.0]), y)
        array([ 0.,  0., 10.])
    """
    check_same(dy, y)
    return dy * (y > 0)


# --8<-- [end:relu]


# --8<-- [start:softplus]
def softplus(x):
    """A relu without the kink: log(1 + exp(x)), for any x.

    Examples:
        >>> softplus(np.array([-1000.0, 0.0, 1000.0])).round(4)
        array([0.000e+00, 6.931e-01, 1.000e+03])
    """
    return np.logaddexp(0, x)


def softplus_backward(dy, y):
    """The slope is 1 - exp(-y), which is sigmoid(x)."""
    check_same(dy, y)
    return dy * -np.expm1(-y)


# --8<-- [end:softplus]


def check_same(dy, y):
    """Refuse two shapes that would broadcast."""
    if np.shape(dy) != np.shape(y):
        raise ValueError(
            f"dy: got shape {np.shape(dy)}, expected {np.shape(y)}"
        )

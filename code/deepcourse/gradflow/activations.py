"""Activations: a bend for each number, and the slope that dy meets there.

Arrays of any shape go in, and come out with that shape. Each backward function
reads the slope off the output y, so the forward pass may write y over its
input.
"""

import numpy as np

from deepcourse.gradflow import expect


# --8<-- [start:sigmoid]
def sigmoid(x):
    """Squeeze into 0 to 1: 1 / (1 + exp(-x)), as a tanh.

    The tanh form can't overflow.

    Args:
        x: array of any shape.

    Returns:
        y of the shape of x.

    Raises:
        ValueError: x isn't of real numbers.

    Examples:
        >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
        array([0. , 0.5, 1. ])
    """
    x = expect.array("x", x)
    return 0.5 * (1 + np.tanh(0.5 * x))


def sigmoid_backward(dy, y):
    """The slope is y (1 - y): 1/4 at most, and 0 at both ends.

    Args:
        dy: array, the gradient with respect to y.
        y: array of the same shape, what `sigmoid` returned.

    Returns:
        dx of the same shape.

    Raises:
        ValueError: dy and y differ in shape.
    """
    y = expect.array("y", y)
    dy = expect.array("dy", dy, y.shape)
    return dy * y * (1 - y)


# --8<-- [end:sigmoid]


# --8<-- [start:tanh]
def tanh(x):
    """Squeeze into -1 to 1, with 0 staying 0.

    Args:
        x: array of any shape.

    Returns:
        y of the shape of x.

    Raises:
        ValueError: x isn't of real numbers.
    """
    x = expect.array("x", x)
    return np.tanh(x)


def tanh_backward(dy, y):
    """The slope is 1 - y²: 1 at x = 0, and 0 at both ends.

    Args:
        dy: array, the gradient with respect to y.
        y: array of the same shape, what `tanh` returned.

    Returns:
        dx of the same shape.

    Raises:
        ValueError: dy and y differ in shape.
    """
    y = expect.array("y", y)
    dy = expect.array("dy", dy, y.shape)
    return dy * (1 - y * y)


# --8<-- [end:tanh]


# --8<-- [start:relu]
def relu(x):
    """Let through what is positive: max(x, 0).

    Args:
        x: array of any shape.

    Returns:
        y of the shape of x.

    Raises:
        ValueError: x isn't of real numbers.
    """
    x = expect.array("x", x)
    return np.maximum(x, 0)


def relu_backward(dy, y):
    """The slope is 1 where the unit is on, else 0; 0 at x = 0.

    Args:
        dy: array, the gradient with respect to y.
        y: array of the same shape, what `relu` returned.

    Returns:
        dx of the same shape: 0 where the unit is off, whatever dy is.

    Raises:
        ValueError: dy and y differ in shape.

    Examples:
        >>> y = relu(np.array([-2.0, 0.0, 3.0]))
        >>> relu_backward(np.array([10.0, 10.0, 10.0]), y)
        array([ 0.,  0., 10.])
    """
    y = expect.array("y", y)
    dy = expect.array("dy", dy, y.shape)
    return np.where(y > 0, dy, 0)


# --8<-- [end:relu]


# --8<-- [start:softplus]
def softplus(x):
    """A relu without the kink: log(1 + exp(x)), for any x.

    Args:
        x: array of any shape.

    Returns:
        y of the shape of x.

    Raises:
        ValueError: x isn't of real numbers.

    Examples:
        >>> softplus(np.array([-1000.0, 0.0, 1000.0])).round(4)
        array([0.000e+00, 6.931e-01, 1.000e+03])
    """
    x = expect.array("x", x)
    return np.logaddexp(0, x)


def softplus_backward(dy, y):
    """The slope is 1 - exp(-y), which is sigmoid(x).

    Args:
        dy: array, the gradient with respect to y.
        y: array of the same shape, what `softplus` returned.

    Returns:
        dx of the same shape.

    Raises:
        ValueError: dy and y differ in shape.
    """
    y = expect.array("y", y)
    dy = expect.array("dy", dy, y.shape)
    return dy * -np.expm1(-y)


# --8<-- [end:softplus]

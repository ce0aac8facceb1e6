"""Half a square, and its gradient: the idea of this module, in one line."""

import numpy as np


# --8<-- [start:forward]
def forward(x):
    """Half the square of each value.

    Args:
        x: (N,) numbers.

    Returns:
        (N,) half of their squares.

    >>> forward(np.array([1.0, -2.0]))
    array([0.5, 2. ])
    """
    return np.square(x) / 2  # (N,)


# --8<-- [end:forward]


# --8<-- [start:backward]
def backward(dy, x):
    """The gradient: the value of `x` itself, times `dy`.

    Args:
        dy: (N,) gradient of the loss with respect to the output.
        x: (N,) what went in.

    Returns:
        (N,) gradient of the loss with respect to `x`.

    >>> backward(np.ones(2), np.array([1.0, -2.0]))
    array([ 1., -2.])
    """
    return dy * x  # (N,)


# --8<-- [end:backward]

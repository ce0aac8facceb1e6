"""A bend."""

import numpy as np


# --8<-- [start:relu]
def relu(x):
    """Zero below zero.

    >>> relu(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    y = np.maximum(x, 0)  # (N,)
    return y


# --8<-- [end:relu]

"""The most general layer from one picture to another: six axes of weights."""

import numpy as np

from deepcourse.convolution import expect


# --8<-- [start:dense]
def dense(x, w):
    """Every output is a weighted sum of all pixels.

    Args:
        x: (B, I, J, C) images.
        w: (P, Q, I, J, C, K) a weight for each pixel in and out.

    Returns:
        (B, P, Q, K) the sums.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> dense(np.ones((1, 2, 2, 1)), np.ones((1, 1, 2, 2, 1, 1)))
        array([[[[4.]]]])
    """
    x, w = expect.arrays(
        x=(x, "B, I, J, C"), w=(w, "P, Q, I, J, C, K")
    )
    y = np.einsum("nijc,pqijck->npqk", x, w)  # (B, P, Q, K)
    return y


# --8<-- [end:dense]

"""A layer with a table of who shares: one forward pass for all four kinds.

The table has a row for each place and a column for each kernel, and a 1 where
the place has that kernel. With it, dense, local, tiled and shared layers
differ in numbers alone, and the gradient of what is shared is one product.
"""

import numpy as np

from deepcourse.convolution import expect
from deepcourse.convolution.conv import windows
from deepcourse.gradflow.conv2d_geometry import counts


# --8<-- [start:who]
def who(places, period):
    """Which kernel each place has: a 1 in a row of zeros.

    Args:
        places: P, along each axis.
        period: t, after how many places the kernels repeat, along each axis.

    Returns:
        (L, M) zeros and ones.

    Raises:
        ValueError: The kernels would never repeat, or there are none.

    Examples:
        >>> who(2, 1).ravel(), who(2, 2).shape
        (array([1., 1., 1., 1.]), (4, 4))
    """
    if not counts(period, 1) or not counts(places, period):
        expect.refuse(
            "period",
            f"{period} of {places} places",
            "a whole number from 1 to the places",
        )
    along = np.arange(places) % period
    kernel = along[:, None] * period + along  # (P, P)
    return np.eye(period**2)[kernel.ravel()]


# --8<-- [end:who]


# --8<-- [start:cut]
def cut(x, window, stride):
    """All windows, place by place, each as a row of pixels.

    Args:
        x: (B, I, I, C) images.
        window: rows and columns of a window.
        stride: pixels from window to window.

    Returns:
        (L, B, D) with D numbers in a window.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    seen = windows(x, (window, window), stride)
    seen = seen.transpose(1, 2, 0, 4, 5, 3)  # (P, P, B, U, V, C)
    places = len(seen) ** 2
    return np.ascontiguousarray(seen).reshape(places, len(x), -1)


# --8<-- [end:cut]


# --8<-- [start:forward]
def forward(seen, w, b, table):
    """Weigh each window by the kernel of its place.

    Args:
        seen: (L, B, D) windows.
        w: (M, D, K) kernels.
        b: (M, K) biases, one for each kernel and channel.
        table: (L, M) who has which.

    Returns:
        (L, B, K) sums.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    seen, w, b, table = expect.arrays(
        seen=(seen, "P, B, D"),
        w=(w, "N, D, K"),
        b=(b, "N, K"),
        table=(table, "P, N"),
    )
    own = np.tensordot(table, w, 1)  # (L, D, K)
    return seen @ own + (table @ b)[:, None]  # (L, B, K)


# --8<-- [end:forward]


# --8<-- [start:backward]
def backward(dy, seen, table):
    """Each place's gradient, then the sum of those that share.

    Args:
        dy: (L, B, K) the gradient of the loss with respect to the sums.
        seen: (L, B, D) windows.
        table: (L, M) who has which.

    Returns:
        dw and db, with the shapes of w and b.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    dy, seen, table = expect.arrays(
        dy=(dy, "P, B, K"),
        seen=(seen, "P, B, D"),
        table=(table, "P, N"),
    )
    each = seen.transpose(0, 2, 1) @ dy  # (L, D, K)
    return np.tensordot(table.T, each, 1), table.T @ dy.sum(1)


# --8<-- [end:backward]

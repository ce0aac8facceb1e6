"""Solutions to the exercises on what each assumption buys."""

import numpy as np

from deepcourse.convolution.runs.one_layer import Net, of_a_run
from deepcourse.datasets import digits


# --8<-- [start:quarters]
def quarters(places):
    """A kernel for each quarter of the picture.

    Args:
        places: P, along each axis; an even number.

    Returns:
        (L, 4) zeros and ones.
    """
    half = np.arange(places) * 2 // places
    return np.eye(4)[(2 * half[:, None] + half).ravel()]


# --8<-- [end:quarters]


# --8<-- [start:planted]
def slopes_by_place(dy, seen, table):
    """Gradients of places, by kernel; a line is wrong.

    Args:
        dy: (L, B, K) the gradient of the loss with respect to the sums.
        seen: (L, B, D) windows.
        table: (L, M) who has which.

    Returns:
        dw, with the shape of w.
    """
    share = table / table.sum(axis=0)
    each = np.einsum("pnd,pnk->pdk", seen, dy)
    return np.einsum("pm,pdk->mdk", share, each)


# --8<-- [end:planted]


# --8<-- [start:mended]
def mended(dy, seen, table):
    """The same, with sums.

    Args:
        dy: (L, B, K) the gradient of the loss with respect to the sums.
        seen: (L, B, D) windows.
        table: (L, M) who has which.

    Returns:
        dw, with the shape of w.
    """
    each = np.einsum("pnd,pnk->pdk", seen, dy)
    return np.einsum("pm,pdk->mdk", table, each)


# --8<-- [end:mended]


# --8<-- [start:by-period]
def by_period(period, pictures, seeds=(0, 1, 2)):
    """What nets of this period read of shifted 8×8 digits.

    Args:
        period: after how many places the kernels repeat.
        pictures: how many to learn from.
        seeds: one net for each.

    Returns:
        The shares of shifted test digits.
    """
    sizes = {"window": 3, "stride": 1, "shift": 2, "few": 4}
    steps = {"batch": 32, "epochs": 8000 // pictures}
    few = {"pictures": pictures, "validation": 200}
    net = Net(**sizes, **steps, **few, period=period)
    what = "tiled_multiply_adds", "shifted", 0.01
    return [
        of_a_run(net, digits(), *what, s)["shifted"]
        for s in seeds
    ]


# --8<-- [end:by-period]

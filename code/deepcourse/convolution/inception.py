"""1×1 convolutions, the bottleneck they make, and the four branches.

A kernel has the shape (U, V, C, K), one for all places. GoogLeNet's module is
that of Szegedy et al.: Going deeper with convolutions (2015), section 4 and
figure 2 (b); windows of 1×1 are of Lin et al.: Network in network (2014).
"""

from math import prod

import numpy as np

from deepcourse.convolution import expect
from deepcourse.convolution.conv import conv, windows
from deepcourse.convolution.widths import check_widths


# --8<-- [start:per-pixel]
def per_pixel(x, a):
    """The same dense layer at each pixel.

    Args:
        x: (B, I, J, C) images.
        a: (C, K) weights.

    Returns:
        (B, I, J, K) the sums.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> per_pixel([[[[1.0, 2.0]]]], [[1, 0, 3], [10, 1, 0]])
        array([[[[21.,  2.,  3.]]]])
    """
    x, a = expect.arrays(x=(x, "B, I, J, C"), a=(a, "C, K"))
    return x @ a  # (B, I, J, K)


def per_pixel_backward(dy, x, a):
    """The slopes of a loss by the images and by the weights.

    Args:
        dy: (B, I, J, K) its slopes by what `per_pixel` returned.
        x: (B, I, J, C) what it was given.
        a: (C, K) likewise.

    Returns:
        dx (B, I, J, C) and da (C, K).

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    dy, x, a = expect.arrays(
        dy=(dy, "B, I, J, K"),
        x=(x, "B, I, J, C"),
        a=(a, "C, K"),
    )
    dx = dy @ a.T  # (B, I, J, C)
    da = np.einsum("nijc,nijk->ck", x, dy)  # (C, K)
    return dx, da


# --8<-- [end:per-pixel]


# --8<-- [start:merged]
def merged(a, w):
    """One kernel for a bottleneck without its ReLU.

    Args:
        a: (C, H) weights of the layer of 1×1.
        w: (U, V, H, K) the kernel behind it.

    Returns:
        (U, V, C, K) the kernel.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    a, w = expect.arrays(a=(a, "C, H"), w=(w, "U, V, H, K"))
    return np.einsum("ch,uvhk->uvck", a, w)


# --8<-- [end:merged]


# --8<-- [start:max-pool]
def max_pool(x, side=3):
    """The largest value of each window, at each pixel.

    Args:
        x: (B, I, J, C) images.
        side: rows and columns of a window.

    Returns:
        (B, I, J, C) the largest values; what is around the images counts
        as less than all of them.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> max_pool([[[[-3.0], [-1.0], [-2.0]]]])[0, 0, :, 0]
        array([-1., -1., -1.])
    """
    (x,) = expect.arrays(x=(x, "B, I, J, C"))
    low = x.min(initial=0)
    seen = windows(x - low, (side, side), padding="same")
    return seen.max(axis=(4, 5)) + low  # (B, I, J, C)


# --8<-- [end:max-pool]


# --8<-- [start:inception]
def inception(x, branches):
    """Four branches, their channels one after the other.

    Args:
        x: (B, I, J, C) images.
        branches: for each, by name, its kernels (U, V, C, K) in the order
            in which `x` meets them; that named "pool" begins with a pool.

    Returns:
        (B, I, J, K) with all channels.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    (x,) = expect.arrays(x=(x, "B, I, J, C"))
    parts = []
    for name, kernels in branches.items():
        y = max_pool(x) if name == "pool" else x
        for w in kernels:
            y = conv(y, w[None, None], padding="same")
            y = np.maximum(y, 0)
        parts.append(y)
    return np.concatenate(parts, axis=3)


# --8<-- [end:inception]


# --8<-- [start:shapes]
def shapes(into, one, three, five, pool):
    """The shapes (U, V, C, K) of kernels, by branch.

    Args:
        into: channels of what comes in.
        one: channels of the branch of 1×1.
        three: channels of the layer of 1×1 before 3×3, None without one,
            and of 3×3.
        five: likewise of 5×5.
        pool: channels of the layer of 1×1 after the pool, None without.

    Returns:
        A dictionary of lists of shapes.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> shapes(8, 2, (None, 4), (1, 2), None)["5×5"]
        [(1, 1, 8, 1), (5, 5, 1, 2)]
    """
    check_widths(into, one, three, five, pool)

    def chain(side, narrow, out):
        if narrow is None:
            return [(side, side, into, out)]
        return [(1, 1, into, narrow), (side, side, narrow, out)]

    return {
        "1×1": chain(1, None, one),
        "3×3": chain(3, *three),
        "5×5": chain(5, *five),
        "pool": chain(1, None, pool) if pool else [],
    }


def spent(kernels, places):
    """Weights of kernels, and products for one image.

    Args:
        kernels: their shapes (U, V, C, K).
        places: P and Q, at which all of them stand.

    Returns:
        Two numbers.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> spent([(1, 1, 8, 1), (5, 5, 1, 2)], (2, 2))
        (58, 232)
    """
    expect.pair("places", places)
    weights = sum(prod(shape) for shape in kernels)
    return weights, weights * prod(places)


# --8<-- [end:shapes]

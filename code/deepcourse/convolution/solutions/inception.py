"""Solutions to the exercises on 1×1 and inception."""

import numpy as np

from deepcourse.convolution.conv import conv
from deepcourse.convolution.inception import (
    max_pool,
    per_pixel,
    spent,
)


# --8<-- [start:two-of-three]
def two_of_three(into, between, out):
    """Weights of two layers of 3×3 in place of one of 5×5.

    Args:
        into: channels in.
        between: channels between both.
        out: channels out.

    Returns:
        A number.
    """
    pair = (3, 3, into, between), (3, 3, between, out)
    return spent(pair, (1, 1))[0]


# --8<-- [end:two-of-three]


# --8<-- [start:planted]
def pool_branch(x, w):
    """A pool and a layer of 1×1; a line is wrong.

    Args:
        x: (B, I, J, C) images.
        w: (1, 1, C, K) the kernel.

    Returns:
        (B, I, J, K) what comes out of the branch.
    """
    y = np.maximum(conv(x, w[None, None]), 0)
    return max_pool(y)


# --8<-- [end:planted]


# --8<-- [start:find-the-bug]
def mended(x, w):
    """The same, with the pool first.

    Args:
        x: (B, I, J, C) images.
        w: (1, 1, C, K) the kernel.

    Returns:
        (B, I, J, K) what comes out of the branch.
    """
    y = conv(max_pool(x), w[None, None])
    return np.maximum(y, 0)


# --8<-- [end:find-the-bug]


# --8<-- [start:only-pixels]
def only_pixels(x, tables):
    """Layers of 1×1 with ReLU, then a mean by channel.

    Args:
        x: (B, I, J, C) images.
        tables: the weights of each layer, each (C, K).

    Returns:
        (B, K) the means.
    """
    for a in tables:
        x = np.maximum(per_pixel(x, a), 0)
    return x.mean(axis=(1, 2))


def greys(images):
    """How many pixels of a picture have each grey.

    Args:
        images: (B, I, J) of 0 .. 255.

    Returns:
        (B, N) numbers of pixels, a column for each grey there is.
    """
    return np.stack(
        [(images == g).sum((1, 2)) for g in np.unique(images)], 1
    )


# --8<-- [end:only-pixels]


# --8<-- [start:nearest]
def nearest(kernel, rank):
    """The nearest kernel that so many channels can make.

    Args:
        kernel: (U, V, C, K) weights.
        rank: channels in between.

    Returns:
        (U, V, C, K) the kernel whose squared distance is least.
    """
    rows = np.moveaxis(kernel, 2, 0)  # (C, U, V, K)
    a, s, b = np.linalg.svd(
        rows.reshape(len(rows), -1), full_matrices=False
    )
    table = (a[:, :rank] * s[:rank]) @ b[:rank]  # (C, U*V*K)
    return np.moveaxis(table.reshape(rows.shape), 0, 2)


def kept(kernel, rank):
    """What it keeps of the sum of the squares, 0 to 1.

    Args:
        kernel: (U, V, C, K) weights.
        rank: channels in between.

    Returns:
        A number.
    """
    left = nearest(kernel, rank)
    return (left**2).sum() / (kernel**2).sum()


# --8<-- [end:nearest]

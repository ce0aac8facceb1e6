"""Solutions to the exercises on convolution."""

from itertools import product

import numpy as np

from deepcourse.convolution.conv import conv, windows
from deepcourse.convolution.field import receptive_field


# --8<-- [start:dense-as-conv]
def dense_as_conv(table, size):
    """A dense layer's weights as the kernel of a convolution.

    Args:
        table: (D, K) the weights of flattened pictures.
        size: I, J and C of these pictures.

    Returns:
        (Y, Z, U, V, C, K) one kernel, as large as the picture.
    """
    return table.reshape(1, 1, *size, table.shape[1])


# --8<-- [end:dense-as-conv]


# --8<-- [start:planted]
def one_product(x, kernel):
    """A convolution as one matrix product; a line is wrong.

    Args:
        x: (B, I, J, C) images.
        kernel: (U, V, C, K) the kernel.

    Returns:
        (B, P, Q, K) sums.
    """
    seen = windows(x, kernel.shape[:2])
    rows = seen.reshape(*seen.shape[:3], -1)
    return rows @ kernel.reshape(-1, kernel.shape[3])


# --8<-- [end:planted]


# --8<-- [start:find-the-bug]
def mended(x, kernel):
    """The same with the channels where the kernel has them.

    Args:
        x: (B, I, J, C) images.
        kernel: (U, V, C, K) the kernel.

    Returns:
        (B, P, Q, K) the sums.
    """
    seen = windows(x, kernel.shape[:2])
    seen = np.moveaxis(seen, 3, 5)
    rows = seen.reshape(*seen.shape[:3], -1)
    return rows @ kernel.reshape(-1, kernel.shape[3])


# --8<-- [end:find-the-bug]


# --8<-- [start:smallest]
def smallest(field, jump):
    """The strides of the fewest layers that see so far.

    Args:
        field: pixels that an output must see.
        jump: pixels that may lie between two outputs.

    Returns:
        The stride of each layer, 1 or 2.

    Examples:
        >>> smallest(3, 1)
        (1,)
    """
    for count in range(1, field):
        for strides in product((2, 1), repeat=count):
            layers = [(3, stride, 1) for stride in strides]
            sees, apart = receptive_field(layers)
            if sees >= field and apart <= jump:
                return strides
    return ()


# --8<-- [end:smallest]


# --8<-- [start:border]
def told_apart(values, tolerance=1e-9):
    """The share of places whose values no other place has.

    Args:
        values: (B, P, Q, K) what a layer gives; the first image counts.
        tolerance: what is no difference.

    Returns:
        A share, 0 .. 1.
    """
    each = values[0].reshape(-1, values.shape[3])
    same = [
        (np.abs(each - one).max(axis=1) < tolerance).sum()
        for one in each
    ]
    return np.mean(np.array(same) == 1)


def stacked(size, layers, window=3, relu=True, seed=0):
    """What random layers make of a picture of ones.

    Args:
        size: rows and columns of the picture.
        layers: how many, of random kernels and 8 channels.
        window: rows and columns of a kernel.
        relu: whether what is below 0 is set to 0 after each layer.
        seed: of the kernels.

    Returns:
        (1, size, size, 8) the last values; the largest is 1 or -1.
    """
    draw = np.random.default_rng(seed).normal
    x = np.ones((1, size, size, 1))
    for _ in range(layers):
        w = draw(size=(1, 1, window, window, x.shape[3], 8))
        x = conv(x, w, padding="same")
        x = np.maximum(x, 0) if relu else x
        x /= np.abs(x).max()
    return x


# --8<-- [end:border]

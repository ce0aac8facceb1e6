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
def one_product(x, k):
    """A convolution as one matrix product; a line is wrong.

    Args:
        x: (B, I, J, C) images.
        k: (U, V, C, K) the kernel.

    Returns:
        (B, P, Q, K) sums.
    """
    seen = windows(x, k.shape[:2])
    rows = seen.reshape(*seen.shape[:3], -1)
    return rows @ k.reshape(-1, k.shape[3])


# --8<-- [end:planted]


# --8<-- [start:find-the-bug]
def mended(x, k):
    """The same with the channels where the kernel has them.

    Args:
        x: (B, I, J, C) images.
        k: (U, V, C, K) the kernel.

    Returns:
        (B, P, Q, K) the sums.
    """
    seen = windows(x, k.shape[:2])
    seen = np.moveaxis(seen, 3, 5)  # (B, P, Q, U, V, C)
    rows = seen.reshape(*seen.shape[:3], -1)
    return rows @ k.reshape(-1, k.shape[3])


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


# --8<-- [start:marked]
def marked(size, layers, seed):
    """The share of places that differ from the middle one.

    Args:
        size: rows and columns of a picture of ones.
        layers: how many, of random 3×3 kernels and ReLU.
        seed: of the kernels.

    Returns:
        A share, 0 .. 1.
    """
    rng = np.random.default_rng(seed)
    x = np.ones((1, size, size, 1))
    for _ in range(layers):
        w = rng.normal(size=(1, 1, 3, 3, x.shape[3], 8))
        x = np.maximum(conv(x, w, padding="same"), 0)
        x /= x.max()
    middle = x[:, size // 2, size // 2]
    return np.mean(np.abs(x - middle).max(axis=3) > 1e-9)


# --8<-- [end:marked]

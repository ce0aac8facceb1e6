"""One layer for all degrees of sharing: local, tiled and shared kernels.

A kernel `w` has the shape (Y, Z, U, V, C, K). Its first two axes say after
how many places, down and across, the kernels repeat: (P, Q) is a kernel of its
own for each place, a locally connected layer; (1, 1) is the convolution. Its
gradients are those of `deepcourse.gradflow.conv2d`, of each kernel at its
places.

Goodfellow, Bengio, Courville: Deep Learning (2016), section 9.5.
"""

from math import prod

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from deepcourse.convolution import expect


# --8<-- [start:weigh]
def weigh(seen, w):
    """Weigh each window by the kernel of its place.

    Args:
        seen: (B, P, Q, C, U, V) windows.
        w: (Y, Z, U, V, C, K) kernels, which repeat every Y×Z places.

    Returns:
        (B, P, Q, K) the sums.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    seen, w = expect.arrays(
        seen=(seen, "B, P, Q, C, U, V"), w=(w, "Y, Z, U, V, C, K")
    )
    expect.period(w.shape[:2], seen.shape[1:3])
    y = np.empty((*seen.shape[:3], w.shape[5]), seen.dtype)
    down, across = w.shape[:2]
    for row, column in np.ndindex(down, across):
        part = seen[:, row::down, column::across]
        y[:, row::down, column::across] = np.einsum(
            "npqcuv,uvck->npqk", part, w[row, column]
        )
    return y  # (B, P, Q, K)


# --8<-- [end:weigh]


# --8<-- [start:windows]
def zeros_around(size, span, stride):
    """The zeros that "same" puts before an axis, and after it.

    Args:
        size: of the axis.
        span: how much of it one window covers.
        stride: pixels from window to window.

    Returns:
        Two numbers, the second as large or larger by one.

    Examples:
        >>> zeros_around(6, 3, 1), zeros_around(6, 3, 2)
        ((1, 1), (0, 1))
    """
    places = -(-size // stride)  # rounded up
    lacking = max(0, (places - 1) * stride + span - size)
    return lacking // 2, lacking - lacking // 2


def windows(x, size, stride=1, padding="valid", dilation=1):
    """All windows of the images.

    Args:
        x: (B, I, J, C) images.
        size: U and V, the rows and columns of a window.
        stride: pixels from window to window.
        padding: "valid" or "same", as TensorFlow has it.
        dilation: pixels from one tap of a window to the next.

    Returns:
        (B, P, Q, C, U, V) the windows, a view that copies none.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> x = np.arange(4.0).reshape(1, 1, 4, 1)
        >>> windows(x, (1, 2), dilation=2)[0, 0, :, 0, 0]
        array([[0., 2.],
               [1., 3.]])
    """
    (x,) = expect.arrays(x=(x, "B, I, J, C"))
    expect.windows(
        "size", x.shape, size, stride, padding, dilation
    )
    spans = [dilation * (taps - 1) + 1 for taps in size]
    if padding == "same":
        both = zip(x.shape[1:3], spans)
        zeros = [zeros_around(*axis, stride) for axis in both]
        x = np.pad(x, [(0, 0), *zeros, (0, 0)])
    seen = sliding_window_view(x, spans, axis=(1, 2))
    return seen[:, ::stride, ::stride, :, ::dilation, ::dilation]


# --8<-- [end:windows]


# --8<-- [start:conv]
def conv(x, w, stride=1, padding="valid", dilation=1):
    """Cut out all windows, and weigh them.

    Args:
        x: (B, I, J, C) images.
        w: (Y, Z, U, V, C, K) kernels, which repeat every Y×Z places.
        stride: pixels from window to window.
        padding: "valid" or "same", as TensorFlow has it.
        dilation: pixels from one tap of a window to the next.

    Returns:
        (B, P, Q, K) the sums.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> x = np.arange(4.0).reshape(1, 1, 4, 1)
        >>> w = np.array([1.0, 10.0]).reshape(1, 2, 1, 1, 1, 1)
        >>> conv(x, w)[0, 0, :, 0]
        array([ 0., 10.,  2., 30.])
    """
    x, w = expect.arrays(
        x=(x, "B, I, J, C"), w=(w, "Y, Z, U, V, C, K")
    )
    size = w.shape[2:4]
    expect.windows("w", x.shape, size, stride, padding, dilation)
    seen = windows(x, size, stride, padding, dilation)
    return weigh(seen, w)  # (B, P, Q, K)


# --8<-- [end:conv]


# --8<-- [start:as-dense]
def as_dense(w, size, stride=1, padding="valid", dilation=1):
    """The weights by which `dense` does what `conv` does.

    A linear map is known by what it makes of each single pixel.

    Args:
        w: (Y, Z, U, V, C, K) kernels, as in `conv`.
        size: I and J, the rows and columns of the images.
        stride: likewise.
        padding: likewise.
        dilation: likewise.

    Returns:
        (P, Q, I, J, C, K) the weights, most of them 0.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    (w,) = expect.arrays(w=(w, "Y, Z, U, V, C, K"))
    expect.pair("size", size)
    shape = *size, w.shape[4]  # I, J and C
    lit = np.eye(prod(shape), dtype=w.dtype)
    lit = lit.reshape(-1, *shape)  # each with one pixel lit
    found = conv(lit, w, stride, padding, dilation)
    found = found.reshape(*shape, *found.shape[1:])
    return np.einsum("ijcpqk->pqijck", found)


# --8<-- [end:as-dense]

"""The way back up: the transpose of a convolution, and what it draws.

A convolution makes small pictures y, (B, P, Q, K), of large ones x,
(B, I, J, C), with a kernel w, (U, V, C, K). Here the same kernel leads from y
back to the size of x. It is the input gradient of the convolution, which
`deepcourse.gradflow.conv2d` derives, used as a layer.

Dumoulin, Visin: A guide to convolution arithmetic for deep learning (2016),
section 4. Odena, Dumoulin, Olah: Deconvolution and checkerboard artifacts
(Distill, 2016).
"""

import numpy as np

from deepcourse.convolution import expect
from deepcourse.convolution.expect_up import (
    check_steps,
    check_upwards,
)
from deepcourse.gradflow.conv2d_geometry import (
    check_padding,
    windows_along,
)


# --8<-- [start:sizes]
def sizes_up(
    places, window, stride=1, padding="valid", dilation=1
):
    """All sizes of an axis that has so many windows.

    Args:
        places: windows along the axis.
        window: taps of a window.
        stride: pixels from window to window.
        padding: "valid" or "same", as TensorFlow has it.
        dilation: pixels from one tap of a window to the next.

    Returns:
        A range, as many sizes as the stride has pixels.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> list(sizes_up(2, 3, stride=2))
        [5, 6]
    """
    check_steps(places=places, window=window)
    check_steps(stride=stride, dilation=dilation)
    check_padding(padding)
    last = dilation * (window - 1) + 1  # what the last one needs
    if padding == "same":
        last = 1
    least = (places - 1) * stride + last
    return range(least, least + stride)


# --8<-- [end:sizes]


# --8<-- [start:conv-up]
def conv_up(y, w, size, stride=1, padding="valid", dilation=1):
    """Every small pixel puts down the kernel, times itself.

    Args:
        y: (B, P, Q, K) small pictures.
        w: (U, V, C, K) the kernel of the way down.
        size: I and J, the rows and columns of what is made.
        stride: pixels from window to window.
        padding: "valid" or "same", of the way down.
        dilation: pixels from one tap of a window to the next.

    Returns:
        (B, I, J, C) the sums.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> y, w = np.ones((1, 1, 2, 1)), np.ones((1, 3, 1, 1))
        >>> conv_up(y, w, (1, 5), stride=2)[0, 0, :, 0]
        array([1., 1., 2., 1., 1.])
    """
    y, w = expect.arrays(y=(y, "B, P, Q, K"), w=(w, "U, V, C, K"))
    check_upwards(
        size,
        y.shape[1:3],
        w.shape[:2],
        (stride, padding, dilation),
        sizes_up,
    )
    b, (p, q), (i, j) = len(y), y.shape[1:3], size
    spans = [dilation * (n - 1) + 1 for n in w.shape[:2]]
    along = [
        windows_along(n, span, stride, padding)
        for n, span in zip(size, spans)
    ]
    (_, top, below), (_, left, right) = along
    shape = b, top + i + below, left + j + right, w.shape[2]
    wide = np.zeros(shape, y.dtype)
    for u, v in np.ndindex(w.shape[:2]):
        row, column = dilation * u, dilation * v
        part = wide[:, row : row + stride * p : stride]
        part = part[:, :, column : column + stride * q : stride]
        part += y @ w[u, v].T  # (B, P, Q, C)
    return wide[:, top : top + i, left : left + j]


# --8<-- [end:conv-up]


# --8<-- [start:overlap]
def overlap(places, window, stride, dilation=1):
    """How many windows reach each pixel of what is made.

    Args:
        places: P and Q, windows down and across.
        window: U and V, taps of a window.
        stride: pixels from window to window.
        dilation: pixels from one tap of a window to the next.

    Returns:
        (I, J) counts, without zeros around.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> overlap((1, 3), (1, 3), 2)
        array([[1, 1, 2, 1, 2, 1, 1]])
    """
    expect.pair("places", places)
    expect.pair("window", window)
    how = stride, "valid", dilation
    size = [
        sizes_up(p, u, *how)[0] for p, u in zip(places, window)
    ]
    y, w = np.ones((1, *places, 1)), np.ones((*window, 1, 1))
    counts = conv_up(y, w, size, *how)[0, :, :, 0]
    return counts.astype(int)  # (I, J)


# --8<-- [end:overlap]


# --8<-- [start:phases]
def phases(w, stride, dilation=1):
    """What a flat picture of ones becomes, by pixel.

    Far from the border, pixels that are a multiple of the stride apart are
    the same.

    Args:
        w: (U, V, C, K) the kernel.
        stride: pixels from window to window.
        dilation: pixels from one tap of a window to the next.

    Returns:
        The sums of the taps that meet there, over K: as many rows and columns
        as the stride, and C.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> w = np.array([1.0, 2.0, 5.0]).reshape(1, 3, 1, 1)
        >>> phases(w, 2)[0, :, 0]
        array([6., 2.])
    """
    (w,) = expect.arrays(w=(w, "U, V, C, K"))
    check_steps(stride=stride, dilation=dilation)
    sums = np.zeros((stride, stride, w.shape[2]), w.dtype)
    for u, v in np.ndindex(w.shape[:2]):
        row, column = dilation * u % stride, dilation * v % stride
        sums[row, column] += w[u, v].sum(axis=1)
    return sums  # by row and column of the stride


# --8<-- [end:phases]


# --8<-- [start:enlarge]
def enlarge(y, stride):
    """Repeat each pixel, down and across.

    Args:
        y: (B, P, Q, K) small pictures.
        stride: how often.

    Returns:
        The same pixels in pictures that are larger by the stride.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    (y,) = expect.arrays(y=(y, "B, P, Q, K"))
    check_steps(stride=stride)
    return y.repeat(stride, axis=1).repeat(stride, axis=2)


# --8<-- [end:enlarge]


# --8<-- [start:widened]
def widened(w, stride):
    """The kernel by which `conv_up` enlarges and convolves.

    With "same" on both sides that holds for odd windows. Those of even ones
    are cut one pixel apart.

    Args:
        w: (U, V, K, C) the kernel that convolves the enlarged picture.
        stride: how often each pixel is repeated.

    Returns:
        The kernel, `stride - 1` larger down and across, C before K.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> w = np.array([1.0, 2.0, 5.0]).reshape(1, 3, 1, 1)
        >>> widened(w, 2)[0, :, 0, 0]
        array([5., 7., 3., 1.])
    """
    (w,) = expect.arrays(w=(w, "U, V, K, C"))
    check_steps(stride=stride)
    u, v, k, c = w.shape
    turned = w[::-1, ::-1].transpose(0, 1, 3, 2)
    wide = np.zeros(
        (u + stride - 1, v + stride - 1, c, k), w.dtype
    )
    for row, column in np.ndindex(stride, stride):
        wide[row : row + u, column : column + v] += turned
    return wide


# --8<-- [end:widened]

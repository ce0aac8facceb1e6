"""Solutions of the exercises on the way back up."""

import numpy as np

from deepcourse.convolution import expect
from deepcourse.convolution.conv import conv, windows
from deepcourse.convolution.expect_up import check_steps
from deepcourse.convolution.up import conv_up, sizes_up


# --8<-- [start:down-and-up]
def down_and_up(size, layers):
    """Sizes on the way down, and all that each leads back to.

    Args:
        size: of an axis of the picture.
        layers: for each, its window and its stride.

    Returns:
        A list: for each layer, its windows, and the sizes that have as many.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> down_and_up(6, [(3, 2)])
        [(2, [5, 6])]
    """
    check_steps(size=size)
    found = []
    for window, stride in layers:
        x = np.zeros((1, size, 1, 1))
        size = windows(x, (window, 1), stride).shape[1]
        found.append((size, [*sizes_up(size, window, stride)]))
    return found


# --8<-- [end:down-and-up]


# --8<-- [start:planted]
def with_zeros(y, w, stride):
    """A way up by zeros between the pixels.

    Args:
        y: (B, P, Q, K) small pictures.
        w: (U, V, C, K) the kernel of the way down.
        stride: pixels from window to window.

    Returns:
        (B, I, J, C) the sums, which are wrong.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    y, w = expect.arrays(y=(y, "B, P, Q, K"), w=(w, "U, V, C, K"))
    check_steps(stride=stride)
    b, p, q, k = y.shape
    size = (p - 1) * stride + 1, (q - 1) * stride + 1
    wide = np.zeros((b, *size, k), y.dtype)
    wide[:, ::stride, ::stride] = y
    down, across = (n - 1 for n in w.shape[:2])
    ring = (0, 0), (down, down), (across, across), (0, 0)
    kernel = w.transpose(0, 1, 3, 2)  # (U, V, K, C)
    return conv(np.pad(wide, ring), kernel[None, None])


# --8<-- [end:planted]


# --8<-- [start:find-the-bug]
def mended_up(y, w, stride):
    """The same with the kernel turned round.

    Args:
        y: (B, P, Q, K) small pictures.
        w: (U, V, C, K) the kernel of the way down.
        stride: pixels from window to window.

    Returns:
        (B, I, J, C) the sums.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    y, w = expect.arrays(y=(y, "B, P, Q, K"), w=(w, "U, V, C, K"))
    return with_zeros(y, w[::-1, ::-1], stride)


# --8<-- [end:find-the-bug]


# --8<-- [start:best-taps]
def best_taps(y, x, window, stride):
    """The taps that make x of y with the least squared error.

    Args:
        y: (B, P, Q, 1) small pictures.
        x: (B, I, J, 1) large ones.
        window: taps down, and as many across.
        stride: pixels from window to window.

    Returns:
        (U, V, 1, 1) the kernel.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    y, x = expect.arrays(y=(y, "B, P, Q, 1"), x=(x, "B, I, J, 1"))
    check_steps(window=window, stride=stride)
    single = np.eye(window**2)
    single = single.reshape(-1, window, window, 1, 1)
    size = x.shape[1:3]
    made = [conv_up(y, w, size, stride, "same") for w in single]
    table = np.stack([each.ravel() for each in made], axis=1)
    taps = np.linalg.lstsq(table, x.ravel(), rcond=None)[0]
    return taps.reshape(window, window, 1, 1)


# --8<-- [end:best-taps]


# --8<-- [start:heard]
def heard(window, stride, seed=0):
    """Mean squares of a random gradient, by pixel.

    Args:
        window: taps down, and as many across.
        stride: pixels from window to window.
        seed: of the kernel and of the gradient above.

    Returns:
        As many rows and columns as the stride, the mean of all at 1.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    check_steps(window=window, stride=stride)
    draw = np.random.default_rng(seed).normal
    dy = draw(size=(20, 24, 24, 16))
    w = draw(size=(window, window, 3, 16))
    size = (sizes_up(24, window, stride)[0],) * 2
    dx = conv_up(dy, w, size, stride)
    start, end = stride * window, stride * (24 - window)
    middle = dx[:, start:end, start:end] ** 2
    found = np.empty((stride, stride))
    for row, column in np.ndindex(stride, stride):
        part = middle[:, row::stride, column::stride]
        found[row, column] = part.mean()
    return found / found.mean()


# --8<-- [end:heard]

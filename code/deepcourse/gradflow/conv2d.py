"""The convolution as one matrix product, forward and backward.

`conv2d_loops` computes the same from the formula, index by index.
"""

from math import prod
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


# --8<-- [start:geometry]
class Geometry(NamedTuple):
    """Where the windows stand; each field is one number per axis."""

    out: tuple[int, int]  # P and Q: windows down and across
    stride: tuple[int, int]  # how far the next window is
    before: tuple[int, int]  # rows of zeros above, columns to the left
    after: tuple[int, int]  # rows of zeros below, columns to the right


def axis(size, window, stride, padding):
    """Windows along one axis, and the zeros before and after it.

    TensorFlow's "same" puts ceil(size / stride) windows, and where the
    number of zeros is odd, the odd one goes to the end.

    Examples:
        >>> axis(28, 3, 1, "valid"), axis(28, 3, 2, "same")
        ((26, 0, 0), (14, 0, 1))
    """
    if padding == "valid":
        return (size - window) // stride + 1, 0, 0
    out = -(-size // stride)
    zeros = max((out - 1) * stride + window - size, 0)
    return out, zeros // 2, zeros - zeros // 2


# --8<-- [end:geometry]


def geometry(x, k, stride, padding):
    """The geometry of a convolution, once nothing is wrong with it."""
    check(x, k, stride, padding)
    stride = (stride, stride) if np.ndim(stride) == 0 else tuple(stride)
    sizes, windows = x.shape[1:3], k.shape[:2]
    axes = [axis(*each, padding) for each in zip(sizes, windows, stride)]
    out, before, after = zip(*axes)
    return Geometry(out, stride, before, after)


# --8<-- [start:im2col]
def im2col(x, k, g):
    """Each window of x as one row: what the kernel is multiplied with.

    Args:
        x: (B, I, J, C) images.
        k: (U, V, C, K) the kernel, for its size.
        g: their geometry.

    Returns:
        (B*P*Q, U*V*C) a copy; a pixel is in it once per window.
    """
    wide = np.pad(x, ((0, 0), *zip(g.before, g.after), (0, 0)))
    windows = sliding_window_view(wide, k.shape[:2], axis=(1, 2))
    windows = windows[:, :: g.stride[0], :: g.stride[1]]  # (B, P, Q, C, U, V)
    windows = windows.transpose(0, 1, 2, 4, 5, 3)  # (B, P, Q, U, V, C)
    rows = len(x) * g.out[0] * g.out[1]
    return windows.reshape(rows, prod(k.shape[:3]))  # (B*P*Q, U*V*C)


# --8<-- [end:im2col]


# --8<-- [start:forward]
def forward(x, k, stride=1, padding="valid"):
    """Slide the kernel over each image: one weighted sum per window.

    Args:
        x: (B, I, J, C) images.
        k: (U, V, C, K) the kernel, one window per channel out.
        stride: from window to window; an int, or one per axis.
        padding: "valid" or "same", as TensorFlow has it.

    Returns:
        (B, P, Q, K) the sums.

    Raises:
        ValueError: an argument, what came, and what was expected.
    """
    g = geometry(x, k, stride, padding)
    table = k.reshape(prod(k.shape[:3]), k.shape[3])  # (U*V*C, K)
    y = im2col(x, k, g) @ table
    return y.reshape(len(x), *g.out, k.shape[3])  # (B, P, Q, K)


# --8<-- [end:forward]


# --8<-- [start:backward]
def backward(dy, x, k, stride=1, padding="valid"):
    """Send dy back to the images and to the kernel.

    Args:
        dy: (B, P, Q, K) gradient of the loss with respect to the output.
        x: (B, I, J, C) as it went into `forward`.
        k: (U, V, C, K) likewise.
        stride: likewise.
        padding: likewise.

    Returns:
        (B, I, J, C), (U, V, C, K) the gradients dx, dk.

    Raises:
        ValueError: an argument, what came, and what was expected.
    """
    g = geometry(x, k, stride, padding)
    check_gradient(dy, (len(x), *g.out, k.shape[3]))
    flat = dy.reshape(len(x) * g.out[0] * g.out[1], k.shape[3])
    dk = im2col(x, k, g).T @ flat  # (U*V*C, K)
    dx = col2im(dy, x, k, g)  # (B, I, J, C)
    return dx, dk.reshape(k.shape)


# --8<-- [end:backward]


# --8<-- [start:col2im]
def col2im(dy, x, k, g):
    """Add up what each pixel hears from the windows that saw it.

    Args:
        dy: (B, P, Q, K) gradient with respect to the output.
        x: (B, I, J, C) the images, for their size.
        k: (U, V, C, K) the kernel.
        g: their geometry.

    Returns:
        (B, I, J, C) dx.
    """
    (p, q), (si, sj), (top, left), after = g
    b, i, j, c = x.shape
    size = b, top + i + after[0], left + j + after[1], c
    flat = dy.reshape(b * p * q, k.shape[3])  # (B*P*Q, K)
    wide = np.zeros(size, np.result_type(dy, k))
    for u, v in np.ndindex(k.shape[:2]):
        part = (flat @ k[u, v].T).reshape(b, p, q, c)  # (B, P, Q, C)
        wide[:, u : u + si * p : si, v : v + sj * q : sj] += part
    return wide[:, top : top + i, left : left + j]  # (B, I, J, C)


# --8<-- [end:col2im]


def check(x, k, stride, padding):
    """Refuse what is no convolution."""
    if np.ndim(x) != 4 or 0 in x.shape[1:3]:
        shape = np.shape(x)
        raise ValueError(f"x: got shape {shape}, expected (B, I, J, C)")
    if np.ndim(k) != 4 or k.shape[2] != x.shape[3] or 0 in k.shape[:2]:
        expected = f"(U, V, {x.shape[3]}, K)"
        raise ValueError(f"k: got shape {np.shape(k)}, expected {expected}")
    pair = (stride, stride) if np.ndim(stride) == 0 else tuple(stride)
    whole = all(isinstance(s, int | np.integer) and s > 0 for s in pair)
    if len(pair) != 2 or not whole:
        raise ValueError(f"stride: got {stride}, expected 1 or 2 ints above 0")
    if padding not in ("valid", "same"):
        raise ValueError(
            f'padding: got {padding!r}, expected "valid" or "same"'
        )
    if padding == "valid" and (np.array(k.shape[:2]) > x.shape[1:3]).any():
        shape, most = k.shape[:2], x.shape[1:3]
        raise ValueError(f"k: got a window of {shape}, expected at most {most}")


def check_gradient(dy, shape):
    """Refuse a gradient that isn't shaped like the output."""
    if np.shape(dy) != shape:
        raise ValueError(f"dy: got shape {np.shape(dy)}, expected {shape}")

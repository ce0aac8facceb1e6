"""The convolution as one matrix product, forward and backward.

`conv2d_loops` computes the same from the formula, index by index.
"""

from math import prod

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from deepcourse.gradflow import expect
from deepcourse.gradflow.conv2d_geometry import geometry


# --8<-- [start:im2col]
def im2col(x, w, g):
    """Each window of x as a row, to multiply the kernel with.

    Args:
        x: (B, I, J, C) images.
        w: (U, V, C, K) the kernel, for its size.
        g: their geometry.

    Returns:
        `(B*P*Q, U*V*C)` the windows.
    """
    x, w = expect.arrays(x=(x, "B, I, J, C"), w=(w, "U, V, C, K"))
    x = np.pad(x, ((0, 0), *zip(g.before, g.after), (0, 0)))
    windows = sliding_window_view(x, w.shape[:2], axis=(1, 2))
    si, sj = g.stride
    windows = windows[:, ::si, ::sj]  # (B, P, Q, C, U, V)
    windows = np.moveaxis(windows, 3, 5)  # (B, P, Q, U, V, C)
    shape = len(x) * prod(g.out), prod(w.shape[:3])
    return windows.reshape(shape)  # (B*P*Q, U*V*C)


BLOCK = 2**20  # values of X at a time


def blocks(x, w, g):
    """The batch in parts: of one example each, or of more.

    Args:
        x: (B, I, J, C) images.
        w: (U, V, C, K) the kernel.
        g: their geometry.

    Returns:
        A list of slices.
    """
    x, w = expect.arrays(x=(x, "B, I, J, C"), w=(w, "U, V, C, K"))
    values = prod(g.out) * prod(w.shape[:3])  # of one example
    step = max(BLOCK // max(values, 1), 1)
    return [slice(n, n + step) for n in range(0, len(x), step)]


# --8<-- [end:im2col]


# --8<-- [start:forward]
def conv_forward(x, w, stride=1, padding="valid"):
    """Slide the kernel over x: one weighted sum per window.

    Args:
        x: (B, I, J, C) images.
        w: (U, V, C, K) the kernel, one window per channel out.
        stride: from window to window; an int, or one per axis.
        padding: "valid" or "same", as TensorFlow has it.

    Returns:
        (B, P, Q, K) the sums.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    x, w = expect.arrays(x=(x, "B, I, J, C"), w=(w, "U, V, C, K"))
    g = geometry(x, w, stride, padding)
    table = w.reshape(prod(w.shape[:3]), w.shape[3])
    shape = len(x), *g.out, w.shape[3]
    y = np.empty(shape, x.dtype)  # (B, P, Q, K)
    for part in blocks(x, w, g):
        flat = im2col(x[part], w, g) @ table  # a row a window
        y[part] = flat.reshape(y[part].shape)
    return y


# --8<-- [end:forward]


# --8<-- [start:backward]
def conv_backward(dy, x, w, stride=1, padding="valid"):
    """Send dy back to the images and to the kernel.

    Args:
        dy: (B, P, Q, K) gradient of the loss with respect to the output.
        x: (B, I, J, C) as it went into `conv_forward`.
        w: (U, V, C, K) likewise.
        stride: likewise.
        padding: likewise.

    Returns:
        (B, I, J, C), (U, V, C, K) the gradients dx, dw.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    x, w = expect.arrays(x=(x, "B, I, J, C"), w=(w, "U, V, C, K"))
    g = geometry(x, w, stride, padding)
    dy = expect.array("dy", dy, (len(x), *g.out, w.shape[3]))
    dx, dw = np.empty_like(x), np.zeros_like(w)
    for part in blocks(x, w, g):
        windows = im2col(x[part], w, g)  # a row each
        flat = dy[part].reshape(len(windows), w.shape[3])
        dw += (windows.T @ flat).reshape(w.shape)
        dx[part] = col2im(dy[part], x[part], w, g)
    return dx, dw


# --8<-- [end:backward]


# --8<-- [start:col2im]
def col2im(dy, x, w, g):
    """Add up what each pixel hears from its windows: dx.

    Args:
        dy: (B, P, Q, K) gradient with respect to the output.
        x: (B, I, J, C) the images, for their size.
        w: (U, V, C, K) the kernel.
        g: their geometry.

    Returns:
        (B, I, J, C) dx.
    """
    dy, x, w = expect.arrays(
        dy=(dy, "B, P, Q, K"),
        x=(x, "B, I, J, C"),
        w=(w, "U, V, C, K"),
    )
    (rows, columns), (si, sj), (top, left), _ = g
    flat = dy.reshape(prod(dy.shape[:3]), w.shape[3])
    size = map(sum, zip(x.shape[1:3], g.before, g.after))
    padded = np.zeros((len(x), *size, x.shape[3]), dy.dtype)
    for u, v in np.ndindex(w.shape[:2]):
        sent = flat @ w[u, v].T  # a row a window
        down = slice(u, u + si * rows, si)  # P rows
        across = slice(v, v + sj * columns, sj)  # Q columns
        at = padded[:, down, across]  # (B, P, Q, C), a view
        at += sent.reshape(at.shape)
    height, width = x.shape[1:3]
    return padded[:, top : top + height, left : left + width]


# --8<-- [end:col2im]

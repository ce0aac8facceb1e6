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
    wide = np.pad(x, ((0, 0), *zip(g.before, g.after), (0, 0)))
    windows = sliding_window_view(wide, w.shape[:2], axis=(1, 2))
    si, sj = g.stride
    windows = windows[:, ::si, ::sj]  # (B, P, Q, C, U, V)
    windows = np.moveaxis(windows, 3, 5)  # (B, P, Q, U, V, C)
    size = len(x) * prod(g.out), prod(w.shape[:3])
    return windows.reshape(size)  # (B*P*Q, U*V*C)


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
    one = prod(g.out) * prod(w.shape[:3])  # values of one example
    few = max(BLOCK // max(one, 1), 1)
    return [slice(n, n + few) for n in range(0, len(x), few)]


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
    size = len(x), *g.out, w.shape[3]
    y = np.empty(size, x.dtype)  # (B, P, Q, K)
    for part in blocks(x, w, g):
        flat = im2col(x[part], w, g) @ table
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
        rows = im2col(x[part], w, g)
        flat = dy[part].reshape(len(rows), w.shape[3])
        dw += (rows.T @ flat).reshape(w.shape)
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
    (p, q), (si, sj), (top, left), after = g
    b, i, j, c = x.shape
    size = b, top + i + after[0], left + j + after[1], c
    flat = dy.reshape(b * p * q, w.shape[3])  # a row a window
    wide = np.zeros(size, dy.dtype)
    for u, v in np.ndindex(w.shape[:2]):
        part = flat @ w[u, v].T
        part = part.reshape(b, p, q, c)  # (B, P, Q, C)
        wide[:, u : u + si * p : si, v : v + sj * q : sj] += part
    return wide[:, top : top + i, left : left + j]  # (B, I, J, C)


# --8<-- [end:col2im]

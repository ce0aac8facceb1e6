"""The convolution from its formula, index by index: to read, not to run.

`conv2d` computes the same as one matrix product.
"""

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.gradflow.conv2d_geometry import geometry


# --8<-- [start:terms]
def terms(x, w, stride, padding):
    """Every product: where its y, its x and its w stand.

    Args:
        x: (B, I, J, C) images.
        w: (U, V, C, K) the kernel.
        stride: from window to window; an int, or one per axis.
        padding: "valid" or "same".

    Yields:
        Three indices, one into y, one into x, one into w.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    g = geometry(x, w, stride, padding)
    x, w = np.asarray(x), np.asarray(w)
    (si, sj), (top, left) = g.stride, g.before
    for n, p, q, u, v in np.ndindex(len(x), *g.out, *w.shape[:2]):
        i, j = si * p + u - top, sj * q + v - left
        if 0 <= i < x.shape[1] and 0 <= j < x.shape[2]:
            for c, k in np.ndindex(w.shape[2:]):
                yield (n, p, q, k), (n, i, j, c), (u, v, c, k)


# --8<-- [end:terms]


# --8<-- [start:forward]
def conv_loops_forward(x, w, stride=1, padding="valid"):
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

    Examples:
        >>> x = np.arange(9.0).reshape(1, 3, 3, 1)
        >>> w = np.array([1.0, 0.0, 0.0, -1.0]).reshape(2, 2, 1, 1)
        >>> conv_loops_forward(x, w)[0, :, :, 0]
        array([[-4., -4.],
               [-4., -4.]])
    """
    x, w = expect.arrays(x=(x, "B, I, J, C"), w=(w, "U, V, C, K"))
    g = geometry(x, w, stride, padding)
    shape = len(x), *g.out, w.shape[3]
    y = np.zeros(shape, x.dtype)  # (B, P, Q, K)
    for at_y, at_x, at_w in terms(x, w, stride, padding):
        y[at_y] += x[at_x] * w[at_w]
    return y


# --8<-- [end:forward]


# --8<-- [start:backward]
def conv_loops_backward(dy, x, w, stride=1, padding="valid"):
    """Send dy back: for each product to both factors.

    Args:
        dy: (B, P, Q, K) gradient of the loss with respect to the output.
        x: (B, I, J, C) as it went into `conv_loops_forward`.
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
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for at_y, at_x, at_w in terms(x, w, stride, padding):
        dx[at_x] += dy[at_y] * w[at_w]
        dw[at_w] += dy[at_y] * x[at_x]
    return dx, dw


# --8<-- [end:backward]

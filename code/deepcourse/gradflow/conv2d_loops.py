"""The convolution from its formula, index by index: to read, not to run.

`conv2d` computes the same as one matrix product.
"""

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.gradflow.conv2d_geometry import geometry


# --8<-- [start:terms]
def terms(x, k, stride, padding):
    """Every product: where its y, its x and its k stand.

    Args:
        x: (B, I, J, C) images.
        k: (U, V, C, K) the kernel.
        stride: from window to window; an int, or one per axis.
        padding: "valid" or "same".

    Yields:
        Three indices, one into y, one into x, one into k.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    g = geometry(x, k, stride, padding)
    x, k = np.asarray(x), np.asarray(k)
    (si, sj), (top, left) = g.stride, g.before
    for n, p, q, u, v in np.ndindex(len(x), *g.out, *k.shape[:2]):
        i, j = si * p + u - top, sj * q + v - left
        if 0 <= i < x.shape[1] and 0 <= j < x.shape[2]:
            for c, m in np.ndindex(k.shape[2:]):
                yield (n, p, q, m), (n, i, j, c), (u, v, c, m)


# --8<-- [end:terms]


# --8<-- [start:forward]
def conv_loops_forward(x, k, stride=1, padding="valid"):
    """Slide the kernel over x: one weighted sum per window.

    Args:
        x: (B, I, J, C) images.
        k: (U, V, C, K) the kernel, one window per channel out.
        stride: from window to window; an int, or one per axis.
        padding: "valid" or "same", as TensorFlow has it.

    Returns:
        (B, P, Q, K) the sums.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> x = np.arange(9.0).reshape(1, 3, 3, 1)
        >>> k = np.array([1.0, 0.0, 0.0, -1.0]).reshape(2, 2, 1, 1)
        >>> conv_loops_forward(x, k)[0, :, :, 0]
        array([[-4., -4.],
               [-4., -4.]])
    """
    x, k = expect.arrays(x=(x, "B, I, J, C"), k=(k, "U, V, C, K"))
    g = geometry(x, k, stride, padding)
    size = len(x), *g.out, k.shape[3]
    y = np.zeros(size, x.dtype)  # (B, P, Q, K)
    for at_y, at_x, at_k in terms(x, k, stride, padding):
        y[at_y] += x[at_x] * k[at_k]
    return y


# --8<-- [end:forward]


# --8<-- [start:backward]
def conv_loops_backward(dy, x, k, stride=1, padding="valid"):
    """Send dy back: for each product to both factors.

    Args:
        dy: (B, P, Q, K) gradient of the loss with respect to the output.
        x: (B, I, J, C) as it went into `conv_loops_forward`.
        k: (U, V, C, K) likewise.
        stride: likewise.
        padding: likewise.

    Returns:
        (B, I, J, C), (U, V, C, K) the gradients dx, dk.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    x, k = expect.arrays(x=(x, "B, I, J, C"), k=(k, "U, V, C, K"))
    g = geometry(x, k, stride, padding)
    dy = expect.array("dy", dy, (len(x), *g.out, k.shape[3]))
    dx, dk = np.zeros_like(x), np.zeros_like(k)
    for at_y, at_x, at_k in terms(x, k, stride, padding):
        dx[at_x] += dy[at_y] * k[at_k]
        dk[at_k] += dy[at_y] * x[at_x]
    return dx, dk


# --8<-- [end:backward]

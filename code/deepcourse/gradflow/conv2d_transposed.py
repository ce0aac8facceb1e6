"""Both gradients of a convolution as convolutions of a spread-out dy.

The same numbers as `conv2d.conv_backward`. It is what "transposed convolution"
means, and how generators draw; with a stride it multiplies many zeros.
"""

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.gradflow.conv2d import conv_forward
from deepcourse.gradflow.conv2d_geometry import geometry


# --8<-- [start:spread]
def spread(dy, g):
    """Put stride - 1 zeros between rows and columns of dy.

    Args:
        dy: (B, P, Q, K) gradient with respect to the output.
        g: the geometry, with the strides si and sj.

    Returns:
        An array of shape (B, (P-1) si + 1, (Q-1) sj + 1, K).
    """
    (dy,) = expect.arrays(dy=(dy, "B, P, Q, K"))
    size = [(n - 1) * s + 1 for n, s in zip(g.out, g.stride)]
    wide = np.zeros((len(dy), *size, dy.shape[3]), dy.dtype)
    si, sj = g.stride
    wide[:, ::si, ::sj] = dy
    return wide


# --8<-- [end:spread]


# --8<-- [start:backward]
def conv_transposed_backward(dy, x, w, stride=1, padding="valid"):
    """The same gradients, by two convolutions of stride 1.

    Args:
        dy: (B, P, Q, K) gradient of the loss with respect to the output.
        x: (B, I, J, C) as it went into `conv2d.conv_forward`.
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
    wide = spread(dy, g)
    dx = input_gradient(wide, x, w, g)
    return dx, kernel_gradient(wide, x, w, g)


def input_gradient(wide, x, w, g):
    """Slide the flipped kernel over the padded, spread dy.

    Args:
        wide: dy as `spread` returned it.
        x: (B, I, J, C) images, for their size.
        w: (U, V, C, K) the kernel.
        g: their geometry.

    Returns:
        (B, I, J, C) dx.
    """
    wide, x, w = expect.arrays(
        wide=(wide, "B, P, Q, K"),
        x=(x, "B, I, J, C"),
        w=(w, "U, V, C, K"),
    )
    flipped = w[::-1, ::-1].transpose(0, 1, 3, 2)  # (U, V, K, C)
    ring = [(n - 1, n - 1) for n in w.shape[:2]]  # of zeros
    wide = np.pad(wide, ((0, 0), *ring, (0, 0)))
    seen = conv_forward(wide, flipped)  # all that a window saw
    (top, left), (height, width) = g.before, x.shape[1:3]
    below = max(top + height - seen.shape[1], 0)  # unseen rows
    right = max(left + width - seen.shape[2], 0)
    seen = np.pad(seen, ((0, 0), (0, below), (0, right), (0, 0)))
    return seen[:, top : top + height, left : left + width]


def kernel_gradient(wide, x, w, g):
    """Slide the spread dy over x, summing over examples.

    Args:
        wide: dy as `spread` returned it.
        x: (B, I, J, C) images.
        w: (U, V, C, K) the kernel, for its size.
        g: their geometry.

    Returns:
        (U, V, C, K) dw.
    """
    wide, x, w = expect.arrays(
        wide=(wide, "B, P, Q, K"),
        x=(x, "B, I, J, C"),
        w=(w, "U, V, C, K"),
    )
    x = np.pad(x, ((0, 0), *zip(g.before, g.after), (0, 0)))
    rows = wide.shape[1] + len(w) - 1  # that a window saw
    columns = wide.shape[2] + w.shape[1] - 1
    images = x[:, :rows, :columns].transpose(3, 1, 2, 0)
    kernel = wide.transpose(1, 2, 0, 3)  # P', Q', B, K
    dw = conv_forward(images, kernel)  # (C, U, V, K)
    return dw.transpose(1, 2, 0, 3)  # (U, V, C, K)


# --8<-- [end:backward]

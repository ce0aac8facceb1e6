"""Where the windows of a convolution stand, for any stride and padding."""

from typing import NamedTuple

import numpy as np


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

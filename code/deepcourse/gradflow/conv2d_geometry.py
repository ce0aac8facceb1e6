"""Where the windows of a convolution stand, for any stride and padding."""

from typing import NamedTuple

import numpy as np

from deepcourse.gradflow import expect


# --8<-- [start:geometry]
class Geometry(NamedTuple):
    """Where the windows stand: one number per axis."""

    out: tuple[int, int]  # P and Q: windows down and across
    stride: tuple[int, int]  # how far the next window is
    before: tuple[int, int]  # rows of zeros above, columns left
    after: tuple[int, int]  # rows of zeros below, columns right


def windows_along(size, window, stride, padding):
    """Windows along an axis, zeros before it and after it.

    TensorFlow's "same" puts ceil(size / stride) windows, and where the
    number of zeros is odd, the odd one goes to the end.

    Args:
        size: of the axis.
        window: how much of it one window covers.
        stride: from window to window.
        padding: "valid" or "same".

    Returns:
        Three numbers: windows, zeros before, zeros after.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> windows_along(28, 3, 1, "valid"), windows_along(28, 3, 2, "same")
        ((26, 0, 0), (14, 0, 1))
    """
    check_axis(size, window, stride, padding)
    if padding == "valid":
        return (size - window) // stride + 1, 0, 0
    out = -(-size // stride)
    zeros = max((out - 1) * stride + window - size, 0)
    return out, zeros // 2, zeros - zeros // 2


# --8<-- [end:geometry]


def geometry(x, w, stride, padding):
    """The geometry of a convolution, once nothing is wrong with it.

    Args:
        x: (B, I, J, C) images, for their size.
        w: (U, V, C, K) the kernel, for its size.
        stride: from window to window; an int, or one per axis.
        padding: "valid" or "same".

    Returns:
        A `Geometry`.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    one = np.ndim(stride) == 0
    stride = (stride, stride) if one else tuple(stride)
    check(x, w, stride, padding)
    stride = tuple(map(int, stride))  # small integers overflow
    sizes, windows = np.shape(x)[1:3], np.shape(w)[:2]
    along = [
        windows_along(*each, padding)
        for each in zip(sizes, windows, stride)
    ]
    out, before, after = zip(*along)
    return Geometry(out, stride, before, after)


def check(x, w, stride, padding):
    """Refuse what is no convolution.

    Args:
        x: as in `geometry`.
        w: likewise.
        stride: a tuple.
        padding: as in `geometry`.

    Raises:
        ValueError: As there.
    """
    x, w = expect.arrays(x=(x, "B, I, J, C"), w=(w, "U, V, C, K"))
    if 0 in x.shape[1:3]:
        expect.refuse(
            "x", f"shape {x.shape}", "(B, I, J, C), I and J > 0"
        )
    if 0 in w.shape[:2]:
        expect.refuse(
            "w", f"shape {w.shape}", f"(U, V, {x.shape[3]}, K)"
        )
    whole = all(counts(s, 1) for s in stride)
    if len(stride) != 2 or not whole:
        same = len(stride) == 2 and stride[0] == stride[1]
        got = stride[0] if same else stride
        expect.refuse("stride", got, "1 or 2 ints above 0")
    check_padding(padding)
    window, most = w.shape[:2], x.shape[1:3]
    if padding == "valid" and (np.array(window) > most).any():
        expect.refuse(
            "w", f"a window of {window}", f"at most {most}"
        )


def counts(value, least):
    """Whether a value is a whole number from `least` on; a bool is none.

    Args:
        value: what came.
        least: the smallest one.

    Returns:
        True or False.
    """
    flag = isinstance(value, bool)
    whole = isinstance(value, int | np.integer) and not flag
    return whole and value >= least


def check_padding(padding):
    """Refuse another word than the two.

    Args:
        padding: "valid" or "same".

    Raises:
        ValueError: It is another.
    """
    word = isinstance(padding, str)
    if not word or padding not in ("valid", "same"):
        expect.refuse(
            "padding", repr(padding), '"valid" or "same"'
        )


def check_axis(size, window, stride, padding):
    """Refuse an axis that has no windows.

    Args:
        size: as in `windows_along`.
        window: likewise.
        stride: likewise.
        padding: likewise.

    Raises:
        ValueError: As there.
    """
    for name, value in {
        "size": size,
        "window": window,
        "stride": stride,
    }.items():
        if not counts(value, 1):
            expect.refuse(name, value, "a whole number above 0")
    check_padding(padding)
    if padding == "valid" and window > size:
        expect.refuse("window", window, f"at most {size}")

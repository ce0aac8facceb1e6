"""What the exercises of post 1 ask for, one section each."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from deepcourse.gradflow import expect
from deepcourse.gradflow.circuit import circuit, circuit_backward
from deepcourse.gradflow.conv2d import conv_backward, conv_forward
from deepcourse.gradflow.conv2d_geometry import geometry
from deepcourse.gradflow.gradcheck import (
    central_difference,
    relative_error,
)
from deepcourse.gradflow.matmul import dense_forward
from deepcourse.gradflow.planted import (
    lopsided,
    planted_softplus,
    planted_softplus_backward,
)


# --8<-- [start:circuit]
def gradients(x, w, b):
    """L = x max(x w + b, 0), and its three gradients.

    >>> gradients(3.0, 2.0, -1.0)
    (15.0, 11.0, 9.0, 3.0)
    >>> gradients(2.0, -3.0, 7.0)
    (2.0, -5.0, 4.0, 2.0)

    What the two readers of x send cancels at b = -2 x w, and the loss is
    far from 0.

    >>> gradients(2.0, -3.0, 12.0)
    (12.0, 0.0, 4.0, 2.0)
    """
    loss, cache = circuit(x, w, b)
    gradients = circuit_backward(1.0, cache)
    return loss, *(d + 0.0 for d in gradients)  # no -0.0


# --8<-- [end:circuit]


# --8<-- [start:candidates]
def candidates(size):
    """The products of dy and w that fit dx, and their errors.

    With sizes that differ, only one fits, and it is the right one.

    >>> for name, error in candidates((5, 4, 3)).items():
    ...     print(name, "right" if error < 1e-7 else "wrong")
    dy @ w.T right

    Each coincidence of two sizes lets one wrong product fit. With three
    equal sizes all eight do.

    >>> for size in ((5, 4, 4), (4, 4, 3), (4, 3, 4)):
    ...     print(*candidates(size), sep=", ")
    dy @ w, dy @ w.T
    dy @ w.T, w @ dy.T
    dy @ w.T, dy.T @ w.T
    >>> for name, error in candidates((4, 4, 4)).items():
    ...     print(name, "right" if error < 1e-7 else "wrong")
    dy @ w wrong
    dy @ w.T right
    dy.T @ w wrong
    dy.T @ w.T wrong
    w @ dy wrong
    w.T @ dy wrong
    w @ dy.T wrong
    w.T @ dy.T wrong
    """
    batch, inputs, units = size
    rng = np.random.default_rng(0)
    x = rng.normal(size=(batch, inputs))
    w = rng.normal(size=(inputs, units))
    b = rng.normal(size=units)
    dy = rng.normal(size=(batch, units))
    right = central_difference(
        lambda x: np.sum(dy * dense_forward(x, w, b)), x
    )
    found = {}
    grads = [("dy", dy), ("dy.T", dy.T)]
    weights = [("w", w), ("w.T", w.T)]
    pairs = [(one, two) for one in grads for two in weights]
    pairs += [pair[::-1] for pair in pairs]
    for (name, left), (last, factor) in pairs:
        fits = left.shape[1] == len(factor)
        if fits and (len(left), factor.shape[1]) == right.shape:
            error = relative_error(left @ factor, right)
            found[f"{name} @ {last}"] = error
    return found


# --8<-- [end:candidates]


# --8<-- [start:embedding]
def look_up(w, at):
    """The rows of a table, by their numbers."""
    return w[at]  # (B, H)


def look_up_backward(dy, at, rows):
    """Add up what each row hears; `rows` counts those of w.

    >>> at, dy = [2, 0, 2], np.array([[1.0], [10.0], [100.0]])
    >>> look_up_backward(dy, at, 4).tolist()
    [[10.0], [0.0], [101.0], [0.0]]

    The product with a matrix of zeros and a 1 in each row says the same.

    >>> ones = np.eye(4)[at]
    >>> (ones.T @ dy).tolist()
    [[10.0], [0.0], [101.0], [0.0]]
    >>> rng = np.random.default_rng(0)
    >>> w, dy = rng.normal(size=(4, 3)), rng.normal(size=(3, 3))
    >>> measured = central_difference(lambda w: np.sum(dy * look_up(w, at)), w)
    >>> relative_error(look_up_backward(dy, at, 4), measured) < 1e-7
    True
    """
    dw = np.zeros((rows, dy.shape[1]), dy.dtype)
    np.add.at(dw, at, dy)
    return dw


# --8<-- [end:embedding]


# --8<-- [start:softplus]
def both_errors():
    """The planted gradient beside a measured one; its values.

    The gradient is off by its sign: twice the largest value apart.

    >>> error, values = both_errors()
    >>> round(error, 6)
    2.0

    Turning the sign makes the two agree, and the check is content. But the
    function still falls where a softplus rises; only a comparison of
    values with the formula, or with a library, shows that.

    >>> from deepcourse.gradflow import activations
    >>> dy, x = np.ones(7), np.linspace(-3, 3, 7)
    >>> measured = central_difference(lambda x: np.sum(planted_softplus(x)), x)
    >>> turned = -planted_softplus_backward(dy, x)
    >>> relative_error(turned, measured) < 1e-7
    True
    >>> values.round(2)
    array([3.05, 2.13, 1.31, 0.69, 0.31, 0.13, 0.05])
    >>> activations.softplus(x).round(2)
    array([0.05, 0.13, 0.31, 0.69, 1.31, 2.13, 3.05])

    Nor is it enough to mend the forward pass: the slope beside it is then
    that of -x. Both signs have to turn.

    >>> measured = central_difference(lambda x: np.sum(mended_softplus(x)), x)
    >>> relative_error(planted_softplus_backward(dy, x), measured) < 0.1
    False
    >>> relative_error(mended_softplus_backward(dy, x), measured) < 1e-7
    True
    """
    x = np.linspace(-3, 3, 7)
    dx = planted_softplus_backward(np.ones(7), x)
    measured = central_difference(
        lambda x: np.sum(planted_softplus(x)), x
    )
    return relative_error(dx, measured), planted_softplus(x)


def mended_softplus(x):
    """A smooth relu; `activations` has one without overflow."""
    return np.log(1 + np.exp(x))


def mended_softplus_backward(dy, x):
    """Its gradient: the slope is sigmoid(x)."""
    return dy / (1 + np.exp(-x))


# --8<-- [end:softplus]


# --8<-- [start:dropout]
def judge(forward, backward, rate=0.2, shape=(50, 40)):
    """The relative error of dx, and the share of zeros.

    >>> from deepcourse.gradflow.dropout import dropout_backward
    >>> from deepcourse.gradflow.dropout import dropout_forward
    >>> from deepcourse.gradflow.planted import planted_backward
    >>> from deepcourse.gradflow.planted import planted_forward
    >>> for pair in ((dropout_forward, dropout_backward),
    ...              (planted_forward, planted_backward)):
    ...     error, zeros = judge(*pair)
    ...     print(f"gradient right: {error < 1e-7}, zeros: {zeros:.1f}")
    gradient right: True, zeros: 0.2
    gradient right: True, zeros: 0.8

    Backward fits forward: both drop what should stay. No check of a
    gradient can object.
    """
    x = np.random.default_rng(0).normal(size=shape)
    y, mask = forward(x, rate, np.random.default_rng(1))
    dx = backward(np.ones(shape), mask, rate)

    def total(x):
        return np.sum(
            forward(x, rate, np.random.default_rng(1))[0]
        )

    measured = central_difference(total, x)
    return relative_error(dx, measured), np.mean(y == 0)


# --8<-- [end:dropout]


# --8<-- [start:pooling]
def pool(x, window=2):
    """The largest value of each window, without overlap.

    Args:
        x: (B, I, J, C) images; what doesn't fill a window is left out.
        window: rows and columns of each.

    Returns:
        (B, P, Q, C), (B, P, Q, C) maxima, and where each stood.
    """
    x = expect.array("x", x)
    tiles = sliding_window_view(x, (window, window), axis=(1, 2))
    tiles = tiles[:, ::window, ::window]
    tiles = tiles.reshape(*tiles.shape[:4], window * window)
    return tiles.max(axis=4), tiles.argmax(axis=4)


def pool_backward(dy, where, x, window=2):
    """Route dy to where each maximum stood.

    >>> x = np.arange(16.0).reshape(1, 4, 4, 1)
    >>> y, where = pool(x)
    >>> y[0, :, :, 0].tolist()
    [[5.0, 7.0], [13.0, 15.0]]
    >>> pool_backward(np.ones_like(y), where, x)[0, :, :, 0]
    array([[0., 0., 0., 0.],
           [0., 1., 0., 1.],
           [0., 0., 0., 0.],
           [0., 1., 0., 1.]])

    The check needs values that all differ by more than its step, so that
    no push changes who is largest: shuffled integers.

    >>> rng = np.random.default_rng(0)
    >>> x = rng.permutation(np.arange(144.0)).reshape(2, 6, 4, 3)
    >>> y, where = pool(x)
    >>> dy = rng.normal(size=y.shape)
    >>> measured = central_difference(lambda x: np.sum(dy * pool(x)[0]), x)
    >>> relative_error(pool_backward(dy, where, x), measured) < 1e-7
    True

    In a tie argmax takes the first, and it hears everything. There is no
    derivative, and differences give half to each.

    >>> tie = np.ones((1, 2, 2, 1))
    >>> pool_backward(np.ones((1, 1, 1, 1)), pool(tie)[1], tie).ravel()
    array([1., 0., 0., 0.])
    >>> central_difference(lambda x: pool(x)[0].sum(), tie).ravel().round(6)
    array([0.5, 0.5, 0.5, 0.5])
    """
    dy = expect.array("dy", dy, np.shape(where))
    dx = np.zeros(np.shape(x), dy.dtype)
    n, p, q, c = np.indices(dy.shape)
    u, v = np.divmod(where, window)
    dx[n, p * window + u, q * window + v, c] = dy
    return dx


# --8<-- [end:pooling]


# --8<-- [start:depthwise]
def windows_of(x, w, stride, zeros):
    """The windows, (B, P, Q, C, U, V), and padded pictures."""
    ring = (0, 0), (zeros, zeros), (zeros, zeros), (0, 0)
    padded = np.pad(x, ring)
    windows = sliding_window_view(padded, w.shape[:2], (1, 2))
    return windows[:, ::stride, ::stride], padded


def depthwise(x, w, stride=1, zeros=0):
    """Each channel by a window of its own.

    Args:
        x: (B, I, J, C) images.
        w: (U, V, C) one window a channel.
        stride: from window to window, along both axes.
        zeros: how wide the ring of zeros around an image is.

    Returns:
        (B, P, Q, C).
    """
    windows, _ = windows_of(x, w, stride, zeros)
    return np.einsum("npqcuv,uvc->npqc", windows, w)


def depthwise_backward(dy, x, w, stride=1, zeros=0):
    """Send dy back to the images and to the windows.

    The taps of a channel meet the pixels of that channel alone.

    >>> rng = np.random.default_rng(0)
    >>> x, w = rng.normal(size=(2, 5, 4, 3)), rng.normal(size=(3, 2, 3))
    >>> dy = rng.normal(size=depthwise(x, w, 2, 1).shape)
    >>> dx, dw = depthwise_backward(dy, x, w, 2, 1)
    >>> def weighed(x, w):
    ...     return np.sum(dy * depthwise(x, w, 2, 1))
    >>> measured = central_difference(lambda x: weighed(x, w), x)
    >>> relative_error(dx, measured) < 1e-7
    True
    >>> measured = central_difference(lambda w: weighed(x, w), w)
    >>> relative_error(dw, measured) < 1e-7
    True
    """
    windows, padded = windows_of(x, w, stride, zeros)
    dw = np.einsum("npqc,npqcuv->uvc", dy, windows)
    sums = np.zeros_like(padded)  # of the gradients that arrive
    rows, columns = (stride * n for n in dy.shape[1:3])
    for u, v in np.ndindex(w.shape[:2]):
        down = slice(u, u + rows, stride)
        across = slice(v, v + columns, stride)
        sums[:, down, across] += dy * w[u, v]
    height, width = x.shape[1:3]
    sums = sums[:, zeros : zeros + height]
    return sums[:, :, zeros : zeros + width], dw


# --8<-- [end:depthwise]


# --8<-- [start:lopsided]
CASES = (7, 3, 1), (7, 3, 2), (8, 3, 2), (8, 4, 1)


def lopsided_errors(cases=CASES):
    """How wrong dx is, by size, window and stride.

    It cuts the image out at the zeros after it, not at those before it.
    Where "same" adds an even number of them, both are equal.

    >>> print(*(error > 0.1 for error in lopsided_errors()))
    False False True True
    """
    rng, errors = np.random.default_rng(0), []
    for size, window, stride in cases:
        x = rng.normal(size=(2, size, size, 3))
        w = rng.normal(size=(window, window, 3, 4))
        y = conv_forward(x, w, stride, "same")
        dy = rng.normal(size=y.shape)
        right, _ = conv_backward(dy, x, w, stride, "same")
        found = lopsided(dy, x, w, stride)
        errors.append(relative_error(found, right))
    return errors


# --8<-- [end:lopsided]


# --8<-- [start:parts]
def gigabytes(x_shape, w_shape, bytes_each=4):
    """What x and X take, for stride 1 and "same".

    >>> x, wide = gigabytes((32, 224, 224, 64), (3, 3, 64, 64))
    >>> f"{x:.2f} GB, {wide:.2f} GB"
    '0.41 GB, 3.70 GB'
    """
    values = np.prod(x_shape, dtype=float) * bytes_each / 1e9
    return values, values * np.prod(w_shape[:2])


def strips(x, w, stride):
    """For each output row the image rows that it sees."""
    (out, _), (down, _), _, _ = geometry(x, w, stride, "valid")
    starts = down * np.arange(out)
    return [slice(start, start + len(w)) for start in starts]


def forward_by_rows(x, w, stride=(1, 1)):
    """The same convolution, one output row at a time.

    >>> rng = np.random.default_rng(0)
    >>> x, w = rng.normal(size=(5, 8, 6, 2)), rng.normal(size=(3, 2, 2, 4))
    >>> whole = conv_forward(x, w, (2, 1))
    >>> relative_error(forward_by_rows(x, w, (2, 1)), whole) < 1e-14
    True

    Row p of the output sees U rows of the image, from stride times p on.
    """
    x, w = expect.arrays(x=(x, "B, I, J, C"), w=(w, "U, V, C, K"))
    seen = strips(x, w, stride)
    y = [conv_forward(x[:, rows], w, stride) for rows in seen]
    return np.concatenate(y, axis=1)


def backward_by_rows(dy, x, w, stride=(1, 1)):
    """Its gradients; an image row hears from several strips.

    >>> rng = np.random.default_rng(0)
    >>> x, w = rng.normal(size=(5, 8, 6, 2)), rng.normal(size=(3, 2, 2, 4))
    >>> dy = rng.normal(size=conv_forward(x, w, (2, 1)).shape)
    >>> found = backward_by_rows(dy, x, w, (2, 1))
    >>> right = conv_backward(dy, x, w, (2, 1))
    >>> max(relative_error(*pair) for pair in zip(found, right)) < 1e-14
    True
    """
    x, w = expect.arrays(x=(x, "B, I, J, C"), w=(w, "U, V, C, K"))
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for p, rows in enumerate(strips(x, w, stride)):
        sent = dy[:, p : p + 1]  # to one output row
        parts = conv_backward(sent, x[:, rows], w, stride)
        dx[:, rows] += parts[0]
        dw += parts[1]
    return dx, dw


# --8<-- [end:parts]

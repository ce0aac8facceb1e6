"""The dense layer: every output is a weighted sum of every input."""

import numpy as np


# --8<-- [start:forward]
def forward(x, w, b):
    """Weigh all inputs, once for each unit: x w + b.

    Examples:
        >>> x, w = np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])
        >>> forward(x, w, np.array([5.0]))
        array([[16.]])

    Args:
        x: (B, D) one example per row.
        w: (D, H) weights, one column per unit.
        b: (H,) biases.

    Returns:
        (B, H) what each unit computes for each example.

    Raises:
        ValueError: the shapes don't fit each other.
    """
    check_shapes(x, w, b)
    return x @ w + b  # (B, H)


# --8<-- [end:forward]


# --8<-- [start:backward]
def backward(dy, x, w):
    """Send dy back to the three inputs of `forward`.

    Examples:
        >>> x, w = np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])
        >>> dx, dw, db = backward(np.array([[10.0]]), x, w)
        >>> dx.tolist(), dw.tolist(), db.tolist()
        ([[30.0, 40.0]], [[10.0], [20.0]], [10.0])

    Args:
        dy: (B, H) gradient of the loss with respect to the output.
        x: (B, D) as it went into `forward`.
        w: (D, H) likewise.

    Returns:
        (B, D), (D, H), (H,) the gradients dx, dw, db.

    Raises:
        ValueError: the shapes don't fit each other.
    """
    check_shapes(x, w, dy=dy)
    dx = dy @ w.T  # (B, D)
    dw = x.T @ dy  # (D, H)
    db = dy.sum(axis=0)  # (H,)
    return dx, dw, db


# --8<-- [end:backward]


def check_shapes(x, w, b=None, dy=None):
    """Refuse shapes that don't fit, and those that would broadcast."""
    if np.ndim(x) != 2:
        raise ValueError(f"x: got shape {np.shape(x)}, expected (B, D)")
    if np.ndim(w) != 2 or len(w) != x.shape[1]:
        expected = f"({x.shape[1]}, H)"
        raise ValueError(f"w: got shape {np.shape(w)}, expected {expected}")
    if b is not None and np.shape(b) != w.shape[1:]:
        raise ValueError(f"b: got shape {np.shape(b)}, expected {w.shape[1:]}")
    shape = len(x), w.shape[1]
    if dy is not None and np.shape(dy) != shape:
        raise ValueError(f"dy: got shape {np.shape(dy)}, expected {shape}")

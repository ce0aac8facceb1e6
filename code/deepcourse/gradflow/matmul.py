"""The dense layer: every output is a weighted sum of every input."""

from deepcourse.gradflow import expect


# --8<-- [start:forward]
def dense_forward(x, w, b):
    """Weigh all inputs, once for each unit: x w + b.

    Args:
        x: (B, D) one example per row.
        w: (D, H) weights, one column per unit.
        b: (H,) biases.

    Returns:
        (B, H) what each unit computes for each example.

    Raises:
        ValueError: The shapes don't fit each other.

    Examples:
        >>> import numpy as np
        >>> x, w = np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])
        >>> dense_forward(x, w, np.array([5.0]))
        array([[16.]])
    """
    x, w, b = expect.arrays(
        x=(x, "B, D"), w=(w, "D, H"), b=(b, "H")
    )
    return x @ w + b  # (B, H)


# --8<-- [end:forward]


# --8<-- [start:backward]
def dense_backward(dy, x, w):
    """Send dy back to the three inputs of `dense_forward`.

    Args:
        dy: (B, H) gradient of the loss with respect to the output.
        x: (B, D) as it went into `dense_forward`.
        w: (D, H) likewise.

    Returns:
        (B, D), (D, H), (H,) the gradients dx, dw, db.

    Raises:
        ValueError: The shapes don't fit each other.

    Examples:
        >>> import numpy as np
        >>> x, w = np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])
        >>> dx, dw, db = dense_backward(np.array([[10.0]]), x, w)
        >>> dx.tolist(), dw.tolist(), db.tolist()
        ([[30.0, 40.0]], [[10.0], [20.0]], [10.0])
    """
    x, w, dy = expect.arrays(
        x=(x, "B, D"), w=(w, "D, H"), dy=(dy, "B, H")
    )
    dx = dy @ w.T  # (B, D)
    dw = x.T @ dy  # (D, H)
    db = dy.sum(axis=0)  # (H,)
    return dx, dw, db


# --8<-- [end:backward]

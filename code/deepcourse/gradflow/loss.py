"""The loss: where the backward pass begins."""

import numpy as np


# --8<-- [start:loss]
def softmax_cross_entropy(logits, labels):
    """The mean surprise at the true class, and its gradient.

    Examples:
        >>> logits = np.log([[1.0, 3.0], [1.0, 1.0]])
        >>> loss, dlogits = softmax_cross_entropy(logits, np.array([1, 0]))
        >>> dlogits
        array([[ 0.125, -0.125],
               [-0.25 ,  0.25 ]])

    Args:
        logits: (B, K) one score per class, any real numbers.
        labels: (B,) integers, the true class of each example, 0 .. K-1.

    Returns:
        loss, in nats, and dlogits with the shape of logits.

    Raises:
        ValueError: there is no example, or the labels don't fit.
    """
    check_labels(logits, labels)
    rows = np.arange(len(logits))
    z = logits - logits.max(axis=1, keepdims=True)  # (B, K)
    total = np.exp(z).sum(axis=1, keepdims=True)  # (B, 1)
    losses = np.log(total[:, 0]) - z[rows, labels]  # (B,)
    dlogits = np.exp(z) / total  # (B, K)
    dlogits[rows, labels] -= 1
    return losses.mean(), dlogits / len(logits)


# --8<-- [end:loss]


def check_labels(logits, labels):
    """Refuse what has no loss, and labels that would count from the end."""
    if np.ndim(logits) != 2 or not np.size(logits):
        shape = np.shape(logits)
        raise ValueError(f"logits: got shape {shape}, expected (B, K), B > 0")
    if np.shape(labels) != logits.shape[:1]:
        shape, expected = np.shape(labels), logits.shape[:1]
        raise ValueError(f"labels: got shape {shape}, expected {expected}")
    kind = np.asarray(labels).dtype
    if kind.kind not in "iu":
        raise ValueError(f"labels: got dtype {kind}, expected integers")
    low, high, classes = np.min(labels), np.max(labels), logits.shape[1]
    if low < 0 or high >= classes:
        raise ValueError(
            f"labels: got {low} .. {high}, expected 0 .. {classes - 1}"
        )

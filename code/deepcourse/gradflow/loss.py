"""The loss: where the backward pass begins."""

import numpy as np

from deepcourse.gradflow import expect


# --8<-- [start:loss]
def softmax_cross_entropy(logits, labels):
    """The mean surprise at the true class, and its gradient.

    Args:
        logits: (B, K) one score per class; -inf rules a class out.
        labels: (B,) integers, the true class of each example, 0 .. K-1.

    Returns:
        loss, in nats, and dlogits with the shape of logits.

    Raises:
        ValueError: There is no example, no class has a chance, or the
            labels don't fit.

    Examples:
        >>> logits = np.log([[1.0, 3.0], [1.0, 1.0]])
        >>> loss, dlogits = softmax_cross_entropy(logits, np.array([1, 0]))
        >>> dlogits
        array([[ 0.125, -0.125],
               [-0.25 ,  0.25 ]])
    """
    logits, labels = check_labels(logits, labels)
    rows = np.arange(len(logits))
    z = logits - logits.max(axis=1, keepdims=True)  # (B, K)
    total = np.exp(z).sum(axis=1, keepdims=True)  # (B, 1)
    losses = np.log(total[:, 0]) - z[rows, labels]  # (B,)
    dlogits = np.exp(z) / total  # (B, K)
    dlogits[rows, labels] -= 1
    return losses.mean(), dlogits / len(logits)


# --8<-- [end:loss]


def check_labels(logits, labels):
    """Refuse what has no loss, and labels that would count from the end.

    Args:
        logits: as in `softmax_cross_entropy`.
        labels: likewise.

    Returns:
        Both, as arrays of floats and of integers.

    Raises:
        ValueError: As there.
    """
    logits = expect.array("logits", logits)
    if logits.ndim != 2 or not logits.size:
        expect.refuse(
            "logits", f"shape {logits.shape}", "(B, K), B > 0"
        )
    top = logits.max(axis=1)  # (B,)
    if np.isinf(top).any():
        got = f"a row up to {top[np.isinf(top)][0]}"
        expect.refuse(
            "logits", got, "less than inf, more than -inf"
        )
    labels = expect.whole_array("labels", labels, "integers")
    if labels.shape != logits.shape[:1]:
        expect.refuse(
            "labels", f"shape {labels.shape}", logits.shape[:1]
        )
    if labels.dtype.kind not in "iu":
        expect.refuse(
            "labels", f"dtype {labels.dtype}", "integers"
        )
    low, high = labels.min(), labels.max()
    most = logits.shape[1] - 1
    if low < 0 or high > most:
        expect.refuse(
            "labels", f"{low} .. {high}", f"0 .. {most}"
        )
    return logits, labels

"""The gradients of a net with one hidden layer, without a tape."""

import tensorflow as tf

from deepcourse.mnist.expect import real, true_classes
from deepcourse.mnist.layers import dense, relu


# --8<-- [start:backward]
def gradients_by_hand(x, labels, w1, b1, w2, b2):
    """Send the mean loss back through both layers.

    Args:
        x: (B, D) images as rows.
        labels: (B,) integers, 0 .. K-1.
        w1: (D, H) weights of the hidden layer.
        b1: (H,) its biases.
        w2: (H, K) weights of the output layer.
        b2: (K,) its biases.

    Returns:
        (D, H), (H,), (H, K), (K,) dw1, db1, dw2, db2.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    w1, w2 = (
        real("w1", w1, ("D", "H")),
        real("w2", w2, ("H", "K")),
    )
    x = real("x", x, ("B", w1.shape[0]), w1.dtype)
    labels = true_classes(
        "labels", labels, x.shape[0], w2.shape[1]
    )
    a = dense(x, w1, b1)  # (B, H)
    h = relu(a)  # (B, H)
    p = tf.nn.softmax(dense(h, w2, b2))  # (B, K)
    truth = tf.one_hot(labels, w2.shape[1], dtype=p.dtype)
    dz = (p - truth) / x.shape[0]  # (B, K)
    dw2 = tf.transpose(h) @ dz  # (H, K)
    db2 = tf.reduce_sum(dz, axis=0)  # (K,)
    dh = dz @ tf.transpose(w2)  # (B, H)
    da = tf.where(a > 0, dh, 0.0)  # (B, H)
    dw1 = tf.transpose(x) @ da  # (D, H)
    db1 = tf.reduce_sum(da, axis=0)  # (H,)
    return dw1, db1, dw2, db2


# --8<-- [end:backward]

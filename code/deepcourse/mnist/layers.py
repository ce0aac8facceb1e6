"""The layers of the lesson, each the formula and little else."""

import tensorflow as tf

from deepcourse.mnist.expect import (
    layer_sizes,
    probability,
    real,
    seed_pair,
    true_classes,
)


# --8<-- [start:dense]
def dense(x, w, b):
    """Weigh all inputs, once for each unit: x w + b.

    Args:
        x: (B, D) one example per row.
        w: (D, H) weights, one column per unit.
        b: (H,) biases.

    Returns:
        (B, H) what each unit computes for each example, in the dtype of w.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> dense([[1, 2]], [[3], [4]], [5]).numpy()
        array([[16.]], dtype=float32)
    """
    w = real("w", w, ("D", "H"))
    x = real("x", x, ("B", w.shape[0]), w.dtype)
    b = real("b", b, (w.shape[1],), w.dtype)
    return x @ w + b  # (B, H)


# --8<-- [end:dense]


# --8<-- [start:relu]
def relu(x):
    """Keep what is positive, elementwise: max(x, 0).

    Args:
        x: (B, H).

    Returns:
        (B, H).

    Examples:
        >>> relu(tf.constant([[-2., 0., 3.]])).numpy()
        array([[0., 0., 3.]], dtype=float32)
    """
    return tf.nn.relu(real("x", x))  # (B, H)


# --8<-- [end:relu]


# --8<-- [start:dropout]
def dropout(x, r, seed):
    """Drop values with probability `r`, scale up the rest.

    Srivastava et al. 2014, section 10, in its inverted form: dividing by
    1 - r here means that nothing has to be scaled when the net is used.

    Args:
        x: (B, H).
        r: the rate of dropout, the probability of dropping a value, 0 <= r < 1.
        seed: two integers; the same seed drops the same values.

    Returns:
        (B, H) of the same mean as x.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> dropout(tf.ones((1, 6)), 0.5, seed=(1, 5)).numpy()
        array([[2., 0., 0., 2., 0., 0.]], dtype=float32)
    """
    r = probability("r", r)
    x, seed = real("x", x), seed_pair("seed", seed)
    lot = tf.random.stateless_uniform(tf.shape(x), seed)  # (B, H)
    return tf.where(lot >= r, x / (1 - r), 0.0)  # (B, H)


# --8<-- [end:dropout]


# --8<-- [start:loss]
def softmax_cross_entropy(logits, labels):
    """Surprise at the true class, -log softmax(logits)[label].

    Args:
        logits: (B, K) one score per class, any real numbers.
        labels: (B,) integers, the true class of each example, 0 .. K-1.

    Returns:
        (B,) the loss of each example, in nats, at least 0.

    Raises:
        ValueError: The argument, what came, and what was expected. A label
            out of range, within a `tf.function`: InvalidArgumentError.

    Examples:
        >>> logits = tf.constant([[0., 0.], [1000., 0.]])
        >>> softmax_cross_entropy(logits, [0, 0]).numpy().round(4)
        array([0.6931, 0.    ], dtype=float32)
    """
    logits = real("logits", logits, ("B", "K"))
    labels = true_classes("labels", labels, *logits.shape)
    top = tf.reduce_max(logits, axis=1, keepdims=True)  # (B, 1)
    below = logits - tf.stop_gradient(top)  # (B, K)
    total = tf.reduce_sum(tf.exp(below), axis=1)  # (B,)
    true = tf.gather(below, labels, batch_dims=1)  # (B,)
    return tf.math.log(total) - true  # (B,)


# --8<-- [end:loss]


# --8<-- [start:init]
def he_normal(shape, seed):
    """Random weights for a ReLU layer: normal, variance 2 / D.

    He et al. 2015, equation 10: with it the activations neither grow nor
    fade from layer to layer, although ReLU sets half of them to 0.

    Args:
        shape: D, H.
        seed: two integers.

    Returns:
        (D, H) float32.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    shape = layer_sizes("shape", shape, most=2)
    seed = seed_pair("seed", seed)
    scale = (2 / shape[0]) ** 0.5
    return scale * tf.random.stateless_normal(shape, seed)


# --8<-- [end:init]


def glorot_uniform(shape, seed):
    """Weights for other layers: uniform, variance 2 / (D + H).

    Glorot and Bengio 2010, equation 16.

    Args:
        shape: D, H.
        seed: two integers.

    Returns:
        (D, H) float32.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    shape = layer_sizes("shape", shape, most=2)
    seed = seed_pair("seed", seed)
    limit = (6 / sum(shape)) ** 0.5
    return tf.random.stateless_uniform(shape, seed, -limit, limit)

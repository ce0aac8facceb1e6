"""The layers of the lesson, each the formula and little else."""

import tensorflow as tf


# --8<-- [start:dense]
def dense(x, w, b):
    """Weigh all inputs, once for each unit: x w + b.

    Args:
        x: (B, D) one example per row.
        w: (D, H) weights, one column per unit.
        b: (H,) biases.

    Returns:
        (B, H) what each unit computes for each example.

    >>> dense(tf.constant([[1., 2.]]), tf.constant([[3.], [4.]]), [5.]).numpy()
    array([[16.]], dtype=float32)
    """
    return x @ w + b  # (B, H)


# --8<-- [end:dense]


# --8<-- [start:relu]
def relu(x):
    """Keep what is positive, elementwise: max(x, 0).

    Args:
        x: (B, H).

    Returns:
        (B, H).

    >>> relu(tf.constant([[-2., 0., 3.]])).numpy()
    array([[0., 0., 3.]], dtype=float32)
    """
    return tf.nn.relu(x)  # (B, H)


# --8<-- [end:relu]


# --8<-- [start:dropout]
def dropout(x, rate, seed):
    """Set each value to 0 with probability `rate`, scale up the others.

    Srivastava et al. 2014, section 10, in its inverted form: dividing by
    1 - rate here means that nothing has to be scaled when the net is used.

    Args:
        x: (B, H).
        rate: the probability p of dropping a value, 0 <= p < 1.
        seed: two integers; the same seed drops the same values.

    Returns:
        (B, H) of the same mean as x.

    >>> dropout(tf.ones((1, 6)), 0.5, seed=(1, 5)).numpy()
    array([[2., 0., 0., 2., 0., 0.]], dtype=float32)
    """
    u = tf.random.stateless_uniform(tf.shape(x), seed)  # (B, H)
    return tf.where(u >= rate, x / (1 - rate), 0.0)  # (B, H)


# --8<-- [end:dropout]


# --8<-- [start:loss]
def softmax_cross_entropy(logits, labels):
    """The surprise at the true class, -log softmax(logits)[label].

    Args:
        logits: (B, K) one score per class, any real numbers.
        labels: (B,) int32, the true class of each example, 0 .. K-1.

    Returns:
        (B,) the loss of each example, in nats, at least 0.

    >>> logits = tf.constant([[0., 0.], [1000., 0.]])
    >>> softmax_cross_entropy(logits, [0, 0]).numpy().round(4)
    array([0.6931, 0.    ], dtype=float32)
    """
    top = tf.reduce_max(logits, axis=1, keepdims=True)  # (B, 1)
    z = logits - tf.stop_gradient(top)  # (B, K)
    log_sum = tf.math.log(tf.reduce_sum(tf.exp(z), axis=1))  # (B,)
    truth = tf.one_hot(labels, z.shape[1], dtype=z.dtype)  # (B, K)
    return log_sum - tf.reduce_sum(truth * z, axis=1)  # (B,)


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
    """
    return tf.random.stateless_normal(shape, seed) * (2 / shape[0]) ** 0.5


def glorot_uniform(shape, seed):
    """Random weights for other layers: uniform, variance 2 / (D + H).

    Glorot and Bengio 2010, equation 16.

    Args:
        shape: D, H.
        seed: two integers.

    Returns:
        (D, H) float32.
    """
    limit = (6 / sum(shape)) ** 0.5
    return tf.random.stateless_uniform(shape, seed, -limit, limit)


# --8<-- [end:init]

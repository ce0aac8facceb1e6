"""Keys: two integers from which TensorFlow draws, others for each draw."""

import tensorflow as tf

from deepcourse.mnist.expect import seed_pair, whole

WEIGHTS, DROPOUT = range(2)  # what a run draws them for


def fold(key, number):
    """Give a draw a key of its own: that of its number.

    Args:
        key: two integers.
        number: which of the draws, at least 0.

    Returns:
        (2,) int64, another key for each number.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    key = seed_pair("key", key)
    number = tf.cast(
        number, tf.int64
    )  # a hash of 64 bits, not of 32
    return tf.random.experimental.stateless_fold_in(key, number)


def of(seed, purpose, number):
    """The key of a run's draw, by what it is for and its number.

    Args:
        seed: of the run, at least 0.
        purpose: WEIGHTS or DROPOUT.
        number: of the layer, or of the step.

    Returns:
        (2,) int64.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    seed = whole("seed", seed, 0, 2**31 - 1)
    return fold((seed, purpose), number)

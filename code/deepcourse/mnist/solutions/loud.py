"""How loud a signal gets behind dropout: what an exercise asks for."""

import tensorflow as tf

from deepcourse.mnist.expect import probability, whole
from deepcourse.mnist.layers import dropout, he_normal, relu


# --8<-- [start:loud]
def mean_square_behind(layers, r, share):
    """Send a signal of mean square 1 through such layers.

    Args:
        layers: how many, each of dropout, 512 inputs and 512 ReLU units.
        r: the rate of dropout.
        share: the variance of the weights over He's, 2 / D.

    Returns:
        The mean square of what comes out.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    layers, r = whole("layers", layers), probability("r", r)
    x = tf.random.stateless_normal((64, 512), (0, 0))
    for i in range(layers):
        w = share**0.5 * he_normal((512, 512), (1, i))
        x = relu(dropout(x, r, (2, i)) @ w)
    return float(tf.reduce_mean(x**2))


# --8<-- [end:loud]

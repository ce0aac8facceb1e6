"""Dropout: a product with a random mask."""

import numpy as np

from deepcourse.gradflow import expect


# --8<-- [start:dropout]
def dropout_forward(x, rate, rng):
    """Drop values with probability `rate`, scale up the rest.

    The inverted form: the mean of y is x, so that nothing has to be scaled
    when the net is used.

    Args:
        x: array of any shape.
        rate: the probability of dropping a value, at least 0 and below 1.
        rng: a numpy.random.Generator, which moves on.

    Returns:
        y of the shape of x, and the mask: False where a value was dropped.
        What was dropped is 0, even if it was infinite.

    Raises:
        ValueError: The rate is out of its range.

    Source: Srivastava et al. 2014, section 10.

    Examples:
        >>> y, mask = dropout_forward(np.ones(6), 0.5, np.random.default_rng(2))
        >>> y
        array([0., 0., 2., 0., 2., 2.])
    """
    x = expect.array("x", x)
    rate = expect.number(
        "rate", rate, lambda p: 0 <= p < 1, "0 <= rate < 1"
    )
    expect.generator("rng", rng)
    mask = rng.random(x.shape) >= rate
    return np.where(mask, x / (1 - rate), 0), mask


def dropout_backward(dy, mask, rate):
    """Send dy back through the same mask and factor.

    Args:
        dy: array, the gradient with respect to y.
        mask: array of the same shape, as `dropout_forward` returned it.
        rate: as it went into `dropout_forward`.

    Returns:
        dx of the same shape.

    Raises:
        ValueError: The rate is out of its range, or the shapes differ.
    """
    mask = expect.mask("mask", mask)
    dy = expect.array("dy", dy, mask.shape)
    rate = expect.number(
        "rate", rate, lambda p: 0 <= p < 1, "0 <= rate < 1"
    )
    return np.where(mask, dy / (1 - rate), 0)


# --8<-- [end:dropout]

"""Dropout: a product with a random mask."""


# --8<-- [start:dropout]
def forward(x, rate, rng):
    """Set each value to 0 with probability `rate`, scale up the others.

    Srivastava et al. 2014, section 10, the inverted form: the mean of y is
    x, so that nothing has to be scaled when the net is used.

    Examples:
        >>> import numpy as np
        >>> y, mask = forward(np.ones(6), 0.5, np.random.default_rng(2))
        >>> y
        array([0., 0., 2., 0., 2., 2.])

    Args:
        x: array of any shape.
        rate: the probability p of dropping a value, 0 <= p < 1.
        rng: a numpy.random.Generator, which moves on.

    Returns:
        y of the shape of x, and the mask: True where a value was kept.

    Raises:
        ValueError: the rate is out of its range.
    """
    check_rate(rate)
    mask = rng.random(x.shape) >= rate
    return x * mask / (1 - rate), mask


def backward(dy, mask, rate):
    """Send dy back through the same mask, with the same factor.

    Raises:
        ValueError: the rate is out of its range, or the shapes differ.
    """
    check_rate(rate)
    if dy.shape != mask.shape:
        raise ValueError(f"dy: got shape {dy.shape}, expected {mask.shape}")
    return dy * mask / (1 - rate)


# --8<-- [end:dropout]


def check_rate(rate):
    """Refuse a rate that would drop everything, or less than nothing."""
    if not 0 <= rate < 1:
        raise ValueError(f"rate: got {rate}, expected 0 <= rate < 1")

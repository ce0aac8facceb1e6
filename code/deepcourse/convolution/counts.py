"""What a layer costs, from its shape alone."""

from math import prod

from deepcourse.convolution import expect


# --8<-- [start:costs]
def costs(shape, places):
    """Weights of a layer, and its products for one image.

    Args:
        shape: of its kernel, six numbers; the first two say how many
            kernels there are, the others how large one is.
        places: P and Q, how many windows there are, down and across.

    Returns:
        Two numbers: weights, and products that are added up.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> costs((1, 1, 3, 3, 1, 8), (6, 6))
        (72, 2592)
    """
    expect.six(shape)
    expect.pair("places", places)
    kernel = prod(shape[2:])  # weights of one kernel
    return prod(shape[:2]) * kernel, prod(places) * kernel


# --8<-- [end:costs]

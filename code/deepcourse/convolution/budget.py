"""What a net of one hidden layer and ten scores costs."""

from deepcourse.convolution.counts import costs


# --8<-- [start:net-costs]
def net_costs(shape, places):
    """Weights and multiply-adds of a layer and ten scores.

    Args:
        shape: of the layer's kernel, six numbers, as in `costs`.
        places: P and Q, how many windows there are, down and across.

    Returns:
        Two numbers: weights, biases among them, and multiply-adds.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> net_costs((1, 1, 5, 5, 1, 10), (10, 10))
        (10270, 35000)
    """
    weights, products = costs(shape, places)
    kernels, channels = shape[0] * shape[1], shape[5]
    last = places[0] * places[1] * channels * 10
    return (
        weights + kernels * channels + last + 10,
        products + last,
    )


# --8<-- [end:net-costs]

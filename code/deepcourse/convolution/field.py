"""How much of the picture a value depends on: its receptive field."""

from deepcourse.convolution import expect


# --8<-- [start:field]
def receptive_field(layers):
    """Pixels that an output of the last layer sees.

    Args:
        layers: for each, its window, stride and dilation.

    Returns:
        Two numbers: pixels that are seen, and pixels from one output's
        first to that of the next output.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> receptive_field([(3, 1, 1), (3, 1, 1)])
        (5, 1)
    """
    layers = list(layers)
    expect.layers(layers)
    field, jump = 1, 1
    for window, stride, dilation in layers:
        field += dilation * (window - 1) * jump
        jump *= stride
    return field, jump


# --8<-- [end:field]

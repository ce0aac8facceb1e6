"""How much of the picture a value depends on: its receptive field."""

from deepcourse.convolution import expect


# --8<-- [start:field]
def receptive_field(layers):
    """Pixels that the field of an output spans, and its jump.

    Args:
        layers: for each, its window, stride and dilation.

    Returns:
        Two numbers: pixels from the first that is seen to the last, both
        included, and pixels from one output's first to that of the next
        output. A dilation may leave out pixels between.

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

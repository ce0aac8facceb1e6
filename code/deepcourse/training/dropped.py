"""What dropout of the features does to a linear model's squared loss."""

from deepcourse.gradflow import expect
from deepcourse.gradflow.dropout import dropout_forward


# --8<-- [start:dropped]
def squared_loss(x, w, y):
    """Half the mean square of what x w misses y by.

    Args:
        x: (B, D) one example a row.
        w: (D,) weights.
        y: (B,) what is to come out.

    Returns:
        A number.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> squared_loss([[1, 2]], [3, 1], [4])
        0.5
    """
    x, w, y = expect.arrays(x=(x, "B, D"), w=(w, "D"), y=(y, "B"))
    return float(((x @ w - y) ** 2).mean() / 2)


def dropout_penalty(x, w, r):
    """What dropout adds to the loss, in the mean over masks.

    Wager, Wang and Liang 2013, section 2, for squared loss.

    Args:
        x: (B, D) one example a row.
        w: (D,) weights.
        r: 0 .. 1, the probability that a feature is dropped.

    Returns:
        A number.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> dropout_penalty([[1, 2]], [3, 1], 0.5)
        6.5
    """
    x, w = expect.arrays(x=(x, "B, D"), w=(w, "D"))
    r = expect.number("r", r, lambda r: 0 <= r < 1, "0 <= r < 1")
    squares = (x**2).mean(axis=0) * w**2  # (D,)
    return float(r / (1 - r) * squares.sum() / 2)


# --8<-- [end:dropped]


def simulated(x, w, y, r, rng, masks=1000):
    """The mean loss over so many masks of the features.

    Args:
        x: as for `squared_loss`, like w and y.
        w: likewise.
        y: likewise.
        r: 0 .. 1, the probability that a feature is dropped.
        rng: a numpy.random.Generator, which moves on.
        masks: how many.

    Returns:
        A number.
    """
    each = [
        squared_loss(dropout_forward(x, r, rng)[0], w, y)
        for _ in range(masks)
    ]
    return sum(each) / masks

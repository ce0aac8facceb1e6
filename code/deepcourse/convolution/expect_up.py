"""What the way back up expects beyond `deepcourse.convolution.expect`."""

from deepcourse.convolution.expect import pair
from deepcourse.gradflow.conv2d_geometry import counts
from deepcourse.gradflow.expect import refuse


def check_steps(**stated):
    """Refuse what isn't a whole number above 0.

    Args:
        **stated: by its name, each number.

    Raises:
        ValueError: One is something else.
    """
    for name, value in stated.items():
        if not counts(value, 1):
            refuse(name, value, "a whole number above 0")


def check_upwards(size, places, window, how, sizes):
    """Refuse pictures that don't have so many windows.

    Args:
        size: I and J, the rows and columns of the picture.
        places: P and Q, the windows that it should have.
        window: U and V, the taps of one.
        how: stride, padding and dilation.
        sizes: a function from one of `places`, one of `window` and `how` to
            the sizes that an axis may have.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    pair("size", size)
    if 0 in (*places, *window):
        refuse("y and w", (places, window), "no axis of 0")
    may = [sizes(p, u, *how) for p, u in zip(places, window)]
    if any(n not in each for n, each in zip(size, may)):
        words = " by ".join(f"{m[0]} to {m[-1]}" for m in may)
        refuse("size", tuple(size), words)

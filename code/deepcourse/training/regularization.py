"""What keeps a net from learning its examples by heart: one function each."""

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.training.check_numbers import (
    check_at_least_0,
    check_classes,
    check_losses,
    check_pictures,
    check_whole,
)


# --8<-- [start:l2]
def l2(w, decay):
    """Half the sum of squares times decay, and its slope.

    Args:
        w: array of floats, weights.
        decay: at least 0, how much a square costs.

    Returns:
        A number, and an array like w.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> l2([3, -4], 0.1)
        (1.25, array([ 0.3, -0.4]))
    """
    w = expect.array("w", w)
    decay = check_at_least_0("decay", decay)
    return decay / 2 * float((w**2).sum()), decay * w


# --8<-- [end:l2]


# --8<-- [start:limit]
def limit(w, longest):
    """Scale back the columns of w that are too long.

    Srivastava et al. 2014, section 5.1: max-norm.

    Args:
        w: (D, H) weights, a column for each unit.
        longest: above 0, the length that a column may have.

    Returns:
        (D, H).

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> limit([[3, 0], [4, 1]], 2.5)
        array([[1.5, 0. ],
               [2. , 1. ]])
    """
    (w,) = expect.arrays(w=(w, "D, H"))
    longest = expect.number(
        "longest", longest, lambda n: n > 0, "above 0"
    )
    length = np.linalg.norm(w, axis=0)  # (H,)
    return w * (longest / np.maximum(length, longest))


# --8<-- [end:limit]


# --8<-- [start:stop]
def stop(losses, patience):
    """The look to go back to: none of the next ones is lower.

    Args:
        losses: of digits kept aside, a look after the other.
        patience: a whole number from 1: after so many looks without a
            lower loss, one stops.

    Returns:
        The place of the lowest loss so far, from 0.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> stop([3, 3, 4, 2], patience=2)
        0
    """
    losses = check_losses(losses)
    patience = check_whole("patience", patience, 1)
    lowest = 0
    for look, loss in enumerate(losses):
        if loss < losses[lowest]:
            lowest = look
        elif look - lowest == patience:
            break
    return lowest


# --8<-- [end:stop]


# --8<-- [start:shifted]
def shifted(images, most, rng):
    """Move each picture by up to some pixels each way.

    Args:
        images: (B, I, J) pictures; what moves in is 0.
        most: a whole number from 0, of pixels.
        rng: a numpy.random.Generator, which moves on.

    Returns:
        (B, I, J).

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    images = check_pictures(images)
    most = check_whole("most", most, 0)
    expect.generator("rng", rng)
    pictures, rows, columns = map(np.arange, images.shape)
    wide = np.pad(images, [(0, 0), (most, most), (most, most)])
    each = 2, len(images), 1
    down, right = rng.integers(0, 2 * most + 1, each)
    rows = (rows + down)[:, :, None]  # (B, I, 1)
    columns = (columns + right)[:, None, :]  # (B, 1, J)
    return wide[pictures[:, None, None], rows, columns]


# --8<-- [end:shifted]


# --8<-- [start:smooth]
def smooth(labels, spread, classes):
    """Give each class a bit of the truth: soft targets.

    Szegedy et al. 2016, section 7.

    Args:
        labels: (B,) the true class of each example, 0 .. K - 1.
        spread: 0 .. 1, what is spread over all K classes.
        classes: K.

    Returns:
        (B, K) rows that add up to 1.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> smooth([1], 0.2, 4)
        array([[0.05, 0.85, 0.05, 0.05]])
    """
    classes = check_whole("classes", classes, 1)
    spread = expect.number(
        "spread", spread, lambda s: 0 <= s <= 1, "0 .. 1"
    )
    labels = check_classes(labels, classes)
    hard = np.eye(classes)[labels]  # (B, K)
    return (1 - spread) * hard + spread / classes


# --8<-- [end:smooth]

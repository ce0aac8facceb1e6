"""What regularization is given; all else is refused by name."""

import numpy as np

from deepcourse.gradflow import expect


def check_at_least_0(name, value):
    """Refuse what isn't a number from 0 on.

    Args:
        name: of the argument.
        value: what came.

    Returns:
        The number.

    Raises:
        ValueError: It is none.
    """
    return expect.number(
        name, value, lambda v: 0 <= v < np.inf, "at least 0"
    )


def check_whole(name, value, least):
    """Refuse what isn't a whole number from `least` on.

    Args:
        name: of the argument.
        value: what came.
        least: the lowest that is taken.

    Returns:
        The number.

    Raises:
        ValueError: It is none.
    """
    right = isinstance(value, int | np.integer) and value >= least
    if not right or isinstance(value, bool):
        expect.refuse(name, value, f"a whole number from {least}")
    return int(value)


def check_losses(losses):
    """Refuse what isn't a row of one or more losses.

    Args:
        losses: what came.

    Returns:
        The losses, as an array.

    Raises:
        ValueError: They are none.
    """
    losses = expect.array("losses", losses)
    if losses.ndim != 1 or not len(losses):
        expect.refuse("losses", losses.shape, "one or more")
    return losses


def check_pictures(images):
    """Refuse what isn't pictures of rows and columns.

    Args:
        images: what came.

    Returns:
        The pictures, as an array.

    Raises:
        ValueError: They are none.
    """
    images = expect.array("images", images)
    if images.ndim != 3:
        expect.refuse("images", images.shape, "(B, I, J)")
    return images


def check_classes(labels, classes):
    """Refuse what isn't a row of classes.

    Args:
        labels: what came.
        classes: how many there are.

    Returns:
        The labels, as an array.

    Raises:
        ValueError: They are none.
    """
    labels = np.asarray(labels)
    known = labels.dtype.kind in "iu" and labels.ndim == 1
    if not known or not np.isin(labels, range(classes)).all():
        expect.refuse("labels", labels, f"0 .. {classes - 1}")
    return labels

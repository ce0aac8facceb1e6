"""What a decision loses while a square covers a part of the picture."""

import numpy as np

from deepcourse.convolution import expect


# --8<-- [start:lead]
def lead(scores, label):
    """How far a class is ahead of the best other one.

    Args:
        scores: (..., K) of all classes.
        label: the class.

    Returns:
        (...) differences; below 0 where another class wins.

    Raises:
        ValueError: There is no such class, or no other one.

    Examples:
        >>> lead([[1.0, 4.0, 3.0], [2.0, 0.0, 1.0]], 1)
        array([ 1., -2.])
    """
    (scores,) = expect.arrays(scores=(scores, "..., K"))
    if not 0 <= label < scores.shape[-1] > 1:
        expect.refuse(
            "label", label, f"one of {scores.shape[-1]} classes"
        )
    others = np.delete(scores, label, axis=-1)
    return scores[..., label] - others.max(axis=-1)


# --8<-- [end:lead]


# --8<-- [start:occluded]
def occluded(picture, side, grey):
    """The picture, once for each place of a square on it.

    Args:
        picture: (I, J) greys.
        side: of the square, in pixels.
        grey: of the square.

    Returns:
        (I - side + 1, J - side + 1, I, J) pictures.

    Raises:
        ValueError: The square is larger than the picture, or nothing.

    Examples:
        >>> occluded(np.ones((1, 2)), 1, 0)[0, :, 0]
        array([[0., 1.],
               [1., 0.]])
    """
    (picture,) = expect.arrays(picture=(picture, "I, J"))
    if not 1 <= side <= min(picture.shape):
        expect.refuse(
            "side", side, f"1 to {min(picture.shape)} pixels"
        )
    rows, columns = (n - side + 1 for n in picture.shape)
    covered = np.tile(picture, (rows, columns, 1, 1))
    for i, j in np.ndindex(rows, columns):
        covered[i, j, i : i + side, j : j + side] = grey
    return covered


# --8<-- [end:occluded]

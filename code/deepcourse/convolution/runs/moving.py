"""Training pictures, each moved a little, anew in each epoch."""

import numpy as np


def moved(pictures: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """Pictures, each some pixels down and to the right; zeros enter.

    Args:
        pictures: (B, I, J).
        shifts: (B, 2) whole numbers.

    Returns:
        (B, I, J) likewise; what leaves is gone.
    """
    far = int(np.abs(shifts).max(initial=0))
    wide = np.pad(pictures, [(0, 0), (far, far), (far, far)])
    rows, columns = (
        far - shifts[:, axis, None] + np.arange(pictures.shape[1 + axis])
        for axis in (0, 1)
    )
    each = np.arange(len(pictures))[:, None, None]
    return wide[each, rows[:, :, None], columns[:, None, :]]


def flipped(pictures: np.ndarray, which: np.ndarray) -> np.ndarray:
    """Pictures, some of them left to right.

    Args:
        pictures: (B, I, J).
        which: (B,) true for those.
    """
    return np.where(which[:, None, None], pictures[:, :, ::-1], pictures)

"""The sum over all workers, passed around a ring."""

import numpy as np

from deepcourse.training.check_workers import check_alike


# --8<-- [start:ring]
def ring_sum(arrays):
    """Give all workers the sum of their arrays, by pieces.

    Args:
        arrays: one for each worker, all of one shape.

    Returns:
        A list of sums, one for each worker, and how many numbers each sent.

    Raises:
        ValueError: There is none, or their shapes differ.

    Source: Patarasuk and Yuan 2009.

    Examples:
        >>> ring_sum([np.array([1.0, 2.0]), np.array([10.0, 20.0])])
        ([array([11., 22.]), array([11., 22.])], [2, 2])
    """
    arrays = check_alike(arrays)
    n = len(arrays)
    held = [a.flatten() for a in arrays]
    pieces = [np.array_split(each, n) for each in held]
    sent = [0] * n
    for turn in range(2 * (n - 1)):
        passed = [
            pieces[j][(j - turn) % n].copy() for j in range(n)
        ]
        for j in range(n):
            mine = pieces[(j + 1) % n][(j - turn) % n]
            mine[:] = passed[j] + (mine if turn < n - 1 else 0)
            sent[j] += passed[j].size
    return [
        h.reshape(a.shape)
        for h, a in zip(held, arrays, strict=True)
    ], sent


# --8<-- [end:ring]

"""Copy twice, and a reading head that can't look by content."""

import numpy as np
import tensorflow as tf

from deepcourse.recurrent.copying import copy_task


# --8<-- [start:task]
def copy_twice(lengths, seed, longest=None):
    """The copy task, with all vectors wanted twice, in order.

    Args:
        lengths: of each sequence, in vectors, at least 1.
        seed: of the bits: a number or several.
        longest: what the arrays have room for; by default what they need.

    Returns:
        x, y and wanted as of `copy_task`, of 3 * longest + 1 steps.
    """
    once = copy_task(lengths, seed, longest)
    more = once[0].shape[1] // 2  # steps
    x, y, wanted = (
        np.concatenate([a, 0 * a[:, :more]], 1) for a in once
    )
    for n, length in enumerate(lengths):
        last = 2 * length + 1
        first = y[n, length + 1 : last].copy()
        y[n, last : last + length] = first
        wanted[n, last : last + length] = 1
    return x, y, wanted


# --8<-- [end:task]


# --8<-- [start:shut]
class Shut:
    """A layer for a head, with the gate held at 0.

    Args:
        layer: tells the head J+6 numbers.
    """

    def __init__(self, layer):
        self.layer, self.weights = layer, layer.weights

    def __call__(self, h):
        """(B, J+6) what the head is told, from (B, H)."""
        told = self.layer(h)
        gate = tf.one_hot(told.shape[1] - 5, told.shape[1])
        return told * (1 - gate) - 20 * gate


# --8<-- [end:shut]

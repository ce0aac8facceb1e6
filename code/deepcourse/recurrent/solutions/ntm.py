"""Solutions to the exercises on the Neural Turing Machine."""

import numpy as np
import tensorflow as tf

from deepcourse.recurrent.machine import address
from deepcourse.recurrent.ntm import write


# --8<-- [start:head]
def reading_head(units, width, outputs):
    """Weights that a second reading head adds to a machine.

    Args:
        units: H, of the hidden layer.
        width: J, the columns of the memory.
        outputs: K, logits that go out.

    Returns:
        How many.
    """
    told = (width + 6) * (units + 1)
    return told + width * units + width * outputs


# --8<-- [end:head]


# --8<-- [start:planted]
def write_with_a_bug(memory, alpha, erase, add):
    """Wipe each row by its weight, and add to it."""
    wiped = tf.einsum("ni,nj->nij", alpha, erase)  # (B, I, J)
    added = tf.einsum("ni,nj->nij", alpha, add)  # (B, I, J)
    return (memory + added) * (1 - wiped)  # (B, I, J)


# --8<-- [end:planted]


# --8<-- [start:compare]
def apart(memory, alpha, erase, add):
    """The largest difference that the bug makes."""
    wrong = write_with_a_bug(memory, alpha, erase, add)
    off = wrong - write(memory, alpha, erase, add)
    return float(tf.reduce_max(tf.abs(off)))


# --8<-- [end:compare]


# --8<-- [start:program]
def told_to(n, gate, tap, power=0):
    """What a controller would tell a head, written by hand.

    Args:
        n: how large the numbers are.
        gate: 1 to look for the key, 0 to stay where it was.
        tap: 0 to move a row up, 1 to stay, 2 to move down.
        power: the number that makes the power.

    Returns:
        (1, 8): key, strength, gate, taps and power, for two columns.
    """
    taps = n * np.eye(3)[tap]
    told = [1, 0, 50, n * (2 * gate - 1), *taps, power]
    return tf.constant([told], tf.float32)


def follow(memory, program):
    """The weights of a head from row 0 on, step by step.

    Args:
        memory: (1, I, J).
        program: for each step what the head is told.

    Returns:
        An array with a row of I weights for each step.
    """
    alpha = tf.one_hot([0], memory.shape[1])  # (1, I)
    path = []
    for told in program:
        alpha = address(memory, alpha, told)  # (1, I)
        path.append(alpha[0].numpy())
    return np.array(path)


# --8<-- [end:program]

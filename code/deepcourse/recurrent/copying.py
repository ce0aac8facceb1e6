"""The copy task: say again what you were told, of a length not known before.

Graves, Wayne, Danihelka: Neural Turing Machines (2014), section 4.1.
"""

import numpy as np
import tensorflow as tf

from deepcourse.recurrent.expect import whole

# --8<-- [start:task]
BITS = 8  # of a vector


def copy_task(lengths, seed, longest=None):
    """Random bits, a flag, and silence to repeat them in.

    Args:
        lengths: of each sequence, in vectors, at least 1.
        seed: of the bits: a number or several.
        longest: what the arrays have room for; by default what they need.

    Returns:
        x: (B, T, 9) what comes in: bits, and the flag as the last.
        y: (B, T, 8) the bits that are wanted.
        wanted: (B, T) 1 where an answer is wanted, else 0; T is
            2 * longest + 1.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    longest = longest or max(lengths)
    whole("longest", longest)
    for length in lengths:
        whole("lengths", length, 1, longest)
    draw = np.random.default_rng(seed)
    steps = len(lengths), 2 * longest + 1
    x = np.zeros((*steps, BITS + 1), np.float32)
    y = np.zeros((*steps, BITS), np.float32)
    wanted = np.zeros(steps, np.float32)
    for n, length in enumerate(lengths):
        bits = draw.integers(0, 2, (length, BITS))
        x[n, :length, :BITS] = bits
        x[n, length, BITS] = 1  # the flag
        y[n, length + 1 : 2 * length + 1] = bits
        wanted[n, length + 1 : 2 * length + 1] = 1
    return x, y, wanted


# --8<-- [end:task]


# --8<-- [start:cost]
def bits_lost(logits, y, wanted):
    """How many bits the answers to a sequence leave unknown.

    Args:
        logits: (B, T, 8) answers.
        y: (B, T, 8) the bits.
        wanted: (B, T) 1 where an answer is wanted, else 0.

    Returns:
        (B,) the cross-entropy of each sequence, in bits.
    """
    nats = tf.nn.sigmoid_cross_entropy_with_logits(y, logits)
    each = tf.reduce_sum(nats, axis=2) * wanted  # (B, T)
    return tf.reduce_sum(each, axis=1) / np.log(2)  # (B,)


# --8<-- [end:cost]


# --8<-- [start:trainer]
def trainer(answer, learnt, adam, compiled=False):
    """A training step: takes a batch, and tells the bits lost.

    Args:
        answer: makes (B, T, 8) logits of x.
        learnt: the parameters, a list.
        adam: the optimizer.
        compiled: by XLA: a minute that pays off in long runs.

    Returns:
        A function of x, y and wanted that changes what is learnt.
    """
    adam.build(learnt)

    @tf.function(jit_compile=compiled)
    def train(x, y, wanted):
        with tf.GradientTape() as tape:
            bits = bits_lost(answer(x), y, wanted)
            per_bit = (
                tf.reduce_sum(bits) / tf.reduce_sum(wanted) / 8
            )
            loss = per_bit * np.log(2)  # in nats
        slopes = tape.gradient(loss, learnt)
        adam.apply(slopes, learnt)
        return tf.reduce_mean(bits)

    return train


# --8<-- [end:trainer]

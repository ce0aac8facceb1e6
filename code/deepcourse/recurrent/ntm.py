"""What the heads of a Neural Turing Machine do, each a few lines.

Where a head looks is a weight for each row of the memory. Four functions make
it, in their order: `content`, `interpolate`, `shift`, `sharpen`. With it the
machine can `read` and `write`. `deepcourse.recurrent.machine` puts them
together.

Graves, Wayne, Danihelka: Neural Turing Machines (2014), section 3.
"""

import tensorflow as tf

from deepcourse.recurrent.expect import (
    columns,
    odd,
    real,
    rows,
    single,
)


# --8<-- [start:read]
def read(memory, alpha):
    """Add up the rows of the memory, each by its weight.

    Section 3.1, equation 2.

    Args:
        memory: (B, I, J) a memory of I rows for each example.
        alpha: (B, I) weights, at least 0, that add up to 1.

    Returns:
        (B, J) what was read.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> memory = [[[1, 2], [3, 4], [5, 6]]]
        >>> read(memory, [[0, 0.5, 0.5]]).numpy()
        array([[4., 5.]], dtype=float32)
    """
    memory = real("memory", memory, ("B", "I", "J"))
    alpha = rows("alpha", alpha, memory)
    return tf.einsum("ni,nij->nj", alpha, memory)  # (B, J)


# --8<-- [end:read]


# --8<-- [start:write]
def write(memory, alpha, erase, add):
    """Wipe each row by its weight, then add to it.

    Section 3.2, equations 3 and 4.

    Args:
        memory: (B, I, J).
        alpha: (B, I) weights, at least 0, that add up to 1.
        erase: (B, J) which share of each column is wiped, 0 .. 1.
        add: (B, J) what is added.

    Returns:
        (B, I, J) the new memory.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> memory = [[[1, 2], [3, 4]]]
        >>> write(memory, [[0, 1]], [[1, 0]], [[7, 1]]).numpy()
        array([[[1., 2.],
                [7., 5.]]], dtype=float32)
    """
    memory = real("memory", memory, ("B", "I", "J"))
    alpha = rows("alpha", alpha, memory)
    erase = columns("erase", erase, memory)
    add = columns("add", add, memory)
    wiped = tf.einsum("ni,nj->nij", alpha, erase)  # (B, I, J)
    added = tf.einsum("ni,nj->nij", alpha, add)  # (B, I, J)
    return memory * (1 - wiped) + added  # (B, I, J)


# --8<-- [end:write]


# --8<-- [start:content]
def content(memory, key, strength):
    """Look at the rows that point where the key points.

    Section 3.3.1, equations 5 and 6.

    Args:
        memory: (B, I, J).
        key: (B, J) what is looked for.
        strength: (B, 1) how much a better match counts, at least 0.

    Returns:
        (B, I) weights that add up to 1.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> memory = [[[1, 0], [0, 1], [2, 2]]]
        >>> content(memory, [[0, 3]], [[5]]).numpy().round(3)
        array([[0.005, 0.808, 0.187]], dtype=float32)
    """
    memory = real("memory", memory, ("B", "I", "J"))
    key = columns("key", key, memory)
    strength = single("strength", strength, memory)
    own = tf.math.l2_normalize(memory, axis=2)  # (B, I, J)
    sought = tf.math.l2_normalize(key, axis=1)  # (B, J)
    match = tf.einsum("nij,nj->ni", own, sought)  # (B, I)
    return tf.nn.softmax(strength * match)  # (B, I)


# --8<-- [end:content]


# --8<-- [start:interpolate]
def interpolate(found, last, gate):
    """Take what was found, or stay where the head was.

    Section 3.3.2, equation 7.

    Args:
        found: (B, I) weights by content.
        last: (B, I) the head's weights of the step before.
        gate: (B, 1) the share of what was found, 0 .. 1.

    Returns:
        (B, I) weights that add up to 1.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> interpolate([[0, 1]], [[1, 0]], [[0.25]]).numpy()
        array([[0.75, 0.25]], dtype=float32)
    """
    found = real("found", found, ("B", "I"))
    last = real("last", last, found.shape, found.dtype)
    gate = single("gate", gate, found)
    return gate * found + (1 - gate) * last  # (B, I)


# --8<-- [end:interpolate]


# --8<-- [start:shift]
def shift(alpha, taps):
    """Move the weights down by 0 rows, up or down by 1, ...

    Section 3.3.2, equation 8. What leaves at one end enters at the other.

    Args:
        alpha: (B, I) weights.
        taps: (B, U) the shares of the moves, the middle one is 0 rows, those
            before it move up; U is odd.

    Returns:
        (B, I) weights that add up to 1.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> shift([[0, 0, 1, 0]], [[0, 0.1, 0.9]]).numpy()
        array([[0. , 0. , 0.1, 0.9]], dtype=float32)
    """
    alpha = real("alpha", alpha, ("B", "I"))
    taps = odd("taps", taps, alpha)
    half = taps.shape[1] // 2
    moved = [
        taps[:, u : u + 1] * tf.roll(alpha, u - half, axis=1)
        for u in range(taps.shape[1])
    ]
    return tf.add_n(moved)  # (B, I)


# --8<-- [end:shift]


# --8<-- [start:sharpen]
def sharpen(alpha, gamma):
    """Raise weights to a power, and make their sum 1 again.

    Section 3.3.2, equation 9, as softmax(gamma * log(alpha)): small weights
    to a power underflow.

    Args:
        alpha: (B, I) weights.
        gamma: (B, 1) the power, at least 1.

    Returns:
        (B, I) weights that add up to 1.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> sharpen([[0.2, 0.8]], [[2]]).numpy().round(3)
        array([[0.059, 0.941]], dtype=float32)
    """
    alpha = real("alpha", alpha, ("B", "I"))
    gamma = single("gamma", gamma, alpha)
    logs = tf.math.log(tf.maximum(alpha, 1e-30))
    return tf.nn.softmax(gamma * logs)  # (B, I)


# --8<-- [end:sharpen]

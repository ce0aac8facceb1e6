"""What the heads of lesson 5 expect, by the rule of lesson 2."""

import tensorflow as tf

from deepcourse.mnist.expect import real, whole

__all__ = [
    "columns",
    "days_and_ways",
    "fitting",
    "mask_of",
    "odd",
    "real",
    "rows",
    "single",
    "states_of",
    "whole",
]


def rows(name, x, memory):
    """Take a number for each row of the memory, in its dtype."""
    return real(name, x, memory.shape[:2], memory.dtype)


def columns(name, x, memory):
    """Take a number for each column of the memory, in its dtype."""
    b, _, j = memory.shape
    return real(name, x, (b, j), memory.dtype)


def single(name, x, like):
    """Take a number for each example, in the dtype of `like`."""
    return real(name, x, (like.shape[0], 1), like.dtype)


def odd(name, x, like):
    """Take an odd count of numbers for each example."""
    x = real(name, x, (like.shape[0], "U"), like.dtype)
    if x.shape[1] % 2 == 0:
        raise ValueError(
            f"{name}: got {x.shape[1]} of them, "
            "expected an odd number"
        )
    return x


def fitting(blocks, a, **rest):
    """Take what a step is given: sums, states and weights that fit.

    Args:
        blocks: of columns, one for each gate.
        a: (B, N) the sums, or what the input adds to them, H a block.
        rest: by name: `wh`, `bh`, or states.

    Returns:
        All of them as tensors, in the dtype of `a`.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    name = "ax" if rest else "a"
    a = real(name, a, ("B", f"{blocks}*H"))
    b, columns = a.shape
    units, over = divmod(columns, blocks)
    if over:
        raise ValueError(
            f"{name}: got {columns} columns, "
            f"expected a multiple of {blocks}"
        )
    shapes = {"wh": (units, columns), "bh": (columns,)}
    state = ("B" if b is None else b, units)
    others = [
        real(name, x, shapes.get(name, state), a.dtype)
        for name, x in rest.items()
    ]
    return [a, *others]


def states_of(states, like, held=None, units="H"):
    """Take states, one a tensor, that fit what comes in.

    Args:
        states: a list of (B, H), or one state alone.
        like: (B, N) what comes in at a step.
        held: how many states there are; None: any number.
        units: H; a letter if any will do.

    Returns:
        A list of (B, H), in the dtype of `like`.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    listed = isinstance(states, list | tuple)
    states = list(states) if listed else [states]
    if held is not None and len(states) != held:
        raise ValueError(
            f"initial_state: got {len(states)}, expected {held}"
        )
    b = like.shape[0]
    shape = ("B" if b is None else b, units)
    return [
        real(f"states[{n}]", s, shape, like.dtype)
        for n, s in enumerate(states)
    ]


def mask_of(mask, x):
    """Take a mask of the steps of sequences.

    Args:
        mask: (B, T) of True and False, or of 0 and 1.
        x: (B, T, D) the sequences.

    Returns:
        (B, T, 1) True where a step counts.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    shape = [
        letter if n is None else n
        for n, letter in zip(x.shape[:2], "BT")
    ]
    mask = real("mask", mask, shape)
    return tf.cast(mask, tf.bool)[:, :, None]


def days_and_ways(days, ways):
    """Take days of 1900 .. 2099, and as many ways to write them.

    Args:
        days: (B,) days after the first.
        ways: (B,) 0 .. 3.

    Returns:
        Two lists of whole numbers.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    days = [whole("days", each, 0, 73_048) for each in days]
    ways = [whole("ways", each, 0, 3) for each in ways]
    if len(days) != len(ways):
        raise ValueError(
            f"ways: got {len(ways)}, expected {len(days)}, "
            "one for each day"
        )
    return days, ways

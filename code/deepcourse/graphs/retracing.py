"""When a call of a tf.function traces anew: by the signature of its argument.

A signature is all that a tf.function looks at before it takes a graph that is
there: of a tensor its type and its shape, of anything else the value itself.
"""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

TRACED, REUSED, REFUSED = "tsr"
ROW = tf.TensorSpec([None], tf.float32)
WAYS = {  # settings of tf.function
    "plain": {},
    "reduced": {"reduce_retracing": True},
    "declared": {"input_signature": [ROW]},
}


class Argument(NamedTuple):
    """What a call is given, and how the page writes it."""

    text: str
    value: object


def arguments():
    """What the figure that answers offers for a call.

    Returns:
        A list of arguments, each with a signature of its own.
    """
    return [
        Argument("2", 2),
        Argument("3", 3),
        Argument("[1.]", tf.constant([1.0])),
        Argument("[1., 2.]", tf.constant([1.0, 2.0])),
        Argument("[1., 2., 3.]", tf.constant([1.0, 2.0, 3.0])),
        Argument("[1, 2]", tf.constant([1, 2])),
    ]


# --8<-- [start:signature]
def signature(x):
    """What decides whether a call finds a graph that is there.

    Args:
        x: a tensor, or a number or string of Python.

    Returns:
        Of a tensor its type and shape, else the value.
    """
    if isinstance(x, tf.Tensor):
        return x.dtype.name, *x.shape
    return x


def tracings(calls):
    """How many graphs there are after each call.

    Args:
        calls: the argument of each call, in order.

    Returns:
        A list of counts, one for each call.
    """
    return [
        len({signature(x) for x in calls[:t]})
        for t in range(1, len(calls) + 1)
    ]


# --8<-- [end:signature]


def outcome(function, value):
    """What one call does.

    Args:
        function: what tf.function made.
        value: the argument.

    Returns:
        TRACED, REUSED, or REFUSED where TensorFlow raises.
    """
    before = function.experimental_get_tracing_count()
    try:
        function(value)
    except TypeError:
        return REFUSED
    after = function.experimental_get_tracing_count()
    return TRACED if after > before else REUSED


def outcomes(way, values):
    """What successive calls of a new function do.

    Args:
        way: a name out of WAYS.
        values: an argument for each call.

    Returns:
        A string of as many letters.
    """
    function = tf.function(lambda x: x * x, **WAYS[way])
    return "".join(outcome(function, value) for value in values)


# --8<-- [start:padded]
def padded(row):
    """Zeros behind a row, up to the next power of two.

    Args:
        row: (N,) of at least one number.

    Returns:
        (T,) of which the first N are those of the row.
    """
    length = len(row)
    longer = 2 ** int(np.ceil(np.log2(length)))
    return np.pad(row, (0, longer - length))  # (T,)


# --8<-- [end:padded]

"""What a call may be given. All else is refused by name, before any work."""

import math
from numbers import Integral, Real

import numpy as np
import tensorflow as tf


def whole(name, value, least=1, most=math.inf):
    """Refuse what is no whole number from `least` to `most`.

    Args:
        name: of the argument, for the error.
        value: what the caller gave.
        least: the smallest one that is taken.
        most: the largest one.

    Returns:
        The number, as Python's int.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    counts = isinstance(value, Integral)
    counts = counts and not isinstance(value, bool)
    if not counts or not least <= value <= most:
        raise ValueError(
            f"{name}: got {value!r}, "
            f"expected a whole number {least} .. {most}"
        )
    return int(value)


def probability(name, value):
    """Refuse what is not a probability below 1.

    Args:
        name: of the argument, for the error.
        value: what the caller gave.

    Returns:
        The probability.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    if not (number(value) and 0 <= value < 1):
        raise ValueError(
            f"{name}: got {value!r}, expected 0 <= {name} < 1"
        )
    return value


def number(value):
    """Whether a value is one real number; True is none."""
    return isinstance(value, Real) and not isinstance(value, bool)


def positive(name, value, or_zero=False):
    """Refuse what is not a finite number above 0.

    Args:
        name: of the argument, for the error.
        value: what the caller gave.
        or_zero: whether 0 is taken as well.

    Returns:
        The number.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    finite = number(value) and 0 <= value < math.inf
    if not finite or not (value or or_zero):
        expected = "at least" if or_zero else "above"
        raise ValueError(
            f"{name}: got {value!r}, "
            f"expected a finite number {expected} 0"
        )
    return value


def layer_sizes(name, values, most=math.inf):
    """Refuse what is no list of two or more sizes.

    Args:
        name: of the argument, for the error.
        values: what the caller gave.
        most: how many sizes are taken.

    Returns:
        The sizes as a tuple.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    listed = isinstance(values, list | tuple)
    given = tuple(values) if listed else ()
    if not 2 <= len(given) <= most:
        raise ValueError(
            f"{name}: got {values!r}, "
            f"expected 2 .. {most} whole numbers"
        )
    return tuple(
        whole(f"{name}[{i}]", n) for i, n in enumerate(given)
    )


def real(name, x, shape=None, dtype=None):
    """Take numbers in floating point, whole ones as float32.

    Args:
        name: of the argument, for the error.
        x: a tensor, an array, or lists of numbers.
        shape: sizes, or letters where any size will do; None: any shape.
        dtype: to compute in; None: that of `x`.

    Returns:
        A tensor.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    x = tensor(name, x)
    if not x.dtype.is_floating:
        if not (x.dtype.is_integer or x.dtype.is_bool):
            raise ValueError(
                f"{name}: got {x.dtype.name}, "
                "expected real numbers"
            )
        x = tf.cast(x, tf.float32)
    fits(name, x, shape)
    return x if dtype is None else tf.cast(x, dtype)


def seed_pair(name, pair):
    """Take the two integers of a seed, however they come.

    Args:
        name: of the argument, for the error.
        pair: a tuple, a list, an array or a tensor.

    Returns:
        (2,) int64.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    pair = tensor(name, pair)
    if not pair.dtype.is_integer:
        raise ValueError(
            f"{name}: got {pair.dtype.name}, expected integers"
        )
    fits(name, pair, (2,))
    return tf.cast(pair, tf.int64)


def tensor(name, x):
    """Take all that can be a tensor, but nothing half hidden."""
    unmasked(name, x)
    try:
        return tf.convert_to_tensor(x)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name}: got {x!r}, "
            "expected numbers in rows of equal length"
        ) from error


def array(name, x):
    """Take all that can be an array, but nothing half hidden."""
    unmasked(name, x)
    try:
        return np.asarray(x)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name}: got {x!r}, "
            "expected numbers in rows of equal length"
        ) from error


def unmasked(name, x):
    """Refuse masked entries: what a mask hides isn't meant."""
    if isinstance(x, list | tuple):
        for part in x:
            unmasked(name, part)
    elif isinstance(x, np.ma.MaskedArray) and np.ma.is_masked(x):
        raise ValueError(
            f"{name}: got masked entries, expected numbers"
        )


def several(name, things):
    """Refuse what is not several things in a row.

    Args:
        name: of the argument, for the error.
        things: what the caller gave.

    Returns:
        A list of them.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    try:
        return list(things)
    except TypeError as error:
        raise ValueError(
            f"{name}: got {things!r}, expected a list"
        ) from error


def fits(name, x, shape):
    """Refuse another shape; a letter stands for any size."""
    if shape is None:
        return
    known = [None if isinstance(n, str) else n for n in shape]
    if not x.shape.is_compatible_with(known):
        expected = ", ".join(str(n) for n in shape)
        raise ValueError(
            f"{name}: got shape {tuple(x.shape)}, "
            f"expected ({expected})"
        )


def true_classes(name, labels, b, k):
    """Refuse labels that are not `b` integers 0 .. `k` - 1.

    Args:
        name: of the argument, for the error.
        labels: (B,) what the caller gave.
        b: how many labels are expected.
        k: how many classes there are.

    Returns:
        (B,) int32.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    labels = tensor(name, labels)
    if not (
        labels.dtype.is_integer
        and labels.shape.is_compatible_with([b])
    ):
        raise ValueError(
            f"{name}: got {labels.dtype.name} of shape "
            f"{tuple(labels.shape)}, "
            f"expected integers ({b},)"
        )
    labels = tf.cast(labels, tf.int64)
    if tf.executing_eagerly() and tf.reduce_any(
        (labels < 0) | (labels >= k)
    ):
        raise ValueError(
            f"{name}: got values {tf.reduce_min(labels)} .. "
            f"{tf.reduce_max(labels)}, expected 0 .. {k - 1}"
        )
    return tf.cast(labels, tf.int32)


def movable(weights):
    """Refuse weights that are not variables of one dtype.

    Those of 16 bits are refused, too: small steps vanish in them.
    """
    weights = several("weights", weights)
    dtypes = [getattr(w, "dtype", None) for w in weights]
    for i, (w, dtype) in enumerate(zip(weights, dtypes)):
        if (
            not hasattr(w, "assign_sub")
            or dtype not in (tf.float32, tf.float64)
            or dtype != dtypes[0]
        ):
            raise ValueError(
                f"weights[{i}]: got {w!r}, expected variables "
                "all in float32, or all in float64"
            )
    return weights


def slopes(weights, gradients, rate):
    """Refuse gradients of other weights, or a bad rate.

    Returns:
        A gradient for each weight, and the rate, in their dtype.
    """
    gradients = several("gradients", gradients)
    if len(gradients) != len(weights):
        raise ValueError(
            f"gradients: got {len(gradients)}, "
            f"expected {len(weights)}, one for each weight"
        )
    for i, (w, g) in enumerate(zip(weights, gradients)):
        name = f"gradients[{i}], of the weight {w.name!r}"
        if g is None:
            raise ValueError(
                f"{name}: got None, "
                f"expected shape {tuple(w.shape)}; "
                "the loss doesn't depend on this weight"
            )
        gradients[i] = real(name, g, w.shape, w.dtype)
    if isinstance(rate, bool):
        raise ValueError(f"rate: got {rate}, expected a number")
    if isinstance(rate, float):
        rate = tf.constant(rate, tf.float64)  # as exact as given
    rate = real(
        "rate", rate, (), weights[0].dtype if weights else None
    )
    if tf.executing_eagerly() and not 0 <= rate < math.inf:
        raise ValueError(
            f"rate: got {rate}, expected a finite number >= 0"
        )
    return gradients, rate

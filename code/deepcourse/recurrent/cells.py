"""One step of a recurrent net, in four stages from the plain net to the GRU.

A step takes `ax`, what the input adds to all its sums, `x_t wx + b`, and the
states before; it returns the states after. `deepcourse.recurrent.layers` takes
a step at each time. Blocks of columns are in Keras' order, the candidate is g:
i, f, g, o for an LSTM, and z, r, g for a GRU.

Their gradients are in `deepcourse.gradflow`: `rnn`, `lstm`, `gru` and
`gru_before`.
"""

import tensorflow as tf

from deepcourse.recurrent.expect import fitting


# --8<-- [start:rnn]
def rnn_step(ax, h, wh):
    """The plain step: a new state from input and old state.

    Args:
        ax: (B, H) what the input adds.
        h: (B, H) the state before.
        wh: (H, H) weights on it.

    Returns:
        (B, H) the state after.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Source:
        Elman: Finding structure in time (1990).

    Examples:
        >>> rnn_step([[0.5]], [[1.0]], [[-0.5]]).numpy()
        array([[0.]], dtype=float32)
    """
    ax, h, wh = fitting(1, ax, h=h, wh=wh)
    return tf.tanh(ax + h @ wh)  # (B, H)


# --8<-- [end:rnn]


# --8<-- [start:lstm-1997]
def lstm_1997_step(ax, h, c, wh):
    """The first LSTM: what is written into a cell stays.

    Args:
        ax: (B, 3H) what the input adds to i, g and o.
        h: (B, H) the state before.
        c: (B, H) the cell before.
        wh: (H, 3H) weights on h.

    Returns:
        (B, H) the state after.
        (B, H) the cell after.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Source:
        Hochreiter, Schmidhuber: Long short-term memory (1997), with one unit
        a cell, and tanh in place of the paper's two scaled sigmoids.
    """
    ax, h, c, wh = fitting(3, ax, h=h, c=c, wh=wh)
    i, g, o = tf.split(ax + h @ wh, 3, axis=1)  # each (B, H)
    c = c + tf.sigmoid(i) * tf.tanh(g)  # (B, H)
    return tf.sigmoid(o) * tf.tanh(c), c


# --8<-- [end:lstm-1997]


# --8<-- [start:gates]
def lstm_gates(a):
    """What the sums of a step become: gates, and a candidate.

    Args:
        a: (B, N) the sums of N / 4 units, for i, f, g and o.

    Returns:
        (B, H) the input gate i, 0 .. 1.
        (B, H) the forget gate f, 0 .. 1.
        (B, H) the candidate g, -1 .. 1.
        (B, H) the output gate o, 0 .. 1.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> i, f, g, o = lstm_gates([[0.0, 100, 100, -100]])
        >>> tf.concat([i, f, g, o], 1).numpy().round(3)
        array([[0.5, 1. , 1. , 0. ]], dtype=float32)
    """
    (a,) = fitting(4, a)
    i, f, g, o = tf.split(a, 4, axis=1)  # each (B, H)
    i, f, o = (tf.sigmoid(gate) for gate in (i, f, o))
    return i, f, tf.tanh(g), o


# --8<-- [end:gates]


# --8<-- [start:lstm]
def lstm_step(ax, h, c, wh):
    """The LSTM of today: a cell loses what its gate lets go.

    Args:
        ax: (B, 4H) what the input adds to i, f, g and o.
        h: (B, H) the state before.
        c: (B, H) the cell before.
        wh: (H, 4H) weights on h.

    Returns:
        (B, H) the state after.
        (B, H) the cell after.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Source:
        Gers, Schmidhuber, Cummins: Learning to forget (2000).
    """
    ax, h, c, wh = fitting(4, ax, h=h, c=c, wh=wh)
    i, f, g, o = lstm_gates(ax + h @ wh)  # each (B, H)
    c = f * c + i * g  # (B, H)
    return o * tf.tanh(c), c


# --8<-- [end:lstm]


# --8<-- [start:gru]
def gru_step(ax, h, wh, bh):
    """A gated recurrent unit: it resets after the product.

    Args:
        ax: (B, 3H) what the input adds to z, r and g.
        h: (B, H) the state before.
        wh: (H, 3H) weights on it.
        bh: (3H,) the bias on its side.

    Returns:
        (B, H) the state after.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    ax, h, wh, bh = fitting(3, ax, h=h, wh=wh, bh=bh)
    xz, xr, xg = tf.split(ax, 3, axis=1)  # each (B, H)
    hz, hr, hg = tf.split(h @ wh + bh, 3, axis=1)  # each (B, H)
    z, r = tf.sigmoid(xz + hz), tf.sigmoid(xr + hr)
    g = tf.tanh(xg + r * hg)  # (B, H)
    return z * h + (1 - z) * g


# --8<-- [end:gru]


# --8<-- [start:gru-before]
def gru_before_step(ax, h, wh):
    """The paper's unit: it resets before the product.

    Args:
        ax: (B, 3H) what the input adds to z, r and g.
        h: (B, H) the state before.
        wh: (H, 3H) weights on it.

    Returns:
        (B, H) the state after.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Source:
        Cho et al.: Learning phrase representations using RNN
        encoder-decoder (2014), equations 5 to 8.
    """
    ax, h, wh = fitting(3, ax, h=h, wh=wh)
    xz, xr, xg = tf.split(ax, 3, axis=1)  # each (B, H)
    wz, wr, wg = tf.split(wh, 3, axis=1)  # each (H, H)
    z, r = tf.sigmoid(xz + h @ wz), tf.sigmoid(xr + h @ wr)
    g = tf.tanh(xg + (r * h) @ wg)  # (B, H)
    return z * h + (1 - z) * g


# --8<-- [end:gru-before]

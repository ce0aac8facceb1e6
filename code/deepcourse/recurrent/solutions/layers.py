"""Solutions to the exercises on the plain net, LSTM and GRU."""

import numpy as np
import tensorflow as tf

from deepcourse.recurrent.layers import LSTM


# --8<-- [start:count]
def weights_of_all(features, units):
    """How many weights each layer learns.

    Args:
        features: D, in.
        units: H.

    Returns:
        By layer, its number of weights.
    """
    block = (features + units + 1) * units
    return {
        "plain": block,
        "LSTM of 1997": 3 * block,
        "LSTM": 4 * block,
        "GRU": 3 * block + 3 * units,  # a second bias
    }


# --8<-- [end:count]


# --8<-- [start:planted]
def gru_with_a_bug(ax, h, wh, bh):
    """A step of a GRU."""
    xz, xr, xg = tf.split(ax, 3, axis=1)  # each (B, H)
    hz, hr, hg = tf.split(h @ wh + bh, 3, axis=1)  # each (B, H)
    z, r = tf.sigmoid(xz + hz), tf.sigmoid(xr + hr)
    g = tf.tanh(xg + r * hg)  # (B, H)
    return (1 - z) * h + z * g


# --8<-- [end:planted]


# --8<-- [start:as-written]
def turned(ax, wh, bh):
    """Weights with which the step with the bug is a GRU.

    Args:
        ax: (B, 3H) what the input adds.
        wh: (H, 3H) weights on the state.
        bh: (3H,) the bias on its side.

    Returns:
        The three, of the same shapes.
    """
    sign = np.repeat([-1.0, 1, 1], len(bh) // 3)
    return ax * sign, wh * sign, bh * sign


# --8<-- [end:as-written]


# --8<-- [start:half-life]
def bias_that_keeps(share, steps):
    """The forget bias by which a cell keeps a share.

    Args:
        share: 0 .. 1, of what it held.
        steps: after how many.

    Returns:
        The bias, if nothing else moves the gate.
    """
    gate = share ** (1 / steps)
    return np.log(gate / (1 - gate))


def kept_by(bias, steps):
    """What a layer with that bias keeps of a cell of 1."""
    layer = LSTM(1, forget_bias=bias, return_state=True)
    x = tf.zeros((1, steps, 1))
    begin = [tf.zeros((1, 1)), tf.ones((1, 1))]  # h and c
    layer.build(x.shape)
    for w in layer.weights[:2]:
        w.assign(tf.zeros_like(w))
    c = layer(x, initial_state=begin)[-1]  # (B, H)
    return float(c[0, 0])


# --8<-- [end:half-life]

"""A trained LSTM, watched: its gates and its cell at each step."""

import tensorflow as tf

from deepcourse.recurrent.cells import lstm_gates
from deepcourse.recurrent.layers import unroll


# --8<-- [start:watch]
def watch(layer, x, mask=None, fixed=(None, None, None)):
    """What an LSTM does step by step, with gates fixed or not.

    Args:
        layer: of `deepcourse.recurrent.layers.LSTM`.
        x: (B, T, D) sequences.
        mask: (B, T) False where a step is padding.
        fixed: for the gates i, f, o what each is set to, None if the net
            sets it.

    Returns:
        A list of h, c, i, f and o, each of shape (T, B, H).
    """
    wh = tf.convert_to_tensor(layer.recurrent_kernel)

    def step(ax, h, c, *_):
        i, f, g, o = lstm_gates(ax + h @ wh)
        set_to = zip((i, f, o), fixed)
        i, f, o = [
            gate if value is None else gate * 0 + value
            for gate, value in set_to
        ]
        c = f * c + i * g
        return o * tf.tanh(c), c, i, f, o

    ax = tf.transpose(x @ layer.kernel + layer.bias, (1, 0, 2))
    if mask is not None:
        mask = tf.transpose(mask)[:, :, None]  # (T, B, 1)
    nothing = tf.zeros((x.shape[0], layer.units), x.dtype)
    return unroll(step, ax, [nothing] * 5, mask)


# --8<-- [end:watch]

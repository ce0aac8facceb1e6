"""Layers that take a step at each time: plain, LSTM and GRU.

Weights, their order and their names are those of keras.layers.SimpleRNN, LSTM
and GRU, so `set_weights` takes the one's weights into the other. The gradients
are TensorFlow's; `deepcourse.gradflow` derives them.
"""

import tensorflow as tf
from keras.layers import Layer

from deepcourse.recurrent import cells
from deepcourse.recurrent.expect import (
    mask_of,
    real,
    states_of,
    whole,
)


# --8<-- [start:unroll]
def unroll(step, ax, states, mask=None):
    """Take a step at each time; a masked one changes nothing.

    Args:
        step: of a part of ax, and states; it gives new states.
        ax: (T, B, N) what the input adds, at each time.
        states: a list of (B, H), before the first step.
        mask: (T, B, 1) False where a step is skipped; None if none is.

    Returns:
        A list of (T, B, H): the states after each step.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> import numpy as np
        >>> add = lambda ax, h: [ax + h]
        >>> ax = np.array([1.0, 2, 3]).reshape(3, 1, 1)
        >>> unroll(add, ax, [[[10.0]]])[0].numpy().ravel()
        array([11., 13., 16.])
    """
    ax = real("ax", ax, ("T", "B", "N"))
    states = states_of(states, ax[0])

    def plain(old, ax):
        return tf.nest.flatten(step(ax, *old))

    def masked(old, now):
        ax, keep = now
        new = plain(old, ax)
        return [tf.where(keep, *both) for both in zip(new, old)]

    if mask is None:
        return tf.scan(plain, ax, states)
    return tf.scan(masked, (ax, mask), states)


# --8<-- [end:unroll]


class Recurrent(Layer):
    """What the three layers share: weights, states and the loop."""

    blocks = 1  # of columns, one for each gate
    held = 1  # states: h, and for an LSTM c

    def __init__(
        self,
        units,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        **kwargs,
    ):
        """Only keep what was asked for.

        Args:
            units: H.
            return_sequences: whether all states h are wanted, or the last.
            return_state: whether the last states are wanted as well.
            go_backwards: whether to begin with the last step.
            stateful: whether a batch begins where the one before ended.
            kwargs: of keras.layers.Layer, as dtype and name.

        Raises:
            ValueError: The argument, what came, and what was expected.
        """
        super().__init__(**kwargs)
        self.units = whole("units", units)
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.supports_masking = True

    def build(self, shape):
        """Draw the weights as Keras does.

        Args:
            shape: of the input: (B, T, D).

        Raises:
            ValueError: The argument, what came, and what was expected.
        """
        if len(shape) != 3 or shape[2] is None:
            raise ValueError(
                f"x: got shape {tuple(shape)}, expected (B, T, D)"
            )
        columns = self.blocks * self.units
        self.kernel = self.add_weight(
            (shape[2], columns), "glorot_uniform", name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            (self.units, columns),
            "orthogonal",
            name="recurrent_kernel",
        )
        self.bias = self.add_weight(
            self.bias_shape(), self.first_bias, name="bias"
        )
        self.states = []
        if self.stateful:
            whole("B of a stateful layer", shape[0])
            self.states = [
                self.add_weight(
                    (shape[0], self.units),
                    "zeros",
                    trainable=False,
                )
                for _ in range(self.held)
            ]

    def bias_shape(self):
        """The shape of all biases together: (N,)."""
        return (self.blocks * self.units,)

    def first_bias(self, shape, dtype=None):
        """The biases before training: zeros."""
        return tf.zeros(shape, dtype)

    def reset_state(self):
        """Begin the next batch with zeros again."""
        for state in self.states:
            state.assign(tf.zeros_like(state))

    def parts(self):
        """The bias on the input's side, and a step of ax and states."""
        raise NotImplementedError

    def call(self, x, mask=None, initial_state=None):
        """Read sequences.

        Args:
            x: (B, T, D).
            mask: (B, T) False where a step is padding.
            initial_state: a list of (B, H); by default zeros, or what the
                last batch left.

        Returns:
            The last state h, of shape (B, H); or all, of shape (B, T, H).
            With `return_state` a list of that and the last states.

        Raises:
            ValueError: The argument, what came, and what was expected.
        """
        x = real("x", x, ("B", "T", "D"), self.compute_dtype)
        if x.shape[1] == 0:
            raise ValueError(
                "x: got 0 steps, expected at least 1"
            )
        if mask is not None:
            mask = mask_of(mask, x)  # (B, T, 1)
            x = tf.where(mask, x, tf.zeros_like(x))
            mask = self.time_first(mask)  # (T, B, 1)
        bias, step = self.parts()
        x = self.time_first(x)  # (T, B, D)
        ax = x @ tf.cast(self.kernel, x.dtype) + bias
        first = self.begin(x[0], initial_state)
        states = unroll(step, ax, first, mask)
        last = [state[-1] for state in states]  # each (B, H)
        for variable, state in zip(self.states, last):
            variable.assign(state)
        y = last[0]
        if self.return_sequences:
            y = tf.transpose(states[0], (1, 0, 2))  # (B, T, H)
        return [y, *last] if self.return_state else y

    def time_first(self, x):
        """The axes of time and of examples change places."""
        x = tf.transpose(x, (1, 0, 2))
        return tf.reverse(x, [0]) if self.go_backwards else x

    def begin(self, x, given):
        """The states before the first step."""
        if given is None and self.stateful:
            given = [tf.cast(s, x.dtype) for s in self.states]
        if given is None:
            zeros = tf.zeros(
                (tf.shape(x)[0], self.units), x.dtype
            )
            given = [zeros] * self.held
        return states_of(given, x, self.held, self.units)

    def compute_mask(self, x, mask=None):
        """A mask goes on if there is a state for each step."""
        if not self.return_state:
            return mask if self.return_sequences else None
        first = mask if self.return_sequences else None
        return [first] + [None] * self.held

    def compute_output_shape(self, shape):
        """(B, H) or (B, T, H), and (B, H) for each state returned."""
        last = shape[0], self.units
        y = (
            (*shape[:2], self.units)
            if self.return_sequences
            else last
        )
        return (
            [y] + [last] * self.held if self.return_state else y
        )


class SimpleRNN(Recurrent):
    """A plain recurrent layer, as keras.layers.SimpleRNN."""

    def parts(self):
        """The bias on the input's side, and a step of ax and states."""
        wh = tf.convert_to_tensor(self.recurrent_kernel)
        return self.bias, lambda ax, h: cells.rnn_step(ax, h, wh)


class LSTM(Recurrent):
    """Long short-term memory, as keras.layers.LSTM."""

    held = 2

    def __init__(
        self, units, forget=True, forget_bias=1.0, **kwargs
    ):
        """Only keep what was asked for.

        Args:
            units: H.
            forget: whether there is a forget gate; without one, a cell keeps
                all that is written, and the blocks are i, g and o.
            forget_bias: the forget gate's bias before training.
            kwargs: of `Recurrent`.
        """
        super().__init__(units, **kwargs)
        self.blocks = 4 if forget else 3
        self.forget = forget
        self.forget_bias = forget_bias

    def first_bias(self, shape, dtype=None):
        """The biases before training: zeros, but for the forget gate."""
        firsts = (
            [0, self.forget_bias, 0, 0]
            if self.forget
            else [0] * 3
        )
        firsts = tf.constant(firsts, dtype)
        return tf.repeat(firsts, self.units)  # (N,)

    def parts(self):
        """The bias on the input's side, and a step of ax and states."""
        wh = tf.convert_to_tensor(self.recurrent_kernel)
        step = (
            cells.lstm_step
            if self.forget
            else cells.lstm_1997_step
        )
        return self.bias, lambda ax, h, c: step(ax, h, c, wh)


class GRU(Recurrent):
    """A gated recurrent unit, as keras.layers.GRU."""

    blocks = 3

    def __init__(self, units, reset_after=True, **kwargs):
        """Only keep what was asked for.

        Args:
            units: H.
            reset_after: whether the reset gate comes after the product with
                the weights; then there is a second bias. The paper has it
                before.
            kwargs: of `Recurrent`.
        """
        super().__init__(units, **kwargs)
        self.reset_after = reset_after

    def bias_shape(self):
        """The shape of all biases together: (2, N) or (N,)."""
        columns = self.blocks * self.units
        return (2, columns) if self.reset_after else (columns,)

    def parts(self):
        """The bias on the input's side, and a step of ax and states."""
        wh = tf.convert_to_tensor(self.recurrent_kernel)
        if not self.reset_after:
            return self.bias, lambda ax, h: cells.gru_before_step(
                ax, h, wh
            )
        bias = tf.convert_to_tensor(self.bias)
        return bias[0], lambda ax, h: cells.gru_step(
            ax, h, wh, bias[1]
        )

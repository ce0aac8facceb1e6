"""A Neural Turing Machine: a net without a state of its own, and a memory.

Graves, Wayne, Danihelka: Neural Turing Machines (2014), with a feed-forward
controller, one head that reads and one that writes.
"""

from typing import NamedTuple

import tensorflow as tf
from keras.layers import Dense

from deepcourse.recurrent.expect import whole
from deepcourse.recurrent.ntm import (
    content,
    interpolate,
    read,
    sharpen,
    shift,
    write,
)


# --8<-- [start:address]
def address(memory, last, told):
    """Where a head looks next, from what the net tells it.

    Args:
        memory: (B, I, J).
        last: (B, I) where it looked before.
        told: (B, J+6) any numbers: key, strength, gate, three taps, gamma.

    Returns:
        (B, I) weights that add up to 1.
    """
    sizes = [memory.shape[2], 1, 1, 3, 1]
    key, strength, gate, taps, gamma = tf.split(told, sizes, 1)
    strength = tf.nn.softplus(strength)
    alpha = content(memory, tf.tanh(key), strength)
    alpha = interpolate(alpha, last, tf.sigmoid(gate))
    alpha = shift(alpha, tf.nn.softmax(taps))
    return sharpen(alpha, 1 + tf.nn.softplus(gamma))  # (B, I)


# --8<-- [end:address]


# --8<-- [start:state]
class State(NamedTuple):
    """What a step leaves for the next; ... is B, or T and B."""

    memory: tf.Tensor  # (..., I, J)
    reading: tf.Tensor  # (..., I) where it read
    writing: tf.Tensor  # (..., I) where it wrote
    seen: tf.Tensor  # (..., J) what it read
    logits: tf.Tensor  # (..., K) its answer


# --8<-- [end:state]


# --8<-- [start:machine]
class Machine:
    """A net of one hidden layer that works on a memory.

    Args:
        features: D, numbers that come in at a step.
        outputs: K, logits that go out.
        units: H, of the hidden layer.
        width: J, the columns of the memory.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """

    def __init__(self, features, outputs, units=100, width=20):
        sizes = {"features": features, "outputs": outputs}
        sizes |= {"units": units, "width": width}
        for name, size in sizes.items():
            whole(name, size)
        self.width, self.outputs = width, outputs
        self.net = Dense(units, "tanh")
        self.reader = Dense(width + 6)
        self.writer = Dense(width + 6)
        self.erase = Dense(width, "sigmoid")
        self.add = Dense(width, "tanh")
        self.out = Dense(outputs)
        self.net.build((None, features + width))
        self.out.build((None, units + width))
        for layer in self.layers[1:-1]:
            layer.build((None, units))

    @property
    def layers(self):
        """The six layers, the net first and the answer last."""
        heads = self.reader, self.writer, self.erase, self.add
        return [self.net, *heads, self.out]

    @property
    def weights(self):
        """All that is learnt."""
        return [w for each in self.layers for w in each.weights]

    def start(self, batch, rows):
        """An empty memory, and both heads at its first row.

        Args:
            batch: B.
            rows: I, which no weight depends on.

        Returns:
            A `State`.
        """
        first = tf.one_hot([0] * batch, rows)  # (B, I)
        return State(
            tf.fill((batch, rows, self.width), 1e-6),
            first,
            first,
            tf.zeros((batch, self.width)),
            tf.zeros((batch, self.outputs)),
        )

    def step(self, state, x):
        """Read, write and answer once.

        Args:
            state: a `State`.
            x: (B, D) what comes in.

        Returns:
            The next `State`.
        """
        memory = state.memory
        h = self.net(tf.concat([x, state.seen], 1))  # (B, H)
        told = self.reader(h), self.writer(h)
        reading = address(memory, state.reading, told[0])
        writing = address(memory, state.writing, told[1])
        seen = read(memory, reading)  # (B, J)
        memory = write(
            memory, writing, self.erase(h), self.add(h)
        )
        logits = self.out(tf.concat([h, seen], 1))  # (B, K)
        return State(memory, reading, writing, seen, logits)

    def run(self, x, rows):
        """Step through sequences, from an empty memory.

        Args:
            x: (B, T, D) sequences.
            rows: I, of the memory.

        Returns:
            A `State` of all steps: each part has T as its first axis.
        """
        x = tf.transpose(x, (1, 0, 2))  # (T, B, D)
        return tf.scan(self.step, x, self.start(x.shape[1], rows))


# --8<-- [end:machine]

"""A Neural Turing Machine: a controller without a state, and a memory.

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
    """Where a head looks next, from what it is told.

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
def machine(features, outputs, units=100, width=20):
    """The dense layers of a machine, by what they are for.

    Args:
        features: D, numbers that come in at a step.
        outputs: K, logits that go out.
        units: H, of the hidden layer.
        width: J, the columns of the memory.

    Returns:
        Six layers, the controller ("net") first and the answer last.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    whole("features", features)
    whole("outputs", outputs)
    whole("units", units)
    whole("width", width)
    layers = {
        "net": Dense(units, "tanh"),
        "reader": Dense(width + 6),
        "writer": Dense(width + 6),
        "erase": Dense(width, "sigmoid"),
        "add": Dense(width, "tanh"),
        "out": Dense(outputs),
    }
    sizes = {"net": features + width, "out": units + width}
    for name, layer in layers.items():
        layer.build((None, sizes.get(name, units)))
    return layers


# --8<-- [end:machine]


def weights_of(layers):
    """All that a machine learns, in the order of its layers."""
    return [w for each in layers.values() for w in each.weights]


# --8<-- [start:step]
def step(layers, state, x):
    """Read, write and answer once.

    Args:
        layers: of a `machine`.
        state: a `State`.
        x: (B, D) what comes in.

    Returns:
        The next `State`.
    """
    memory = state.memory
    h = layers["net"](tf.concat([x, state.seen], 1))  # (B, H)
    told = layers["reader"](h), layers["writer"](h)
    reading = address(memory, state.reading, told[0])
    writing = address(memory, state.writing, told[1])
    seen = read(memory, reading)  # (B, J)
    erase, add = layers["erase"](h), layers["add"](h)
    memory = write(memory, writing, erase, add)
    logits = layers["out"](tf.concat([h, seen], 1))  # (B, K)
    return State(memory, reading, writing, seen, logits)


# --8<-- [end:step]


# --8<-- [start:run]
def start(layers, batch, rows):
    """An empty memory, and both heads at its first row.

    Args:
        layers: of a `machine`.
        batch: B.
        rows: I, which no weight depends on.

    Returns:
        A `State`.
    """
    first = tf.one_hot([0] * batch, rows)  # (B, I)
    width, outputs = layers["add"].units, layers["out"].units
    return State(
        tf.fill((batch, rows, width), 1e-6),
        first,
        first,
        tf.zeros((batch, width)),
        tf.zeros((batch, outputs)),
    )


def run(layers, x, rows):
    """Step through sequences, from an empty memory.

    Args:
        layers: of a `machine`.
        x: (B, T, D) sequences.
        rows: I, of the memory.

    Returns:
        A `State` of all steps: each part has T as its first axis.
    """
    begin = start(layers, x.shape[0], rows)
    x = tf.transpose(x, (1, 0, 2))  # (T, B, D)
    return tf.scan(lambda *now: step(layers, *now), x, begin)


def answers(layers, x, rows):
    """What a machine answers to sequences.

    Args:
        layers: of a `machine`.
        x: (B, T, D) sequences.
        rows: I, of the memory.

    Returns:
        (B, T, K) logits.
    """
    logits = run(layers, x, rows).logits  # (T, B, K)
    return tf.transpose(logits, (1, 0, 2))


# --8<-- [end:run]

"""Nets that learn to read dates, each from a seed, and what they are asked."""

import base64
from dataclasses import dataclass

import numpy as np

from deepcourse.recurrent.dates import ANSWER, CHARS, DIGITS, dates

TRAIN, TEST = range(2)  # what dates are drawn for


@dataclass(frozen=True)
class Training:
    """What all nets share."""

    batch: int = 64
    steps: int = 1200
    clip: float = 1.0  # the longest gradient
    every: int = 50  # steps of which the record has a mean loss
    asked: int = 2000  # dates of days that no net has learnt from
    compiled: bool = True  # by XLA


def layer_of(kind: str, units: int):
    """A layer that hasn't learnt yet; it gives its state after each step."""
    from deepcourse.recurrent import layers

    makers = {
        "rnn": layers.SimpleRNN,
        "lstm": layers.LSTM,
        "lstm_1997": lambda n, **how: layers.LSTM(n, forget=False, **how),
        "gru": layers.GRU,
    }
    return makers[kind](units, return_sequences=True)


class Dater:
    """A recurrent layer, and a dense one that answers at the last steps."""

    def __init__(self, kind: str, units: int):
        from keras.layers import Dense

        self.layer, self.out = layer_of(kind, units), Dense(len(DIGITS))
        self.layer.build((None, None, len(CHARS)))
        self.out.build((None, None, units))

    @property
    def weights(self) -> list:
        """All that is learnt."""
        return [*self.layer.weights, *self.out.weights]

    def logits(self, x, mask):
        """(B, 10, 11) its answers to the characters of dates, (B, T)."""
        import tensorflow as tf

        x = tf.one_hot(x, len(CHARS))  # (B, T, D)
        h = self.layer(x, mask=mask)  # (B, T, H)
        return self.out(h[:, -ANSWER:])


def learn(s: Training, net: Dater, rate: float, seed: int) -> list[float]:
    """Train a net, by Adam with a rate that falls to 0 along a cosine.

    Args:
        s: the settings.
        net: is changed.
        rate: of the first step.
        seed: of the dates.

    Returns:
        The mean loss of a character, in nats, of each `every` steps.
    """
    import keras
    import tensorflow as tf

    falls = keras.optimizers.schedules.CosineDecay(rate, s.steps)
    adam = keras.optimizers.Adam(falls, global_clipnorm=s.clip)
    adam.build(net.weights)

    @tf.function(jit_compile=s.compiled)
    def step(x, mask, y):
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
                y, net.logits(x, mask)
            )
            loss = tf.reduce_mean(losses)
        adam.apply(tape.gradient(loss, net.weights), net.weights)
        return loss

    lost, curve = [], []
    for t in range(s.steps):
        batch = dates([seed, TRAIN, t], s.batch)
        lost.append(step(*map(tf.constant, batch)))
        if len(lost) == s.every:
            curve.append(float(tf.reduce_mean(lost)))
            lost = []
    return curve


def answers(net: Dater, x, mask) -> np.ndarray:
    """(B, 10) the characters that the net finds most likely."""
    import tensorflow as tf

    found = tf.function(net.logits)(tf.constant(x), tf.constant(mask))
    return found.numpy().argmax(axis=2)


def of_a_seed(
    s: Training, kind: str, units: int, rate: float, seed: int
) -> dict:
    """Train a net from a seed, and ask it for days it hasn't seen."""
    import keras

    keras.utils.set_random_seed(seed)
    net = Dater(kind, units)
    curve = learn(s, net, rate, seed)
    x, mask, y = dates([TEST], s.asked, test=True)  # the same for all
    right = answers(net, x, mask) == y  # (B, 10)
    return {
        "curve": curve,
        "accuracy": float(right.all(axis=1).mean()),
        "characters": float(right.mean()),
        "weights": coded(net.weights),
        "count": int(sum(np.prod(w.shape) for w in net.weights)),
    }


def coded(weights: list) -> str:
    """The weights one behind the other, as float16 in base64."""
    flat = np.concatenate([np.ravel(w) for w in weights])
    return base64.b64encode(flat.astype("<f2").tobytes()).decode()


def decoded(kind: str, units: int, text: str) -> Dater:
    """The net whose weights a record keeps, as precise as they are there."""
    net = Dater(kind, units)
    flat, start = np.frombuffer(base64.b64decode(text), "<f2"), 0
    for w in net.weights:
        size = int(np.prod(w.shape))
        w.assign(flat[start : start + size].reshape(w.shape))
        start += size
    return net

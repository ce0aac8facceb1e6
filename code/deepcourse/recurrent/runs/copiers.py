"""Nets that learn the copy task, each from a seed, and what they are asked."""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from deepcourse.recurrent.copying import bits_lost, copy_task, trainer
from deepcourse.recurrent.machine import answers, machine, weights_of

TRAIN, TEST = range(2)  # what bits are drawn for


@dataclass(frozen=True)
class Training:
    """The nets, their training, and what they are asked."""

    units: int = 100  # H of the machine's net
    width: int = 20  # J
    rows: int = 32  # I while it learns
    test_rows: int = 128  # I when it is asked
    lstm_units: int = 256
    longest: int = 20  # vectors of a sequence in training
    batch: int = 16
    rate: float = 1e-3
    fall: float = 0.4  # of the steps, in which the rate falls to 0
    beta: float = 0.99  # of Adam's mean of squares
    clip: float = 0.05  # the longest gradient
    steps: int = 4000
    lstm_steps: int = 8000
    every: int = 100  # steps of which the record has a mean
    lengths: tuple = (10, 20, 30, 50, 120)
    sequences: int = 32  # of each length
    compiled: bool = True  # by XLA: a minute that pays off in long runs


class LSTM:
    """Keras' LSTM and a dense layer, in the place of the machine."""

    def __init__(self, features: int, outputs: int, units: int):
        from keras.layers import LSTM, Dense

        self.lstm = LSTM(units, return_sequences=True)
        self.out = Dense(outputs)
        self.lstm.build((None, None, features))
        self.out.build((None, units))

    @property
    def weights(self) -> list:
        """All that is learnt."""
        return [*self.lstm.weights, *self.out.weights]

    def logits(self, x, _):
        """(B, T, 8) its answers; it has no memory of rows."""
        return self.out(self.lstm(x))


class Copier:
    """The machine, as one that answers sequences."""

    def __init__(self, features: int, outputs: int, units: int, width: int):
        self.layers = machine(features, outputs, units, width)

    @property
    def weights(self) -> list:
        """All that is learnt."""
        return weights_of(self.layers)

    def logits(self, x, rows: int):
        """(B, T, 8) its answers, with a memory of so many rows."""
        return answers(self.layers, x, rows)


def net_of(s: Training, kind: str):
    """A net that hasn't learnt yet."""
    if kind == "lstm":
        return LSTM(9, 8, s.lstm_units)
    return Copier(9, 8, s.units, s.width)


def learn(
    s: Training, kind: str, seed: int, net, task: Callable = copy_task
) -> tuple[list, float]:
    """Train a net.

    Args:
        s: the settings.
        kind: "lstm", or what takes the steps of the machine.
        seed: of the bits and of the lengths.
        net: is changed.
        task: makes x, y and wanted.

    Returns:
        The mean bits lost by a sequence, of each `every` steps, and the
        seconds of a step, in the median of these.
    """
    import keras
    import tensorflow as tf

    steps = s.lstm_steps if kind == "lstm" else s.steps
    rule = {"beta_2": s.beta, "global_clipnorm": s.clip}
    adam = keras.optimizers.Adam(s.rate, **rule)
    train = trainer(
        lambda x: net.logits(x, s.rows), net.weights, adam, s.compiled
    )
    lost, curve, took = [], [], []
    began = time.perf_counter()
    for t in range(steps):
        draw = np.random.default_rng([seed, TRAIN, t, 0])
        lengths = draw.integers(1, s.longest + 1, s.batch).tolist()
        data = task(lengths, [seed, TRAIN, t, 1], s.longest)
        left = (steps - t) / (s.fall * steps)
        adam.learning_rate = s.rate * min(1.0, left)
        lost.append(train(*map(tf.constant, data)))
        if len(lost) == s.every:
            curve.append(float(tf.reduce_mean(lost)))
            now = time.perf_counter()
            took.append((now - began) / s.every)
            lost, began = [], now
    return curve, float(np.median(took))


def errors(
    s: Training, net, length: int, rows: int, task: Callable = copy_task
) -> tuple[np.ndarray, np.ndarray]:
    """Bits that are lost, and that are wrong, of each sequence of a length.

    Args:
        s: the settings.
        net: what answers.
        length: of all sequences, in vectors.
        rows: of the memory.
        task: makes x, y and wanted.

    Returns:
        Both, one number for each of `sequences`.
    """
    import tensorflow as tf

    seed = [length, TEST]  # the same sequences for all nets
    x, y, wanted = task([length] * s.sequences, seed)
    logits = tf.function(net.logits)(tf.constant(x), rows)
    wrong = ((logits.numpy() > 0) != (y > 0.5)).sum(2) * wanted
    return bits_lost(logits, y, wanted).numpy(), wrong.sum(1)


def asked(s: Training, net, length: int, task: Callable = copy_task) -> dict:
    """Bits lost, and bits that are wrong, by a sequence of a length."""
    bits, wrong = errors(s, net, length, s.test_rows, task)
    return {"bits": float(np.mean(bits)), "errors": float(wrong.mean())}


def of_a_seed(s: Training, kind: str, seed: int) -> dict:
    """Train a net from a seed, and ask it for all lengths."""
    import keras

    keras.utils.set_random_seed(seed)
    net = net_of(s, kind)
    curve, step = learn(s, kind, seed, net)
    return {
        "curve": curve,
        "step_ms": 1000 * step,
        "asked": {str(n): asked(s, net, n) for n in s.lengths},
        "weights": coded(net.weights) if kind == "ntm" else "",
        "count": int(sum(np.prod(w.shape) for w in net.weights)),
    }


def coded(weights: list) -> str:
    """The weights one behind the other, as float16 in base64."""
    flat = np.concatenate([np.ravel(w) for w in weights])
    return base64.b64encode(flat.astype("<f2").tobytes()).decode()

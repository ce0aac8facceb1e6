"""What the recorded copier needs: rows to spare, and which of its reads.

`python -m deepcourse.recurrent.runs.tape [--quick]` writes
runs/recurrent/tape.json. Nothing is trained.
"""

from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import numpy as np
import tensorflow as tf

from deepcourse import records
from deepcourse.recurrent.copying import copy_task
from deepcourse.recurrent.machine import answers, run
from deepcourse.recurrent.runs import copiers
from deepcourse.recurrent.runs.ntm import machine_of


@dataclass(frozen=True)
class Settings:
    """How long the sequences are, and how many rows the memory has."""

    spare: tuple = (4, 2, 1, 0)  # rows of the memory that it learnt with
    many: int = 128  # sequences of each
    long: tuple = ((128, 128), (140, 160), (250, 256))  # vectors, and rows
    sequences: int = 32  # of each
    vectors: int = 10  # of the sequences that are answered without a read


QUICK = Settings((1, 0), 4, ((5, 6),), 2, 3)


class Without:
    """A layer that doesn't get its last numbers: what was read.

    Args:
        layer: takes (B, D), of which the last J were read.
        width: J.
    """

    def __init__(self, layer, width: int):
        self.layer, self.width = layer, width
        self.units = layer.units

    def __call__(self, x):
        """The layer of x with zeros at the end."""
        nothing = tf.zeros_like(x[:, -self.width :])
        return self.layer(tf.concat([x[:, : -self.width], nothing], 1))


class Known:
    """The recorded machine, as one that answers sequences."""

    def __init__(self, layers: dict):
        self.layers = layers

    def logits(self, x, rows: int):
        """(B, T, 8) its answers, with a memory of so many rows."""
        return answers(self.layers, x, rows)


def measure(s: Settings, runs: Path) -> dict:
    """Sequences as long as the memory, and machines without a read."""
    record = records.read("recurrent/ntm", runs)
    names = {each.name for each in fields(copiers.Training)}
    known = {k: v for k, v in record["settings"].items() if k in names}
    training = replace(copiers.Training(**known), sequences=s.sequences)
    layers = machine_of(record)
    values = {
        f"spare_{spare}": crowded(s, layers, training.rows, spare)
        for spare in s.spare
    }
    for length, rows in s.long:
        _, wrong = copiers.errors(training, Known(layers), length, rows)
        values[f"vectors_{length}_rows_{rows}"] = faults(wrong)
    counts = [name for name, _ in records.leaves(values)]
    for name, part in (("now", "out"), ("before", "net")):
        blind = Without(layers[part], training.width)
        net = Known(layers | {part: blind})
        _, wrong = copiers.errors(training, net, s.vectors, training.rows)
        values[f"without_the_read_of_{name}"] = float(wrong.mean())
    values["largest_power"] = largest_power(training, layers, s.vectors)
    units = dict.fromkeys((n for n, _ in records.leaves(values)), "1")
    return {
        "values": values,
        "units": units | dict.fromkeys(counts, "count"),
        "settings": asdict(s),
        "seeds": (record["copier"]["seed"],),
        "data": {"name": "random bits, drawn by the run"},
    }


def faults(wrong: np.ndarray) -> dict[str, int]:
    """How many sequences have wrong bits, and how many at most."""
    return {"faulty": int((wrong > 0).sum()), "most": int(wrong.max())}


def crowded(s: Settings, layers: dict, rows: int, spare: int) -> dict:
    """Faults with few rows to spare, and rows that were lost.

    Args:
        s: the settings.
        layers: of the recorded machine.
        rows: of the memory.
        spare: of these, more than there are vectors.

    Returns:
        `faults`, and how many sequences have a row that was `overwritten`
        before it was read: of the faulty ones, and, as `passed`, of those
        that came out right all the same.
    """
    length = rows - spare
    x, y, wanted = copy_task([length] * s.many, [length, copiers.TEST])
    states = tf.function(run)(layers, tf.constant(x), rows)
    said = states.logits.numpy().transpose(1, 0, 2) > 0
    wrong = ((said != (y > 0.5)).sum(2) * wanted).sum(1)
    places = states.writing.numpy().argmax(2)  # (T, B)
    over = np.array([overwrites(each, length) for each in places.T])
    return {
        **faults(wrong),
        "overwritten": int(over[wrong > 0].sum()),
        "passed": int(over[wrong == 0].sum()),
    }


def overwrites(places: np.ndarray, length: int) -> bool:
    """Whether the writing head comes upon a row that is still to be read.

    Args:
        places: (T,) the row where it is most, step by step.
        length: of the sequence, in vectors.
    """
    tape = places[:length].tolist()
    rest = [tape[t:] for t in range(1, length)]  # from the flag on
    after = places[length : 2 * length - 1].tolist()
    return any(row in left for row, left in zip(after, rest, strict=True))


def largest_power(
    training: copiers.Training, layers: dict, vectors: int
) -> float:
    """The largest gamma that either head is told."""
    many = [vectors] * training.sequences
    x, _, _ = copy_task(many, [vectors, copiers.TEST])
    seen = run(layers, x, training.rows).seen  # (T, B, J)
    before = tf.concat([tf.zeros_like(seen[:1]), seen[:-1]], 0)
    h = layers["net"](tf.concat([x.transpose(1, 0, 2), before], 2))
    told = [layers[head](h)[..., -1] for head in ("reader", "writer")]
    return float(np.max(1 + tf.nn.softplus(told)))


if __name__ == "__main__":
    records.run("recurrent/tape", measure, Settings(), QUICK)

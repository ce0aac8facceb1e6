"""Which calls of a tf.function trace anew: every sequence of four arguments.

`python -m deepcourse.graphs.runs.retracing [--quick]` writes
runs/graphs/retracing.json. It counts, and measures no time. `answers` has a
string for each number of calls: the letter of the last call of each sequence,
in the order of the sequences as numbers whose digits are arguments.
"""

from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import tensorflow as tf

from deepcourse import records
from deepcourse.graphs import retracing
from deepcourse.graphs.retracing import TRACED, WAYS


@dataclass(frozen=True)
class Settings:
    """What is tried."""

    calls: int = 4  # of one function, one after the other
    rows: int = 200  # of random lengths, for the exercise
    longest: int = 100
    seed: int = 0


def answers(s: Settings, way: str) -> list[str]:
    """What the last call does, of all sequences of one length, by length."""
    offered = retracing.arguments()
    found = [[] for _ in range(s.calls)]
    for values in product([a.value for a in offered], repeat=s.calls):
        letters = retracing.outcomes(way, values)
        for each, letter in zip(found, letters, strict=True):
            each.append(letter)
    return [
        "".join(each[:: len(offered) ** (s.calls - 1 - t)])
        for t, each in enumerate(found)
    ]


def mean_tracings(told: list[str]) -> float:
    """How often a function is traced, in the mean of all sequences."""
    return sum(each.count(TRACED) / len(each) for each in told)


def agree(s: Settings, told: list[str]) -> int:
    """In how many sequences the rule of signatures says each tracing."""
    offered, count = retracing.arguments(), 0
    sequences = product(range(len(offered)), repeat=s.calls)
    for digits in sequences:
        values = [offered[d].value for d in digits]
        ours = np.diff([0, *retracing.tracings(values)])
        theirs = [
            told[t][number(digits[: t + 1], len(offered))] == TRACED
            for t in range(s.calls)
        ]
        count += ours.tolist() == theirs
    return count


def number(digits, base: int) -> int:
    """The number whose digits these are."""
    found = 0
    for digit in digits:
        found = found * base + digit
    return found


def lengths(s: Settings) -> dict:
    """Tracings for rows of random lengths, three ways, and the padding."""
    draw = np.random.default_rng(s.seed)
    sizes = draw.integers(1, s.longest + 1, s.rows)
    rows = [draw.random(size) for size in sizes]
    longer = [retracing.padded(row) for row in rows]
    wide = sum(map(len, longer))
    return {
        "different": len({*sizes.tolist()}),
        "plain": traced(rows),
        "reduced": traced(rows, reduce_retracing=True),
        "padded": traced(longer),
        "padding": (wide - sum(sizes.tolist())) / wide,
    }


def traced(rows, **settings) -> int:
    """How often a function is traced that gets one row after the other."""
    function = tf.function(lambda x: tf.reduce_sum(x * x), **settings)
    for row in rows:
        function(tf.constant(row))
    return function.experimental_get_tracing_count()


def measure(s: Settings, _: Path) -> dict:
    """All the answers, and counts."""
    offered = retracing.arguments()
    told = {way: answers(s, way) for way in WAYS}
    values = {
        "sequences": len(offered) ** s.calls,
        "agree": agree(s, told["plain"]),
        "mean": {way: mean_tracings(each) for way, each in told.items()},
        "lengths": lengths(s),
    }
    units = {name: "count" for name, _ in records.leaves(values)}
    units |= {f"mean.{way}": "1" for way in WAYS}
    return {
        "values": values,
        "units": units | {"lengths.padding": "fraction"},
        "seeds": [s.seed],
        "data": {"name": "six arguments", "records": len(offered)},
        "arguments": [a.text for a in offered],
        "answers": told,
    }


if __name__ == "__main__":
    records.run("graphs/retracing", measure, Settings(), Settings(calls=2))

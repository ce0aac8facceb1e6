"""Time per node of four ways to run a graph: ours, eager, tf.function, XLA.

`python -m deepcourse.graphs.runs.bench [--quick]` writes
runs/bench/graphs.json. The same chain of operations, of several lengths and
on arrays of several sizes, and a chain of matrix products. The four take
turns, each in a process of its own; the median turn counts, and each ratio
has the lowest and the highest turn beside it. Before anything is timed, all
four must give the same numbers. What a first call takes, for tracing and
compiling, is told as well.
"""

import multiprocessing
import statistics
import time
from dataclasses import dataclass
from operator import add, matmul, mul
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.turns import ratio


@dataclass(frozen=True)
class Settings:
    """What is timed."""

    nodes: tuple = (10, 100, 1000)  # of the chain, on one number
    sizes: tuple = (1_000, 100_000)  # of arrays, in a chain of `chain` nodes
    chain: int = 100
    matrix: tuple = (10, 512)  # products, and rows and columns
    turns: int = 9
    seconds: float = 0.05  # of calls in a turn, at least


QUICK = Settings(
    nodes=(10,), sizes=(1_000,), matrix=(2, 16), turns=2, seconds=0.001
)


def tasks(s: Settings) -> dict[str, tuple]:
    """From its name to what is chained, how often, and the shape."""
    return {
        **{f"nodes_{n}": ("elementwise", n, (1,)) for n in s.nodes},
        **{f"size_{n}": ("elementwise", s.chain, (n,)) for n in s.sizes},
        "matmul": ("matmul", s.matrix[0], (s.matrix[1],) * 2),
    }


def array(shape) -> np.ndarray:
    """The same small random numbers in every process."""
    draw = np.random.default_rng(0).random(shape)
    return draw / (2 * shape[-1] if len(shape) > 1 else 2)


def chained(kind: str, n: int, x):
    """The last of n operations in a row, of arrays, tensors or nodes."""
    y = x
    operations = (mul, add) if kind == "elementwise" else (matmul,)
    for i in range(n):
        y = operations[i % len(operations)](y, x)
    return y


def ours(kind: str, n: int, shape):
    """A call that runs our builder's graph, which is built already."""
    from deepcourse.graphs.graph import Graph
    from deepcourse.graphs.run import run

    g = Graph()
    x = g.placeholder(shape, "x")
    y, value = chained(kind, n, x), array(shape)
    return lambda: run(y, {x: value})


def eager(kind: str, n: int, shape):
    """A call that lets TensorFlow run one operation after the other."""
    import tensorflow as tf

    x = tf.constant(array(shape))
    return lambda: chained(kind, n, x).numpy()


def function(kind: str, n: int, shape, compiled: bool = False):
    """A call of a `tf.function`, compiled by XLA or not."""
    import tensorflow as tf

    x = tf.constant(array(shape))
    call = tf.function(lambda x: chained(kind, n, x), jit_compile=compiled)
    return lambda: call(x).numpy()


def xla(kind: str, n: int, shape):
    """A call of a `tf.function` that XLA compiles."""
    return function(kind, n, shape, compiled=True)


MAKERS = {"ours": ours, "eager": eager, "function": function, "xla": xla}


def contend(name: str, s: Settings, connection) -> None:
    """In a process of its own: run a task whenever asked to.

    It answers the first time with the seconds that the first call took and
    with what came out, and from then on with the seconds of a call.
    """
    calls, found = {}, tasks(s)
    MAKERS[name]("elementwise", 1, (1,))()  # imports are no first call's
    while task := connection.recv():
        if task not in calls:
            start = time.perf_counter()
            calls[task] = MAKERS[name](*found[task])
            value = calls[task]()
            connection.send((time.perf_counter() - start, value))
        else:
            connection.send(seconds_of(calls[task], s.seconds))


def seconds_of(call, least: float) -> float:
    """Seconds of a call, in the mean of so many that they take a while."""
    count, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < least or not count:
        call()
        count += 1
    return spent / count


def race(s: Settings) -> dict:
    """For each task, seconds of each contender: at first, and in each turn.

    Raises:
        RuntimeError: Two give different numbers.
    """
    spawn, lines = multiprocessing.get_context("spawn"), {}
    for name in MAKERS:
        lines[name], other = spawn.Pipe()
        arguments = (name, s, other)
        spawn.Process(target=contend, args=arguments, daemon=True).start()

    def ask(name, task):
        lines[name].send(task)
        return lines[name].recv()

    first = {t: {name: ask(name, t) for name in MAKERS} for t in tasks(s)}
    for task, each in first.items():
        alike(task, {name: value for name, (_, value) in each.items()})
    took = {task: {name: [] for name in MAKERS} for task in first}
    for turn in range(s.turns + 1):  # the first one fills caches
        for task, each in took.items():
            for name in MAKERS:
                seconds = ask(name, task)
                each[name] += [seconds] if turn else []
    for line in lines.values():
        line.send("")
    starts = {
        task: {name: seconds for name, (seconds, _) in each.items()}
        for task, each in first.items()
    }
    return {"first": starts, "turns": took}


def alike(task: str, values: dict) -> None:
    """Refuse to time what computes different numbers."""
    for name, value in values.items():
        if not np.allclose(value, values["ours"], rtol=1e-9):
            raise RuntimeError(f"{task}: {name} differs from ours")


def summary(s: Settings, raced: dict) -> dict:
    """Microseconds per node, ratios to tf.function, and first calls."""
    values = {}
    for task, (_, n, _) in tasks(s).items():
        took, found = raced["turns"][task], {}
        for name, each in took.items():
            median = statistics.median(each)
            found[f"{name}_microseconds_per_node"] = 1e6 * median / n
        for name in MAKERS:
            if name != "function":
                key = f"{name}_ratio_to_function"
                found |= ratio(key, took[name], took["function"])
            found[f"{name}_first_seconds"] = raced["first"][task][name]
        values[task] = found
    return values


def unit(name: str) -> str:
    """The unit of a value, by its name."""
    if name.endswith("first_seconds"):
        return "s"
    return "ratio" if "ratio" in name else "1"


def measure(s: Settings, _: Path) -> dict:
    """Let the four race, and print what comes out."""
    values = summary(s, race(s))
    for name, value in records.leaves(values):
        print(f"{name}: {value:,.4g}")
    return {
        "command": "nox -s bench",
        "values": values,
        "units": {name: unit(name) for name, _ in records.leaves(values)},
        "seeds": [0],
        "data": {"name": "random numbers"},
    }


if __name__ == "__main__":
    records.run("bench/graphs", measure, Settings(), QUICK)

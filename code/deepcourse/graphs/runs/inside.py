"""What runs for which fetch in three builders, and what optimizers leave.

`python -m deepcourse.graphs.runs.inside [--quick]` writes
runs/graphs/inside.json. It counts, and measures no time.
"""

from dataclasses import dataclass
from pathlib import Path

import tensorflow as tf

from deepcourse import records
from deepcourse.graphs import inside, mean, page_graph, three_ways
from deepcourse.graphs.passes import optimize
from deepcourse.graphs.run import needed


@dataclass(frozen=True)
class Settings:
    """The training graph that is counted."""

    n: int = 10
    batch_size: int = 1000
    rate: float = 1e-5
    seed: int = 0


def ran(s: Settings) -> dict:
    """How many operations run for the guesses, the loss and the trainer."""
    first = mean.first_weights(s.seed, s.n)
    a = mean.batch(s.seed, 0, s.batch_size, s.n)
    own = three_ways.ours(first, s.batch_size, s.rate)
    theirs, session = three_ways.in_a_session(first, s.batch_size, s.rate)
    _, guess, train = three_ways.in_functions(first, s.rate)
    asked = {"guesses": "y", "loss": "loss", "trainer": "train"}
    with session:
        counted = {
            name: {
                "ours": len(
                    three_ways.ran_in_ours([getattr(own, field)], {own.a: a})
                ),
                "session": len(
                    three_ways.ran_in_a_session(
                        session, getattr(theirs, field), {theirs.a: a}
                    )
                ),
            }
            for name, field in asked.items()
        }
    for name, function in (("guesses", guess), ("trainer", train)):
        traced = three_ways.traced(function, tf.constant(a))
        counted[name]["function"] = len(traced)
    return counted


def optimized(s: Settings) -> dict:
    """Operations before and after, in our builder and in TensorFlow."""
    first = mean.first_weights(s.seed, s.n)
    own = three_ways.ours(first, s.batch_size, s.rate)
    fetches = [own.loss, own.train]
    small, changed = optimize(fetches)
    _, _, train = three_ways.in_functions(first, s.rate)
    a = tf.constant(mean.batch(s.seed, 0, s.batch_size, s.n))
    before, after = inside.before_and_after(train.python_function, a)
    return {
        "ours": {
            "before": len(own.loss.graph.nodes),
            "needed": len(needed(fetches)),
            "after": len(small[0].graph.nodes),
            **changed,
        },
        "grappler": {"before": before.total(), "after": after.total()},
    }


def tracings() -> dict:
    """How often a function is traced, after calls of several kinds."""
    calls = {
        "number": [1, 2, 1],
        "tensor": [tf.constant(1), tf.constant(2), tf.constant(1)],
        "dtype": [tf.constant(1), tf.constant(1.0), tf.constant(2.0)],
        "shape": [tf.zeros(1), tf.zeros(2), tf.zeros(1)],
    }
    return {
        kind: inside.tracings(tf.function(lambda x: x * 2), each)[-1]
        for kind, each in calls.items()
    }


def measure(s: Settings, _: Path) -> dict:
    """All the counts."""
    halving = tf.function(inside.halvings)
    compiled = tf.function(
        lambda x: tf.reduce_sum(tf.exp(x * 2.0 + 1.0) - x), jit_compile=True
    )
    x = tf.zeros(1000)
    values = {
        "ran": ran(s),
        "optimized": optimized(s),
        "tracings": tracings(),
        "halvings_nodes": len(inside.nodes(halving, tf.constant(9.0))),
        "xla_nodes": len(inside.nodes(compiled, x)),
        "xla_kernels": len(inside.kernels(compiled, x)),
        "page_graph": len(page_graph.unit().loss.graph.nodes),
    }
    names = [name for name, _ in records.leaves(values)]
    return {
        "values": values,
        "units": dict.fromkeys(names, "count"),
        "seeds": [s.seed],
        "data": {"name": "uniform random numbers", "records": s.batch_size},
    }


if __name__ == "__main__":
    records.run("graphs/inside", measure, Settings(), Settings(batch_size=10))

"""The mean of ten numbers, learnt in three graph builders from the same draws.

`python -m deepcourse.graphs.runs.mean [--quick]` writes runs/graphs/mean.json
and runs/graphs/mean.csv.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from deepcourse import records
from deepcourse.graphs import mean, three_ways
from deepcourse.graphs.run import run

NAME = "graphs/mean"
EVERY = 10  # steps between two rows of the table


@dataclass(frozen=True)
class Settings:
    """The problem as the course's author had it in 2016, but in float64."""

    n: int = 10  # numbers in a row
    batch_size: int = 1000
    rate: float = 1e-5
    steps: int = 10_000
    goal: float = 1e-4  # largest error of a weight
    seeds: tuple = (0, 1, 2, 3, 4)
    fast: int = 8  # steps from the first by which the fast factor is measured
    slow: tuple = (100, 1000)  # steps between which the slow one is
    trials: int = 400  # steps in which a rate that is too large shows itself


QUICK = Settings(steps=300, seeds=(0, 1), goal=0.1, slow=(50, 200), trials=50)


def trainers(s: Settings, first):
    """Three calls, each of which trains on a batch and returns the loss.

    Beside each a call for the weights.
    """
    own = three_ways.ours(first, s.batch_size, s.rate)
    theirs, session = three_ways.in_a_session(first, s.batch_size, s.rate)
    w, _, train = three_ways.in_functions(first, s.rate)
    return {
        "ours": (
            lambda a: run([own.loss, own.train], {own.a: a})[0],
            lambda: run(own.w),
        ),
        "session": (
            lambda a: session.run([theirs.loss, theirs.train], {theirs.a: a})[
                0
            ],
            lambda: session.run(theirs.w),
        ),
        "function": (lambda a: train(tf.constant(a)).numpy(), w.numpy),
    }


def trained(s: Settings, seed: int) -> dict:
    """All three from one seed: losses, errors, and by how much they differ."""
    ways = trainers(s, mean.first_weights(seed, s.n))
    rows, apart = [], 0.0
    for step in tqdm(range(s.steps), desc=f"seed {seed}"):
        w = {name: weights() for name, (_, weights) in ways.items()}
        apart = max(apart, *(np.ptp([*w.values()], axis=0).ravel()))
        a = mean.batch(seed, step, s.batch_size, s.n)
        losses = [float(train(a)) for train, _ in ways.values()]
        apart = max(apart, np.ptp(losses) / losses[0])
        error, parts = w["ours"] - 1 / s.n, mean.directions(w["ours"])
        sizes = [float(np.linalg.norm(part)) for part in parts]
        rows.append([losses[0], float(np.abs(error).max()), *sizes])
    last = float(np.abs(ways["ours"][1]() - 1 / s.n).max())
    return {"rows": rows, "apart": float(apart), "last": last}


def factor(sizes, start: int, end: int) -> float:
    """By what a step multiplied a size, in the mean from start to end."""
    return float((sizes[end] / sizes[start]) ** (1 / (end - start)))


def limit(s: Settings, seed: int) -> float:
    """The largest rate that doesn't diverge, to 1 %, by halving an interval.

    It begins with an error of the fast direction alone.
    """
    low, high = 0.5, 2.0  # of what the theory says
    while high - low > 0.01:
        middle = (low + high) / 2
        rate = middle * mean.largest_rate(s.batch_size, s.n)
        grows = divergent(s, seed, rate)
        low, high = (low, middle) if grows else (middle, high)
    return (low + high) / 2 * mean.largest_rate(s.batch_size, s.n)


def divergent(s: Settings, seed: int, rate: float) -> bool:
    """Whether the error is larger at the end of the trials than it was."""
    first = np.full((s.n, 1), 1 / s.n + 1e-3)
    own = three_ways.ours(first, s.batch_size, rate)
    for step in range(s.trials):
        a = mean.batch(seed, step, s.batch_size, s.n)
        run(own.train, {own.a: a})
    return bool(np.abs(run(own.w) - 1 / s.n).max() > 1e-3)


def of_a_seed(s: Settings, seed: int) -> dict:
    """What one seed measured, and its table."""
    found = trained(s, seed)
    loss, error, slow, fast = np.array(found["rows"]).T
    reached = int(np.argmax(error <= s.goal))
    if error[reached] > s.goal:
        raise RuntimeError(f"error: {s.goal} not reached in {s.steps} steps")
    first = mean.first_weights(seed, s.n)
    return {
        "floor": float(loss[s.steps // 2 :].mean()),
        "steps_to_1e_4": reached,
        "steps_to_1e_4_theory": mean.steps_to(
            s.goal, first, s.rate, s.batch_size
        ),
        "overkill": s.steps / reached,
        "rate_slow": factor(slow, *s.slow),
        "rate_fast": factor(fast, 0, s.fast),
        "rate_limit": limit(s, seed),
        "apart": found["apart"],
        "last_error": found["last"],
        "rows": found["rows"][::EVERY] if seed == s.seeds[0] else [],
    }


def measure(s: Settings, runs: Path) -> dict:
    """Mean and deviation over the seeds, each beside its theory."""
    found = [
        records.kept(
            NAME,
            (asdict(s), seed),
            Path(__file__),
            lambda seed=seed: of_a_seed(s, seed),
        )
        for seed in s.seeds
    ]
    tables = [each.pop("rows") for each in found]
    rows = [[i * EVERY, *row] for i, row in enumerate(tables[0])]
    header = ("step", "loss", "error", "slow", "fast")
    records.write_table(runs / f"{NAME}.csv", header, rows, digits=6)
    values = {}
    for key in found[0]:
        each = [one[key] for one in found]
        values[key] = float(np.mean(each))
        if not key.endswith("_theory"):
            values[f"{key}_sd"] = float(np.std(each, ddof=1))
    values["apart"] = max(one["apart"] for one in found)
    del values["apart_sd"]
    values |= theory(s)
    return {
        "values": values,
        "units": dict.fromkeys(values, "1") | {"apart": "relative error"},
        "seeds": s.seeds,
        "data": {
            "name": "uniform random numbers",
            "records": s.batch_size * s.steps,
        },
    }


def theory(s: Settings) -> dict:
    """What `deepcourse.graphs.mean` derives."""
    slow, fast = mean.shrinking(s.rate, s.batch_size, s.n)
    return {
        "floor_theory": mean.floor(s.batch_size, s.n),
        "rate_slow_theory": slow,
        "rate_fast_theory": fast,
        "rate_limit_theory": mean.largest_rate(s.batch_size, s.n),
    }


if __name__ == "__main__":
    records.run(NAME, measure, Settings(), QUICK)

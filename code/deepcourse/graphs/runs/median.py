"""The geometric median by Weiszfeld's iteration and by gradient descent.

`python -m deepcourse.graphs.runs.median [--quick]` writes
runs/graphs/median.json and runs/graphs/median.csv.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.graphs import median
from deepcourse.graphs.run import run

# Whose median is none of them; and the same with one point more, which is it.
APART = ((0, 0), (4, 0), (5, 3), (1, 4), (9, 6), (2, 1), (-1, 3))
AT_A_POINT = (*APART, (2.5, 1.5))


@dataclass(frozen=True)
class Settings:
    """Points, and how the descent goes."""

    apart: tuple = APART
    at_a_point: tuple = AT_A_POINT
    goal: float = 1e-8  # distance from the median
    shares: tuple = (0.1, 0.5, 0.9)  # of the rate at which the descent breaks
    rates: tuple = (0.1, 0.03, 0.01, 0.003)  # where the median is a point
    softness: tuple = (1.0, 0.1, 0.01, 0.001)
    steps: int = 3000


QUICK = Settings(shares=(0.5,), rates=(0.1,), softness=(1.0,), steps=300)


def walk(points, start, rate, steps, softness=0.0):
    """Where gradient descent is before each step, and after the last."""
    nodes = median.descent(len(points), start, rate, softness)
    feed = {nodes.points: points}
    at = [
        run([nodes.y, nodes.train], feed)[0] for _ in range(steps)
    ]  # each y before its step
    return np.array([*at, run(nodes.y)])


def first_within(distances, goal: float) -> int:
    """The first step after which all distances are within the goal."""
    outside = np.flatnonzero(np.asarray(distances) > goal)
    reached = int(outside[-1]) + 1 if len(outside) else 0
    if reached == len(distances):
        raise RuntimeError(f"goal: {goal} not reached, {distances[-1]} is left")
    return reached


def weiszfeld(points, start, there, steps=200):
    """The distance from the median before each step of Weiszfeld's."""
    at = [start]
    for _ in range(steps):
        at.append(median.mended_step(points, at[-1]))
    return np.linalg.norm(np.array(at) - there, axis=1)


def apart(s: Settings) -> tuple[dict, list]:
    """Where the loss is smooth at its least: factors and steps."""
    points = np.array(s.apart, float)
    there, _ = median.geometric_median(points)
    bends = np.linalg.eigvalsh(median.curvature(points, there))
    breaks, start = 2 / bends[-1], points.mean(axis=0)
    distances = {"weiszfeld": weiszfeld(points, start, there)}
    values = {
        "x": there[0],
        "y": there[1],
        "pull": np.linalg.norm(median.pull(points, there)),
        "weiszfeld_steps": first_within(distances["weiszfeld"], s.goal),
        "rate_limit_theory": breaks,
        "condition": bends[-1] / bends[0],
    }
    for share in s.shares:
        at = walk(points, start, share * breaks, s.steps)
        far = np.linalg.norm(at - there, axis=1)
        key = f"descent_{round(100 * share)}"
        values |= {
            f"{key}_steps": first_within(far, s.goal),
            f"{key}_factor": factor(far),
            f"{key}_factor_theory": max(abs(1 - share * breaks * bends)),
        }
        distances[key] = far
    values["rate_limit"] = breaks * breaking(points, there, breaks)
    return values, table(distances)


def factor(far) -> float:
    """By what a step shrank the distance, from 1e-3 to 1e-7 of it."""
    inside = [i for i, d in enumerate(far) if 1e-7 < d < 1e-3]
    start, end = inside[0], inside[-1]
    return float((far[end] / far[start]) ** (1 / (end - start)))


def breaking(points, there, breaks) -> float:
    """The share of that rate above which a start nearby is left."""
    start, low, high = there + 1e-6, 0.5, 2.0
    while high - low > 1e-3:
        middle = (low + high) / 2
        at = walk(points, start, middle * breaks, 400)
        far = np.linalg.norm(at - there, axis=1)
        low, high = (low, middle) if far[-1] > far[0] else (middle, high)
    return (low + high) / 2


def table(distances: dict) -> list:
    """Rows of way, step and distance, while there is a distance."""
    return [
        (way, step, float(d))
        for way, far in distances.items()
        for step, d in enumerate(far[:400])
        if d > 1e-12
    ]


def at_a_point(s: Settings) -> dict:
    """Where the median is a point, and the loss has a tip there."""
    points, start = np.array(s.at_a_point, float), np.zeros(2) + 0.3
    there = points[-1]
    force = float(np.linalg.norm(median.pull(points, there)))
    if force >= 1:
        raise ValueError(f"at_a_point: got a pull of {force}, expected < 1")
    values = {
        "pull": force,
        "weiszfeld_steps": first_within(
            weiszfeld(points, start, there, 5000), 1e-3
        ),
    }
    for rate in s.rates:
        far = np.linalg.norm(walk(points, start, rate, s.steps) - there, axis=1)
        values[f"descent_{key_of(rate)}_in_rates"] = far[-100:].mean() / rate
    for soft in s.softness:
        rate = soft / len(points)  # 1 / the largest curvature, n / softness
        # Each begins where the one before ended.
        start = walk(points, start, rate, s.steps, soft)[-1]
        off = np.linalg.norm(start - there)
        values[f"soft_{key_of(soft)}"] = off
        values[f"soft_{key_of(soft)}_theory"] = (
            soft * force / np.sqrt(1 - force**2)
        )
    return values


def key_of(number: float) -> str:
    """A number as a part of a name: 0.03 is 0_03."""
    return f"{number:g}".replace(".", "_")


def trap(s: Settings) -> dict:
    """From a point: what Weiszfeld's step, the mended one and a slope are."""
    points = np.array(s.apart, float)
    nodes = median.descent(len(points), points[0], 0.1)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = run(nodes.slope, {nodes.points: points})
    there, steps = median.geometric_median(points, points[0])
    middle, _ = median.geometric_median(points)
    return {
        "weiszfeld_nan": int(
            np.isnan(median.weiszfeld_step(points, points[0])).sum()
        ),
        "slope_nan": int(np.isnan(slope).sum()),
        "mended_steps": steps,
        "mended_error": np.linalg.norm(there - middle),
    }


def measure(s: Settings, runs: Path) -> dict:
    """All three parts; the table has the distances of the first."""
    values, rows = apart(s)
    if not all(a[1] < b[1] for a, b in pairwise(rows) if a[0] == b[0]):
        raise RuntimeError("rows: steps out of order")
    path = runs / "graphs/median.csv"
    records.write_table(path, ("way", "step", "distance"), rows, digits=6)
    whole = {"apart": values, "at_a_point": at_a_point(s), "trap": trap(s)}
    names = [name for name, _ in records.leaves(whole)]
    counts = ("_steps", "_nan")
    return {
        "values": whole,
        "units": {n: "count" if n.endswith(counts) else "1" for n in names},
        "seeds": [],
        "data": {"name": "points, typed", "records": len(s.apart)},
    }


if __name__ == "__main__":
    records.run("graphs/median", measure, Settings(), QUICK)

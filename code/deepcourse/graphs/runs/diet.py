"""A linear program by fines and gradient descent, and by SciPy.

`python -m deepcourse.graphs.runs.diet [--quick]` writes runs/graphs/diet.json.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.graphs import diet
from deepcourse.graphs.run import run


@dataclass(frozen=True)
class Settings:
    """What is tried."""

    weights: tuple = (1, 3, 10, 30, 100)  # of the fine
    start: tuple = (10.0, 10.0, 10.0)  # 100 g of each food
    raised: tuple = (1, 10, 100)  # weights in turn, each from where it was
    near: float = 0.01  # how far from its end, in errors of it, it may stop
    most: int = 300_000  # steps


QUICK = Settings(weights=(1, 3), raised=(1, 3), near=0.5)


def of_a_weight(s: Settings, weight: float) -> dict:
    """Where the descent ends, how far off that is, and after how many steps."""
    best, prices = diet.solved()
    end = diet.fined_optimum(weight)
    error = float(np.linalg.norm(end - best))
    nodes = diet.fined(np.array(s.start), weight)
    x, steps = walked(nodes, end, s.near * error, s.most)
    lack = run(nodes.lack)
    return {
        "steps": steps,
        "error": float(np.linalg.norm(x - best)),
        "error_theory": error,
        "lack": float(lack.max()),
        "lack_theory": float(prices.max() / weight),
        "saved": float(diet.PRICES @ (best - x)),
        "saved_theory": float(prices @ prices / weight),
    }


def walked(nodes, end, near: float, most: int) -> tuple:
    """Where the descent is when it comes near its end, and its steps."""
    for step in range(most):
        x, _ = run([nodes.x, nodes.train])
        if np.linalg.norm(x[:, 0] - end) <= near:
            return x[:, 0], step
    raise RuntimeError(f"most: got {most} steps, expected enough")


def raised(s: Settings) -> dict:
    """The same fines in turn: each goes on where the one before ended."""
    best, _ = diet.solved()
    x, total, found = np.array(s.start), 0, {}
    for weight in s.raised:
        end = diet.fined_optimum(weight)
        near = s.near * float(np.linalg.norm(end - best))
        x, steps = walked(diet.fined(x, weight), end, near, s.most)
        total += steps
        error = float(np.linalg.norm(x - best))
        found[f"raised_{weight}"] = {"steps": total, "error": error}
    return found


def conditions() -> dict:
    """Of the fine's curvature: where all that binds is broken, and less."""
    m, _ = diet.constraints()
    _, prices = diet.solved()
    lacking = np.linalg.svd(m[prices > 1e-9], compute_uv=False) ** 2
    return {
        "condition": float(lacking[0] / lacking[-1]),
        "largest": float(np.linalg.norm(m, 2) ** 2),
    }


def measure(s: Settings, _: Path) -> dict:
    """Errors and steps by the weight of the fine, beside the program's."""
    best, prices = diet.solved()
    fined = {f"weight_{w}": of_a_weight(s, w) for w in s.weights}
    values = {
        **fined,
        **raised(s),
        "x": dict(zip(diet.FOODS, best.tolist(), strict=True)),
        "cost": float(diet.PRICES @ best),
        "price_energy": float(prices[0]),
        "price_calcium": float(prices[2]),
        **conditions(),
        "steps_for_a_tenth_of_the_error": growth(fined),
    }
    units = {name: "1" for name, _ in records.leaves(values)}
    return {
        "values": values,
        "units": units
        | {name: "count" for name in units if name.endswith("steps")},
        "seeds": [],
        "data": {"name": "a diet of three foods, made up", "records": 3},
    }


def growth(fined: dict) -> float:
    """By what the steps grow when the error shrinks to a tenth."""
    steps, errors = (
        np.log10([each[key] for each in fined.values()])
        for key in ("steps", "error")
    )
    return float(10 ** -np.polyfit(errors, steps, 1)[0])


if __name__ == "__main__":
    records.run("graphs/diet", measure, Settings(), QUICK)

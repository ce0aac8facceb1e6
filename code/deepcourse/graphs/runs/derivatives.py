"""How large the graph of a derivative is, by its order.

`python -m deepcourse.graphs.runs.derivatives [--quick]` writes
runs/graphs/derivatives.json and the table beside it. It counts, and measures
no time.
"""

from dataclasses import dataclass
from pathlib import Path

from deepcourse import records
from deepcourse.graphs.gradients import gradients
from deepcourse.graphs.graph import Graph, tanh
from deepcourse.graphs.orders import forgetful
from deepcourse.graphs.passes import optimize
from deepcourse.graphs.run import needed, run


@dataclass(frozen=True)
class Settings:
    """Of tanh(x), where it is measured, and to which derivative."""

    at: float = 0.5
    orders: int = 8


def derivatives(orders, at):
    """The derivatives of tanh, each the gradient of the one before.

    Args:
        orders: how many, from 0.
        at: what x is fed.

    Returns:
        A row for each: order, nodes that run, nodes that run after all
        passes, operations without memory, value.
    """
    x = Graph().variable(at, "x")
    y, rows = tanh(x), []
    for order in range(orders + 1):
        small, _ = optimize([y])
        sizes = len(needed([y])), len(needed(small)), forgetful(y)
        rows.append((order, *sizes, float(run(small)[0])))
        [y] = gradients(y, [x])
    return rows


def measure(s: Settings, runs: Path) -> dict:
    """The table, and its ends as values."""
    rows = derivatives(s.orders, s.at)
    header = ("order", "run", "optimized", "forgetful", "value")
    records.write_table(runs / "graphs/derivatives.csv", header, rows)
    values = {
        f"order_{row[0]}": dict(zip(header[1:4], row[1:4], strict=True))
        for row in rows
    }
    names = [name for name, _ in records.leaves(values)]
    return {
        "values": values,
        "units": dict.fromkeys(names, "count"),
        "seeds": [],
        "data": {"name": "tanh of one number", "records": 1},
    }


if __name__ == "__main__":
    records.run("graphs/derivatives", measure, Settings(), Settings(orders=3))

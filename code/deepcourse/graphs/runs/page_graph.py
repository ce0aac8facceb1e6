"""The graph of the figure that answers, for its script: nodes and places.

`python -m deepcourse.graphs.runs.page_graph [--quick]` writes
runs/graphs/page_graph.json.
"""

from dataclasses import dataclass
from pathlib import Path

from deepcourse import records
from deepcourse.graphs import page_graph
from deepcourse.graphs.figures.drawn import fit, shortened, sign
from deepcourse.graphs.figures.graphs import GAPS
from deepcourse.graphs.run import needed


@dataclass(frozen=True)
class Settings:
    """What is fed and held at first, and the rate of the trainer."""

    x: float = page_graph.FED["x"]
    t: float = page_graph.FED["t"]
    w: float = page_graph.HELD["w"]
    b: float = page_graph.HELD["b"]
    rate: float = page_graph.RATE


def asked_for(unit: page_graph.Unit) -> dict:
    """What the reader may ask for, each a list of nodes."""
    return {
        "y": [unit.y],
        "loss": [unit.loss],
        "dw": [unit.dw],
        "train": [unit.train_w, unit.train_b],
    }


def told(node) -> dict:
    """A node in what JSON knows."""
    settings = {name: float(value) for name, value in node.settings.items()}
    return {
        "name": node.name,
        "op": node.op,
        "inputs": [a.number for a in node.inputs],
        "sign": sign(node),
        **settings,
    }


def measure(s: Settings, _: Path) -> dict:
    """The whole graph, where it stands in the drawing, and counts."""
    unit = page_graph.unit(s.w, s.b, s.rate)
    nodes, fetches = unit.loss.graph.nodes, asked_for(unit)
    places, ways, _ = fit(nodes, **GAPS)
    whole = [
        told(node) | {"at": [round(z, 1) for z in places[node]]}
        for node in nodes
    ]
    edges = [
        {
            "ends": [a.number, b.number],
            "points": [
                [round(float(z), 1) for z in p] for p in shortened(points)
            ],
        }
        for a, b, points in ways
    ]
    values = {name: len(needed(each)) for name, each in fetches.items()}
    values["all"] = len(nodes)
    return {
        "values": values,
        "units": dict.fromkeys(values, "count"),
        "seeds": [],
        "data": {"name": "one unit with a bend", "records": 1},
        "nodes": whole,
        "edges": edges,
        "fetches": {
            name: [n.number for n in each] for name, each in fetches.items()
        },
    }


if __name__ == "__main__":
    records.run("graphs/page_graph", measure, Settings(), Settings())

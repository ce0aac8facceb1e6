"""The figures of the builder: `python -m deepcourse.graphs.figures.builder`."""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, INK, Drawing
from deepcourse.graphs.figures.drawn import drawn
from deepcourse.graphs.gradients import gradients
from deepcourse.graphs.graph import Graph
from deepcourse.graphs.run import evaluate


def twice() -> Drawing:
    """A node that two others read, and the order in which all run."""
    a = Graph().placeholder((), "a")
    s = a * a
    y = s * a + s
    values = evaluate([y], {a: 3.0})
    title = "A square that two nodes read"
    ring = "is read by two others"
    return drawn(
        y.graph.nodes, title, [s], values, ring, row=62, gap=90, bend_gap=60
    )


def back() -> Drawing:
    """The same graph with its gradient, whose nodes have thick rings."""
    a = Graph().placeholder((), "a")
    s = a * a
    y = s * a + s
    before = len(y.graph.nodes)
    [da] = gradients(y, [a])
    values = evaluate([da], {a: 3.0})
    new = [n for n in y.graph.nodes if n.number >= before]
    title = "A gradient is more of the same graph"
    ring = "were built by the rules"
    return drawn(
        y.graph.nodes, title, new, values, ring, row=58, gap=82, bend_gap=44
    )


def growth(runs: Path) -> Drawing:
    """The nodes that a derivative needs, by its order."""
    table = records.read_table(runs / "graphs/derivatives.csv")
    order = np.array(table["order"])
    art = draw.canvas(280)
    ax = draw.panel(art, 60, 16, 390, 210, yscale="log", ylim=(1, 1e6))
    for name, colour, style in (
        ("forgetful", INK, ":"),
        ("run", INK, "-"),
        ("optimized", ACCENT, "--"),
    ):
        ax.plot(order, np.array(table[name]), style, color=colour)
    draw.power_ticks(ax, 0, 2, 4, 6)
    ax.set(xlabel="order of the derivative", xlim=(0, 8), xticks=range(9))
    draw.beside(ax, "without a memory", (4.8, 2e3), (-6, 4), "right")
    draw.beside(ax, "each node once", (8, 2600), (-1, 11), "right")
    draw.beside(ax, "after the passes", (5, 79), (8, -18), color=ACCENT)
    rows = "; ".join(
        f"{int(k)}: {int(a):,}, {int(b):,} and {int(c):,}"
        for k, a, b, c in zip(
            order,
            table["forgetful"],
            table["run"],
            table["optimized"],
            strict=True,
        )
    )
    text = (
        "Operations for each derivative of tanh, on a logarithmic axis: "
        "without a memory, with each node once, and after the three passes. "
        f"By order: {rows}."
    )
    return Drawing(art, "The graph of a derivative grows with its order", text)


FIGURES = draw.Figures(
    "graphs",
    computed={"twice": twice, "back": back},
    measured={"growth": growth},
)

if __name__ == "__main__":
    FIGURES.main()

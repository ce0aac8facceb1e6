"""The figures of lesson 1: `python -m deepcourse.graphs.figures.graphs`."""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, BOLD, INK, Drawing
from deepcourse.graphs import median as medians
from deepcourse.graphs import page_graph
from deepcourse.graphs.figures.drawn import drawn
from deepcourse.graphs.run import evaluate

GAPS = {"gap": 82, "bend_gap": 22, "row": 46}  # pixels
VIEW = -2.0, 10.0, -1.5, 7.5  # of the points: left, right, bottom, top
PLACE = 30, 10, 420, 315  # of their panel: left, top, width, height


def graph() -> Drawing:
    """The graph of one unit, and the part of it that its loss needs."""
    unit = page_graph.unit()
    nodes = unit.loss.graph.nodes
    feed = {
        page_graph.by_name(unit.loss.graph, name): value
        for name, value in page_graph.FED.items()
    }
    values = evaluate([unit.loss], feed)
    shown = {n: v for n, v in values.items() if n.op != "constant"}
    title = "Asked for its loss, a graph runs what the loss needs"
    return drawn(nodes, title, values, shown, **GAPS)


def learnt(runs: Path) -> Drawing:
    """The error of the weights by step, in both directions."""
    table = records.read_table(runs / "graphs/mean.csv")
    values = records.read("graphs/mean", runs)["values"]
    art = draw.canvas(300)
    ax = draw.panel(art, 60, 16, 390, 230, yscale="log", ylim=(1e-16, 10))
    step = np.array(table["step"])
    shown = step <= 5000
    for name, colour, style in (("slow", INK, "-"), ("fast", ACCENT, "--")):
        size = np.array(table[name])
        ax.plot(step[shown], size[shown], style, color=colour)
    draw.power_ticks(ax, 0, -4, -8, -12, -16)
    ax.set(xlabel="step", xlim=(0, 5000))
    draw.beside(ax, "errors that sum to 0", (1900, 2e-6), (8, 6))
    draw.beside(
        ax, "alike in all", (1150, 1e-10), (0, 0), "right", color=ACCENT
    )
    text = (
        "The error of the weights by step, on a logarithmic axis. What is "
        "alike in all weights shrinks by a factor of "
        f"{values['rate_fast']:.4f} a step at first, and then is driven by "
        "the rest; what sums to 0 falls along a straight line, by "
        f"{values['rate_slow']:.4f} a step, to the precision of float64. "
        f"After {values['steps_to_1e_4']:,.0f} steps no weight is off by more "
        "than 0.0001."
    )
    return Drawing(art, "Two speeds of learning a mean", text)


def median(runs: Path) -> Drawing:
    """The points, their mean, their geometric median, and a descent to it."""
    settings = records.read("graphs/median", runs)["settings"]
    points = np.array(settings["apart"], float)
    there, _ = medians.geometric_median(points)
    middle = points.mean(axis=0)
    art = draw.canvas(PLACE[1] + PLACE[3] + 10)
    limits = {"xlim": VIEW[:2], "ylim": VIEW[2:]}
    ax = draw.panel(art, *PLACE, **limits, xticks=[], yticks=[])
    ax.set_axis_off()
    for point in points:
        ax.plot(*zip(point, there, strict=True), color=INK, lw=0.6)
    ax.plot(*points.T, "o", color=INK, ms=9)
    ax.plot(*middle, "x", color=INK, ms=9, mew=2)
    ax.plot(*there, "o", mec=ACCENT, mfc="none", ms=15, mew=2)
    draw.beside(ax, "mean", middle, (12, 8), **BOLD)
    draw.beside(ax, "median", there, (-14, -12), "right", **draw.MARK)
    text = (
        f"{len(points)} points in a plane, one far to the upper right. The "
        f"geometric median is at ({there[0]:.3f}, {there[1]:.3f}), the mean "
        f"at ({middle[0]:.3f}, {middle[1]:.3f}), which the far point pulls "
        "more."
    )
    return Drawing(art, "The median is pulled less by what is far", text)


FIGURES = draw.Figures(
    "graphs",
    computed={"run": graph},
    measured={"mean": learnt, "median": median},
)

if __name__ == "__main__":
    FIGURES.main()

"""What a bend makes possible: where two nets cut a plane in two."""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, BOLD, INK, WIDTH, Drawing

NAMES = {"softmax": "Softmax regression", "relu": "Eight ReLU units"}
SIDE, TOP, GAP = 226, 30, 20


def regions(runs: Path) -> Drawing:
    """The points, and where each net finds both classes alike."""
    grid = records.read_table(runs / "mnist/regions.csv")
    x1, x2 = (np.unique(np.array(grid[n], float)) for n in ("x1", "x2"))
    values = records.read("mnist/regions", runs)["values"]
    art = draw.canvas(TOP + SIDE + 10)
    for i, (name, called) in enumerate(NAMES.items()):
        left = i * (SIDE + GAP) + (WIDTH - 2 * SIDE - GAP) / 2
        ax = draw.panel(art, left, TOP, SIDE, SIDE)
        ax.set_xlim(x1[0], x1[-1])
        ax.set_ylim(x2[0], x2[-1])
        ax.set_xticks([])
        ax.set_yticks([])
        right = values[f"{name}_accuracy"]
        ax.set_title(f"{called}: {100 * right:.0f} %", **BOLD)
        points(ax, runs)
        if name == "relu":
            switches(ax, runs, x1)
        shape = len(x1), len(x2)
        z = np.array(grid[name], float).reshape(shape).T
        ax.contour(x1, x2, z, levels=[0], colors=[ACCENT], linewidths=2.4)
    title = "A straight cut, and one that bends"
    return Drawing(art, title, said(values))


def points(ax, runs: Path) -> None:
    """Circles for one class and crosses for the other, for every other point.

    All of them would weigh as much as another figure.
    """
    table = records.read_table(runs / "mnist/regions_points.csv")
    x1, x2, label = (np.array(column, float) for column in table.values())
    for k, mark in ((0, "o"), (1, "x")):
        own = np.flatnonzero(label == k)[::2]
        ax.plot(x1[own], x2[own], mark, color=INK, ms=4, mfc="none", mew=1)


def switches(ax, runs: Path, x1: np.ndarray) -> None:
    """The line on which each hidden unit switches on: w x + b = 0."""
    table = records.read_table(runs / "mnist/regions_units.csv")
    for w1, w2, b in zip(*(map(float, column) for column in table.values())):
        ends = x1[[0, -1]]
        ax.plot(ends, -(w1 * ends + b) / w2, color=INK, lw=1, ls=":")


def said(values: dict) -> str:
    """What the figure shows, in words."""
    straight, bent = (values[f"{name}_accuracy"] for name in NAMES)
    return (
        "Two panels with the same points of two classes, circles and crosses, "
        "of which every other one is drawn, each class a half moon that "
        "reaches into the other. Left, softmax "
        "regression cuts them with a straight line and has "
        f"{100 * straight:.0f} % of them right. Right, a net with eight ReLU "
        "units cuts them with a line of straight pieces that goes around both "
        f"moons, {100 * bent:.0f} % right. Dotted lines show where each unit "
        "switches on; the cut turns where it crosses them."
    )

"""Figures of the optimization problems of lesson 1.

`python -m deepcourse.graphs.figures.optimum` draws them.
"""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, BOLD, INK, Drawing

WAYS = {  # of the table: name, dash, colour, and where its name stands
    "descent_10": ("10 %", ":", INK, 44),
    "descent_50": ("50 %", "-", INK, 22),
    "descent_90": ("90 %", "-.", INK, 60),
    "weiszfeld": ("Weiszfeld", "--", ACCENT, 51),
}


def median_steps(runs: Path) -> Drawing:
    """The distance from the geometric median by step, four ways."""
    table = records.read_table(runs / "graphs/median.csv")
    way = np.array(table["way"])
    step, far = (np.array(table[k], float) for k in ("step", "distance"))
    art = draw.canvas(288)
    ax = draw.panel(art, 60, 16, 390, 230, yscale="log", ylim=(1e-10, 3))
    said = []
    for key, (name, dash, colour, at) in WAYS.items():
        own = way == key
        if not own.any():
            continue
        ax.plot(step[own], far[own], dash, color=colour)
        style = BOLD | {"color": colour} if colour == ACCENT else {}
        place = step[own][:at][-1], far[own][:at][-1]
        draw.beside(ax, name, place, (5, 10), **style)
        last = step[own][np.argmax(far[own] < 1e-8)]
        said.append(f"{name} is within 10⁻⁸ after {last:.0f} steps")
    draw.power_ticks(ax, 0, -2, -4, -6, -8, -10)
    ax.set(xlabel="step", xlim=(0, 80))
    text = (
        "The distance from the geometric median by step, on a logarithmic "
        "axis; each way is a straight line in the end. " + "; ".join(said) + "."
    )
    return Drawing(art, "Distance from the median by step, four ways", text)


def diet(runs: Path) -> Drawing:
    """Error of the fined diet, and steps to it, by weight of the fine."""
    values = records.read("graphs/diet", runs)["values"]
    found = {
        int(key.removeprefix("weight_")): each
        for key, each in values.items()
        if key.startswith("weight_")
    }
    weights = sorted(found)
    error, theory, steps = (
        [found[w][key] for w in weights]
        for key in ("error", "error_theory", "steps")
    )
    art = draw.canvas(288)
    scales = {"xscale": "log", "yscale": "log", "xlim": (0.8, 130)}
    left = draw.panel(art, 50, 30, 165, 215, **scales, ylim=(5e-4, 0.5))
    right = draw.panel(art, 285, 30, 165, 215, **scales, ylim=(300, 2e5))
    left.plot(weights, theory, color=INK, lw=1)
    left.plot(weights, error, "x", color=ACCENT, ms=8, mew=2)
    right.plot(weights, steps, "x", color=ACCENT, ms=8, mew=2)
    going_on = {
        int(key.removeprefix("raised_")): each["steps"]
        for key, each in values.items()
        if key.startswith("raised_")
    }
    right.plot(*zip(*going_on.items(), strict=True), "o", mfc="none", mec=INK)
    draw.beside(right, "from afar", (weights[-1], steps[-1]), (-8, 4), "right")
    last = max(going_on.items())
    draw.beside(right, "going on", last, (-4, 12), "right")
    draw.power_ticks(left, -1, -2, -3)
    draw.power_ticks(right, 3, 4, 5)
    for ax, name in ((left, "error"), (right, "steps")):
        ax.set_xticks([1, 10, 100], ["1", "10", "100"])
        ax.set_xticks([], minor=True)
        ax.set(xlabel="weight of the fine")
        ax.set_title(name, fontsize="medium")
    pairs = [
        f"at a weight of {w} an error of {e:.4f} after {s:,.0f} steps"
        for w, e, s in zip(weights, error, steps, strict=True)
    ]
    totals = "; ".join(f"{s:,} by {w}" for w, s in going_on.items())
    text = (
        "Two panels with logarithmic axes. The error falls along the line of "
        "the theory, one over the weight; the steps from afar rise: "
        f"{'; '.join(pairs)}. Where each weight goes on from the one before, "
        f"the steps in all are {totals}."
    )
    return Drawing(
        art, "The steps that a fine takes, from afar and going on", text
    )


FIGURES = draw.Figures(
    "graphs",
    measured={"median_steps": median_steps, "diet": diet},
)

if __name__ == "__main__":
    FIGURES.main()

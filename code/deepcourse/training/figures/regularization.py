"""Figures of the regularization of lesson 3.

`python -m deepcourse.training.figures.regularization` draws them.
"""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, BOLD, INK, MARK, Drawing
from deepcourse.training.boundary import learn, narrower
from deepcourse.training.deep import forward
from deepcourse.training.shrinking import left_by_l2, left_by_stopping

LEFT, TOP, WIDTH, HEIGHT = 20, 10, 440, 300  # of the plane, in pixels
UNIT = 90  # pixels
ROWS = {
    "both": "moved + dropout",
    "shifts": "moved",
    "smoothing": "label smoothing",
    "dropout": "dropout",
    "norm": "max-norm",
    "l2": "L2",
    "stop": "early stopping",
}
DECAY, STEPS = 2, 5  # marked on the ways of L2 and of early stopping


def boundary(runs: Path) -> Drawing:
    """The points, and the cut of the widest net without decay."""
    record = records.read("training/boundary", runs)
    x1, x2, labels = np.transpose(record["points"])
    s, first = record["settings"], record["first"]
    w1, w2 = np.array(first["w1"]), np.array(first["w2"])[:, None]
    net = narrower([(w1, np.zeros(len(w2))), (w2, np.zeros(1))], len(w2))
    points = np.stack([x1, x2], axis=1)
    learn(points, labels, net, s["rate"], s["steps"])
    art = draw.canvas(TOP + HEIGHT + 10)
    reach = np.array([WIDTH, HEIGHT]) / (2 * UNIT)
    limits = {"xlim": (-reach[0], reach[0]), "ylim": (-reach[1], reach[1])}
    ax = draw.panel(art, LEFT, TOP, WIDTH, HEIGHT, **limits)
    ax.set(xticks=[], yticks=[])
    wrong = forward(points, net, "tanh")[1][:, 0] * labels <= 0
    for label, mark in ((-1, "o"), (1, "x")):
        for misread, thick in ((False, 1.4), (True, 3)):
            own = (labels == label) & (wrong == misread)
            style = {"ms": 8, "mfc": "none", "mew": thick}
            ax.plot(x1[own], x2[own], mark, color=INK, **style)
    across, up = (np.linspace(-n, n, 2 * int(n * 20) + 1) for n in reach)
    at = np.stack(np.meshgrid(across, up), axis=2)
    z = forward(at.reshape(-1, 2), net, "tanh")[1].reshape(at.shape[:2])
    ax.contour(across, up, z, levels=[0], colors=[ACCENT], linewidths=2.4)
    found = record["values"][f"of_{len(w2)}"]["decay_0"]
    text = (
        f"{len(points)} points of two classes, circles and crosses, each a "
        "half moon that reaches into the other, and the line on which a net "
        f"of {len(w2)} units without decay finds both classes alike. It winds "
        f"around single points: {wrong.sum()} of them, drawn thick, are on "
        f"the wrong side, and {draw.percent(found['others'], 0)} of "
        f"{s['others']} new points."
    )
    return Drawing(art, "A cut that winds around single points", text)


def overfitting(runs: Path) -> Drawing:
    """Both losses and the error, step by step, for few digits and many."""
    record = records.read("training/overfitting", runs)
    path = runs / "training/overfitting.csv"
    columns = ("step", "own_loss", "loss", "error")
    found = draw.series(path, "many", *columns)
    art, said = draw.canvas(300), []
    for i, (many, rows) in enumerate(found.items()):
        step, own, loss, error = rows.T
        limits = {"xlim": (0, step[-1]), "ylim": (0, 1)}
        ax = draw.panel(art, 60 + 224 * i, 30, 168, 214, **limits)
        ax.plot(step, own, "--", color=INK)
        ax.plot(step, loss, color=ACCENT)
        ax.plot(step, error, ":", color=INK)
        ax.set(xlabel="steps", yticks=[0, 0.5, 1], xticks=[0, step[-1]])
        ax.set_ylabel("" if i else "nat, or share")
        ax.set_title(f"{int(many):,} digits", **BOLD)
        values = record["values"][f"of_{int(many)}"]
        said.append(
            f"With {int(many):,} digits the loss on those kept aside is lowest "
            "after "
            f"{values['lowest_step']} steps, {draw.number(values['lowest'])}, "
            f"and ends at {draw.number(values['loss'])}; that on what is "
            f"learnt ends at {draw.number(values['own_loss'])}. The share "
            f"misread ends at {draw.percent(values['error'], 1)}."
        )
        if i == 0:
            draw.beside(
                ax, "loss, aside", (step[-1], 0.93), (0, 0), "right", **MARK
            )
            end = step[-1], error[-1]
            draw.beside(ax, "misread, aside", end, (0, 12), "right")
            draw.beside(ax, "loss, own", (step[-1], 0), (0, 11), "right")
    text = f"Two panels by the number of steps. {' '.join(said)}"
    return Drawing(
        art, "What is learnt, and what is read of digits kept aside", text
    )


def gains(runs: Path) -> Drawing:
    """Which share of the errors each method spares, by how much is learnt."""
    few = records.read("training/regularization", runs)["values"]
    both = records.read("training/pair", runs)["values"]
    art, said = draw.canvas(250), []
    for i, (size, found) in enumerate(few.items()):
        many = f"{int(size.removeprefix('of_')):,}"
        limits = {"xlim": (-0.25, 0.5), "ylim": (len(ROWS) - 0.4, -0.6)}
        ax = draw.panel(art, 142 + 83 * i, 30, 75, 170, **limits)
        ax.axvline(0, color=INK, lw=0.7)
        plain, told = 100 * found["none"]["test_error"], []
        measured = found | both.get(size, {})
        for row, (way, name) in enumerate(ROWS.items()):
            if way not in measured:
                continue
            each = measured[way]
            share, wide = each["bought"] / plain, each["bought_se"] / plain
            colour = ACCENT if way in ("both", "shifts") else INK
            style = {"color": colour, "ms": 5, "elinewidth": 1.6}
            ax.errorbar(share, row, xerr=wide, fmt="o", **style)
            told.append(f"{name} {draw.percent(share, 0)}")
        ax.set(xticks=[0, 0.4], yticks=[])
        ax.set_xticklabels(["0", draw.percent(0.4, 0)])
        ax.set_title(many, **BOLD)
        if i == 0:
            ax.set_yticks(range(len(ROWS)), ROWS.values())
            ax.tick_params(axis="y", length=0)
        said.append(f"With {many} digits: {', '.join(told)}.".replace("-", "−"))
    draw.overlay(art).text(
        304, 242, "share of the errors that is spared", ha="center"
    )
    text = (
        "Four panels by the number of digits learnt. A dot for each method "
        "says which share of the errors it spares, with its standard error. "
        f"{' '.join(said)}"
    )
    return Drawing(art, "What each method spares of the errors", text)


def bowl() -> Drawing:
    """The ways of L2 and of early stopping to the lowest point of a bowl."""
    curvature, best = np.array([4.0, 0.25]), np.array([1.0, 1.0])
    rate, steps = 0.1, np.arange(200)
    decays = np.geomspace(1e-3, 1e3, 200)
    penalty = np.array([left_by_l2(curvature, n) for n in decays])
    stopped = np.array(
        [left_by_stopping(curvature, rate, int(t)) for t in steps]
    )
    art = draw.canvas(300)
    limits = {"xlim": (-0.05, 1.5), "ylim": (-0.05, 1.3)}
    ax = draw.panel(art, 50, 16, 405, 232, **limits)
    turn = np.linspace(0, 2 * np.pi, 100)
    for level in (0.1, 0.25, 0.5):
        radius = level / np.sqrt(curvature)
        ax.plot(
            best[0] + radius[0] * np.cos(turn),
            best[1] + radius[1] * np.sin(turn),
            color=INK,
            lw=0.7,
            alpha=0.5,
        )
    ax.plot(*penalty.T, color=ACCENT)
    ax.plot(*stopped.T, "--", color=INK)
    ax.plot(*best, "o", color=INK, ms=6)
    ax.set(xticks=[0, 1], yticks=[0, 1])
    ax.set(
        xlabel="first weight, where the bowl is steep",
        ylabel="second weight, flat",
    )
    draw.beside(ax, "best", tuple(best), (10, 0))
    draw.beside(ax, "L2", (0.87, 0.33), (-12, 8), "right", **MARK)
    draw.beside(ax, "early stopping", (1, 0.5), (8, 0))
    at = left_by_l2(curvature, DECAY)
    ax.plot(*at, "s", color=ACCENT, ms=6)
    draw.beside(ax, f"decay {DECAY}", tuple(at), (-8, 8), "right", **MARK)
    at = left_by_stopping(curvature, rate, STEPS)
    ax.plot(*at, "D", color=INK, ms=6)
    draw.beside(ax, f"{STEPS} steps", tuple(at), (10, -8))
    text = (
        "A bowl whose level lines are ellipses around the best weights, (1, "
        "1), steep in the first weight and flat in the second. Two lines lead "
        "from (0, 0) to the best weights: those that L2 leaves as it gets "
        "weaker, and those of descent as it goes on. Both reach the first "
        "weight's value long before the second's. A decay of "
        f"{DECAY} is marked on the one, {STEPS} steps on the other: the "
        "second weight is nearly the same there, the first is larger after "
        "the steps."
    )
    return Drawing(art, "L2 and early stopping on a bowl", text)


FIGURES = draw.Figures(
    "training",
    computed={"bowl": bowl},
    measured={
        "boundary": boundary,
        "overfitting": overfitting,
        "gains": gains,
    },
)

if __name__ == "__main__":
    FIGURES.main()

"""The figures of gradflow 3: `python -m deepcourse.gradflow.figures.batchnorm`.

The graphs carry the numbers of the page's example, computed here; the curves
are drawn from the records.
"""

import csv
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np

from deepcourse import records
from deepcourse.drawing import (
    ACCENT,
    INK,
    SMALL,
    STYLE,
    TEXT,
    Drawing,
    canvas,
    panel,
    paper,
    save,
)
from deepcourse.gradflow import batchnorm_staged

CENTRE = {"ha": "center", "va": "center"}
BOLD = {"fontsize": TEXT, "weight": 700}
NARROW_WIDTH = 460  # so that the text is legible on a phone


# The page's example: five values of one channel, and a gradient for the first.
def example():
    """Stages and gradients of x = 1, 3, 4, 5, 7 with gamma 2, beta 1."""
    x = np.array([[1.0], [3.0], [4.0], [5.0], [7.0]])
    dy = np.array([[1.0], [0.0], [0.0], [0.0], [0.0]])
    one = np.ones(1)
    stages = batchnorm_staged.forward(x, 2 * one, one, eps=0.0)
    return stages, batchnorm_staged.backward(dy, stages)


def short(value: float) -> str:
    """A number with as few digits as it needs.

    >>> short(0.25), short(-1.0), short(0.0), short(0.375)
    ('0.25', '−1', '0', '0.375')
    """
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return ("0" if text == "-0" else text).replace("-", "−")


def numbers(value) -> str:
    """The numbers of an array in one line."""
    return ", ".join(short(v) for v in np.ravel(value))


# Where each stage stands: name, sign, left, top, width.
WIDE, NARROW, HIGH = 256, 108, 48
BOXES = {
    "x": ("x", 198, 4, WIDE),
    "mean": ("μ", 42, 74, NARROW),
    "centred": ("x − μ", 198, 144, WIDE),
    "square": ("(x − μ)²", 6, 214, 194),
    "var": ("σ²", 42, 290, NARROW),
    "inverse": ("1/σ", 42, 366, NARROW),
    "xhat": ("x̂", 198, 366, WIDE),
    "gamma": ("γ", 42, 448, NARROW),
    "beta": ("β", 42, 520, NARROW),
    "y": ("y", 198, 484, WIDE),
}
EDGES = [
    ("x", "mean", "elbow"),
    ("x", "centred", "down"),
    ("mean", "centred", "corner"),
    ("centred", "square", "elbow"),
    ("centred", "xhat", "down"),
    ("square", "var", "down"),
    ("var", "inverse", "down"),
    ("inverse", "xhat", "across"),
    ("xhat", "y", "down"),
    ("gamma", "y", "above"),
    ("beta", "y", "below"),
]
WORDS = {
    "mean": (158, 86, "mean of 5"),
    "centred": (334, 98, "minus μ"),
    "square": (204, 226, "square"),
    "var": (108, 276, "mean of 5"),
    "inverse": (102, 352, "root, then 1 over it"),
    "xhat": (334, 280, "times 1/σ"),
    "y": (334, 450, "times γ, plus β"),
}
# What the inference form has: μ and σ² come from elsewhere.
GIVEN = ("mean", "var", "inverse")
CUT = {("x", "mean"), ("centred", "square"), ("square", "var")}


def middle(name):
    """Left, right, bottom, centre and row of a box."""
    _, left, top, width = BOXES[name]
    return left, left + width, top + HIGH, left + width / 2, top + HIGH / 2


def way(start, end, kind):
    """The corners of an edge."""
    left, right, bottom, centre, row = middle(start)
    left2, right2, bottom2, centre2, row2 = middle(end)
    if kind == "down":
        x = max(centre, centre2)
        return [(x, bottom), (x, bottom2 - HIGH)]
    if kind == "elbow":
        return [(left + 50, bottom), (left + 50, row2), (right2, row2)]
    if kind == "corner":
        return [(centre, bottom), (centre, row2), (left2, row2)]
    if kind == "across":
        return [(right, row), (left2, row2)]
    row2 += {"above": -12, "below": 12}[kind]
    return [(right, row), (174, row), (174, row2), (left2, row2)]


def graph(back=None, frozen=False) -> Drawing:
    """The graph with its numbers, and the gradients below them."""
    stages, _ = example()
    art = canvas(574, NARROW_WIDTH)
    ax = paper(art)
    ax.set_xlim(-6, NARROW_WIDTH + 6)  # some air at both sides
    for start, end, kind in EDGES:
        if not (frozen and (start, end) in CUT):
            points = way(start, end, kind)
            ax.plot(*zip(*points), color=INK, lw=1.2)
            head(ax, *points[-2:])
    shown = [n for n in BOXES if not (frozen and n == "square")]
    for name, (x, y, text) in WORDS.items():
        if not frozen or name not in ("mean", "square", "var"):
            ax.text(x, y, text, fontsize=SMALL, va="center", style="italic")
    for name in shown:
        draw_box(ax, name, getattr(stages, name), 24 if back is None else 16)
        if frozen and name in GIVEN:
            _, left, top, _ = BOXES[name]
            ax.text(
                left + 7, top + 35, "a constant", fontsize=SMALL, va="center"
            )
        elif back is not None:
            row = getattr(back, name)
            write(ax, name, "d", row, 35, color=ACCENT, weight=700)
    what = {
        (True, False): "forward",
        (False, False): "forward, and below each its gradient",
        (False, True): "with constant statistics",
    }[back is None, frozen]
    return Drawing(
        art,
        f"Batch normalization of five values, {what}",
        told(shown, back, frozen),
    )


def head(ax, before, at):
    """The tip of an arrow."""
    style = {"arrowstyle": "-|>", "color": INK, "lw": 1.2, "fc": INK}
    ax.annotate("", at, before, arrowprops={**style, "shrinkB": 0})


def draw_box(ax, name, value, down):
    """A stage: its frame, its sign, its numbers."""
    sign, left, top, width = BOXES[name]
    box = mpl.patches.Rectangle((left, top), width, HIGH)
    box.set(facecolor="none", edgecolor=INK, lw=1)
    ax.add_patch(box)
    write(ax, name, sign, value, down)


def write(ax, name, sign, value, down, **style):
    """A line of a box: the sign, then the numbers, each in its place."""
    _, left, top, width = BOXES[name]
    at = left + {WIDE: 50, NARROW: 38}.get(width, 72)
    row = top + down
    ax.text(left + 7, row, sign, va="center", color=INK, weight=700)
    value = np.ravel(value)
    if len(value) > 1 and (value == value[0]).all():
        ax.text(at + 36, row, f"each {short(value[0])}", va="center", **style)
        return
    slot = (left + width - at) / len(value)
    for i, each in enumerate(value):
        ax.text(at + slot * (i + 0.5), row, short(each), **CENTRE, **style)


def told(shown, back, frozen) -> str:
    """The graph in words, with its numbers."""
    stages, _ = example()
    parts = []
    for name in shown:
        part = f"{BOXES[name][0]} is {numbers(getattr(stages, name))}"
        if frozen and name in GIVEN:
            part += ", a constant"
        elif back is not None:
            part += f", its gradient {numbers(getattr(back, name))}"
        parts.append(part)
    middle = (
        "x goes to x − μ alone; μ and σ² are constants that nothing leads to"
        if frozen
        else "x goes to its mean μ and to x − μ; x − μ goes to its square "
        "and to x̂; the mean of the squares is σ²"
    )
    return (
        "A graph from the input x to the output y of one channel of five "
        f"values. {middle}; 1/σ multiplies x − μ; γ times x̂ plus β is y. "
        f"{'; '.join(parts)}."
    )


def forward(runs: Path) -> Drawing:
    """The graph with the numbers of the forward pass."""
    return graph()


def backward(runs: Path) -> Drawing:
    """The same graph with the gradients added."""
    return graph(example()[1])


def frozen(runs: Path) -> Drawing:
    """The graph again, with the statistics as constants."""
    stages, back = example()
    centred = back.xhat * stages.inverse
    return graph(back._replace(centred=centred, x=centred), frozen=True)


def line(runs: Path) -> Drawing:
    """The gradient dy over x, a straight line through it, what is left."""
    stages, back = example()
    x, dy, dx = (a[:, 0] for a in (stages.x, back.y, back.x))
    slope, start = np.polyfit(x, dy, 1)
    art = canvas(330, NARROW_WIDTH)
    ax = panel(art, 52, 28, 388, 240, xlim=(0, 8), ylim=(-0.5, 1.25))
    ends = np.array([0.2, 7.8])
    ax.plot(ends, start + slope * ends, color=INK)
    for at, value, left in zip(x, dy, dx):
        ax.plot([at, at], [value - left, value], color=ACCENT, lw=2.4)
        up = 17 if left > 0 else -17
        ax.annotate(
            short(left),
            (at, value),
            (0, up),
            textcoords="offset points",
            color=ACCENT,
            weight=700,
            **CENTRE,
        )
    ax.plot(x, dy, "o", color=INK, ms=8)
    ax.annotate(
        "the straight line that fits best",
        (2.55, start + slope * 2.55),
        (0, 16),
        textcoords="offset points",
        fontsize=SMALL,
    )
    ax.set_xticks(x)
    ax.set_yticks([0, 0.5, 1])
    ax.set_xlabel("x, the five values of the channel")
    ax.set_title("dy, the gradient that arrives", loc="left", **BOLD)
    return Drawing(
        art,
        "What batch normalization sends back: residuals of a straight line",
        f"The gradient dy, {numbers(dy)}, is drawn over x, {numbers(x)}. The "
        f"straight line that fits best falls from {short(start + slope)} at "
        f"x = 1 to {short(start + 7 * slope)} at x = 7. The vertical "
        f"distances of the points from it, {numbers(dx)}, are dx, since γ/σ "
        "is 1 here.",
    )


def length(runs: Path) -> Drawing:
    """One step of the same kind from short and from long weights."""
    art = canvas(160, NARROW_WIDTH)
    ax = paper(art)
    for left, size in ((12, 92), (204, 184)):
        angle = draw_step(ax, left, size)
        ax.text(left, 18, f"w turns by {angle:.0f}°", **BOLD)
    return Drawing(
        art,
        "A step at a right angle: it turns short weights more than long ones",
        "Two right-angled triangles. In each the weights w lie along the "
        "base, the step −η dw stands on their tip at a right angle, and the "
        "new weights are the hypotenuse, longer than the base. On the right "
        "the weights are twice as long and the step half as long: the angle "
        "between old and new weights shrinks to about a quarter.",
    )


def draw_step(ax, left, size):
    """A right-angled triangle: weights, step, new weights; its angle."""
    base, step = 124, 92 * 63.6 / size
    tip = left + size
    for start, end, colour in (
        ((left, base), (tip, base), INK),
        ((tip, base), (tip, base - step), ACCENT),
        ((left, base), (tip, base - step), INK),
    ):
        style = {"arrowstyle": "-|>", "color": colour, "lw": 1.8, "fc": colour}
        style |= {"shrinkA": 0, "shrinkB": 0}
        ax.annotate("", end, start, arrowprops=style)
    corner = [(tip - 11, base), (tip - 11, base - 11), (tip, base - 11)]
    ax.plot(*zip(*corner), color=INK, lw=0.9)
    ax.text((left + tip) / 2, base + 16, "w", **CENTRE)
    ax.text(tip + 7, base - step / 2, "−η dw", va="center", color=ACCENT)
    angle = np.degrees(np.arctan2(step, size))
    ax.text(
        (left + tip) / 2 - 14,
        base - step / 2 - 16,
        "new w",
        rotation=angle,
        **CENTRE,
    )
    return angle


def axes(runs: Path) -> Drawing:
    """Which numbers share a mean: one column, or one row."""
    art = canvas(300, NARROW_WIDTH)
    ax = paper(art)
    grids = (
        (24, 4, "batch norm", "(B, D)", "M = B", (4, 1)),
        (178, 8, "batch norm", "(B, I, J, C)", "M = B·I·J", (8, 1)),
        (332, 4, "layer norm", "(B, D)", "M = D", (1, 5)),
    )
    for left, rows, title, shape, count, shared in grids:
        draw_grid(ax, left, rows, shared)
        ax.text(left, 16, title, weight=700)
        ax.text(left, 36, shape, fontsize=SMALL)
        ax.text(left, 55, count, fontsize=SMALL)
    sides = (
        (24, 4, "features", "examples"),
        (178, 8, "channels", "positions of all images"),
        (332, 4, "features", "examples"),
    )
    for left, rows, below, beside in sides:
        ax.text(left + 60, 66 + CELL * rows + 16, f"{below} →", **CENTRE)
        ax.text(
            left - 12,
            66 + CELL / 2 * rows,
            f"← {beside}",
            rotation=90,
            fontsize=SMALL,
            **CENTRE,
        )
    return Drawing(
        art,
        "Which values share one mean and one variance",
        "Three tables with one set of values shaded that share a mean and a "
        "variance. Batch normalization of (B, D): one column, a feature over "
        "all examples, M = B values. Batch normalization of (B, I, J, C): one "
        "column again, a channel over all positions of all images, M = B·I·J "
        "values. Layer normalization of (B, D): one row, all features of one "
        "example, M = D values.",
    )


CELL = 24


def draw_grid(ax, left, rows, shared):
    """A table whose first column or row is shaded."""
    right, bottom = left + CELL * 5, 66 + CELL * rows
    across = [((left, y), (right, y)) for y in range(66, bottom + 1, CELL)]
    down = [((x, 66), (x, bottom)) for x in range(left, right + 1, CELL)]
    lines = [end for line in across + down for end in line]
    path = mpl.path.Path(lines, [1, 2] * len(across + down))  # move, draw
    ax.add_patch(mpl.patches.PathPatch(path, facecolor="none", lw=0.8))
    for row, column in np.ndindex(shared):
        x, y = left + CELL * column + 3, 66 + CELL * row + 3
        fill = mpl.patches.Rectangle((x, y), CELL - 6, CELL - 6)
        fill.set(facecolor=ACCENT, alpha=0.75, lw=0)
        ax.add_patch(fill)


CURVES = {
    "one": "as drawn",
    "ten": "× 10",
    "tenth": "× 1/10",
}


def scale(runs: Path) -> Drawing:
    """Training loss and length of the weights from three first lengths."""
    found = {name: curve(runs, name) for name in (*CURVES, "ten_hundredfold")}
    art = canvas(480, NARROW_WIDTH)
    top = panel(art, 56, 26, 316, 180, yscale="log")
    low = panel(art, 56, 262, 316, 170, yscale="log")
    titles = ("training loss, in nats", "squared length of the weights |w|²")
    for ax, column, title in ((top, 1, titles[0]), (low, 2, titles[1])):
        ends = {n: found[n][:, -1, column].mean() for n in CURVES}
        for name, words in CURVES.items():
            draw_curve(ax, name, found[name][..., 0], found[name][..., column])
            nudge = {"one": 9, "tenth": -9}.get(name, 0)
            name_end(ax, words, ends[name], nudge, name == "one")
        ax.set_title(title, loc="left", **BOLD)
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_formatter("")
        ax.tick_params(which="minor", length=0)
        ax.set_xlim(0, found["one"][0, -1, 0] + 10)
        ax.grid(axis="y", color=INK, alpha=0.12, lw=0.8)
    rings = found["ten_hundredfold"].mean(0)
    top.plot(rings[:, 0], rings[:, 1], "o", color=INK, ms=7, mfc="none")
    top.annotate(
        "rings: × 10, at 100 × the rate",
        (14, 0.022),
        fontsize=SMALL,
    )
    low.set_xlabel("step")
    return Drawing(
        art, "The same net from weights of three lengths", scale_text(found)
    )


def curve(runs: Path, variant: str) -> np.ndarray:
    """(seeds, points, 3): step, loss, squared length."""
    path = runs / "gradflow/scale_invariance.csv"
    if not path.exists():
        raise records.RecordError(f"{path}: no such file; run its stage")
    with path.open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["variant"] == variant]
    if not rows:
        raise records.RecordError(f"{path}: no variant {variant}")
    keys = ("step", "loss", "squared_length")
    values = np.array([[float(r[k]) for k in keys] for r in rows])
    return values.reshape(len({r["seed"] for r in rows}), -1, 3)


def draw_curve(ax, name, steps, values):
    """Mean over seeds with a band from the smallest to the largest."""
    dash = {"one": "-", "ten": (0, (5, 2)), "tenth": (0, (1, 1.5))}[name]
    colour = ACCENT if name == "one" else INK
    steps = steps[0]
    ax.plot(steps, values.mean(0), color=colour, ls=dash, lw=2)
    low, high = values.min(0), values.max(0)
    ax.fill_between(steps, low, high, color=colour, alpha=0.15, lw=0)


def name_end(ax, text, end, nudge, bold):
    """The name of a curve at its right end."""
    ax.annotate(
        text,
        (1, end),
        (6, nudge),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="center",
        weight=700 if bold else 400,
    )


def scale_text(found) -> str:
    """What the curves show."""
    parts = []
    for name, words in CURVES.items():
        mean = found[name].mean(0)
        parts.append(
            f"{words}: loss from {mean[0, 1]:.2g} to {mean[-1, 1]:.2g} nats, "
            f"squared length from {mean[0, 2]:.3g} to {mean[-1, 2]:.3g}"
        )
    apart = found["ten_hundredfold"][..., 1] / found["one"][..., 1] - 1
    return (
        f"Mean of {len(found['one'])} seeds with a band from smallest to "
        "largest, the first point step 0, then means of 20 steps. "
        f"{'; '.join(parts)}. The net with ten times the weights and a "
        "hundred times the rate for them runs along the first curve, within "
        f"{max(100 * np.abs(apart).max(), 0.001):.2g} %."
    )


def variance(runs: Path) -> Drawing:
    """How wrong a variance in float32 is, by two formulas."""
    values = records.read("gradflow/variance", runs)["values"]
    ratios = np.array([int(name.split("_")[1]) for name in values])
    art = canvas(340, NARROW_WIDTH)
    ax = panel(art, 56, 28, 280, 250, xscale="log", yscale="log")
    names = {
        "one_pass": "mean of x² − μ²",
        "two_pass": "mean of (x − μ)²",
        "corrected": "corrected",
    }
    for name, words in names.items():
        y = np.array([v[name] for v in values.values()])
        colour = ACCENT if name == "one_pass" else INK
        mark = "s--" if name == "corrected" else "o-"
        ax.plot(ratios, y, mark, color=colour, ms=6)
        name_end(ax, words, y[-1], 0, name == "one_pass")
    ax.axhline(1, color=INK, lw=0.8, ls=(0, (2, 3)))
    ax.text(1, 1.6, "as wrong as 0 would be", fontsize=SMALL)
    ax.set_xlabel("|mean| in units of the deviation")
    ax.set_title("median relative error of the variance", loc="left", **BOLD)
    ax.set_xticks(ratios, [f"{r:,}" for r in ratios])
    ticks = [1e-8, 1e-6, 1e-4, 1e-2, 1, 1e2]
    names = ["10⁻⁸", "10⁻⁶", "10⁻⁴", "10⁻²", "1", "10²"]
    ax.set_yticks(ticks, names)
    ax.minorticks_off()
    return Drawing(
        art,
        "Three formulas for the variance, in float32",
        variance_text(values),
    )


def variance_text(values) -> str:
    """The errors in words."""
    parts = [
        f"at a ratio of {int(name.split('_')[1]):,} it is "
        f"{found['one_pass']:.1e} for the difference of two means, "
        f"{found['two_pass']:.1e} for the mean of squared distances and "
        f"{found['corrected']:.1e} for the same, corrected"
        for name, found in values.items()
    ]
    return (
        "Median relative error of a float32 variance of 256 normal numbers, "
        "over the ratio of mean to deviation, both axes logarithmic: "
        f"{'; '.join(parts)}. The first grows with the square of the ratio."
    )


FIGURES = {
    "bn-scale": scale,
    "bn-forward": forward,
    "bn-backward": backward,
    "bn-frozen": frozen,
    "bn-line": line,
    "bn-axes": axes,
    "bn-length": length,
    "bn-variance": variance,
}


def draw(runs: Path) -> None:
    """Draw all figures."""
    with mpl.rc_context(STYLE):
        for name, figure in FIGURES.items():
            save(figure(runs), runs / f"gradflow/{name}.svg")


if __name__ == "__main__":
    sys.exit(draw(records.RUNS))

"""The figures of gradflow 3: `python -m deepcourse.gradflow.figures.batchnorm`.

The graphs carry the numbers of the page's example, computed here; the curves
are drawn from the records.
"""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, BOLD, INK, Drawing
from deepcourse.gradflow import batchnorm_staged

NARROW = 460  # pixels: so that the text is legible on a phone


# The page's example: five values of one channel, and a gradient for the first.
def example():
    """Stages and gradients of x = 1, 3, 4, 5, 7 with gamma 2, beta 1."""
    x = np.array([[1.0], [3.0], [4.0], [5.0], [7.0]])
    dy = np.array([[1.0], [0.0], [0.0], [0.0], [0.0]])
    one = np.ones(1)
    stages = batchnorm_staged.staged_forward(x, 2 * one, one, eps=0.0)
    return stages, batchnorm_staged.staged_backward(dy, stages)


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
FIVE, ONE, HIGH = 256, 108, 48  # room for five numbers, for one
BOXES = {
    "x": ("x", 198, 4, FIVE),
    "mean": ("μ", 42, 74, ONE),
    "centred": ("x − μ", 198, 144, FIVE),
    "square": ("(x − μ)²", 6, 214, 194),
    "var": ("σ²", 42, 290, ONE),
    "inverse": ("1/σ", 42, 366, ONE),
    "xhat": ("x̂", 198, 366, FIVE),
    "gamma": ("γ", 42, 448, ONE),
    "beta": ("β", 42, 520, ONE),
    "y": ("y", 198, 484, FIVE),
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


def sides(name):
    """Left, right, bottom, centre and row of a box."""
    _, left, top, width = BOXES[name]
    return left, left + width, top + HIGH, left + width / 2, top + HIGH / 2


def way(start, end, kind):
    """The corners of an edge."""
    left, right, bottom, centre, row = sides(start)
    left2, right2, bottom2, centre2, row2 = sides(end)
    if kind == "down":
        x = max(centre, centre2)
        return [(x, bottom), (x, bottom2 - HIGH)]
    if kind == "elbow":
        return [(left + 56, bottom), (left + 56, row2), (right2, row2)]
    if kind == "corner":
        return [(centre, bottom), (centre, row2), (left2, row2)]
    if kind == "across":
        return [(right, row), (left2, row2)]
    row2 += {"above": -12, "below": 12}[kind]
    return [(right, row), (174, row), (174, row2), (left2, row2)]


def backward() -> Drawing:
    """The graph with its numbers, and the gradients below them."""
    stages, back = example()
    art, ax = draw.paper(574, NARROW)
    ax.set_xlim(-6, NARROW + 6)  # some air at both sides
    for edge in EDGES:
        points = way(*edge)
        ax.plot(*zip(*points), color=INK, lw=1.2)
        draw.arrow(ax, *points[-2:], tip="-|>", shrinkA=2)
    for x, y, text in WORDS.values():
        draw.label(ax, x, y, text, "left")
    for name, (sign, left, top, width) in BOXES.items():
        draw.box(ax, left, top, width, HIGH)
        write(ax, name, sign, getattr(stages, name), 16)
        write(ax, name, "d", getattr(back, name), 35, **draw.MARK)
    title = (
        "Batch normalization of five values, forward, and below each its "
        "gradient"
    )
    return Drawing(art, title, told(stages, back))


def write(ax, name, sign, value, down, **style):
    """A line of a box: the sign, then the numbers, each in its place."""
    _, left, top, width = BOXES[name]
    at = left + {FIVE: 50, ONE: 38}.get(width, 72)
    row = top + down
    draw.label(ax, left + 7, row, sign, "left", **BOLD)
    value = np.ravel(value)
    if len(value) > 1 and (value == value[0]).all():
        draw.label(ax, at + 36, row, f"each {short(value[0])}", "left", **style)
        return
    slot = (left + width - at) / len(value)
    for i, each in enumerate(value):
        draw.label(ax, at + slot * (i + 0.5), row, short(each), **style)


def told(stages, back) -> str:
    """The graph in words, with its numbers."""
    parts = [
        f"{sign} is {numbers(getattr(stages, name))}, its gradient "
        f"{numbers(getattr(back, name))}"
        for name, (sign, *_) in BOXES.items()
    ]
    return (
        "A graph from the input x to the output y of one channel of five "
        "values. x goes to its mean μ and to x − μ; x − μ goes to its square "
        "and to x̂; the mean of the squares is σ²; 1/σ multiplies x − μ; γ "
        f"times x̂ plus β is y. {'; '.join(parts)}."
    )


def line() -> Drawing:
    """The gradient dy over x, a straight line through it, what is left."""
    stages, back = example()
    x, dy, dx = (a[:, 0] for a in (stages.x, back.y, back.x))
    slope, start = np.polyfit(x, dy, 1)
    art = draw.canvas(330, NARROW)
    ax = draw.panel(art, 52, 28, 388, 240, xlim=(0, 8), ylim=(-1.25, 1.25))
    ends = np.array([0.2, 7.8])
    ax.plot(ends, start + slope * ends, color=INK)
    for at, value, left in zip(x, dy, dx):
        ax.plot([at, at], [value - left, value], color=ACCENT, lw=2.4)
        offset = (0, 17 if left > 0 else -17)
        point = (at, value)
        draw.beside(ax, short(left), point, offset, "center", **draw.MARK)
    ax.plot(x, dy, "o", color=INK, ms=8)
    at, name = (2.55, start + slope * 2.55), "the straight line that fits best"
    draw.beside(ax, name, at, (0, 16), va="baseline")
    ax.set(xticks=x, yticks=[-1, -0.5, 0, 0.5, 1])
    ax.set_xlabel("x, the five values of the channel")
    ax.set_title("dy, the gradient that arrives")
    return Drawing(
        art,
        "What batch normalization sends back: residuals of a straight line",
        f"The gradient dy, {numbers(dy)}, is drawn over x, {numbers(x)}. The "
        f"straight line that fits best falls from {short(start + slope)} at "
        f"x = 1 to {short(start + 7 * slope)} at x = 7. The vertical "
        f"distances of the points from it, {numbers(dx)}, are dx, since γ/σ "
        "is 1 here.",
    )


def length() -> Drawing:
    """One step of the same kind from short and from long weights."""
    art, ax = draw.paper(160, NARROW)
    for left, size in ((12, 92), (204, 184)):
        angle = triangle(ax, left, size)
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


def triangle(ax, left, size):
    """A right-angled triangle: weights, step, new weights; its angle."""
    base, step = 124, 92 * 63.6 / size
    tip = left + size
    start, corner, end = (left, base), (tip, base), (tip, base - step)
    for a, b, colour in (
        (start, corner, INK),
        (corner, end, ACCENT),
        (start, end, INK),
    ):
        draw.arrow(ax, a, b, colour, tip="-|>", lw=1.8)
    square = [(tip - 11, base), (tip - 11, base - 11), (tip, base - 11)]
    ax.plot(*zip(*square), color=INK, lw=0.9)
    centre = (left + tip) / 2
    draw.label(ax, centre, base + 16, "w")
    draw.label(ax, tip + 7, base - step / 2, "−η dw", "left", color=ACCENT)
    angle = np.degrees(np.arctan2(step, size))
    above = base - step / 2 - 16
    draw.label(ax, centre - 14, above, "new w", rotation=angle)
    return angle


TABLES = (  # left, rows, title, shape, count, shared, below, beside
    (24, 4, "batch norm", "(B, D)", "M = B", (4, 1), "features", "examples"),
    (178, 8, "batch norm", "(B, I, J, C)", "M = B·I·J", (8, 1), "channels",
     "positions of all images"),
    (332, 4, "layer norm", "(B, D)", "M = D", (1, 5), "features", "examples"),
)  # fmt: skip
CELL = 24


def axes() -> Drawing:
    """Which numbers share a mean: one column, or one row."""
    art, ax = draw.paper(300, NARROW)
    for left, rows, title, shape, count, shared, *_ in TABLES:
        draw.grid(ax, left, 66, rows, 5, CELL, lw=0.8)
        for row, column in np.ndindex(shared):
            x, y = left + CELL * column + 3, 66 + CELL * row + 3
            style = {"fc": ACCENT, "alpha": 0.75, "lw": 0}
            draw.box(ax, x, y, CELL - 6, CELL - 6, **style)
        ax.text(left, 16, title, **BOLD)
        ax.text(left, 36, shape)
        ax.text(left, 55, count)
    for left, rows, *_, below, beside in TABLES:
        high, turned = CELL * rows, {"rotation": 90}
        draw.label(ax, left + 60, 66 + high + 16, f"{below} →")
        draw.label(ax, left - 12, 66 + high / 2, f"← {beside}", **turned)
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


CURVES = {"one": "as drawn", "ten": "× 10", "tenth": "× 1/10"}
DASHES = {"one": "-", "ten": (0, (5, 2)), "tenth": (0, (1, 1.5))}


def scale(runs: Path) -> Drawing:
    """Training loss and length of the weights from three first lengths."""
    path = runs / "gradflow/scale_invariance.csv"
    columns = ("step", "loss", "squared_length")
    names = (*CURVES, "ten_hundredfold")
    found = {name: draw.runs_of(path, name, *columns) for name in names}
    art = draw.canvas(480, NARROW)
    top = draw.panel(art, 56, 26, 316, 180, yscale="log")
    low = draw.panel(art, 56, 262, 316, 170, yscale="log")
    titles = ("training loss, in nats", "squared length of the weights |w|²")
    for ax, column, title in ((top, 1, titles[0]), (low, 2, titles[1])):
        for name, words in CURVES.items():
            bold = name == "one"
            steps, values = found[name][0, :, 0], found[name][..., column]
            style = {"colour": ACCENT if bold else INK, "ls": DASHES[name]}
            three = draw.range_of(values)
            draw.band(ax, steps, *three, alpha=0.15, lw=2, **style)
            offset = (6, {"one": 9, "tenth": -9}.get(name, 0))
            weight = BOLD if bold else {}
            draw.name_end(ax, words, three[1][-1], offset, **weight)
        ax.set_title(title)
        ax.set_xlim(0, found["one"][0, -1, 0] + 10)
        ax.grid(axis="y")
        draw.plain_log(ax)
    rings = found["ten_hundredfold"].mean(0)
    top.plot(rings[:, 0], rings[:, 1], "o", color=INK, ms=7, mfc="none")
    top.text(14, 0.022, "rings: × 10, at 100 × the rate")
    low.set_xlabel("step")
    title = "The same net from weights of three lengths"
    return Drawing(art, title, scale_text(found))


def scale_text(found) -> str:
    """What the curves show."""
    parts = []
    for name, words in CURVES.items():
        mean = found[name].mean(0)
        parts.append(
            f"{words}: loss from {draw.number(mean[0, 1])} to "
            f"{draw.number(mean[-1, 1])} nats, squared length from "
            f"{draw.number(mean[0, 2], 3)} to {draw.number(mean[-1, 2], 3)}"
        )
    apart = found["ten_hundredfold"][..., 1] / found["one"][..., 1] - 1
    return (
        f"Mean of {len(found['one'])} seeds with a band from smallest to "
        "largest, the first point step 0, then means of 20 steps. "
        f"{'; '.join(parts)}. The net with ten times the weights and a "
        "hundred times the rate for them runs along the first curve, within "
        f"{draw.number(max(100 * np.abs(apart).max(), 0.001))} %."
    )


FORMULAS = {
    "one_pass": "mean of x² − μ²",
    "two_pass": "mean of (x − μ)²",
    "corrected": "corrected",
}


def variance(runs: Path) -> Drawing:
    """How wrong a variance in float32 is, by three formulas."""
    values = records.read("gradflow/variance", runs)["values"]
    ratios = np.array([int(name.split("_")[1]) for name in values])
    art = draw.canvas(340, NARROW)
    ax = draw.panel(art, 56, 28, 280, 250, xscale="log", yscale="log")
    for name, words in FORMULAS.items():
        y = [v[name] for v in values.values()]
        colour, weight = (ACCENT, BOLD) if name == "one_pass" else (INK, {})
        mark = "s--" if name == "corrected" else "o-"
        ax.plot(ratios, y, mark, color=colour, ms=6)
        draw.name_end(ax, words, y[-1], (6, 0), **weight)
    ax.axhline(1, color=INK, lw=0.8, ls=(0, (2, 3)))
    ax.text(1, 1.6, "as wrong as 0 would be")
    ax.set_xlabel("|mean| in units of the deviation")
    ax.set_title("median relative error of the variance")
    ax.set_xticks(ratios, [f"{r:,}" for r in ratios])
    draw.power_ticks(ax, -8, -6, -4, -2, 0, 2)
    ax.minorticks_off()
    title = "Three formulas for the variance, in float32"
    return Drawing(art, title, variance_text(values))


def variance_text(values) -> str:
    """The errors in words."""
    parts = [
        f"at a ratio of {int(name.split('_')[1]):,} it is "
        f"{draw.number(found['one_pass'])} for the difference of two means, "
        f"{draw.number(found['two_pass'])} for the mean of squared "
        f"distances and {draw.number(found['corrected'])} for the same, "
        "corrected"
        for name, found in values.items()
    ]
    return (
        "Median relative error of a float32 variance of 256 normal numbers, "
        "over the ratio of mean to deviation, both axes logarithmic: "
        f"{'; '.join(parts)}. The first grows with the square of the ratio."
    )


FIGURES = draw.Figures(
    "gradflow",
    computed={
        "bn-backward": backward,
        "bn-line": line,
        "bn-axes": axes,
        "bn-length": length,
    },
    measured={"bn-scale": scale, "bn-variance": variance},
)

if __name__ == "__main__":
    FIGURES.main()

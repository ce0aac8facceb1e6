"""Figures of post 1: `python -m deepcourse.gradflow.figures.matmul_conv2d`.

The circuit and the convolution are computed before they are drawn, so that
no number in a figure is typed.
"""

import argparse
import csv
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.patches import Circle, PathPatch, Rectangle
from matplotlib.path import Path as Path2D

from deepcourse import drawing as house
from deepcourse import records
from deepcourse.drawing import (
    ACCENT,
    INK,
    SMALL,
    STYLE,
    TEXT,
    Drawing,
    panel,
    paper,
    percent,
    save,
)
from deepcourse.gradflow.circuit import circuit_values
from deepcourse.gradflow.conv2d_geometry import windows_along

MIDDLE = {"ha": "center", "va": "center"}
BOLD = {"color": ACCENT, "weight": 700}
WIDTH = 470  # narrow, so that a phone shows the letters large


def canvas(height):
    """An empty drawing of this post's width."""
    return house.canvas(height, WIDTH)


def arrow(ax, start, end, colour=INK, **style):
    """An arrow from one point of the paper to another."""
    style = {"lw": 1.2, "shrinkA": 0, "shrinkB": 0, **style}
    ax.annotate(
        "",
        end,
        start,
        arrowprops={"arrowstyle": "->", "color": colour, **style},
    )


# The first screen: nets with a wrong gradient.

NETS = {
    "right": "right",
    "transpose": "a transpose is missing",
    "dropout": "dropout keeps what it should drop",
    "softplus": "softplus with two wrong signs",
}


def wrong(runs: Path) -> Drawing:
    """Accuracy of the right net and of three wrong ones, with the check."""
    values = records.read("gradflow/wrong_gradients", runs)["values"]
    with (runs / "gradflow/wrong_gradients.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    art = canvas(62 * len(NETS) + 80)
    height = 62 * len(NETS)
    ax = panel(art, 12, 34, 254, height, xlim=(0, 100), yticks=[])
    ax.set_ylim(len(NETS) - 0.5, -0.6)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel("test accuracy in %, five seeds")
    for y, (name, words) in enumerate(NETS.items()):
        seeds = [100 * float(r["test_accuracy"]) for r in rows]
        found = [s for s, r in zip(seeds, rows) if r["variant"] == name]
        colour = ACCENT if name == "right" else INK
        ax.plot(found, [y] * len(found), "o", color=colour, ms=8, alpha=0.55)
        ax.text(0, y - 0.33, words, va="center", weight=700)
    write_errors(paper(art), values)
    return Drawing(
        art,
        "Four nets, their test accuracy, and the error of their gradients",
        wrong_text(values),
    )


def write_errors(ax, values):
    """The column of errors beside the rows of the plot."""
    ax.text(286, 10, "gradient against", fontsize=SMALL, va="center")
    ax.text(286, 26, "differences", fontsize=SMALL, va="center")
    for y, name in enumerate(NETS):
        error = values[name]["gradient_error"]
        place = 34 + 62 * (y + 0.6) * len(NETS) / (len(NETS) + 0.1)
        mark, word = ("✗", "wrong") if error > 1e-4 else ("✓", "agrees")
        ax.text(286, place, f"{mark} {word}", va="center", weight=700)
        ax.text(368, place, f"error {error:.2g}", va="center", fontsize=SMALL)


def wrong_text(values) -> str:
    """What the figure of the wrong nets shows."""
    parts = [
        f"{NETS[n]}: {percent(v['test_accuracy'], 1)} "
        f"± {percent(v['test_accuracy_sd'], 1)}, error of the gradient "
        f"{v['gradient_error']:.2g}"
        for n, v in ((n, values[n]) for n in NETS)
    ]
    return (
        "Test accuracy on the digits, mean and deviation of five seeds, and "
        "the largest relative error of a gradient against central "
        f"differences. {'; '.join(parts)}."
    )


# The scalar circuit, in two steps.

NODES = {"×": (142, 104), "+": (232, 146), "max": (318, 146), "× ": (398, 104)}
SPOTS = {  # of each value, and of its gradient
    "x": (30, 47, (30, 75)),
    "w": (30, 133, (30, 161)),
    "b": (142, 193, (142, 221)),
    "z": (196, 98, (164, 148)),
    "a": (275, 128, (275, 182)),
    "r": (350, 100, (376, 151)),
    "L": (440, 86, (442, 124)),
}


def draw_circuit(backward: bool):
    """The circuit with its values, and with its gradients if wanted."""
    values, gradients = circuit_values()
    art = canvas(250)
    ax = paper(art)
    wires(ax)
    for text, (x, y) in NODES.items():
        ax.add_patch(Circle((x, y), 19, fc="none", ec=INK, lw=1.4))
        ax.text(x, y, text.strip(), fontsize=SMALL, **MIDDLE)
    for name, (x, y, below) in SPOTS.items():
        label = f"{name} = {values[name]:g}"
        ax.text(x, y, label.replace("-", "−"), **MIDDLE)
        if backward:
            label = f"d{name} = {gradients[name]:g}"
            ax.text(below[0], below[1], label, **MIDDLE, **BOLD)
    if backward:
        ax.text(240, 38, f"sends {gradients['late']:g}", **MIDDLE, **BOLD)
        sent = f"sends {gradients['early']:g}"
        ax.text(88, 105, sent, fontsize=SMALL, **MIDDLE, **BOLD)
    return art


def wires(ax):
    """The arrows of the circuit, from left to right."""
    first, plus, bend, last = NODES.values()
    arrow(ax, (62, 64), (first[0] - 18, first[1] - 8))
    arrow(ax, (62, 140), (first[0] - 17, first[1] + 9))
    ax.plot([62, 96, 352], [48, 22, 22], color=INK, lw=1.2)
    arrow(ax, (352, 22), (last[0] - 10, last[1] - 17))
    arrow(ax, (first[0] + 17, first[1] + 8), (plus[0] - 17, plus[1] - 9))
    arrow(ax, (168, 194), (plus[0] - 14, plus[1] + 14))
    arrow(ax, (plus[0] + 19, plus[1]), (bend[0] - 20, bend[1]))
    arrow(ax, (bend[0] + 17, bend[1] - 9), (last[0] - 17, last[1] + 9))
    arrow(ax, (last[0] + 19, last[1]), (WIDTH - 4, last[1]))


def circuit_forward(runs: Path) -> Drawing:
    """The circuit with its values."""
    v, _ = circuit_values()
    return Drawing(
        draw_circuit(backward=False),
        "The circuit L = x · max(x w + b, 0), forward",
        f"x = {v['x']:g} and w = {v['w']:g} are multiplied to z = {v['z']:g}; "
        f"adding b = {v['b']:g} gives a = {v['a']:g}; the larger of a and 0 "
        f"is r = {v['r']:g}; r times x, which is read a second time, is "
        f"L = {v['L']:g}.",
    )


def circuit(runs: Path) -> Drawing:
    """The same with its gradients."""
    v, g = circuit_values()
    return Drawing(
        draw_circuit(backward=True),
        "The same circuit with the gradient of every value below it",
        f"dL = 1. The last product swaps: r receives x, dr = {g['r']:g}, and "
        f"sends r = {g['late']:g} to x. The maximum passes {g['a']:g} to a. "
        f"The sum passes {g['z']:g} to z and {g['b']:g} to b. The first "
        f"product swaps: dw = {g['w']:g}, and it sends {g['early']:g} to x. "
        f"x was read twice, so both arrive and add: dx = {g['x']:g}. "
        f"L itself is {v['L']:g}.",
    )


# A layer in four steps, and its mirror.

STEPS = [
    ("weigh", "x w, or conv", "dw", "transposed"),
    ("normalize", "post 3", "dγ", "post 3"),
    ("bias", "+ b", "db", "passes"),
    ("bend", "relu", "", "times slope"),
]


def layer(runs: Path) -> Drawing:
    """Four boxes forward, the same four back."""
    art = canvas(226)
    ax = paper(art)
    for y, text in ((44, "x"), (134, "dx")):
        ax.text(13, y, text, weight=700, **MIDDLE)
        ax.text(457, y, text.replace("x", "y"), weight=700, **MIDDLE)
    for i, (name, how, weight, back) in enumerate(STEPS):
        x = 87 + 99 * i
        box(ax, x, 44, name, how, INK)
        box(ax, x, 134, name, back, ACCENT)
        if weight:
            arrow(ax, (x, 158), (x, 184), ACCENT)
            ax.text(x, 196, weight, **MIDDLE, **BOLD)
    for i in range(5):
        left, right = (26, 45) if i == 0 else (30 + 99 * i, 45 + 99 * i)
        right = 442 if i == 4 else right
        arrow(ax, (left, 44), (right, 44))
        arrow(ax, (right, 134), (left, 134), ACCENT)
    ax.text(14, 89, "forward: left to right; backward: right to left",
            fontsize=SMALL, va="center")  # fmt: skip
    ax.text(14, 218, "what the optimizer receives", fontsize=SMALL, va="center")
    return Drawing(
        art,
        "A layer is four steps; backward, the same four in reverse order",
        "Upper row, left to right: x is weighed by a matrix product or a "
        "convolution, normalized, given a bias, bent by an activation: y. "
        "Lower row, right to left: dy is multiplied by the slope of the "
        "activation, leaves db at the bias, dγ at the normalization and dw "
        "at the weights, and arrives as dx.",
    )


def box(ax, x, y, name, how, colour):
    """One step, with what it does."""
    ax.add_patch(Rectangle((x - 42, y - 23), 84, 46, fc="none", ec=colour))
    ax.text(x, y - 8, name, weight=700, **MIDDLE)
    ax.text(x, y + 11, how, fontsize=SMALL, **MIDDLE)


# The convolution: 5x5 pixels, a 3x3 window, stride 2, "same".

PIXELS, WINDOW, STRIDE, SEEN, SITE = 5, 3, 2, (1, 3), (1, 2)
CELL, OUT, TOP = 34, 50, 40
LEFT, RIGHT = 6, 312  # of the padded image, of the output


def grid(ax, left, top, rows, columns, cell, **style):
    """A grid of cells as one path: each line of it is drawn once."""
    right, bottom = left + columns * cell, top + rows * cell
    across = [top + n * cell for n in range(rows + 1)]
    down = [left + n * cell for n in range(columns + 1)]
    ends = [point for y in across for point in ((left, y), (right, y))]
    ends += [point for x in down for point in ((x, top), (x, bottom))]
    codes = [Path2D.MOVETO, Path2D.LINETO] * (len(ends) // 2)
    ax.add_patch(PathPatch(Path2D(ends, codes), fc="none", **style))


def readers(pixel=SEEN):
    """The windows that saw a pixel, each with the tap it stood under.

    >>> readers()
    {(0, 1): (2, 2), (0, 2): (2, 0), (1, 1): (0, 2), (1, 2): (0, 0)}
    """
    out, before, _ = windows_along(PIXELS, WINDOW, STRIDE, "same")
    found = {}
    for p, q in np.ndindex(out, out):
        u, v = (z + before - STRIDE * o for z, o in zip(pixel, (p, q)))
        if 0 <= u < WINDOW and 0 <= v < WINDOW:
            found[p, q] = u, v
    return found


def draw_conv(backward: bool):
    """Image, window and output; and who answers to one pixel."""
    out, before, _ = windows_along(PIXELS, WINDOW, STRIDE, "same")
    art = canvas(312)
    ax = paper(art)
    thin = {"ec": INK, "lw": 0.7}
    size = PIXELS + 2 * before
    grid(ax, LEFT, TOP, size, size, CELL, **thin, ls=(0, (2, 3)), alpha=0.6)
    inner = LEFT + before * CELL, TOP + before * CELL
    grid(ax, *inner, PIXELS, PIXELS, CELL, ec=INK, lw=1.1)
    grid(ax, RIGHT, TOP + 44, out, out, OUT, ec=INK, lw=1.1)
    ax.text(inner[0], 20, "x, with a ring of zeros", va="center")
    ax.text(RIGHT, TOP + 24, "dy" if backward else "y", va="center")
    if backward:
        pixel_and_readers(ax, inner)
    else:
        one_window(ax)
    return art


def one_window(ax):
    """The window of one output, tied to it."""
    p, q = SITE
    corner = LEFT + STRIDE * q * CELL, TOP + STRIDE * p * CELL
    side = WINDOW * CELL
    thick = {"fc": "none", "ec": ACCENT, "lw": 3}
    ax.add_patch(Rectangle(corner, side, side, **thick))
    for u, v in np.ndindex(WINDOW, WINDOW):
        x, y = corner[0] + (v + 0.5) * CELL, corner[1] + (u + 0.5) * CELL
        ax.text(x, y, f"w{u}{v}", fontsize=SMALL, **MIDDLE)
    target = RIGHT + q * OUT, TOP + 44 + p * OUT
    ax.add_patch(Rectangle(target, OUT, OUT, **thick))
    ax.text(target[0] + 25, target[1] + 25, f"y{p}{q}", **MIDDLE, **BOLD)
    middle = corner[1] + side / 2
    arrow(ax, (corner[0] + side + 3, middle), (target[0] - 3, middle), ACCENT)
    ax.text(WIDTH - 8, 290, "nine products, one sum", ha="right", va="center")


def pixel_and_readers(ax, inner):
    """One pixel, and each output that read it with the tap it used."""
    i, j = SEEN
    corner = inner[0] + j * CELL, inner[1] + i * CELL
    ax.add_patch(Rectangle(corner, CELL, CELL, fc="none", ec=ACCENT, lw=3))
    ax.text(corner[0] + 17, corner[1] + 17, f"x{i}{j}", **MIDDLE, **BOLD)
    for (p, q), (u, v) in readers().items():
        x, y = RIGHT + q * OUT, TOP + 44 + p * OUT
        ax.add_patch(Rectangle((x, y), OUT, OUT, fc="none", ec=ACCENT, lw=3))
        ax.text(x + 25, y + 16, f"dy{p}{q}", fontsize=SMALL, **MIDDLE)
        ax.text(x + 25, y + 34, f"· w{u}{v}", fontsize=SMALL, **MIDDLE, **BOLD)
    y = corner[1] + CELL / 2
    arrow(ax, (RIGHT + OUT - 3, y + 30), (corner[0] + CELL + 3, y), ACCENT)
    said = f"dx{i}{j}: {len(readers())} products, one sum"
    ax.text(WIDTH - 8, 290, said, ha="right", va="center")


def conv_forward(runs: Path) -> Drawing:
    """One window and its output."""
    p, q = SITE
    return Drawing(
        draw_conv(backward=False),
        "A 3×3 window on 5×5 pixels, stride 2, padded to keep ⌈5/2⌉ = 3 rows",
        f"The window of output y{p}{q} covers nine cells of the image with "
        "its ring of zeros, three of them in the ring. Each cell is "
        "multiplied with one tap w00 to w22 of the kernel; the sum of the "
        "nine products is one of 3 by 3 outputs.",
    )


def conv_backward(runs: Path) -> Drawing:
    """One pixel and the outputs that read it."""
    i, j = SEEN
    parts = [f"dy{p}{q} times w{u}{v}" for (p, q), (u, v) in readers().items()]
    return Drawing(
        draw_conv(backward=True),
        "The same drawing read backward: who answers to one pixel",
        f"Pixel x{i}{j} stood in {len(parts)} windows, each time under "
        f"another tap. Its gradient is the sum of {', '.join(parts)}.",
    )


def transposed(runs: Path) -> Drawing:
    """The same four products in the spread-out dy."""
    out, before, _ = windows_along(PIXELS, WINDOW, STRIDE, "same")
    spread, edge, cell = (out - 1) * STRIDE + 1, WINDOW - 1, 27
    art = canvas(300)
    ax = paper(art)
    size, top = spread + 2 * edge, 40
    thin = {"ec": INK, "lw": 0.7, "alpha": 0.6}
    grid(ax, LEFT, top, size, size, cell, **thin, ls=(0, (2, 3)))
    inner = LEFT + edge * cell, top + edge * cell
    grid(ax, *inner, spread, spread, cell, ec=INK, lw=0.9)
    for a, b in np.ndindex(spread, spread):
        x, y = inner[0] + (b + 0.5) * cell, inner[1] + (a + 0.5) * cell
        (p, down), (q, across) = divmod(a, STRIDE), divmod(b, STRIDE)
        text = "0" if down or across else f"{p}{q}"
        weight = 400 if down or across else 700
        ax.text(x, y, text, fontsize=SMALL, weight=weight, **MIDDLE)
    rows = [z + before - (WINDOW - 1) for z in SEEN]
    corner = inner[0] + rows[1] * cell, inner[1] + rows[0] * cell
    side = WINDOW * cell
    ax.add_patch(Rectangle(corner, side, side, fc="none", ec=ACCENT, lw=3))
    turned(ax, corner[0] + side, corner[1] + side / 2)
    ax.text(LEFT, 20, "dy, spread out by the stride", va="center")
    said = ", ".join(f"dy{p}{q}" for p, q in readers())
    return Drawing(
        art,
        "The gradient of x as a convolution: dy spread out, the kernel turned",
        "The 3 by 3 values of dy stand two apart, zeros between them and "
        f"two rings around. The kernel, turned by half a turn, covers {said} "
        f"and five zeros: its sum is dx{SEEN[0]}{SEEN[1]}.",
    )


def turned(ax, right, middle):
    """The kernel turned by half a turn, beside the window it lies on."""
    left, top, cell = 322, 96, 46
    arrow(ax, (left - 4, top + 1.5 * cell), (right + 4, middle), ACCENT)
    ax.text(left, top - 18, "w, turned", va="center")
    grid(ax, left, top, WINDOW, WINDOW, cell, ec=ACCENT, lw=1.6)
    taps = set(readers().values())
    for a, b in np.ndindex(WINDOW, WINDOW):
        u, v = WINDOW - 1 - a, WINDOW - 1 - b
        x, y = left + (b + 0.5) * cell, top + (a + 0.5) * cell
        used = BOLD if (u, v) in taps else {}
        ax.text(x, y, f"w{u}{v}", fontsize=TEXT, **MIDDLE, **used)
    ax.text(left, top + 3 * cell + 20, "bold: meets a value", fontsize=SMALL,
            va="center")  # fmt: skip


# im2col: two windows of the same picture, and the rows they become.

TWO, SIDE, SQUARE = ((1, 1), (1, 2)), 21, 20  # windows, a pixel, a value of X
STYLES = ({"ec": ACCENT, "lw": 3}, {"ec": INK, "lw": 2.4, "ls": (0, (3, 2))})


def pixels(site):
    """What a window covers, tap by tap; None is in the ring of zeros.

    >>> pixels((1, 1))[:3], pixels((1, 2))[:3]
    (['11', '12', '13'], ['13', '14', None])
    """
    _, before, _ = windows_along(PIXELS, WINDOW, STRIDE, "same")
    found = []
    for u, v in np.ndindex(WINDOW, WINDOW):
        i, j = (STRIDE * o + t - before for o, t in zip(site, (u, v)))
        inside = 0 <= i < PIXELS and 0 <= j < PIXELS
        found.append(f"{i}{j}" if inside else None)
    return found


def value(ax, x, y, name):
    """A pixel's number; the shared one stands in a circle."""
    shared = name == f"{SEEN[0]}{SEEN[1]}"
    size = {"fontsize": SMALL, **MIDDLE}
    ax.text(x, y, name or "0", **size, **(BOLD if shared else {}))
    if shared:
        ax.add_patch(Circle((x, y), 11, fc="none", ec=ACCENT, lw=1.6))


def picture_with_windows(ax, left, top):
    """The pixels with their ring, and the two windows on them."""
    _, before, _ = windows_along(PIXELS, WINDOW, STRIDE, "same")
    thin = {"ec": INK, "lw": 0.7, "alpha": 0.6}
    size = PIXELS + 2 * before
    grid(ax, left, top, size, size, SIDE, **thin, ls=(0, (2, 3)))
    inner = left + before * SIDE, top + before * SIDE
    grid(ax, *inner, PIXELS, PIXELS, SIDE, ec=INK, lw=0.9)
    names = {name for site in TWO for name in pixels(site) if name}
    for name in sorted(names):
        i, j = map(int, name)
        x, y = inner[0] + (j + 0.5) * SIDE, inner[1] + (i + 0.5) * SIDE
        value(ax, x, y, name)
    side = WINDOW * SIDE
    for (p, q), style in zip(TWO, STYLES):
        corner = left + STRIDE * q * SIDE, top + STRIDE * p * SIDE
        ax.add_patch(Rectangle(corner, side, side, fc="none", **style))


def rows_of_x(ax, left, top, out):
    """X with the two rows filled in, the kernel's column and y's."""
    taps, end = WINDOW * WINDOW, left + WINDOW * WINDOW * SQUARE
    for x, columns in ((left, taps), (end + 26, 1), (end + 73, 1)):
        grid(ax, x, top, out * out, columns, SQUARE, ec=INK, lw=0.5)
    for n, site in enumerate(np.ndindex(out, out)):
        y = top + n * SQUARE
        label = {"s": f"{site[0]}{site[1]}", "fontsize": SMALL, **MIDDLE}
        weight = 700 if site in TWO else 400
        ax.text(left - 13, y + SQUARE / 2, weight=weight, **label)
        if site in TWO:
            style = STYLES[TWO.index(site)]
            for x, columns in ((left, taps), (end + 73, 1)):
                wide = columns * SQUARE, SQUARE
                ax.add_patch(Rectangle((x, y), *wide, fc="none", **style))
            for t, name in enumerate(pixels(site)):
                value(ax, left + (t + 0.5) * SQUARE, y + SQUARE / 2, name)


def im2col(runs: Path) -> Drawing:
    """Two windows become two rows, and a pixel is copied into both."""
    out, _, _ = windows_along(PIXELS, WINDOW, STRIDE, "same")
    art = canvas(276)
    ax = paper(art)
    left, top, taps = 190, 58, WINDOW * WINDOW
    picture_with_windows(ax, 4, top + 16)
    rows_of_x(ax, left, top, out)
    end = left + taps * SQUARE
    heads = (
        (78, "x, one channel", ""),
        (left + 90, "X", "(BPQ, UVC)"),
        (end + 36, "w", ""),
        (end + 83, "y", ""),
    )
    for x, name, shape in heads:
        ax.text(x, 18, name, weight=700, **MIDDLE)
        ax.text(x, 40, shape, fontsize=SMALL, **MIDDLE)
    ax.text(end + 12, top + 90, "@", fontsize=SMALL, **MIDDLE)
    ax.text(end + 59, top + 90, "=", **MIDDLE)
    ax.text(left, top + 9 * SQUARE + 20, "a row for each window p q",
            fontsize=SMALL, va="center")  # fmt: skip
    shared = f"{SEEN[0]}{SEEN[1]}"
    at = [pixels(site).index(shared) + 1 for site in TWO]
    return Drawing(
        art,
        "im2col: every window copied into a row, then one matrix product",
        "Windows 11 and 12 of the 5 by 5 pixels overlap in column 3. Each is "
        "copied into a row of nine values of X, zeros of the ring included. "
        f"Pixel {shared} stands in both rows: as value {at[0]} of the one "
        f"and as value {at[1]} of the other. X times the kernel as a column "
        "gives one value of y per row.",
    )


FIGURES = {
    "wrong": wrong,
    "circuit-forward": circuit_forward,
    "circuit": circuit,
    "layer": layer,
    "conv-forward": conv_forward,
    "conv-backward": conv_backward,
    "transposed": transposed,
    "im2col": im2col,
}


def draw(runs: Path) -> None:
    """Draw all of them."""
    for name, figure in FIGURES.items():
        with mpl.rc_context(STYLE):
            save(figure(runs), runs / f"gradflow/{name}.svg")


def main() -> None:
    """Draw the figures of post 1 from the record and the formulas."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="of the quick run")
    quick = parser.parse_args().quick
    draw(Path(".cache/quick") if quick else records.RUNS)


if __name__ == "__main__":
    main()

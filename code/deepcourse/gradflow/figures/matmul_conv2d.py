"""Figures of gradflow 1: `python -m deepcourse.gradflow.figures.matmul_conv2d`.

The circuit and the convolution are computed before they are drawn, so that
no number in a figure is typed.
"""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, BOLD, INK, MARK, Drawing
from deepcourse.gradflow import conv2d, conv2d_loops
from deepcourse.gradflow.circuit import circuit_values
from deepcourse.gradflow.conv2d_geometry import windows_along
from deepcourse.gradflow.runs import window

NARROW = 470  # pixels: so that a phone shows the letters large

# The first screen: nets with a wrong gradient.

NETS = {
    "right": "right",
    "transpose": "transpose missing",
    "dropout": "bug in dropout",
    "softplus": "bug in softplus",
}


def wrong(runs: Path) -> Drawing:
    """How the wrong line gets less wrong; and four nets, with the check."""
    values = records.read("gradflow/wrong_gradients", runs)["values"]
    path = runs / "gradflow/feedback.csv"
    found = {
        name: draw.range_of(draw.runs_of(path, name, "likeness", "cosine"))
        for name in ("right", "transpose")
    }
    art = draw.canvas(388, NARROW)
    turning(art, found)
    write_nets(draw.overlay(art), values)
    title = "A wrong gradient gets better; what a check says of four nets"
    return Drawing(art, title, wrong_text(values, found))


def turning(art, found):
    """Two cosines by epoch, of the right net and of the one beside it."""
    sides = ((34, "of w and its transpose"), (276, "of gradient and right one"))
    for column, (left, words) in enumerate(sides):
        ax = draw.panel(
            art, left, 52, 180, 130, xlim=(0, 40), ylim=(-0.05, 1.05)
        )
        ax.set(xlabel="epoch", yticks=[0, 0.5, 1], xticks=[0, 20, 40])
        for name, colour, ls in (
            ("right", ACCENT, "-"),
            ("transpose", INK, "--"),
        ):
            low, mean, high = (each[:, column] for each in found[name])
            epochs = np.arange(1, len(mean) + 1)
            draw.band(ax, epochs, low, mean, high, colour, lw=2, ls=ls)
        names = (
            ((0.14, MARK), (0.46, BOLD))
            if not column
            else ((0.9, MARK), (0.4, BOLD))
        )
        for (y, style), word in zip(names, ("right", "wrong")):
            draw.label(ax, 39, y, word, "right", **style)
        over = draw.overlay(art)
        draw.label(over, left - 22, 12, "cosine", "left", **BOLD)
        draw.label(over, left - 22, 30, words, "left", **BOLD)


COLUMNS = (12, 162, 270, 350)  # of the table below the plots


def write_nets(ax, values):
    """The table of the nets: their accuracy, and the error of a gradient."""
    for x, words in zip(COLUMNS, ("net", "test accuracy", "gradient check")):
        draw.label(ax, x, 256, words, "left")
    for row, (name, words) in enumerate(NETS.items()):
        found, y = values[name], 284 + 28 * row
        error = found["gradient_error"]
        accuracy, spread = found["test_accuracy"], found["test_accuracy_sd"]
        percent = f"{100 * accuracy:.1f} ± {100 * spread:.1f} %"
        mark, word = ("✗", "wrong") if error > 1e-4 else ("✓", "agrees")
        draw.label(ax, COLUMNS[0], y, words, "left", **BOLD)
        draw.label(ax, COLUMNS[1], y, percent, "left")
        draw.label(ax, COLUMNS[2], y, f"{mark} {word}", "left", **BOLD)
        draw.label(ax, COLUMNS[3], y, f"error {draw.number(error)}", "left")


def wrong_text(values, found) -> str:
    """What the figure of the wrong nets shows."""
    parts = [
        f"{NETS[n]}: {draw.percent(v['test_accuracy'], 1)} "
        f"± {draw.percent(v['test_accuracy_sd'], 1)}, error of the gradient "
        f"{draw.number(v['gradient_error'])}"
        for n, v in ((n, values[n]) for n in NETS)
    ]
    (first, last), (_, right) = (
        found[name][1][[0, -1]] for name in ("transpose", "right")
    )
    return (
        "Means and ranges of five seeds after each epoch. In the net without "
        "its transpose the cosine between w and its transpose goes from "
        f"{first[0]:.2f} after the first to {last[0]:.2f}, in the right one it "
        f"ends at {right[0]:.2f}. The cosine between the first layer's weight "
        f"gradient and the right one goes from {first[1]:.2f} to "
        f"{last[1]:.2f}; in the right net it is 1. Below, the test accuracy, "
        "mean and deviation, and the largest relative error of a gradient "
        f"against central differences. {'; '.join(parts)}."
    )


# The scalar circuit.

NODES = {"×": (142, 104), "+": (232, 146), "max": (318, 146), "× ": (398, 104)}
SPOTS = {  # of each value, and of its gradient
    "x": (30, 47, (30, 75)),
    "w": (30, 133, (30, 161)),
    "b": (142, 193, (142, 221)),
    "q": (196, 98, (164, 148)),
    "a": (275, 128, (275, 182)),
    "r": (350, 100, (376, 151)),
    "L": (440, 86, (442, 124)),
}


def draw_circuit():
    """The circuit with its values, and below each its gradient."""
    values, gradients = circuit_values()
    art, ax = draw.paper(250, NARROW)
    wires(ax)
    for text, (x, y) in NODES.items():
        draw.ring(ax, x, y, 19, lw=1.4)
        draw.label(ax, x, y, text.strip())
    for name in "xwb":  # those that a reader moves
        x, y, _ = SPOTS[name]
        draw.box(ax, x - 29, y - 13, 58, 26, lw=1)
    for name, (x, y, below) in SPOTS.items():
        draw.label(ax, x, y, f"{name} = {values[name]:g}".replace("-", "−"))
        draw.label(ax, *below, f"d{name} = {gradients[name]:g}", **MARK)
    late, early = (f"sends {gradients[n]:g}" for n in ("late", "early"))
    draw.label(ax, 240, 38, late, **MARK)
    draw.label(ax, 88, 105, early, **MARK)
    return art


def wires(ax):
    """The arrows of the circuit, from left to right."""
    first, plus, bend, last = NODES.values()
    draw.arrow(ax, (62, 64), (first[0] - 18, first[1] - 8))
    draw.arrow(ax, (62, 140), (first[0] - 17, first[1] + 9))
    ax.plot([62, 96, 352], [48, 22, 22], color=INK, lw=1.2)
    draw.arrow(ax, (352, 22), (last[0] - 10, last[1] - 17))
    draw.arrow(ax, (first[0] + 17, first[1] + 8), (plus[0] - 17, plus[1] - 9))
    draw.arrow(ax, (172, 193), (plus[0] - 14, plus[1] + 14))
    draw.arrow(ax, (plus[0] + 19, plus[1]), (bend[0] - 20, bend[1]))
    draw.arrow(ax, (bend[0] + 17, bend[1] - 9), (last[0] - 17, last[1] + 9))
    draw.arrow(ax, (last[0] + 19, last[1]), (NARROW - 4, last[1]))


def circuit() -> Drawing:
    """The circuit with its values and its gradients."""
    v, g = circuit_values()
    return Drawing(
        draw_circuit(),
        "The circuit L = x · max(x w + b, 0), and below each value its "
        "gradient",
        f"x = {v['x']:g} and w = {v['w']:g} are multiplied to q = {v['q']:g}; "
        f"adding b = {v['b']:g} gives a = {v['a']:g}; the larger of a and 0 "
        f"is r = {v['r']:g}; r times x, which is read a second time, is "
        f"L = {v['L']:g}. Back from dL = 1, the last product swaps: r "
        f"receives x, dr = {g['r']:g}, and sends r = {g['late']:g} to x. The "
        f"maximum passes {g['a']:g} to a. The sum passes {g['q']:g} to q and "
        f"{g['b']:g} to b. The first "
        f"product swaps: dw = {g['w']:g}, and it sends {g['early']:g} to x. "
        f"x was read twice, so both arrive and add: dx = {g['x']:g}.",
    )


# The convolution: 5x5 pixels, a 3x3 window, stride 2, "same".

PIXELS, WINDOW, STRIDE, SEEN, SITE = 5, 3, 2, (1, 3), (1, 2)
SITES, BEFORE, _ = windows_along(PIXELS, WINDOW, STRIDE, "same")
PADDED = PIXELS + 2 * BEFORE
LEFT, CELL = 4, 30
# The corners of x, w and y; the layer of the figure that answers has the same.
CORNERS = {"x": (LEFT + CELL, 40 + CELL), "w": (256, 40), "y": (256, 168)}


def readers(pixel=SEEN):
    """The windows that saw a pixel, each with the tap it stood under.

    >>> readers()
    {(0, 1): (2, 2), (0, 2): (2, 0), (1, 1): (0, 2), (1, 2): (0, 0)}
    """
    found = {}
    for p, q in np.ndindex(SITES, SITES):
        u, v = (z + BEFORE - STRIDE * o for z, o in zip(pixel, (p, q)))
        if 0 <= u < WINDOW and 0 <= v < WINDOW:
            found[p, q] = u, v
    return found


FRAME = {"ec": ACCENT, "lw": 3}  # around what the figure is about
RING = {"ls": (0, (2, 3)), "lw": 0.7, "alpha": 0.6}  # the cells of zeros


def draw_window(runs: Path) -> tuple:
    """Image, kernel and output; one output, and the products of its sum.

    Args:
        runs: the folder of all records.

    Returns:
        The drawing, and the sum in words.
    """
    found = records.read("gradflow/window", runs)["arrays"]
    x, k, _ = window.cut(found, WINDOW, STRIDE, "same")
    terms = [
        {"y": on_y[1:3], "x": on_x[1:3], "w": on_k[:2]}
        for on_y, on_x, on_k in conv2d_loops.terms(x, k, STRIDE, "same")
    ]
    lit = [t for t in terms if t["y"] == SITE]
    y = conv2d.conv_forward(x, k, STRIDE, "same")
    values = {"x": x[0, ..., 0], "w": k[..., 0, 0], "y": y[0, ..., 0]}
    parts = " + ".join(
        f"{factor(values['x'][t['x']])}·{factor(values['w'][t['w']])}"
        for t in lit
    )
    art, ax = draw.paper(324, 412)
    draw.grid(ax, LEFT, 40, PADDED, PADDED, CELL, **RING)
    for name, corner in CORNERS.items():
        title = (LEFT, 28) if name == "x" else (corner[0], corner[1] - 12)
        draw.label(ax, *title, name, "left")
        chosen = SITE if name == "y" else None
        show(ax, corner, values[name], {t[name] for t in lit}, chosen)
    said = f"y{SITE[0]}{SITE[1]} = {parts} = {values['y'][SITE]:g}"
    said = said.replace("-", "−")
    draw.label(ax, LEFT, 304, said, "left")
    return art, said


def factor(value: float) -> str:
    """A number in a product, in brackets if it is below 0."""
    return f"({value:g})" if value < 0 else f"{value:g}"


def show(ax, corner, values, lit, chosen) -> None:
    """One grid with its numbers, those of the sum shaded and bold."""
    left, top = corner
    draw.grid(ax, left, top, *values.shape, CELL, lw=1.1)
    shaded = [(left + CELL * j, top + CELL * i) for i, j in lit - {chosen}]
    draw.boxes(ax, shaded, CELL, CELL, fc=INK, alpha=0.14, lw=0)
    for i, j in np.ndindex(values.shape):
        x, y = left + CELL * j, top + CELL * i
        if (i, j) == chosen:
            draw.box(ax, x, y, CELL, CELL, **FRAME)
        style = MARK if (i, j) == chosen else BOLD if (i, j) in lit else {}
        number = f"{values[i, j]:g}".replace("-", "−")
        draw.label(ax, x + CELL / 2, y + CELL / 2, number, **style)


def conv_forward(runs: Path) -> Drawing:
    """One output, and the window that it reads."""
    p, q = SITE
    art, said = draw_window(runs)
    return Drawing(
        art,
        "A 3×3 window on 5×5 pixels, stride 2, padded to keep ⌈5/2⌉ = 3 rows",
        f"The window of output y{p}{q} covers nine cells of the image with "
        "its ring of zeros, three of them in the ring. Each cell is "
        "multiplied with one tap of the kernel; the sum of the products is "
        f"one of 3 by 3 outputs: {said}.",
    )


def transposed() -> Drawing:
    """The same four products in the spread-out dy."""
    spread, edge, cell, top = (SITES - 1) * STRIDE + 1, WINDOW - 1, 27, 40
    art, ax = draw.paper(300, NARROW)
    size = spread + 2 * edge
    draw.grid(ax, LEFT, top, size, size, cell, **RING)
    inner = LEFT + edge * cell, top + edge * cell
    draw.grid(ax, *inner, spread, spread, cell, lw=0.9)
    for a, b in np.ndindex(spread, spread):
        x, y = inner[0] + (b + 0.5) * cell, inner[1] + (a + 0.5) * cell
        (p, down), (q, across) = divmod(a, STRIDE), divmod(b, STRIDE)
        text, weight = ("0", 400) if down or across else (f"{p}{q}", 700)
        draw.label(ax, x, y, text, weight=weight)
    row, column = (z + BEFORE - (WINDOW - 1) for z in SEEN)
    left, y = inner[0] + column * cell, inner[1] + row * cell
    side = WINDOW * cell
    draw.box(ax, left, y, side, side, **FRAME)
    turned(ax, left + side, y + side / 2)
    draw.label(ax, LEFT, 20, "dy, spread out by the stride", "left")
    said = ", ".join(f"dy{p}{q}" for p, q in readers())
    return Drawing(
        art,
        "The gradient of x as a convolution: dy spread out, the kernel turned",
        "The 3 by 3 values of dy stand two apart, zeros between them and "
        f"two rings around. The kernel, turned by half a turn, covers {said} "
        f"and five zeros: its sum is dx{SEEN[0]}{SEEN[1]}.",
    )


def turned(ax, right, row):
    """The kernel turned by half a turn, beside the window it lies on."""
    left, top, cell = 322, 96, 46
    draw.arrow(ax, (left - 4, top + 1.5 * cell), (right + 4, row), ACCENT)
    draw.label(ax, left, top - 18, "w, turned", "left")
    draw.grid(ax, left, top, WINDOW, WINDOW, cell, ec=ACCENT, lw=1.6)
    taps = set(readers().values())
    for a, b in np.ndindex(WINDOW, WINDOW):
        u, v = WINDOW - 1 - a, WINDOW - 1 - b
        x, y = left + (b + 0.5) * cell, top + (a + 0.5) * cell
        draw.label(ax, x, y, f"w{u}{v}", **(MARK if (u, v) in taps else {}))
    low = top + 3 * cell + 20
    draw.label(ax, left, low, "bold: meets a value", "left")


# im2col: two windows of a picture of two channels, and the rows they become.

TWO, SIDE, SQUARE = ((1, 1), (1, 2)), 21, 19  # windows, a pixel, a value of X
CHANNELS, FILTERS, LOW = 2, 2, 9  # and how high a value of w is drawn
STYLES = (FRAME, {"lw": 2.4, "ls": (0, (3, 2))})
SECOND = {"fc": INK, "alpha": 0.12, "lw": 0}  # behind channel 1


def pixels(site):
    """What a window covers, tap by tap; None is in the ring of zeros.

    >>> pixels((1, 1))[:3], pixels((1, 2))[:3]
    (['11', '12', '13'], ['13', '14', None])
    """
    found = []
    for u, v in np.ndindex(WINDOW, WINDOW):
        i, j = (STRIDE * o + t - BEFORE for o, t in zip(site, (u, v)))
        inside = 0 <= i < PIXELS and 0 <= j < PIXELS
        found.append(f"{i}{j}" if inside else None)
    return found


def value(ax, x, y, name):
    """A pixel's number; the shared one is bold and in colour."""
    shared = name == f"{SEEN[0]}{SEEN[1]}"
    draw.label(ax, x, y, name or "0", **(MARK if shared else {}))


def picture_with_windows(ax, left, top):
    """The pixels with their ring, and the two windows on them."""
    draw.grid(ax, left, top, PADDED, PADDED, SIDE, **RING)
    inner = left + BEFORE * SIDE, top + BEFORE * SIDE
    draw.grid(ax, *inner, PIXELS, PIXELS, SIDE, lw=0.9)
    names = {name for site in TWO for name in pixels(site) if name}
    for name in sorted(names):
        i, j = map(int, name)
        x, y = inner[0] + (j + 0.5) * SIDE, inner[1] + (i + 0.5) * SIDE
        value(ax, x, y, name)
    side = WINDOW * SIDE
    for (p, q), style in zip(TWO, STYLES):
        x, y = left + STRIDE * q * SIDE, top + STRIDE * p * SIDE
        draw.box(ax, x, y, side, side, **style)


def rows_of_x(ax, left, top):
    """X with the two rows filled in, of each tap both channels."""
    taps = WINDOW * WINDOW
    spots = [(left + (2 * t + 1) * SQUARE, top) for t in range(taps)]
    draw.boxes(ax, spots, SQUARE, SITES * SITES * SQUARE, **SECOND)
    draw.grid(ax, left, top, SITES * SITES, CHANNELS * taps, SQUARE, lw=0.5)
    for n, site in enumerate(np.ndindex(SITES, SITES)):
        y, weight = top + n * SQUARE, 700 if site in TWO else 400
        row, name = y + SQUARE / 2, f"{site[0]}{site[1]}"
        draw.label(ax, left - 13, row, name, weight=weight)
        if site in TWO:
            style = STYLES[TWO.index(site)]
            draw.box(ax, left, y, CHANNELS * taps * SQUARE, SQUARE, **style)
            for t, name in enumerate(np.repeat(pixels(site), CHANNELS)):
                value(ax, left + (t + 0.5) * SQUARE, row, name)


def filters_and_y(ax, left, top):
    """The table of w, a column for each filter, and that of y beside it."""
    rows, wide = CHANNELS * WINDOW * WINDOW, FILTERS * SQUARE
    spots = [(left, top + n * LOW) for n in range(1, rows, CHANNELS)]
    draw.boxes(ax, spots, wide, LOW, **SECOND)
    for n in range(rows + 1):
        ax.plot([left, left + wide], [top + n * LOW] * 2, color=INK, lw=0.5)
    for n in range(FILTERS + 1):
        x = left + n * SQUARE
        ax.plot([x, x], [top, top + rows * LOW], color=INK, lw=0.5)
    right = left + wide + 34
    draw.grid(ax, right, top, SITES * SITES, FILTERS, SQUARE, lw=0.5)
    for n, site in enumerate(np.ndindex(SITES, SITES)):
        if site in TWO:
            style = STYLES[TWO.index(site)]
            draw.box(ax, right, top + n * SQUARE, wide, SQUARE, **style)
    return right


def im2col() -> Drawing:
    """Two windows become two rows, and a pixel is copied into both."""
    art, ax = draw.paper(468, NARROW)
    top, side, wide = 46, PADDED * SIDE, FILTERS * SQUARE
    for left, channel in ((4, 0), (4 + side + 16, 1)):
        if channel:
            draw.box(ax, left, top, side, side, **SECOND)
        picture_with_windows(ax, left, top)
        name = f"x, channel {channel}"
        draw.label(ax, left + side / 2, 18, name, **BOLD)
    left = 4 + 2 * side + 40
    right = filters_and_y(ax, left, top)
    for x, name, shape in ((left, "w", "(UVC, K)"), (right, "y", "(BPQ, K)")):
        draw.label(ax, x + wide / 2, 10, name, **BOLD)
        draw.label(ax, x + wide / 2, 30, shape)
    low = top + CHANNELS * WINDOW * WINDOW * LOW + 56
    rows_of_x(ax, 30, low)
    draw.label(ax, 30, low - 16, "X (BPQ, UVC), and X @ w = y", "left", **BOLD)
    said = "a row for each window p q; grey: channel 1"
    draw.label(ax, 30, low + SITES * SITES * SQUARE + 18, said, "left")
    shared = f"{SEEN[0]}{SEEN[1]}"
    at = [pixels(site).index(shared) for site in TWO]
    places = [f"{CHANNELS * n + 1} and {CHANNELS * n + 2}" for n in at]
    return Drawing(
        art,
        "im2col: every window copied into a row, then one matrix product",
        "Two channels of 5 by 5 pixels. Windows 11 and 12 overlap in column "
        "3. Each is copied into a row of 18 values of X, of each tap first "
        "channel 0 and then channel 1, zeros of the ring included. "
        f"Pixel {shared} stands in both rows: as values {places[0]} of the "
        f"one and as values {places[1]} of the other. X times a kernel of 18 "
        "rows and 2 columns, one a filter, gives two values of y per row.",
    )


FIGURES = draw.Figures(
    "gradflow",
    computed={
        "circuit": circuit,
        "transposed": transposed,
        "im2col": im2col,
    },
    measured={
        "wrong": wrong,
        "conv-forward": conv_forward,
    },
)

if __name__ == "__main__":
    FIGURES.main()

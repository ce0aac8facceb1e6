"""What figures are made of: a canvas, words, boxes, grids, arrows, wires.

A position is in pixels from the upper left corner of a `paper`, y downwards.
"""

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle, PathPatch, Polygon, Rectangle

from deepcourse.drawing.page import ACCENT, INK, TEXT

WIDTH = 480  # of a drawing at most, in the page's pixels: see TEXT
MIDDLE = {"ha": "center", "va": "center"}  # of a text: its point is its middle
BOLD = {"weight": 700}
MARK = {"color": ACCENT, **BOLD}  # what a reader is to see first


def canvas(height: float, width: float = WIDTH) -> Figure:
    """An empty drawing of that many pixels."""
    return Figure(figsize=(width / 72, height / 72))


def panel(art: Figure, left, top, width, height, **limits):
    """Axes in a drawing, placed in pixels from its upper left corner."""
    w, h = art.get_size_inches() * 72
    place = (left / w, 1 - (top + height) / h, width / w, height / h)
    return art.add_axes(place, **limits)


def overlay(art: Figure):
    """Axes over a whole drawing that count its pixels, y downwards."""
    w, h = art.get_size_inches() * 72
    ax = panel(art, 0, 0, w, h, xlim=(0, w), ylim=(h, 0))
    ax.set_axis_off()
    return ax


def paper(height: float, width: float = WIDTH):
    """An empty drawing of that many pixels, and axes that count them."""
    art = canvas(height, width)
    return art, overlay(art)


def label(ax, x, y, text, side="center", **style) -> None:
    """A text whose middle (or `side`, left or right) is at (x, y)."""
    ax.text(x, y, text, **{**MIDDLE, "ha": side, **style})


def box(ax, left, top, width, height, **style) -> None:
    """A rectangle, hollow unless told otherwise; all four in pixels."""
    style = {"fc": "none", "ec": INK, **style}
    ax.add_patch(Rectangle((left, top), width, height, **style))


def boxes(ax, places, width, height, **style) -> None:
    """Rectangles of one size as one path, by their upper left corners.

    Those of a row that touch are joined, so that a picture of pixels is
    small.
    """
    runs = []
    for y, x in sorted((y, x) for x, y in places):
        if runs and runs[-1][2] == y and abs(runs[-1][1] - x) < 1e-6:
            runs[-1][1] = x + width
        else:
            runs.append([x, x + width, y])
    if runs:
        outlines = [
            mpl.path.Path([(a, y), (b, y), (b, y + height), (a, y + height)])
            for a, b, y in runs
        ]
        whole = mpl.path.Path.make_compound_path(*outlines)
        ax.add_patch(PathPatch(whole, **{"ec": "none", **style}))


def ring(ax, x, y, radius, **style) -> None:
    """A hollow circle around (x, y); radius in pixels."""
    ax.add_patch(Circle((x, y), radius, **{"fc": "none", "ec": INK, **style}))


def fill(ax, *corners, colour=INK, alpha=1.0) -> None:
    """A shaded area without an outline, by its corners."""
    ax.add_patch(Polygon(corners, fc=colour, alpha=alpha, lw=0))


def grid(ax, left, top, rows, columns, cell, **style) -> None:
    """A grid of square cells as one path: each line of it is drawn once."""
    right, bottom = left + columns * cell, top + rows * cell
    across = [top + n * cell for n in range(rows + 1)]
    down = [left + n * cell for n in range(columns + 1)]
    ends = [point for y in across for point in ((left, y), (right, y))]
    ends += [point for x in down for point in ((x, top), (x, bottom))]
    path = mpl.path.Path(ends, [1, 2] * (len(ends) // 2))  # move, draw
    ax.add_patch(PathPatch(path, **{"fc": "none", "ec": INK, **style}))


def arrow(ax, start, end, colour=INK, tip="->", **style) -> None:
    """An arrow from one point to another; `tip` in Matplotlib's signs."""
    style = {"lw": 1.2, "shrinkA": 0, "shrinkB": 0, **style}
    style |= {"arrowstyle": tip, "color": colour}
    ax.annotate("", end, start, arrowprops=style)


# A circuit: wires, operations, letters. `merge` makes its file small.


def wire(ax, *points, head=True, colour=INK, lw=1.2) -> None:
    """A line through points, with an arrow at its end.

    Raises:
        ValueError: The last leg with its arrow is askew.
    """
    x, y = np.array(points, float).T
    ax.plot(x, y, color=colour, lw=lw)
    if head:
        before, end = np.array(points[-2:], float)
        along = (end - before) / np.linalg.norm(end - before)
        if along.all():
            raise ValueError(
                f"points: got a last leg from {points[-2]} to {points[-1]}, "
                "expected one along a row or a column; `arrow` draws any"
            )
        across, tail = 4 * along[::-1], end - 9 * along
        tip = Polygon([end, tail + across, tail - across])
        tip.ink = colour, "none"
        ax.add_patch(tip)


def node(ax, x, y, text, colour=INK, lw=1.2, radius=15) -> None:
    """An operation in a circle around (x, y); radius in pixels."""
    style = {"mec": colour, "mfc": "none", "mew": lw, "clip_on": False}
    ax.plot(x, y, "o", ms=2 * radius, **style)
    size = 17 if len(text) < 2 else TEXT
    label(ax, x, y, text, color=colour, size=size)


def fork(ax, x, y, colour=INK, lw=1.2) -> None:
    """A dot where a wire divides, 8 pixels wide whatever the wire's `lw`."""
    ax.plot(x, y, "o", mec=colour, mfc=colour, ms=8)


def operation(ax, x, y, text, half, colour=INK, lw=1.2) -> None:
    """An operation in a box around (x, y), 30 pixels high, 2 `half` wide."""
    frame = Rectangle((x - half, y - 15), 2 * half, 30, lw=lw)
    frame.ink = "none", colour
    ax.add_patch(frame)
    label(ax, x, y, text, color=colour)


def symbol(ax, x, y, base, low="", high="", colour=INK) -> None:
    """A letter that ends at x, and its indices behind it, large enough."""
    style = {"color": colour, **BOLD}
    label(ax, x, y, base, "right", size=17, **style)
    label(ax, x + 1, y + 6, low, "left", **style)
    if high:
        label(ax, x + 1, y - 7, high, "left", **style)


def merge(ax) -> None:
    """Make one path of all wires, frames and tips that share their ink."""
    paths, dots = {}, {}
    for line in list(ax.lines):
        if line.get_marker() == "o":
            look = ("ms", "mec", "mfc", "mew")
            key = tuple(mpl.artist.getp(line, name) for name in look)
            dots.setdefault(key, []).append(line.get_xydata())
        else:
            key = ("none", line.get_color(), line.get_linewidth())
            paths.setdefault(key, []).append(line.get_path())
        line.remove()
    for patch in list(ax.patches):
        key = (*patch.ink, patch.get_linewidth())
        path = patch.get_patch_transform().transform_path(patch.get_path())
        paths.setdefault(key, []).append(path)
        patch.remove()
    for (face, edge, lw), found in paths.items():
        whole = mpl.path.Path.make_compound_path(*found)
        style = {"fc": face, "ec": edge, "lw": lw, "clip_on": False}
        ax.add_patch(PathPatch(whole, **style))
    for (ms, mec, mfc, mew), found in dots.items():
        x, y = np.concatenate(found).T
        style = {"ms": ms, "mec": mec, "mfc": mfc, "mew": mew, "ls": "none"}
        ax.plot(x, y, "o", clip_on=False, **style)

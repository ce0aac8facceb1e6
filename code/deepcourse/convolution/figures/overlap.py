"""What the figure in the page begins with: the counts of a window and a stride.

`python -m deepcourse.convolution.figures.overlap` draws it.
"""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.convolution.runs import overlap as measured
from deepcourse.convolution.up import phases
from deepcourse.drawing import BOLD, INK, Drawing

# In the page a layer lies over this drawing, in the same places.
LEFT, TOP, CELL = 4, 30, 12
RIGHT, FIRST, LINE = 310, 52, 24  # of the words beside it
WINDOW, STRIDE = 3, 2


def overlap(runs: Path) -> Drawing:
    """Counts of windows by pixel, as shades."""
    record = records.read("convolution/overlap", runs)
    place = record["values"]["ones"][f"window_{WINDOW}"]
    ends = place[f"stride_{STRIDE}"]
    found = measured.pattern(np.ones(WINDOW), STRIDE)
    sums = phases(np.ones((1, WINDOW, 1, 1)), STRIDE)[0, :, 0]
    side = CELL * measured.SIDE
    art, ax = draw.paper(TOP + side + 4)
    draw.label(ax, LEFT, 14, "windows that reach a pixel", "left", **BOLD)
    cells = [
        [
            (LEFT + CELL * j, TOP + CELL * i)
            for i, j in np.argwhere(found == value)
        ]
        for value in np.unique(found)
    ]
    for value, places in zip(np.unique(found), cells, strict=True):
        shade = value / found.max()
        draw.boxes(ax, places, CELL, CELL, fc=INK, alpha=shade, lw=0)
    draw.box(ax, LEFT, TOP, side, side, lw=0.8)
    lines = (
        f"taps {words(np.ones(WINDOW))}",
        f"sums by turns {words(sums)}",
        f"lowest {ends['lowest']:g}",
        f"highest {ends['highest']:g}",
    )
    for n, text in enumerate(lines):
        style = BOLD if n > 1 else {}
        draw.label(ax, RIGHT, FIRST + LINE * n, text, "left", **style)
    return Drawing(
        art,
        f"How many windows reach each pixel: window {WINDOW}, stride {STRIDE}",
        f"{measured.SIDE} by {measured.SIDE} pixels of a picture that a "
        f"transposed convolution made, far from the border, with windows of "
        f"{WINDOW} by {WINDOW} and a stride of {STRIDE}. Along an axis "
        f"{words(sums)} windows reach a pixel, by turns, so "
        f"{ends['lowest']:g} to {ends['highest']:g} in the picture. The more "
        "windows, the darker the pixel, which makes a grid.",
    )


def words(values: np.ndarray) -> str:
    """Numbers in a row."""
    return " ".join(f"{value:g}" for value in values)


FIGURES = draw.Figures("convolution", measured={"overlap": overlap})

if __name__ == "__main__":
    FIGURES.main()

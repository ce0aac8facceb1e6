"""Figures of the kernels of lesson 4.

`python -m deepcourse.convolution.figures.tables` draws them.
"""

import numpy as np

from deepcourse import drawing as draw
from deepcourse.convolution.conv import as_dense
from deepcourse.drawing import BOLD, INK, Drawing

PIXELS, WINDOW, PLACES = 6, 3, 4
KERNELS = {"local": PLACES, "tiled": 2, "shared": 1}  # how many there are
CELL, LEFT, TOP, GAP = 25, 6, 46, 22


def numbered() -> dict:
    """Four layers as tables, a row for each pixel; equal weights are equal."""
    found = {"dense": 1 + np.arange(PIXELS * PLACES).reshape(PLACES, PIXELS).T}
    for name, many in KERNELS.items():
        weights = 1 + np.arange(many * WINDOW)
        w = weights.reshape(1, many, 1, WINDOW, 1, 1)
        full = as_dense(w, (1, PIXELS))  # (P, Q, I, J, C, K)
        found[name] = full[0, :, 0, :, 0, 0].T.astype(int)
    return found


def tables() -> Drawing:
    """Which weights four layers have, and which of them are one."""
    art, ax = draw.paper(TOP + PIXELS * CELL + 26)
    said = []
    for n, (name, table) in enumerate(numbered().items()):
        left = LEFT + n * (PLACES * CELL + GAP)
        middle = left + PLACES * CELL / 2
        many = len(set(table.ravel()) - {0})
        draw.label(ax, middle, 14, name, **BOLD)
        draw.label(ax, middle, 32, f"{many} weights")
        draw.grid(ax, left, TOP, PIXELS, PLACES, CELL, ec=INK, lw=0.5)
        for (row, column), weight in np.ndenumerate(table):
            if weight:
                x, y = left + (column + 0.5) * CELL, TOP + (row + 0.5) * CELL
                draw.label(ax, x, y, str(weight))
        said.append(f"{name}, {many} weights")
    draw.label(
        ax,
        LEFT,
        TOP + PIXELS * CELL + 16,
        "a row for each pixel, a column for each output",
        "left",
    )
    text = (
        f"Four tables of {PIXELS} rows, one for each pixel, and {PLACES} "
        f"columns, one for each output: {'; '.join(said)}. All cells of the "
        "first are full. The others have a band of three cells in each "
        "column, one row lower from column to column. In the local table all "
        "numbers on the band differ; in the tiled one the first and the third "
        "column have the same three numbers, and the second and the fourth; "
        "in the shared one all columns have."
    )
    return Drawing(art, "The weights of four layers as tables", text)


FIGURES = draw.Figures("convolution", computed={"tables": tables})

if __name__ == "__main__":
    FIGURES.main()

"""How windows overlap on the way up; a flat grey and a boot, enlarged by nets.

`python -m deepcourse.convolution.figures.up` draws them.
"""

import base64
from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.convolution.runs.checkerboard import FACTOR, WAYS
from deepcourse.convolution.up import overlap
from deepcourse.drawing import BOLD, INK, Drawing, number

NAMES = {
    "three": "transposed 3×3",
    "four": "transposed 4×4",
    "resize": "repeat, convolve",
}
LEVELS, SHADES = 255, 12  # greys of a picture, and of its drawing
# Of the row of small pixels and its windows.
PLACES, STRIDE, WINDOWS = 4, 2, (3, 4)
CELL, LEFT, HIGH = 26, 110, 150
# Of a grid, repeated.
TIMES, LARGE, ROOM, HEAD = 3, 12, 18, 30
# Of the enlarged pictures.
SIDE, DOT = 28, 5.2


def windows() -> Drawing:
    """Four small pixels, the windows they put down, and the counts."""
    art, ax = draw.paper(2 * HIGH + 6)
    said = []
    for n, window in enumerate(WINDOWS):
        top = n * HIGH
        counts = overlap((1, PLACES), (1, window), STRIDE)[0]
        for p in range(PLACES):
            left = LEFT + CELL * STRIDE * p
            y = top + 34 + 17 * p
            for u in range(window):
                style = {"fc": INK, "alpha": 0.35, "lw": 0}
                draw.box(ax, left + CELL * u + 1, y, CELL - 2, 11, **style)
        title = f"{window} taps, stride {STRIDE}"
        draw.label(ax, 4, top + 16, title, "left", **BOLD)
        draw.label(ax, 4, top + 65, "windows", "left")
        draw.label(ax, 4, top + 121, "overlap", "left")
        for j, count in enumerate(counts):
            x = LEFT + CELL * j
            draw.box(ax, x, top + 108, CELL, CELL, lw=0.8)
            draw.label(ax, x + CELL / 2, top + 121, str(count))
        said.append(f"with {window} taps {', '.join(map(str, counts))}")
    text = (
        f"{PLACES} small pixels in a row each put down a window, {STRIDE} "
        f"pixels further on than the one before. How many windows lie on each "
        f"pixel of the large row: {'; '.join(said)}."
    )
    return Drawing(art, "How windows overlap on the way up", text)


def grids(runs: Path) -> Drawing:
    """What three trained nets make of an even grey, its contrast stretched."""
    record = records.read("convolution/checkerboard", runs)
    cells = {way: np.array(record["grids"][way]) for way in WAYS}
    most = max(np.abs(each - each.mean()).max() for each in cells.values())
    side = FACTOR * TIMES * LARGE
    art, ax = draw.paper(HEAD + side + 30)
    said = []
    for n, (way, grid) in enumerate(cells.items()):
        left = 2 + n * (side + ROOM)
        draw.label(ax, left, 14, NAMES[way], "left", **BOLD)
        shade = (grid - grid.mean()) / most / 2 + 0.5
        shaded(ax, left, HEAD, np.tile(shade, (TIMES, TIMES)), LARGE)
        span = np.ptp(grid)
        words = f"{number(span, 2)} greys apart" if span else "all the same"
        draw.label(ax, left, HEAD + side + 18, words, "left")
        said.append(f"{NAMES[way]}: {words}")
    text = (
        "A part of what three trained nets make of an even grey, its contrast "
        f"stretched. Two show a grid that comes again every {FACTOR} pixels, "
        "and the third shows an even grey. From the darkest pixel to the "
        f"lightest, of {LEVELS} greys: {'; '.join(said)}."
    )
    return Drawing(art, "What three nets make of an even grey", text)


def enlarged(runs: Path) -> Drawing:
    """A test picture, how little of it the nets see, and what they make."""
    record = records.read("convolution/checkerboard", runs)
    kept, values = record["pictures"], record["values"]
    side = SIDE * DOT
    art, ax = draw.paper(2 * (HEAD + side + 12))
    few = SIDE // FACTOR
    seen = decoded(kept["small"], few).repeat(FACTOR, 0).repeat(FACTOR, 1)
    truth = decoded(kept["truth"], SIDE)
    first = {
        f"{few}×{few} means": seen,
        f"test picture {kept['test_image']}": truth,
    }
    made = {NAMES[way]: decoded(kept[way], SIDE) for way in WAYS}
    for row, pictures in enumerate((first, made)):
        for column, (name, picture) in enumerate(pictures.items()):
            left = 2 + column * (side + 14)
            top = HEAD + row * (HEAD + side + 12)
            draw.label(ax, left, top - 14, name, "left", **BOLD)
            shaded(ax, left, top, picture / LEVELS, DOT)
    errors = ", ".join(
        f"{NAMES[way]} {number(values[way]['error'], 3)}" for way in WAYS
    )
    text = (
        f"Test picture {kept['test_image']} of Fashion-MNIST, an ankle boot; "
        f"the {few} by {few} means of it that the nets get; and what three "
        "nets make of these. All three show a boot without its fine lines, "
        "and hardly a grid. Mean errors over all test pictures, in greys: "
        f"{errors}."
    )
    return Drawing(art, "A boot, made small, and enlarged by three nets", text)


def shaded(ax, left: float, top: float, shade: np.ndarray, cell: float):
    """A picture of 0 .. 1 in a frame, the higher the darker."""
    level = np.round(shade * SHADES).astype(int)
    for n in range(1, SHADES + 1):
        cells = [
            (left + cell * j, top + cell * i)
            for i, j in np.argwhere(level == n)
        ]
        draw.boxes(ax, cells, cell, cell, fc=INK, alpha=n / SHADES, lw=0)
    draw.box(ax, left, top, cell * shade.shape[1], cell * shade.shape[0])


def decoded(text: str, side: int) -> np.ndarray:
    """(side, side) the greys of a picture in the record, 0 .. 255."""
    found = np.frombuffer(base64.b64decode(text), np.uint8)
    return found.reshape(side, side).astype(float)


FIGURES = draw.Figures(
    "convolution",
    computed={"windows": windows},
    measured={"grids": grids, "enlarged": enlarged},
)

if __name__ == "__main__":
    FIGURES.main()

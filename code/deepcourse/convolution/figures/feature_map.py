"""What the figure in the page begins with: a digit, a kernel, and its map.

`python -m deepcourse.convolution.figures.feature_map` draws it.
"""

import base64
from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.convolution.runs import feature_map as measured
from deepcourse.drawing import BOLD, INK, Drawing

# In the page a layer lies over this drawing, in the same places.
HEIGHT, TOP, CELL = 306, 62, 6.5
LEFT, TAPS, RIGHT, TAP = 4, 195, 307, 34
KERNELS, SIDE = 198, 102  # all kernels: their top, and their side
ROOM = 0.85  # of a cell, for the mark of a weight
LINES = TOP - 51, TOP - 34, TOP - 17
LEVELS = 3  # of grey, where a picture has 255


def feature_map(runs: Path) -> Drawing:
    """A digit, the kernel that serves all places, and the sums."""
    record = records.read("convolution/feature_map", runs)
    digit, preset = record["digits"][record["shown"]], record["presets"][0]
    image = pixels(digit)
    size = measured.WINDOW
    w = np.array(preset["weights"]).reshape(size, size)
    y = measured.feature_map(image, w[None, None, :, :, None, None])
    art, ax = draw.paper(HEIGHT)
    words(ax, LEFT, f"test digit {digit['test_image']}", BOLD)
    draw.label(
        ax, LEFT, LINES[1], f"true class: {digit['label']}", "left", **BOLD
    )
    picture(ax, LEFT, TOP, image, CELL)
    words(ax, TAPS, "kernel", BOLD)
    draw.grid(ax, TAPS, TOP, size, size, TAP)
    for (u, v), tap in np.ndenumerate(w):
        at = TAPS + TAP * (v + 0.5), TOP + TAP * (u + 0.5)
        draw.label(ax, *at, str(tap).replace("-", "−"))
    draw.box(ax, TAPS, KERNELS, SIDE, SIDE, lw=0.8)
    marks(ax, TAPS, KERNELS, w, SIDE / size, ROOM)
    words(ax, RIGHT, "feature map", BOLD)
    draw.box(ax, RIGHT, TOP, y.shape[1] * CELL, y.shape[0] * CELL)
    marks(ax, RIGHT, TOP, y, CELL)
    return Drawing(
        art,
        f"A handwritten {digit['label']}, a kernel, and its feature map",
        f"Test digit {digit['test_image']} of MNIST, a {digit['label']}; a "
        f"kernel of {size} by {size} taps, which are 1 in the left column, 0 "
        "in the middle one and -1 in the right one; and the feature map, "
        f"{y.shape[0]} by {y.shape[1]} sums from {y.min():.1f} to "
        f"{y.max():.1f}. They are above 0, drawn as squares, along the right "
        "sides of strokes, and below 0, drawn as flat bars, along their left "
        "sides. Where the picture is empty there is no mark.",
    )


def pixels(digit: dict) -> np.ndarray:
    """(I, J) the pixels of a digit in the record, 0 .. 255."""
    found = np.frombuffer(base64.b64decode(digit["pixels"]), np.uint8)
    side = round(len(found) ** 0.5)
    return found.reshape(side, side)


def picture(ax, left: float, top: float, image: np.ndarray, cell: float):
    """A picture in a frame, in a few levels of grey."""
    draw.box(ax, left, top, image.shape[1] * cell, image.shape[0] * cell)
    shade = np.round(image / 255 * LEVELS)
    for level in range(1, LEVELS + 1):
        cells = [
            (left + cell * j, top + cell * i)
            for i, j in np.argwhere(shade == level)
        ]
        draw.boxes(ax, cells, cell, cell, fc=INK, alpha=level / LEVELS, lw=0)


def words(ax, left: float, text: str, style: dict) -> None:
    """The first line above a part of the figure."""
    draw.label(ax, left, LINES[0], text, "left", **style)


def marks(ax, left, top, values, cell: float, room: float = 1) -> None:
    """A square for each number above 0, a flat bar for each below.

    Their widths go with the square root of the numbers; that of the largest
    is `room` of a cell.
    """
    most = np.abs(values).max()
    for (row, column), value in np.ndenumerate(values):
        wide = room * cell * (abs(value) / most) ** 0.5
        high = wide if value > 0 else wide / 3
        x = left + cell * (column + 0.5) - wide / 2
        y = top + cell * (row + 0.5) - high / 2
        if wide >= 0.1:
            draw.box(ax, x, y, wide, high, fc=INK, lw=0)


FIGURES = draw.Figures("convolution", measured={"feature_map": feature_map})

if __name__ == "__main__":
    FIGURES.main()

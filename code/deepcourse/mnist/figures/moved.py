"""How far each pixel's weights moved in training, by two optimizers."""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import BOLD, INK, Drawing

NAMES = {"momentum": "SGD with momentum", "full": "Adam"}
CELL, TOP, GAP = 7, 30, 44
LEVELS = 3  # of grey, from nothing to the largest


def moved(runs: Path) -> Drawing:
    """A map of the picture for each optimizer, darker where more moved."""
    table = records.read_table(runs / "mnist/moved.csv")
    found = {name: np.array(table[f"{name}_moved"], float) for name in NAMES}
    side = round(len(found["full"]) ** 0.5)
    width = CELL * side
    art, ax = draw.paper(TOP + width + 30, 2 * width + GAP + 4)
    for i, (name, values) in enumerate(found.items()):
        left = 2 + i * (width + GAP)
        draw.label(ax, left, 14, NAMES[name], "left", **BOLD)
        grey(ax, left, values.reshape(side, side))
        said = f"darkest: {values.max():.2f}"
        draw.label(ax, left, TOP + width + 16, said, "left")
    title = "How far the weights of each pixel moved"
    values = records.read("mnist/ingredients", runs)["values"]["moved"]
    return Drawing(art, title, moved_text(values))


def grey(ax, left: float, values: np.ndarray) -> None:
    """Squares in a few shades of ink, in units of the largest value."""
    side = len(values)
    draw.box(ax, left, TOP, CELL * side, CELL * side)
    shade = np.round(values / values.max() * LEVELS).astype(int)
    for level in range(1, LEVELS + 1):
        cells = [
            (left + CELL * j, TOP + CELL * i)
            for i, j in np.argwhere(shade == level)
        ]
        if cells:
            alpha = level / LEVELS
            draw.boxes(ax, cells, CELL, CELL, fc=INK, alpha=alpha, lw=0)


def moved_text(values: dict) -> str:
    """What the two maps show."""
    parts = []
    for name, called in NAMES.items():
        middle, rim = (values[name][part] for part in ("middle", "rim"))
        parts.append(
            f"With {called}, the weights of pixels in the middle moved by "
            f"{middle:.3f} in the root mean square, and those around it by "
            f"{rim:.3f}, {rim / middle:.2f} times as far."
        )
    return (
        "Two maps of the 28×28 pixels, darker where their weights moved "
        f"further, each in units of its largest value. {' '.join(parts)} "
        "Pixels at the edge that are black in every picture didn't move."
    )

"""How far each pixel's weights moved in training, by two optimizers."""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, BOLD, INK, Drawing

NAMES = {"momentum": "SGD with momentum", "full": "Adam"}
CELL, TOP, GAP = 7, 30, 44
LEVELS = 3  # of grey, from nothing to the largest of both


def moved(runs: Path) -> Drawing:
    """A map of the picture for each optimizer, in ink where more moved."""
    table = records.read_table(runs / "mnist/moved.csv")
    found = {name: np.array(table[f"{name}_moved"], float) for name in NAMES}
    side = round(len(found["full"]) ** 0.5)
    width = CELL * side
    most = max(values.max() for values in found.values())
    art, ax = draw.paper(TOP + width + 58, 2 * width + GAP + 4)
    for i, (name, values) in enumerate(found.items()):
        left = 2 + i * (width + GAP)
        draw.label(ax, left, 14, NAMES[name], "left", **BOLD)
        grey(ax, left, values.reshape(side, side), most)
        edge, inner = CELL * (side // 7), CELL * (side - 2 * (side // 7))
        draw.box(ax, left + edge, TOP + edge, inner, inner, ec=ACCENT)
        key(ax, left, TOP + width + 14, most)
    title = "How far the weights of each pixel moved"
    values = records.read("mnist/ingredients", runs)["values"]["moved"]
    return Drawing(art, title, moved_text(values))


def key(ax, left: float, top: float, most: float) -> None:
    """What each shade of ink says."""
    for level in range(LEVELS + 1):
        place = left + 8 + 48 * level
        draw.box(ax, place, top, 14, 14)
        shade = {"fc": INK, "alpha": level / LEVELS, "lw": 0}
        draw.boxes(ax, [(place, top)], 14, 14, **shade)
        said = f"{most * level / LEVELS:.2f}"
        draw.label(ax, place + 7, top + 24, said)


def grey(ax, left: float, values: np.ndarray, most: float) -> None:
    """Squares in a few shades of ink; the darkest is the largest value."""
    side = len(values)
    draw.box(ax, left, TOP, CELL * side, CELL * side)
    shade = np.round(values / most * LEVELS).astype(int)
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
        box, rim = (values[name][part] for part in ("box", "rim"))
        parts.append(
            f"With {called}, the weights of pixels within the box moved by "
            f"{box:.3f} in the root mean square, and those outside of it by "
            f"{rim:.3f}, {rim / box:.2f} times as far."
        )
    return (
        "Two maps of the 28×28 pixels, with more ink where their weights "
        "moved further, and the box of 20×20 pixels that MNIST's digits were "
        f"made to fit. {' '.join(parts)} Pixels at the edge that are black "
        "in every picture didn't move."
    )

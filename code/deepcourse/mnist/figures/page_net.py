"""The digit that the figure in the page begins with, and what its net says."""

import base64
from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, BOLD, INK, MARK, Drawing, percent

# In the page a layer lies over this drawing, in the same places.
LEFT, TOP, CELL, SIDE = 4, 34, 9, 28
BARS, WIDTH, RIGHT = 286, 96, 438
LEVELS = 3  # of grey, where a picture has 255


def page_net(runs: Path) -> Drawing:
    """The first digit of the record's that is hard, and ten probabilities."""
    record = records.read("mnist/page_net", runs)
    digit = record["digits"][record["shown"]]
    pixels = np.frombuffer(base64.b64decode(digit["pixels"]), np.uint8)
    art, ax = draw.paper(TOP + SIDE * CELL + 4, 440)
    picture(ax, pixels.reshape(SIDE, SIDE))
    p = np.array(digit["probabilities"])
    read, label = int(p.argmax()), digit["label"]
    for k in range(10):
        y = TOP + SIDE * CELL * (k + 0.5) / 10
        style = MARK if k == read else {}
        draw.label(ax, BARS - 12, y, k, "right", **style)
        colour = ACCENT if k == read else INK
        draw.box(ax, BARS, y - 7, WIDTH * p[k], 14, fc=colour, lw=0)
        draw.label(ax, RIGHT, y, share(p[k]), "right", **style)
    image = digit["test_image"]
    draw.label(ax, LEFT, 16, f"test digit {image}, a {label}", "left", **BOLD)
    draw.label(ax, RIGHT, 16, f"read as {read}", "right", **MARK)
    shares = ", ".join(f"{k} {share(p[k])}" for k in range(10))
    return Drawing(
        art,
        f"A handwritten {label}, and what a small net reads in it",
        f"Test digit {image} of MNIST, a {label}, and the probabilities that "
        f"a net of {record['settings']['sizes'][1]} hidden units gives the "
        f"ten classes: {shares}. It reads {read}.",
    )


def share(p: float) -> str:
    """A probability in percent, never rounded up to a certainty."""
    return percent(np.floor(1000 * p + 1e-9) / 1000, 1)


def picture(ax, pixels: np.ndarray) -> None:
    """Ink as squares in a few shades, each shade as one path."""
    draw.box(ax, LEFT, TOP, SIDE * CELL, SIDE * CELL)
    shade = np.round(pixels / 255 * LEVELS).astype(int)
    for level in range(1, LEVELS + 1):
        cells = [
            (LEFT + CELL * j, TOP + CELL * i)
            for i, j in np.argwhere(shade == level)
        ]
        alpha = level / LEVELS
        draw.boxes(ax, cells, CELL, CELL, fc=INK, alpha=alpha, lw=0)

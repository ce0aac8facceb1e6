"""A test digit where it stands and pushed, and what two nets read of all.

`python -m deepcourse.convolution.figures.pushed` draws it.
"""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.convolution.conv import windows
from deepcourse.convolution.figures.feature_map import picture, pixels
from deepcourse.convolution.runs.feature_map import moved
from deepcourse.drawing import BOLD, INK, Drawing, percent

PUSH, WINDOW, STRIDE, LAYERS = 4, 5, 2, 2  # as in the lines of the page
CELL, TOP, HEIGHT = 6.5, 28, 274
LEFTS = 8, 290  # of both pictures
VIEWS = "stand", f"right_{PUSH}"  # of the record
NETS = {"dense": "dense net", "conv": "convolutional"}


def seen(size: int) -> int:
    """Pixels along an axis, from the first that an output sees to the last."""
    at = np.arange(size).reshape(1, 1, size, 1)
    for _ in range(LAYERS):
        last = windows(at, (1, WINDOW), STRIDE).max(axis=(3, 4, 5))
        at = last[..., None]
    return int(at.max()) + 1


def pushed(runs: Path) -> Drawing:
    """The digit that reaches furthest to the right, twice, and the shares."""
    nets = records.read("convolution/seeds", runs)["values"]
    digits = records.read("convolution/feature_map", runs)["digits"]
    digit = max(digits, key=lambda d: np.nonzero(pixels(d))[1].max())
    image = pixels(digit)
    side = len(image)
    many = seen(side)
    art, ax = draw.paper(HEIGHT)
    heads = f"test digit {digit['test_image']}", f"{PUSH} pixels to the right"
    images = image, moved(image, 0, PUSH)
    for left, head, one, key in zip(LEFTS, heads, images, VIEWS):
        draw.label(ax, left, 12, head, "left", **BOLD)
        edge, far = left + many * CELL, left + side * CELL
        low = TOP + side * CELL
        below = TOP + many * CELL  # rows as columns
        corner = (far, TOP), (far, low), (left, low), (left, below)
        draw.fill(ax, (edge, TOP), *corner, (edge, below), alpha=0.15)
        picture(ax, left, TOP, one, CELL)
        ax.plot([edge, edge], [TOP, low + 6], color=INK, lw=1.5)
        for n, (net, name) in enumerate(NETS.items()):
            y = low + 34 + 20 * n
            draw.label(ax, left, y, name, "left")
            share = percent(nets[net][key]["accuracy"], 1)
            draw.label(ax, far, y, share, "right", **BOLD)
        draw.label(ax, edge, low + 15, f"seen: {many} of {side}", "right")
    text = (
        f"Test digit {digit['test_image']}, a {digit['label']}, where it "
        f"stands and {PUSH} pixels to the right. What lies behind row or "
        f"column {many} of {side} is grey: no output of the convolutional net "
        "sees it. A line marks that column, and the pushed digit crosses it. "
        "Of all test digits "
        f"where they stand the dense net reads {said(nets, 'dense')}."
        f" The convolutional net reads {said(nets, 'conv')}."
    )
    return Drawing(art, "A digit is pushed to the right", text)


def said(nets: dict, net: str) -> str:
    """Both shares of a net."""
    stood, moved_ = (percent(nets[net][key]["accuracy"], 1) for key in VIEWS)
    return f"{stood}, and {moved_} of the pushed ones"


FIGURES = draw.Figures("convolution", measured={"pushed": pushed})

if __name__ == "__main__":
    FIGURES.main()

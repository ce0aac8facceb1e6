"""What the figure in the page begins with: a digit, and what nets say of it."""

import base64
from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, BOLD, INK, MARK, Drawing, percent

# In the page a layer lies over this drawing, in the same places.
WIDTH, HEIGHT = 480, 400
LEFT, TOP, CELL, SIDE = 4, 62, 6.5, 28
BELOW, UNIT, ACROSS = 278, 29.5, 16  # the hidden units
COLUMNS = {
    "softmax": ("softmax", "regression"),
    "identity": ("two linear", "layers"),
    "page": ("two layers", "with ReLU"),
}
BARS, PITCH, WIDE = 210, 90, 80  # of the columns of bars
STEP = SIDE * CELL / 10  # from bar to bar
LINES = TOP - 51, TOP - 34, TOP - 17  # of words above the picture and the bars
LEVELS = 3  # of grey, where a picture has 255


def page_net(runs: Path) -> Drawing:
    """A digit, three nets' answers, and the hidden units of one."""
    record = records.read("mnist/page_net", runs)
    digit = record["digits"][record["shown"]]
    art, ax = draw.paper(HEIGHT, WIDTH)
    picture(ax, digit)
    for i, (net, name) in enumerate(COLUMNS.items()):
        bars(ax, i, name, digit["probabilities"][net])
    names(ax, digit["label"])
    units(ax, record["hidden"], "larger where they find more")
    return Drawing(
        art,
        f"A handwritten {digit['label']}, and what three nets read in it",
        words(record),
    )


def words(record: dict) -> str:
    """What the drawing shows, in sentences."""
    digit, hidden = record["digits"][record["shown"]], record["hidden"]
    p, label = digit["probabilities"], digit["label"]
    lines = {
        "Softmax regression gives": p["softmax"],
        "Two linear layers give": p["identity"],
        "Two layers with ReLU give": p["page"],
    }
    said = " ".join(f"{name} {sides(p)}." for name, p in lines.items())
    return (
        f"Test digit {digit['test_image']} of MNIST, a {label}, and the "
        f"probabilities that nets give the ten classes. {said} {found(hidden)}"
    )


def found(hidden: list[float]) -> str:
    """How many units find something."""
    some = sum(h > 0 for h in hidden)
    return f"{some} of {len(hidden)} hidden units find something."


def sides(p: list[float]) -> str:
    """What has at least a hundredth, the likeliest first."""
    likely = [k for k in np.argsort(p)[::-1] if p[k] >= 0.01]
    return ", ".join(f"{k} {share(p[k])}" for k in likely)


def share(p: float) -> str:
    """A probability in percent, never rounded up to a certainty."""
    return percent(np.floor(1000 * p + 1e-9) / 1000, 1)


def bars(ax, column: int, name: tuple[str, str], p=None) -> None:
    """Ten probabilities, the largest marked; a question where none are."""
    left = BARS + PITCH * column
    read = None if p is None else int(np.argmax(p))
    said = "?" if p is None else f"{read}: {share(p[read])}"
    for y, line, style in zip(LINES, (*name, said), ({}, {}, MARK)):
        draw.label(ax, left, y, line, "left", **style)
    draw.wire(ax, (left, TOP), (left, TOP + 10 * STEP), head=False, lw=0.8)
    for k, each in enumerate([] if p is None else p):
        y = TOP + STEP * (k + 0.5) - 6
        colour = ACCENT if k == read else INK
        draw.box(ax, left, y, WIDE * each, 12, fc=colour, lw=0)


def names(ax, label: int) -> None:
    """The ten classes left of the bars, the true one bold in a frame."""
    draw.box(ax, BARS - 19, TOP + STEP * label, 16, STEP)
    for k in range(10):
        style = BOLD if k == label else {}
        draw.label(ax, BARS - 11, TOP + STEP * (k + 0.5), k, **style)


def units(ax, hidden, said: str) -> None:
    """A square for each unit, the larger the stronger, and words on them."""
    above = f"{len(hidden)} hidden units, {said}"
    draw.label(ax, LEFT, BELOW - 15, above, "left")
    rows = -(-len(hidden) // ACROSS)
    draw.grid(ax, LEFT, BELOW, rows, ACROSS, UNIT, lw=0.5)
    for i, strong in enumerate(np.array(hidden) / (max(hidden) or 1)):
        x = LEFT + UNIT * (i % ACROSS + 0.5)
        y = BELOW + UNIT * (i // ACROSS + 0.5)
        side = (UNIT - 4) * strong**0.5
        draw.box(ax, x - side / 2, y - side / 2, side, side, fc=INK, lw=0)


def pixels(digit: dict) -> np.ndarray:
    """(D,) the pixels of a recorded digit, 0 .. 255."""
    return np.frombuffer(base64.b64decode(digit["pixels"]), np.uint8)


def picture(ax, digit: dict) -> None:
    """Ink as squares in a few shades, each as one path; which digit it is."""
    said = f"test digit {digit['test_image']}", f"true class: {digit['label']}"
    for y, line in zip(LINES, said):
        draw.label(ax, LEFT, y, line, "left", **BOLD)
    draw.box(ax, LEFT, TOP, SIDE * CELL, SIDE * CELL)
    shade = np.round(pixels(digit).reshape(SIDE, SIDE) / 255 * LEVELS)
    for level in range(1, LEVELS + 1):
        cells = [
            (LEFT + CELL * j, TOP + CELL * i)
            for i, j in np.argwhere(shade == level)
        ]
        alpha = level / LEVELS
        draw.boxes(ax, cells, CELL, CELL, fc=INK, alpha=alpha, lw=0)

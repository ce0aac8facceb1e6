"""What the figure in the page begins with: a digit, and what nets say of it."""

import base64
from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, BOLD, INK, MARK, Drawing, percent

# In the page a layer lies over this drawing, in the same places.
WIDTH, HEIGHT = 480, 526
LEFT, TOP, CELL, SIDE = 4, 52, 8, 28
BELOW, UNIT, ACROSS = 330, 24, 8  # the hidden units
NETS = {"softmax": "softmax", "identity": "no bend", "page": "ReLU"}
BARS, PITCH, WIDE = 252, 77, 68  # of the three nets' columns of bars
HALF, THINNED = 116, 106  # of the two below them
LEVELS = 3  # of grey, where a picture has 255


def page_net(runs: Path) -> Drawing:
    """A misread digit, three nets' answers, units, and thinned nets."""
    record = records.read("mnist/page_net", runs)
    digit, more = record["digits"][record["shown"]], record["of_shown"]
    image, label = digit["test_image"], digit["label"]
    pixels = np.frombuffer(base64.b64decode(digit["pixels"]), np.uint8)
    art, ax = draw.paper(HEIGHT, WIDTH)
    draw.label(ax, LEFT, 16, "test digit", "left", **BOLD)
    draw.label(ax, LEFT, 35, f"{image}, a {label}", "left", **BOLD)
    picture(ax, pixels.reshape(SIDE, SIDE))
    for i, (net, name) in enumerate(NETS.items()):
        place = (BARS + PITCH * i, TOP, WIDE, SIDE * CELL)
        bars(ax, name, digit["probabilities"][net], *place)
    names(ax, TOP, SIDE * CELL, label)
    height = ACROSS * UNIT
    units(ax, more["hidden"], record["masks"][-1])
    count = len(record["masks"])
    full = digit["probabilities"]["page"]
    for i, (part, name) in enumerate(
        {"thinned": "thinned", "mean": f"mean of {count}"}.items()
    ):
        place = (BARS + HALF * i, BELOW, THINNED, height)
        bars(ax, name, more[part], *place, beside=full)
    names(ax, BELOW, height, label)
    return Drawing(
        art,
        f"A handwritten {label}, and what three nets read in it",
        words(record),
    )


def words(record: dict) -> str:
    """What the drawing shows, in sentences."""
    digit, more = record["digits"][record["shown"]], record["of_shown"]
    p, label = digit["probabilities"], digit["label"]
    lines = {
        "Softmax regression": p["softmax"],
        "Two layers without a bend": p["identity"],
        "The net": p["page"],
        "A thinned net, half of its units dropped,": more["thinned"],
        f"The mean of {len(record['masks'])} thinned nets": more["mean"],
    }
    said = " ".join(f"{name} gives {sides(p)}." for name, p in lines.items())
    hidden = np.array(more["hidden"])
    return (
        f"Test digit {digit['test_image']} of MNIST, a {label}, and the "
        f"probabilities that nets give the ten classes. {said} "
        f"{(hidden > 0).sum()} of {len(hidden)} hidden units find something."
    )


def sides(p: list[float]) -> str:
    """What has at least a hundredth, the likeliest first."""
    likely = [k for k in np.argsort(p)[::-1] if p[k] >= 0.01]
    return ", ".join(f"{k} {share(p[k])}" for k in likely)


def share(p: float) -> str:
    """A probability in percent, never rounded up to a certainty."""
    return percent(np.floor(1000 * p + 1e-9) / 1000, 1)


def bars(ax, name, p, left, top, width, height, beside=()) -> None:
    """Ten probabilities; dashed, those of the net they stand beside."""
    read = int(np.argmax(p))
    draw.label(ax, left, top - 36, name, "left")
    said = f"{read}: {share(p[read])}"
    draw.label(ax, left, top - 17, said, "left", **MARK)
    step = height / 10
    draw.wire(ax, (left, top), (left, top + height), head=False, lw=0.8)
    for k, each in enumerate(p):
        y = top + step * (k + 0.5) - 6
        colour = ACCENT if k == read else INK
        draw.box(ax, left, y, width * each, 12, fc=colour, lw=0)
    for k, each in enumerate(beside):
        y = top + step * (k + 0.5) - 8
        if each >= 0.01:
            draw.box(ax, left, y, width * each, 16, ls=(0, (2, 2)))


def names(ax, top, height, label) -> None:
    """The ten classes left of the bars, the true one bold."""
    for k in range(10):
        y = top + height * (k + 0.5) / 10
        style = BOLD if k == label else {}
        draw.label(ax, BARS - 6, y, k, "right", **style)


def units(ax, hidden, mask) -> None:
    """A square for each unit, the larger the stronger; × if it is dropped."""
    draw.label(ax, LEFT, BELOW - 17, f"{len(hidden)} hidden units", "left")
    rows = -(-len(hidden) // ACROSS)
    draw.grid(ax, LEFT, BELOW, rows, ACROSS, UNIT, lw=0.5)
    for i, strong in enumerate(np.array(hidden) / (max(hidden) or 1)):
        x = LEFT + UNIT * (i % ACROSS + 0.5)
        y = BELOW + UNIT * (i // ACROSS + 0.5)
        side = (UNIT - 4) * strong**0.5
        place = (x - side / 2, y - side / 2, side, side)
        if mask[i] == "0":
            draw.box(ax, *place, lw=0.8)
            draw.label(ax, x, y, "×")
        else:
            draw.box(ax, *place, fc=INK, lw=0)


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

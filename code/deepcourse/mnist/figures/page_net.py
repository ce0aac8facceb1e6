"""What the figure in the page begins with: a digit, and what nets say of it."""

import base64
from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, BOLD, INK, MARK, Drawing, percent

# In the page a layer lies over this drawing, in the same places.
WIDTH, HEIGHT = 480, 474
LEFT, TOP, CELL, SIDE = 4, 52, 6.5, 28
BELOW, UNIT, ACROSS = 288, 22.75, 8  # the hidden units
NETS = {"softmax": "softmax", "identity": "no bend", "page": "ReLU"}
BARS, PITCH, WIDE = 210, 90, 80  # of the three nets' columns of bars
LEVELS = 3  # of grey, where a picture has 255


def page_net(runs: Path) -> Drawing:
    """A digit, three nets' answers, and hidden units; room for thinned nets."""
    record = records.read("mnist/page_net", runs)
    digit = record["digits"][record["shown"]]
    image, label = digit["test_image"], digit["label"]
    pixels = np.frombuffer(base64.b64decode(digit["pixels"]), np.uint8)
    art, ax = draw.paper(HEIGHT, WIDTH)
    draw.label(ax, LEFT, 16, f"test digit {image}, a {label}", "left", **BOLD)
    picture(ax, pixels.reshape(SIDE, SIDE))
    for i, (net, name) in enumerate(NETS.items()):
        place = (BARS + PITCH * i, TOP, WIDE, SIDE * CELL)
        bars(ax, name, digit["probabilities"][net], *place)
    names(ax, TOP, SIDE * CELL, label)
    units(ax, record["hidden"])
    draw.label(ax, BARS, BELOW - 17, "thinned nets: press Drop units", "left")
    return Drawing(
        art,
        f"A handwritten {label}, and what three nets read in it",
        words(record),
    )


def words(record: dict) -> str:
    """What the drawing shows, in sentences."""
    digit, hidden = record["digits"][record["shown"]], record["hidden"]
    p, label = digit["probabilities"], digit["label"]
    lines = {
        "Softmax regression": p["softmax"],
        "Two layers without a bend": p["identity"],
        "The net": p["page"],
    }
    found = sum(h > 0 for h in hidden)
    said = " ".join(f"{name} gives {sides(p)}." for name, p in lines.items())
    return (
        f"Test digit {digit['test_image']} of MNIST, a {label}, and the "
        f"probabilities that nets give the ten classes. {said} "
        f"{found} of {len(hidden)} hidden units find something."
    )


def sides(p: list[float]) -> str:
    """What has at least a hundredth, the likeliest first."""
    likely = [k for k in np.argsort(p)[::-1] if p[k] >= 0.01]
    return ", ".join(f"{k} {share(p[k])}" for k in likely)


def share(p: float) -> str:
    """A probability in percent, never rounded up to a certainty."""
    return percent(np.floor(1000 * p + 1e-9) / 1000, 1)


def bars(ax, name, p, left, top, width, height) -> None:
    """Ten probabilities, the largest marked."""
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


def names(ax, top, height, label) -> None:
    """The ten classes left of the bars, the true one bold."""
    for k in range(10):
        y = top + height * (k + 0.5) / 10
        style = BOLD if k == label else {}
        draw.label(ax, BARS - 6, y, k, "right", **style)


def units(ax, hidden) -> None:
    """A square for each unit, the larger the stronger."""
    draw.label(ax, LEFT, BELOW - 17, f"{len(hidden)} hidden units", "left")
    rows = -(-len(hidden) // ACROSS)
    draw.grid(ax, LEFT, BELOW, rows, ACROSS, UNIT, lw=0.5)
    for i, strong in enumerate(np.array(hidden) / (max(hidden) or 1)):
        x = LEFT + UNIT * (i % ACROSS + 0.5)
        y = BELOW + UNIT * (i // ACROSS + 0.5)
        side = (UNIT - 4) * strong**0.5
        draw.box(ax, x - side / 2, y - side / 2, side, side, fc=INK, lw=0)


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

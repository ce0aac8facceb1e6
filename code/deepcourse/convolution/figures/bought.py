"""What assumptions bring, and what can be seen of a net that has them all.

`python -m deepcourse.convolution.figures.bought` draws them.
"""

import base64
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.patches import PathPatch

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.convolution.figures.feature_map import pixels
from deepcourse.convolution.figures.up import shaded
from deepcourse.drawing import BOLD, INK, Drawing, percent

# Of the bars: one panel for each set, one row for each net.
SETS = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST"}
ROWS = {
    "dense": "dense",
    "local": "local",
    "tiled": "tiled",
    "shared": "shared",
    "tiled_multiply_adds": "tiled",
    "shared_multiply_adds": "shared",
}
WEIGHTS = 4  # so many of them have equal weights, the others multiply-adds
NAMES, BAR, LONG, ROW = 64, 15, 114, 24
LEFTS, HEAD = (64, 276), 46
# Of the kernels and their maps.
MANY, ACROSS, SIDE, GAP = 10, 5, 76, 24
# Of the occlusion map; in the page a layer lies over this drawing.
LEFT, RIGHT, TOP, CELL = 4, 250, 52, 6.75
HEIGHT = 276


def family(runs: Path) -> Drawing:
    """How much six nets read of pictures that stand anywhere."""
    values = records.read("convolution/family", runs)["values"]
    gap = 30
    art, ax = draw.paper(HEAD + gap + ROW * len(ROWS) + 4)
    said = []
    for left, (key, name) in zip(LEFTS, SETS.items(), strict=True):
        draw.label(ax, left, 12, name, "left", **BOLD)
        for n, (kind, label) in enumerate(ROWS.items()):
            top = HEAD + ROW * n + gap * (n >= WEIGHTS)
            share = values[kind][key]["shifted_accuracy"]
            if left == LEFTS[0]:
                draw.label(ax, left - 8, top + BAR / 2, label, "right")
            draw.box(ax, left, top, LONG * share, BAR, fc=INK, alpha=0.35, lw=0)
            x = left + LONG + 6
            draw.label(ax, x, top + BAR / 2, percent(share, 1), "left")
            said.append(f"{name}, {label}, {percent(share, 1)}")
    heads = "as many weights", "as many multiply-adds as the local one"
    for top, head in zip((HEAD, HEAD + gap + ROW * WEIGHTS), heads):
        draw.label(ax, LEFTS[0], top - 13, head, "left")
    half = len(ROWS)
    parts = [
        "; ".join(said[a:b])
        for start in (0, half)
        for a, b in ((start, start + WEIGHTS), (start + WEIGHTS, start + half))
    ]
    text = (
        "Bars from 0: accuracy on shifted test pictures, of nets that learned "
        "on shifted pictures. With as many weights: "
        f"{parts[0]}; {parts[2]}. With as many multiply-adds as the local "
        f"net: {parts[1]}; {parts[3]}."
    )
    return Drawing(art, "What six nets read of shifted pictures", text)


def kernels(runs: Path) -> Drawing:
    """The first kernels of a net, and what they make of a digit."""
    record = records.read("convolution/looks", runs)
    weights = np.array(record["kernels"])[:MANY]
    maps = np.array(record["maps"])[:MANY]
    step = 2 * SIDE + 34
    art, ax = draw.paper(26 + step * (len(weights) // ACROSS) - 12)
    label = record["pictures"][0]["label"]
    title = f"kernels, and below each its feature map of a {label}"
    draw.label(ax, 2, 12, title, "left", **BOLD)
    most = maps.max()
    for n, (w, y) in enumerate(zip(weights, maps, strict=True)):
        row, column = divmod(n, ACROSS)
        left, top = 2 + column * (SIDE + GAP), 26 + row * step
        signs(ax, left, top, w, SIDE / len(w))
        shaded(ax, left, top + SIDE + 6, y / most, SIDE / len(y))
    text = (
        f"The first {MANY} of {len(record['kernels'])} kernels of five by five "
        "taps: full squares are weights above 0, hollow ones below, the larger "
        "the further from 0. Several change from full to hollow along a line, "
        "as edges would need; others look like noise. Below each is what it "
        f"makes of test digit {record['pictures'][0]['test_image']}, a "
        f"{label}: the darker, the larger. Each map follows other parts of the "
        "strokes, or one side of them."
    )
    return Drawing(art, "Ten kernels of a trained net and their maps", text)


def signs(ax, left: float, top: float, w: np.ndarray, cell: float) -> None:
    """A full square for each weight above 0, a hollow one for each below."""
    draw.box(ax, left, top, cell * w.shape[1], cell * w.shape[0], lw=0.8)
    most = np.abs(w).max()
    paths = {True: [], False: []}
    for (u, v), weight in np.ndenumerate(w):
        half = 0.42 * cell * (abs(weight) / most) ** 0.5
        x, y = left + cell * (v + 0.5), top + cell * (u + 0.5)
        corners = [
            (x - half, y - half),
            (x + half, y - half),
            (x + half, y + half),
            (x - half, y + half),
            (x - half, y - half),
        ]
        paths[bool(weight > 0)].append(mpl.path.Path(corners))
    for full, found in paths.items():
        if found:
            whole = mpl.path.Path.make_compound_path(*found)
            face = INK if full else "none"
            ax.add_patch(PathPatch(whole, fc=face, ec=INK, lw=0.9))


def leads(picture: dict, grey: str, side: int) -> np.ndarray:
    """(places, places) how far the class is ahead under the square."""
    found = np.frombuffer(base64.b64decode(picture[grey]["lead"]), "<i2")
    return found.reshape(side, side) / 100


def occlusion(runs: Path) -> Drawing:
    """What the figure begins with: a square in a corner, and an empty map."""
    record = records.read("convolution/looks", runs)
    picture, size = record["pictures"][0], record["settings"]["side"]
    side = record["side"] - size + 1
    found = leads(picture, "grey", side)
    lost = np.maximum(picture["lead"] - found, 0)
    row, column = np.unravel_index(lost.argmax(), lost.shape)
    art, ax = draw.paper(HEIGHT)
    label = picture["label"]
    draw.label(
        ax,
        LEFT,
        12,
        f"test digit {picture['test_image']}, a {label}",
        "left",
        **BOLD,
    )
    ahead = f"read as {label}, which leads by {picture['lead']:.1f}"
    draw.label(ax, LEFT, 32, ahead, "left")
    ink = pixels(picture).astype(float) / 255
    ink[:size, :size] = 0.5
    shaded(ax, LEFT, TOP, ink, CELL)
    draw.box(ax, LEFT, TOP, CELL * size, CELL * size, lw=2)
    draw.label(ax, RIGHT, 12, "what the square costs", "left", **BOLD)
    cost = picture["lead"] - found[0, 0]
    here = f"here {cost:.1f} nats of {picture['lead']:.1f}"
    draw.label(ax, RIGHT, 32, here, "left")
    half = CELL * (size // 2)  # a cell stands where the square's middle is
    shaded(ax, RIGHT + half, TOP + half, np.zeros_like(lost), CELL)
    draw.box(ax, RIGHT + half, TOP + half, CELL, CELL, lw=2)
    turned, empty = (found < 0).sum(), record["values"]["empty"]
    text = (
        f"Left, test digit {picture['test_image']}, a {label}, by which the "
        f"net's score is ahead of all others by {picture['lead']:.1f} nats, "
        f"with a grey square, 0.5, of {size} by {size} pixels in its upper "
        "left corner. Right, the empty frame of a map, which fills where the "
        "square has been. In the whole map the square costs at most "
        f"{lost.max():.1f} nats, from row {row} and column {column}. It costs "
        "much along the strokes, and something beside them: on wholly empty "
        f"ground up to {empty['most']:.1f} nats, and more than 1 at "
        f"{percent(empty['costly'], 0)} of {empty['squares']} such places. "
        f"Elsewhere it adds to the lead. At {turned} of {found.size} places "
        "another class wins."
    )
    return Drawing(
        art, "A digit under a grey square, and its occlusion map", text
    )


FIGURES = draw.Figures(
    "convolution",
    measured={"family": family, "kernels": kernels, "occlusion": occlusion},
)

if __name__ == "__main__":
    FIGURES.main()

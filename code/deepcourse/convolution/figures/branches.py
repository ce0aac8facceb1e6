"""GoogLeNet's module 3a without its layers of 1×1 and with them.

`python -m deepcourse.convolution.figures.branches` draws it.
"""

from pathlib import Path

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.convolution.inception import shapes
from deepcourse.convolution.runs.modules import MODULES, naive
from deepcourse.drawing import BOLD, Drawing

LEFTS, WIDTH, COLUMN = (8, 258), 214, 55
BOX = 48, 40  # width and height of a layer
IN, NARROW, LARGE, OUT = 30, 84, 152, 220  # tops of the rows
NUMBERS = 282, 304, 326
HEIGHT = 340
HEADS = {"naive": "without", "bottleneck": "three layers more"}


def layer(ax, left, top, kind, channels) -> None:
    """A box with its window, and how many channels it makes."""
    draw.box(ax, left, top, *BOX)
    middle = left + BOX[0] / 2
    up = 12 if channels else BOX[1] / 2
    draw.label(ax, middle, top + up, kind, **BOLD)
    if channels:
        draw.label(ax, middle, top + 28, str(channels))


def bar(ax, left, top, text) -> None:
    """What goes into all branches, or comes out of them."""
    draw.box(ax, left, top, WIDTH, 26)
    draw.label(ax, left + WIDTH / 2, top + 13, text)


def panel(ax, left, into, widths) -> None:
    """The four branches of a module, from top to bottom."""
    branches = shapes(into, *widths)
    out = sum(each[-1][3] for each in branches.values() if each)
    out += 0 if branches["pool"] else into
    bar(ax, left, IN, f"{into} channels in")
    bar(ax, left, OUT, f"{out} channels out")
    for n, (name, kernels) in enumerate(branches.items()):
        x = left + n * COLUMN
        steps = [(f"{u}×{u}", k) for u, _, _, k in kernels]
        if name == "pool":
            steps = [("pool", None), *steps]
        tops = [LARGE] if len(steps) == 1 else [NARROW, LARGE]
        start = IN + 26
        for top, (kind, channels) in zip(tops, steps, strict=True):
            middle = x + BOX[0] / 2
            draw.wire(ax, (middle, start), (middle, top), head=False)
            layer(ax, x, top, kind, channels)
            start = top + BOX[1]
        draw.wire(ax, (middle, start), (middle, OUT), head=False)


def branches(runs: Path) -> Drawing:
    """Both modules, with their costs and the time of a step."""
    counted = records.read("convolution/modules", runs)["values"]["module_3a"]
    timed = records.read("convolution/module_time", runs)["values"]
    _, into, *widths = MODULES["3a"]
    given = {"naive": naive(*widths), "bottleneck": widths}
    art, ax = draw.paper(HEIGHT)
    said = []
    for left, (name, each) in zip(LEFTS, given.items(), strict=True):
        draw.label(ax, left, 14, HEADS[name], "left", **BOLD)
        panel(ax, left, into, each)
        key = "naive_" if name == "naive" else ""
        words = (
            f"{counted[f'{key}weights']:,} weights",
            f"{counted[f'{key}products'] / 1e6:.0f} million products",
            f"{timed[f'{name}_ms']:.0f} ms a step",
        )
        for y, text in zip(NUMBERS, words, strict=True):
            draw.label(ax, left, y, text, "left")
        said.append(f"{HEADS[name]}: {', '.join(words)}")
    text = (
        "Two modules of four branches side by side. Without: 1×1, 3×3, 5×5 "
        "and a pool, each on all 192 channels, and 416 channels come out. "
        "With: a layer of 1×1 stands before 3×3 and 5×5 and behind the pool, "
        f"with 96, 16 and 32 channels, and 256 come out. {'; '.join(said)}."
    )
    return Drawing(art, "A module without and with layers of 1×1", text)


FIGURES = draw.Figures("convolution", measured={"branches": branches})

if __name__ == "__main__":
    FIGURES.main()

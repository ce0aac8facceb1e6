"""The net of lesson 2 as a diagram: every array as long as its rows."""

from itertools import pairwise
from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import BOLD, INK, Drawing

CENTRE, SPAN = 174, 340  # pixels: middle of the bars, width of the widest
LABELS = CENTRE + SPAN / 2 + 12


def net(runs: Path) -> Drawing:
    """The net, with the shape of every array that passes through it."""
    return diagram(records.read("mnist/headline", runs)["settings"])


def diagram(facts: dict) -> Drawing:
    """A bar for each array, from the pixels down to the probabilities."""
    rows = layers(facts)
    art, ax = draw.paper(64 + 58 * len(rows))
    scale = SPAN / facts["sizes"][0]
    image(ax, round(facts["sizes"][0] ** 0.5))
    widths = [row[0] * scale for row in rows] + [0]
    for i, (size, full, what, step) in enumerate(rows):
        y = 98 + 58 * i
        bar(ax, y, size, scale, full)
        ax.text(LABELS, y - 2, f"(B, {size})", **BOLD)
        ax.text(LABELS, y + 14, what)
        if step:
            ground(ax, y + 7, widths[i : i + 2], step)
    total = f"{parameters(facts['sizes']):,}"
    title = f"A net with {total} parameters, and the shape of every array in it"
    return Drawing(art, title, net_text(facts, rows))


def layers(facts: dict) -> list[tuple]:
    """Each array as size, share not 0, meaning, and the step that follows."""
    pixels, hidden, classes = facts["sizes"]
    dropped = {0: ("drop_input", "some"), 2: ("drop_hidden", "more")}
    rows = []
    for i, (size, full, what, step) in enumerate(
        [
            (pixels, 1, "pixels, 0 to 1", dense(1, pixels, hidden)),
            (hidden, 1, "hidden units", facts["activation"]),
            (hidden, 0.5, "none below 0", dense(2, hidden, classes)),
            (classes, 1, "logits", "softmax"),
            (classes, 1, "probabilities", None),
        ]
    ):
        name, how_many = dropped.get(i, (None, ""))
        if rate := facts.get(name, 0):
            drop = f"dropout, r = {rate:g}, in training"
            left = full * (1 - rate)
            rows += [
                (size, full, what, drop),
                (size, left, f"{how_many} set to 0", step),
            ]
        else:
            rows.append((size, full, what, step))
    return rows


def dense(number: int, inputs: int, units: int) -> str:
    """A dense layer with the shapes of its weights and their number."""
    count = (inputs + 1) * units
    return (
        f"dense: w{number} ({inputs}, {units}), b{number} ({units},)\n"
        f"{count:,} parameters"
    )


def parameters(sizes: list[int]) -> int:
    """All weights and biases of the net."""
    return sum((d + 1) * h for d, h in pairwise(sizes))


def image(ax, side: int) -> None:
    """The image at the top: a grid, and its way into one row."""
    left, top, size = CENTRE - 28, 2, 56
    for i in range(0, side + 1, 4):
        at = i * size / side
        ax.plot([left, left + size], [top + at] * 2, color=INK, lw=0.6)
        ax.plot([left + at] * 2, [top, top + size], color=INK, lw=0.6)
    ax.text(LABELS, 26, f"(B, {side}, {side})", **BOLD)
    ax.text(LABELS, 42, "B images")
    draw.label(ax, CENTRE, 78, "rows end to end")


def bar(ax, y, size, scale, full) -> None:
    """An array as long as it is wide; what is 0 is left hollow."""
    left, cells = CENTRE - size * scale / 2, max(1, size // 14)
    chosen = np.random.default_rng(2).random(cells) < full
    width = size * scale / cells
    filled = [(left + i * width, y - 7) for i in np.flatnonzero(chosen)]
    draw.boxes(ax, filled, width, 14, fc=INK, alpha=0.55, lw=0)
    draw.box(ax, left, y - 7, size * scale, 14)


def ground(ax, y, widths, step: str) -> None:
    """What happens between two arrays, on the ground that joins them."""
    (a, b), height = (w / 2 for w in widths), 44
    corners = [(-a, 0), (a, 0), (b, height), (-b, height)]
    draw.fill(ax, *((CENTRE + u, y + v) for u, v in corners), alpha=0.1)
    for i, line in enumerate(step.split("\n")):
        row = y + height / 2 + 16 * (i - step.count("\n") / 2)
        draw.label(ax, CENTRE, row, line)


def net_text(facts: dict, rows: list[tuple]) -> str:
    """What the diagram of the net shows."""
    side = round(facts["sizes"][0] ** 0.5)
    steps = " ".join(
        f"(B, {size}), {what}" + (f"; then {step}:" if step else ".")
        for size, _, what, step in rows
    ).replace("\n", ", ")
    zeros = f"{facts['activation']} leaves"
    if facts["drop_input"] or facts["drop_hidden"]:
        zeros = f"Dropout and {facts['activation']} leave"
    return (
        f"From top to bottom, B images of {side}×{side} become rows: {steps} "
        "Each array is a bar as long as its rows: the first dense layer "
        f"shortens {facts['sizes'][0]} to {facts['sizes'][1]}, the second "
        f"to {facts['sizes'][2]}. {zeros} the length and set values to 0, "
        "which are drawn hollow."
    )

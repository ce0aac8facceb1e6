"""What the figure in the page begins with: a pattern, its copy, both heads.

`python -m deepcourse.recurrent.figures.copy` draws it.
"""

from pathlib import Path

import numpy as np
import tensorflow as tf

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import BOLD, INK, Drawing
from deepcourse.recurrent.copying import BITS
from deepcourse.recurrent.machine import run
from deepcourse.recurrent.runs.ntm import machine_of

# In the page a layer lies over this drawing, in the same places.
LEFT, COLUMN, CELL, ROW = 88, 18, 11, 5
IN, OUT, HEADS = 24, 146, 264
LEAST = 0.02  # of the weights that are drawn


def traced(record: dict, pattern: np.ndarray) -> dict[str, np.ndarray]:
    """What the recorded machine does with a pattern, step by step.

    Args:
        record: `recurrent/ntm`.
        pattern: (L, 8) bits.

    Returns:
        `reading` and `writing`, (T, I), and `p`, (T, 8): the probability of
        a 1, for T = 2 L + 1 steps.
    """
    many = len(pattern)
    x = np.zeros((1, 2 * many + 1, BITS + 1), np.float32)
    x[0, :many, :BITS] = pattern
    x[0, many, BITS] = 1
    layers, rows = machine_of(record), record["settings"]["rows"]
    states = run(layers, tf.constant(x), rows)
    return {
        "reading": states.reading.numpy()[:, 0],
        "writing": states.writing.numpy()[:, 0],
        "p": tf.sigmoid(states.logits).numpy()[:, 0],
    }


def copy(runs: Path) -> Drawing:
    """Bits in, bits out, and where the heads are, over time."""
    record = records.read("recurrent/ntm", runs)
    pattern = np.array(record["shown"])
    many, rows = len(pattern), record["settings"]["rows"]
    found = traced(record, pattern)
    art, ax = draw.paper(HEADS + rows * ROW + 12)
    draw.label(ax, 4, IN + 45, "in", "left", **BOLD)
    draw.label(ax, 4, IN + CELL * 8.5, "flag", "left")
    draw.label(ax, 4, OUT + 45, "out", "left", **BOLD)
    text = "the heads, by rows of the memory"
    draw.label(ax, LEFT, HEADS - 14, text, "left", **BOLD)
    draw.label(ax, 4, HEADS + 3, "row 0", "left")
    draw.label(ax, 4, HEADS + ROW * rows - 4, f"row {rows - 1}", "left")
    wide = COLUMN * many
    draw.box(ax, LEFT, IN, wide, CELL * BITS, lw=0.8)
    draw.box(ax, LEFT + wide + COLUMN, OUT, wide, CELL * BITS, lw=0.8)
    whole = COLUMN * (2 * many + 1)
    draw.box(ax, LEFT, HEADS, whole, ROW * rows + 1, lw=0.8)
    for t, b in np.argwhere(pattern):
        mark(ax, t, IN + CELL * b, CELL)
    mark(ax, many, IN + CELL * BITS, CELL)
    for n, b in np.ndindex(many, BITS):
        t = many + 1 + n
        mark(ax, t, OUT + CELL * b, CELL, found["p"][t, b])
    for t, i in np.argwhere(found["writing"] > LEAST):
        share = found["writing"][t, i]
        mark(ax, t, HEADS + ROW * i, ROW + 1, share)
    for t, i in np.argwhere(found["reading"] > LEAST):
        share = found["reading"][t, i]
        mark(ax, t, HEADS + ROW * i, ROW + 1, share, fc="none", lw=1)
    answers = found["p"][many + 1 :] > 0.5
    wrong = int((answers != (pattern > 0)).sum())
    places = {
        name: found[name].argmax(1).tolist() for name in ("writing", "reading")
    }
    written = ", ".join(map(str, places["writing"][:many]))
    read = ", ".join(map(str, places["reading"][many + 1 :]))
    return Drawing(
        art,
        "A pattern, its copy, and the rows that both heads look at",
        f"{many} vectors of {BITS} bits go in, then a flag; {many} come out, "
        f"of their bits {wrong} wrong. While they go in, the writing head is "
        f"at rows {written}. While they come out, the reading head is at "
        f"rows {read}.",
    )


def mark(ax, t: int, y: float, high: float, share: float = 1, **style) -> None:
    """A box in a column of time, as wide as its share."""
    width = (COLUMN - 2) * float(share)
    if width >= 0.1:
        x = LEFT + COLUMN * (t + 0.5) - width / 2
        style = {"fc": INK, "lw": 0, **style}
        draw.box(ax, x, y + 1, width, high - 2, **style)


FIGURES = draw.Figures("recurrent", measured={"copy": copy})

if __name__ == "__main__":
    FIGURES.main()

"""Sequences that five nets need, by how long they have to remember.

`python -m deepcourse.recurrent.figures.memory` draws them.
"""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, INK, MARK, Drawing

NAMES = {
    "rnn": "plain",
    "lstm_1997": "no forget gate",
    "lstm_0": "forget bias 0",
    "lstm_1": "forget bias 1",
    "gru": "GRU",
}
DASH = {
    "rnn": (0, (1, 2)),
    "lstm_1997": "-.",
    "lstm_0": "--",
    "lstm_1": "-",
    "gru": (0, (6, 2)),
}
TASKS = {"adding": "adding two numbers", "copying": "recalling symbols"}
HIGH, LINE = 190, 17  # of a panel; between two names
LIMITS = 4000, 1e6  # sequences
APART = (LIMITS[1] / LIMITS[0]) ** (LINE / HIGH)  # the factor of a LINE


def memory(runs: Path) -> Drawing:
    """Two panels, one a task: sequences by T, and which nets failed."""
    art, said = draw.canvas(2 * HIGH + 132), []
    for n, (name, title) in enumerate(TASKS.items()):
        record = records.read(f"recurrent/{name}", runs)
        lengths = [length for length, *_ in record["settings"]["plan"]]
        top = 30 + n * (HIGH + 52)
        limits = {"xscale": "log", "yscale": "log", "ylim": LIMITS}
        limits["xlim"] = lengths[0] / 1.15, lengths[-1] * 1.15
        ax = draw.panel(art, 76, top, 270, HIGH, **limits)
        ends = {}
        for kind, called in NAMES.items():
            found = [record["values"][kind][f"of_{t}"] for t in lengths]
            ends[kind] = line(ax, kind, lengths, found)
            said.append(f"{title}, {called}: {told(lengths, found)}")
        for kind, y in apart(ends).items():
            style = MARK if kind == "lstm_1" else {}
            draw.name_end(ax, NAMES[kind], y, (8, 0), **style)
        ax.set_xticks(lengths, [str(t) for t in lengths])
        ax.set_xticks([], minor=True)
        ax.set_yticks([1e4, 5e4, 4e5], ["10,000", "50,000", "unsolved"])
        budget = record["values"]["gru"][f"of_{lengths[0]}"]["budget"]
        ax.axhline(budget, color=INK, lw=0.8, ls=(0, (2, 3)))
        ax.set_yticks([], minor=True)
        ax.set_title(title, fontsize="medium")
    ax.set(xlabel="T, steps to remember over")
    text = (
        "Two panels, one a task: the sequences that nets need, in the median "
        "of the seeds, by T, both axes logarithmic. An open triangle, on top, "
        "is a net that had not solved the task when its sequences were spent. "
        f"{'; '.join(said)}."
    )
    return Drawing(art, "Sequences needed to remember over T steps", text)


def line(ax, kind: str, lengths: list, found: list) -> float:
    """Draw a net's line; its last height.

    Where a task is not solved, there is no height that is true: each net has
    a row of its own there, above all that was measured.
    """
    rows = list(reversed(NAMES)).index(kind) + 0.5  # above the budget
    y = [
        each["sequences"] * (APART**rows if spent(each) else 1)
        for each in found
    ]
    colour = ACCENT if kind == "lstm_1" else INK
    ax.plot(lengths, y, ls=DASH[kind], color=colour)
    for t, needed, each in zip(lengths, y, found, strict=True):
        style = {"marker": "^", "mfc": "none", "ms": 8}
        style = style if spent(each) else {"marker": "o", "ms": 5}
        ax.plot([t], [needed], color=colour, **style)
    return y[-1]


def spent(each: dict) -> bool:
    """Whether a net had not solved its task with all of its sequences."""
    return each["sequences"] >= each["budget"]


def told(lengths: list, found: list) -> str:
    """What a net needs at each T, or how it failed."""
    return ", ".join(
        f"{words(each)} at {t}" for t, each in zip(lengths, found, strict=True)
    )


def words(each: dict) -> str:
    """The sequences that are needed, or that these were too few."""
    if not spent(each):
        return draw.number(each["sequences"])
    kind = "slow" if each["slow"] + each["solved"] else "deaf"
    return f"unsolved after {draw.number(each['budget'])} ({kind})"


def apart(ends: dict) -> dict:
    """Heights of names near those of their lines, none over another."""
    names = sorted(ends, key=ends.get, reverse=True)  # from the top
    placed, above = {}, np.inf
    for name in names:
        placed[name] = above = min(ends[name], above / APART)
    return placed


FIGURES = draw.Figures("recurrent", measured={"memory": memory})

if __name__ == "__main__":
    FIGURES.main()

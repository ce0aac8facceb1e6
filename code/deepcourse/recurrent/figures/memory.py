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
HIGH, LINE = 150, 17  # of a panel; between two names
LIMITS = 1500, 150_000  # sequences


def memory(runs: Path) -> Drawing:
    """Two panels, one a task: sequences by T, and which nets failed."""
    art, said = draw.canvas(2 * HIGH + 120), []
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
        ax.set_yticks([2e3, 1e4, 1e5], ["2,000", "10,000", "100,000"])
        ax.set_yticks([], minor=True)
        ax.set_title(title, fontsize="medium")
    ax.set(xlabel="T, steps to remember over")
    text = (
        "Two panels, one a task: the sequences that nets need, in the median "
        "of the seeds, by T, both axes logarithmic. An open triangle is a net "
        "that had not solved the task when its sequences were spent. "
        f"{'; '.join(said)}."
    )
    return Drawing(art, "Sequences needed to remember over T steps", text)


def line(ax, kind: str, lengths: list, found: list) -> float:
    """Draw a net's line, full marks where it is solved; its last height."""
    y = [each["sequences"] for each in found]
    colour = ACCENT if kind == "lstm_1" else INK
    ax.plot(lengths, y, ls=DASH[kind], color=colour)
    for t, needed, each in zip(lengths, y, found, strict=True):
        capped = needed >= each["budget"]
        style = {"marker": "^", "mfc": "none"} if capped else {"marker": "o"}
        ax.plot([t], [needed], color=colour, ms=8 if capped else 5, **style)
    return y[-1]


def told(lengths: list, found: list) -> str:
    """What a net needs at each T, or how it failed."""
    return ", ".join(
        f"{words(each)} at {t}" for t, each in zip(lengths, found, strict=True)
    )


def words(each: dict) -> str:
    """The sequences that are needed, or that these were too few."""
    if each["sequences"] < each["budget"]:
        return draw.number(each["sequences"])
    kind = "slow" if each["slow"] + each["solved"] else "deaf"
    return f"unsolved after {draw.number(each['budget'])} ({kind})"


def apart(ends: dict) -> dict:
    """Heights of names near those of their lines, none over another."""
    per_line = (LIMITS[1] / LIMITS[0]) ** (LINE / HIGH)
    names = sorted(ends, key=ends.get, reverse=True)  # from the top
    placed, above = {}, np.inf
    for name in names:
        placed[name] = above = min(ends[name], above / per_line)
    return placed


FIGURES = draw.Figures("recurrent", measured={"memory": memory})

if __name__ == "__main__":
    FIGURES.main()

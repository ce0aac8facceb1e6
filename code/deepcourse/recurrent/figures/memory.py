"""Sequences that nets need, by how long they have to remember.

`python -m deepcourse.recurrent.figures.memory` draws them.
"""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, INK, Drawing

NAMES = {
    "rnn": "plain",
    "lstm_1997": "LSTM of 1997",
    "lstm_0": "LSTM, bias 0",
    "lstm_1": "LSTM, bias 1",
    "lstm_span": "LSTM, bias for the span",
    "gru": "GRU",
}
TASKS = {"adding": "adding problem", "copying": "copying memory"}
LEFT, WIDE, ROW, HEAD, FOOT = 184, 162, 30, 26, 46  # pixels
LIMITS = 6e3, 4e5  # sequences
UP = 7  # pixels between the heights of neighbouring lengths, halved
NEAR = 13  # pixels: below, two lengths stand in one text


def memory(runs: Path) -> Drawing:
    """Two panels, one a task; a row a net; a length where it is solved."""
    high, said = ROW * len(NAMES), []
    art = draw.canvas(2 * (HEAD + high + FOOT) - 4)
    for n, (name, title) in enumerate(TASKS.items()):
        values = records.read(f"recurrent/{name}", runs)["values"]
        top = HEAD + n * (HEAD + high + FOOT)
        limits = {"xscale": "log", "xlim": LIMITS, "ylim": (high, 0)}
        ax = draw.panel(art, LEFT, top, WIDE, high, **limits)
        for k, (kind, called) in enumerate(NAMES.items()):
            row(ax, ROW * (k + 0.5), called, kind, values[kind])
            said.append(f"{title}, {called}: {told(values[kind])}")
        ax.set_yticks([])
        ax.set_xticks([1e4, 1e5], ["10,000", "100,000"])
        ax.set_xticks([], minor=True)
        ax.set_xlabel("sequences needed")
        ax.spines["left"].set_visible(False)
        ax.set_title(title, fontsize="medium", loc="left", pad=10)
        draw.beside(ax, "not solved", (LIMITS[1], 0), (8, 14))
    text = (
        "Two panels, one a task, and in each a row a net. A number is the "
        "length that the net has to remember over, and stands at the "
        "sequences that it needs, in the median of the seeds, on a "
        "logarithmic axis. Behind the axis stand lengths that it had not "
        "solved when its sequences were spent, in parentheses if it had "
        f"learned nothing by then. {'; '.join(said)}."
    )
    return Drawing(art, "Sequences needed, by net and length", text)


def row(ax, y: float, called: str, kind: str, found: dict) -> None:
    """Write the lengths of a net at what it needed for each."""
    style = {"color": ACCENT if kind == "lstm_span" else INK}
    draw.beside(ax, called, (LIMITS[0], y), (-8, 0), "right", **style)
    ax.axhline(y, color=INK, lw=0.4, alpha=0.4, zorder=0)
    for n, (needed, lengths) in enumerate(together(found)):
        where = needed, y + (UP if n % 2 else -UP)
        draw.beside(ax, lengths, where, (0, 0), "center", **style)
    draw.beside(ax, failures(found), (LIMITS[1], y), (8, 0), **style)


def together(found: dict) -> list[tuple[float, str]]:
    """What was needed, and for which lengths; those that lie near as one."""
    pixels = WIDE / np.log(LIMITS[1] / LIMITS[0])
    groups = []
    for at, each in found.items():
        if spent(each):
            continue
        needed = each["sequences"]
        if groups and abs(np.log(needed / groups[-1][0][-1])) * pixels < NEAR:
            groups[-1][0].append(needed)
            groups[-1][1].append(length(at))
        else:
            groups.append(([needed], [length(at)]))
    return [
        (float(np.exp(np.mean(np.log(needed)))), joined(lengths))
        for needed, lengths in groups
    ]


def joined(lengths: list[str]) -> str:
    """Neighbouring lengths in few letters: `50`, `20 50`, `50–500`."""
    if len(lengths) > 2:
        return f"{lengths[0]}\N{EN DASH}{lengths[-1]}"
    return " ".join(lengths)


def length(at: str) -> str:
    """The T of `of_T`."""
    return at.removeprefix("of_")


def failures(found: dict) -> str:
    """Lengths not solved; in parentheses those of which nothing is learned."""
    open_ones = {at: each for at, each in found.items() if spent(each)}
    heard = [at for at, v in open_ones.items() if v["slow"] + v["solved"]]
    silent = " ".join(length(at) for at in open_ones if at not in heard)
    each = [*map(length, heard), f"({silent})" if silent else ""]
    return " ".join(each).strip()


def spent(each: dict) -> bool:
    """Whether a net had not solved its task with all of its sequences."""
    return each["sequences"] >= each["budget"]


def told(found: dict) -> str:
    """What a net needs at each T, or how it failed."""
    return ", ".join(
        f"{words(each)} at {length(at)}" for at, each in found.items()
    )


def words(each: dict) -> str:
    """The sequences that are needed, or that these were too few."""
    if not spent(each):
        return draw.number(each["sequences"])
    heard = each["slow"] + each["solved"]
    kind = "part of it learned" if heard else "nothing learned so far"
    return f"not solved after {draw.number(each['budget'])}, {kind},"


FIGURES = draw.Figures("recurrent", measured={"memory": memory})

if __name__ == "__main__":
    FIGURES.main()

"""What the figure in the page begins with: a date, gates, cells, the answer.

`python -m deepcourse.recurrent.figures.dates` draws it.
"""

from pathlib import Path

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import BOLD, INK, Drawing

# In the page a layer lies over this drawing, in the same places.
LEFT, COLUMN, LINE = 116, 13, 13
GATES, GATE, CELLS, CELL = 58, 34, 196, 40
FULL, HALF = 26, 16  # height of a full bar: of a gate; of a cell, up or down
TOPS = 1, 3  # what a full bar of a cell is, while it reads and while it writes


def dates(runs: Path) -> Drawing:
    """The gates on average and five cells, over the characters of a date."""
    record = records.read("recurrent/gates", runs)
    found, words = record["begins"], record["shown"]
    line = words + found["answer"]
    low = CELLS + CELL * len(record["cells"])
    art, ax = draw.paper(low)
    for t, each in enumerate(line):
        style = BOLD if t >= len(words) else {}
        draw.label(ax, LEFT + COLUMN * (t + 0.5), LINE, each, **style)
    heads = (
        "how far gates are open, on average",
        ("what the cell holds that tells most of the …"),
    )
    draw.label(ax, 4, GATES - 14, heads[0], "left", **BOLD)
    draw.label(ax, 4, CELLS - 17, heads[1], "left", **BOLD)
    for n, name in enumerate(("input", "forget", "output")):
        top = GATES + GATE * n
        heights = [value * FULL for value in found["gates"][n]]
        bars(ax, top + FULL, name, top + 16, heights)
    for n, name in enumerate(record["cells"]):
        top = CELLS + CELL * n
        short = name.replace("the ", "")
        heights = [
            HALF * min(max(value / TOPS[t >= len(words)], -1), 1)
            for t, value in enumerate(found["cells"][n])
        ]
        bars(ax, top + HALF, short, top + 16, heights)
    x = LEFT + COLUMN * len(words)
    ax.plot([x, x], [4, low - 6], color=INK, lw=0.8, ls=(0, (2, 3)))
    return Drawing(
        art,
        f"An LSTM reads {words} and writes {found['answer']}",
        text(record),
    )


def bars(ax, zero: float, name: str, y: float, heights: list):
    """A row of bars, one a step, and what it is called."""
    draw.label(ax, 4, y, name, "left")
    for t, up in enumerate(heights):
        x = LEFT + COLUMN * t + 2
        style = {"fc": INK, "lw": 0, "ec": "none"}
        draw.box(ax, x, zero - max(up, 0), COLUMN - 4, abs(up), **style)
    ax.plot([LEFT, LEFT + COLUMN * len(heights)], [zero] * 2, color=INK, lw=0.8)


def text(record: dict) -> str:
    """What the rows show."""
    found, words = record["begins"], record["shown"]
    parts = []
    for name, row in zip(("input", "forget", "output"), found["gates"]):
        reading, writing = row[: len(words)], row[len(words) :]
        parts.append(
            f"{name} {sum(reading) / len(reading):.2f} and "
            f"{sum(writing) / len(writing):.2f}"
        )
    ends = [f"{row[len(words) - 1]:.2f}" for row in found["cells"]]
    held = ", ".join(f"{n} {end}" for n, end in zip(record["cells"], ends))
    return (
        f"Bars over the characters of {words} and the ten that the net writes, "
        f"{found['answer']}. Gates on average over all units, while it reads "
        f"and while it writes: {'; '.join(parts)}. Five cells, by the part of "
        "a date of which each tells most, hold once the date is read: "
        f"{held}. A full bar of a cell is {TOPS[0]} while it reads, and "
        f"{TOPS[1]} while it writes; longer ones are cut."
    )


FIGURES = draw.Figures("recurrent", measured={"dates": dates})

if __name__ == "__main__":
    FIGURES.main()

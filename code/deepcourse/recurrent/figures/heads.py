"""A step of the machine, a weighted write, and where a head looks.

`python -m deepcourse.recurrent.figures.heads` draws them.
"""

import numpy as np

from deepcourse import drawing as draw
from deepcourse.drawing import BOLD, INK, Drawing
from deepcourse.recurrent import ntm

# The numbers that the page works through.
MEMORY = np.array([[[1, 0], [0, 1], [2, 2.0]]])
ALPHA, LAST = np.array([[0, 0.5, 0.5]]), np.array([[1.0, 0, 0]])
ERASE, ADD = np.array([[1.0, 0]]), np.array([[7.0, 1]])
KEY, STRENGTH, GATE, POWER = (
    np.array([each]) for each in ([0, 3.0], [5.0], [0.25], [3.0])
)
TAPS = np.array([[0, 0, 1.0]])
WIDE, HIGH = 46, 34  # a cell of a table


def steps() -> list[tuple[str, str, np.ndarray]]:
    """Name, what the head is told, and weights after each of the four."""
    found = ntm.content(MEMORY, KEY, STRENGTH).numpy()
    mixed = ntm.interpolate(found, LAST, GATE).numpy()
    moved = ntm.shift(mixed, TAPS).numpy()
    sharp = ntm.sharpen(moved, POWER).numpy()
    return [
        ("content", "key (0, 3), strength 5", found[0]),
        ("gate", "0.25 new, 0.75 old", mixed[0]),
        ("shift", "taps 0, 0, 1: down", moved[0]),
        ("sharpen", "power 3", sharp[0]),
    ]


def where() -> Drawing:
    """The weights of three rows, before and after each of the four steps."""
    left, column, row, bar = 190, 96, 62, 34
    art, ax = draw.paper(64 + 5 * row, 480)
    for n, vector in enumerate(MEMORY[0]):
        middle = left + column * (n + 0.5)
        draw.label(ax, middle, 16, f"row {n}", **BOLD)
        draw.label(ax, middle, 34, f"({vector[0]:g}, {vector[1]:g})")
    said = []
    before = [("old weights", "of the step before", LAST[0]), *steps()]
    for n, (name, told, weights) in enumerate(before):
        foot = 104 + row * n
        draw.label(ax, 4, foot - 26, name, "left", **BOLD)
        draw.label(ax, 4, foot - 8, told, "left")
        draw.wire(ax, (left, foot), (left + 3 * column, foot), head=False)
        for i, weight in enumerate(weights):
            x, high = left + column * i + 12, bar * weight
            draw.box(ax, x, foot - high, 26, high, fc=INK, lw=0)
            draw.label(ax, x + 32, foot - 10, f"{weight:.3f}", "left")
        numbers = ", ".join(f"{weight:.3f}" for weight in weights)
        said.append(f"{name} ({told}) {numbers}")
    return Drawing(
        art,
        "Where a head looks, in four steps",
        "The weights of three rows of a memory, from top to bottom: "
        f"{'; '.join(said)}.",
    )


def write() -> Drawing:
    """A memory, wiped and then added to, each row by its weight."""
    none = np.zeros_like(ADD)
    wiped = ntm.write(MEMORY, ALPHA, ERASE, none).numpy()
    added = ntm.write(MEMORY, ALPHA, ERASE, ADD).numpy()
    top = 62
    art, ax = draw.paper(top + 3 * HIGH + 10, 480)
    tables = [
        (8, "before", "", MEMORY[0]),
        (222, "erased", "e = (1, 0)", wiped[0]),
        (376, "and added", "a = (7, 1)", added[0]),
    ]
    draw.label(ax, 160, 20, "weights", **BOLD)
    for i, weight in enumerate(ALPHA[0]):
        y = top + HIGH * i
        draw.box(ax, 122, y + 9, 60 * weight, HIGH - 18, fc=INK, lw=0)
        draw.label(ax, 128 + 60 * weight, y + HIGH / 2, f"{weight:g}", "left")
    said, before = [], MEMORY[0]
    for left, name, told, table in tables:
        draw.label(ax, left + WIDE, 20, name, **BOLD)
        draw.label(ax, left + WIDE, 42, told)
        for i, j in np.ndindex(table.shape):
            x, y = left + WIDE * j, top + HIGH * i
            draw.box(ax, x, y, WIDE, HIGH, lw=0.8)
            style = BOLD if table[i, j] != before[i, j] else {}
            draw.label(
                ax, x + WIDE / 2, y + HIGH / 2, f"{table[i, j]:g}", **style
            )
        rows = ", ".join(f"({a:g}, {b:g})" for a, b in table)
        said.append(f"{name} {rows}")
        before = table
    middle = top + 1.5 * HIGH
    draw.arrow(ax, (184, middle), (216, middle))
    draw.arrow(ax, (222 + 2 * WIDE + 8, middle), (370, middle))
    return Drawing(
        art,
        "A weighted write",
        "A memory of three rows with the weights 0, 0.5 and 0.5. Its rows: "
        f"{'; '.join(said)}. Numbers that have changed are bold.",
    )


# What a step of the machine is made of, and where.
READ, WRITE, TOP, BUS, LOW = 186, 342, 44, 232, 280
STEP = [
    (draw.operation, WRITE, TOP, "write", 48),
    (draw.operation, READ, 116, "read", 38),
    (draw.operation, READ, 190, "address", 38),
    (draw.operation, WRITE - 36, 190, "address", 38),
    (draw.operation, WRITE + 66, 190, "erase, add", 52),
    (draw.operation, 66, 190, "answer", 38),
    (draw.operation, READ, LOW, "controller", 50),
    # the memory, from step to step, and read on the way
    (draw.wire, (48, TOP), (WRITE - 48, TOP)),
    (draw.wire, (WRITE + 48, TOP), (414, TOP)),
    (draw.fork, READ, TOP),
    (draw.wire, (READ, TOP), (READ, 101)),
    # where the heads look, and what is written
    (draw.wire, (READ, 175), (READ, 131)),
    (draw.wire, (WRITE - 36, 175), (WRITE - 36, TOP + 15)),
    (draw.wire, (WRITE + 40, 175), (WRITE + 40, TOP + 15)),
    # what was read, into the answer
    (draw.wire, (READ - 38, 116), (66, 116), (66, 175)),
    # what all are told
    (draw.wire, (READ, LOW - 15), (READ, 205)),
    (draw.fork, READ, BUS),
    (draw.wire, (READ, BUS), (WRITE - 36, BUS), (WRITE - 36, 205)),
    (draw.wire, (READ, BUS), (WRITE + 66, BUS), (WRITE + 66, 205)),
    (draw.wire, (READ, BUS), (66, BUS), (66, 205)),
    (draw.wire, (28, 190), (8, 190)),
    # what comes in
    (draw.wire, (48, LOW - 8), (READ - 50, LOW - 8)),
    (draw.wire, (48, LOW + 10), (READ - 50, LOW + 10)),
]
LETTERS = [
    (22, TOP, "M", "t"),
    (434, TOP, "M", "t+1"),
    (18, LOW - 16, "x", "t"),
    (14, LOW + 10, "r", "t−1"),
    (110, 100, "r", "t"),
    (READ + 20, BUS + 16, "h", "t"),
]


def step() -> Drawing:
    """What a step of the machine reads, writes and answers."""
    art, ax = draw.paper(310, 480)
    for shape, *where in STEP:
        shape(ax, *where)
    for letter in LETTERS:
        draw.symbol(ax, *letter)
    draw.label(ax, READ + 8, 154, "weights", "left")
    draw.label(ax, WRITE - 44, 124, "weights", "right")
    draw.merge(ax)
    return Drawing(
        art,
        "A step of the machine",
        "At the bottom the input x and what was read the step before, r, "
        "enter the controller. Its numbers h go to four places: to the "
        "reading head's address, to the writing head's address, to a box that "
        "says what is erased and added, and to the answer. At the top the "
        "memory M runs from left to right. It is read with the weights of "
        "the one address, and then written with those of the other. What was "
        "read enters the answer.",
    )


FIGURES = draw.Figures(
    "recurrent",
    computed={"machine": step, "write": write, "where": where},
)

if __name__ == "__main__":
    FIGURES.main()

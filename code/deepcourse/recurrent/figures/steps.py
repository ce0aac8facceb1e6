"""One step of each layer, drawn so that each drawing grows out of the last.

`python -m deepcourse.recurrent.figures.steps` draws them. What a drawing has
and the one before hadn't is drawn bold.
"""

from functools import partial

from deepcourse import drawing as draw
from deepcourse.drawing import ACCENT, Drawing

TOP, F, IG, FORK, OUT, GATES, END = 46, 96, 206, 386, 322, 204, 456
LEFT, G, R = IG - 38, IG + 38, IG + 80
BELOW = 100  # a plain step has nothing above
NEW = {"colour": ACCENT, "lw": 2.4}

# What a part is, where, and since which drawing: 0 plain, 1 the LSTM of 1997,
# 2 that of today.
LSTM = [
    (0, draw.wire, (G, 277), (G, GATES + 15)),
    (0, draw.operation, G, GATES, "g: tanh", 32),
    (0, draw.operation, 215, 292, "a = x wx + h wh + b", 139),
    (0, draw.wire, (8, 284), (76, 284)),
    (0, draw.wire, (8, 316), (44, 316), (44, 300), (76, 300)),
    (1, draw.wire, (G, GATES - 15), (G, 124), (IG + 15, 124)),
    (1, draw.wire, (IG + 15, TOP), (END, TOP)),
    (1, draw.node, IG, TOP, "+"),
    (1, draw.node, IG, 124, "×"),
    (1, draw.wire, (IG, 109), (IG, TOP + 15)),
    (1, draw.wire, (LEFT, GATES - 15), (LEFT, 124), (IG - 15, 124)),
    (1, draw.operation, LEFT, GATES, "i: σ", 32),
    (1, draw.wire, (LEFT, 277), (LEFT, GATES + 15)),
    (1, draw.fork, FORK, TOP),
    (1, draw.wire, (FORK, TOP + 5), (FORK, 74)),
    (1, draw.operation, FORK, 89, "tanh", 24),
    (1, draw.wire, (FORK, 104), (FORK, 129)),
    (1, draw.node, FORK, 144, "×"),
    (1, draw.wire, (FORK + 15, 144), (END, 144)),
    (1, draw.wire, (OUT, GATES - 15), (OUT, 144), (FORK - 15, 144)),
    (1, draw.operation, OUT, GATES, "o: σ", 32),
    (1, draw.wire, (OUT, 277), (OUT, GATES + 15)),
    (2, draw.node, F, TOP, "×"),
    (2, draw.wire, (F, GATES - 15), (F, TOP + 15)),
    (2, draw.operation, F, GATES, "f: σ", 32),
    (2, draw.wire, (F, 277), (F, GATES + 15)),
]
LINES = [  # that only one of the three has
    [(0, draw.wire, (G, GATES - 15), (G, 144), (END, 144))],
    [(1, draw.wire, (8, TOP), (IG - 15, TOP))],
    [
        (0, draw.wire, (8, TOP), (F - 15, TOP)),
        (0, draw.wire, (F + 15, TOP), (IG - 15, TOP)),
    ],
]
NAMES = [
    (1, 24, TOP - 22, "c", "t−1"),
    (1, 440, TOP - 22, "c", "t"),
    (0, 440, 122, "h", "t"),
    (0, 20, 264, "h", "t−1"),
    (0, 20, 332, "x", "t"),
]
# The GRU against the LSTM of today; bold is what that hadn't.
GRU = [
    (0, draw.wire, (8, TOP), (F - 15, TOP)),
    (0, draw.wire, (F + 15, TOP), (IG - 15, TOP)),
    (0, draw.node, F, TOP, "×"),
    (0, draw.wire, (F, GATES - 15), (F, TOP + 15)),
    (0, draw.operation, F, GATES, "z: σ", 32),
    (0, draw.wire, (F, 277), (F, GATES + 15)),
    (0, draw.node, IG, TOP, "+"),
    (0, draw.wire, (IG + 15, TOP), (END, TOP)),
    (0, draw.node, IG, 124, "×"),
    (0, draw.wire, (IG, 109), (IG, TOP + 15)),
    (1, draw.wire, (F + 32, GATES), (LEFT - 22, GATES)),
    (1, draw.operation, LEFT, GATES, "1 − z", 22),
    (0, draw.wire, (LEFT, GATES - 15), (LEFT, 124), (IG - 15, 124)),
    (0, draw.wire, (G, GATES - 15), (G, 124), (IG + 15, 124)),
    (0, draw.operation, G, GATES, "g: tanh", 32),
    (0, draw.operation, 215, 292, "ax = x wx + b,  ah = h wh + bh", 139),
    (0, draw.wire, (8, 284), (76, 284)),
    (0, draw.wire, (8, 316), (44, 316), (44, 300), (76, 300)),
    (1, draw.wire, (G, 277), (G, 265)),
    (1, draw.node, G, 250, "+"),
    (1, draw.wire, (G, 235), (G, GATES + 15)),
    (1, draw.wire, (R, 277), (R, 265)),
    (1, draw.node, R, 250, "×"),
    (1, draw.wire, (R - 15, 250), (G + 15, 250)),
    (1, draw.wire, (OUT - 24, GATES), (R, GATES), (R, 235)),
    (1, draw.operation, OUT + 8, GATES, "r: σ", 32),
    (1, draw.wire, (OUT + 8, 277), (OUT + 8, GATES + 15)),
]
TEXTS = {
    "plain": (
        "One step of a plain recurrent net",
        "At the bottom the input x and the state h from the step before enter "
        "one box, x wx + h wh + b. Its result a goes up through a tanh, g, and "
        "out to the right as the new state h. No other way leads there.",
    ),
    "lstm-1997": (
        "One step of the LSTM of 1997",
        "New is a line at the top, from the cell c before the step to c after "
        "it, through nothing but a plus. What is added there is the product "
        "of the candidate g and the input gate i, a sigmoid. Behind the plus "
        "the line forks: a branch goes down through a tanh to a product with "
        "the output gate o, a sigmoid, and out as the state h.",
    ),
    "lstm": (
        "One step of the LSTM of today",
        "New is a product on the cell's line, before the plus, with the "
        "forget gate f, a sigmoid of a like the others.",
    ),
    "gru": (
        "One step of a GRU",
        "The state h runs at the top from step to step, through a product "
        "with the update gate z and a plus, where the LSTM has its cell. New "
        "are 1 - z in the place of the input gate, and a reset gate r: it is "
        "multiplied with the state's sum ah before that is added to the "
        "input's, ax, and goes through the tanh of g. There is no output "
        "gate.",
    ),
}
GRU_NAMES = [
    (24, TOP - 22, "h", "t−1"),
    (440, TOP - 22, "h", "t"),
    (20, 264, "h", "t−1"),
    (20, 332, "x", "t"),
]


def lstm(stage: int, name: str) -> Drawing:
    """A plain step, with what each LSTM adds to it."""
    top = 0 if stage else BELOW
    art, ax = draw.paper(344 - top, 460)
    ax.set_ylim(344, top)
    for since, shape, *where in LSTM + LINES[stage]:
        if since <= stage:
            style = NEW if stage and since == stage else {}
            shape(ax, *where, **style)
    for since, *what in NAMES:
        if since <= stage:
            draw.symbol(ax, *what)
    draw.merge(ax)
    return Drawing(art, *TEXTS[name])


def gru() -> Drawing:
    """A step of a GRU, each part where the LSTM has its like."""
    art, ax = draw.paper(344, 460)
    for since, shape, *where in GRU:
        shape(ax, *where, **(NEW if since else {}))
    for name in GRU_NAMES:
        draw.symbol(ax, *name)
    draw.label(ax, G - 7, 271, "ax", "right")
    draw.label(ax, R + 7, 271, "ah", "left")
    draw.merge(ax)
    return Drawing(art, *TEXTS["gru"])


FIGURES = draw.Figures(
    "recurrent",
    computed={
        "step-rnn": partial(lstm, 0, "plain"),
        "step-1997": partial(lstm, 1, "lstm-1997"),
        "step-lstm": partial(lstm, 2, "lstm"),
        "step-gru": gru,
    },
)

if __name__ == "__main__":
    FIGURES.main()

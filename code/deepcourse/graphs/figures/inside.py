"""Figures of what TensorFlow does with a graph.

`python -m deepcourse.graphs.figures.inside`.
"""

from pathlib import Path

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, BOLD, INK, MARK, WIDTH, Drawing
from deepcourse.graphs import mean, three_ways
from deepcourse.graphs.figures.drawn import drawn
from deepcourse.graphs.retracing import REFUSED, REUSED, TRACED
from deepcourse.graphs.run import needed
from deepcourse.graphs.runs.retracing import number

PRESET = ("[1.]", "[1., 2.]", "[1., 2., 3.]", "2")  # the calls at first
HEADS = {
    "plain": "as it is",
    "reduced": "reduce_\nretracing",
    "declared": "input_\nsignature",
}
WORDS = {TRACED: "traces", REUSED: "reuses", REFUSED: "refuses"}
TOP, ROW, CELL = 56, 40, (84, 30)  # of the table, in pixels
COLUMNS = (240, 335, 430)  # the middle of each
SHOWN = 1  # calls whose outcome is shown before a guess
GAPS = {"gap": 60, "bend_gap": 16, "row": 42}


def told(record: dict, way: str, calls) -> str:
    """What each of successive calls does, as the record has it."""
    texts = record["arguments"]
    digits = [texts.index(text) for text in calls]
    answers = record["answers"][way]
    return "".join(
        answers[t][number(digits[: t + 1], len(texts))]
        for t in range(len(digits))
    )


def retracing(runs: Path) -> Drawing:
    """A table: a row for each call, a column for each way."""
    record = records.read("graphs/retracing", runs)
    found = {way: told(record, way, PRESET) for way in HEADS}
    art, ax = draw.paper(TOP + ROW * (len(PRESET) + 1) + 4)
    for x, head in zip(COLUMNS, HEADS.values(), strict=True):
        draw.label(ax, x, 24, head, linespacing=1.1)
    for t, text in enumerate(PRESET):
        y = TOP + ROW * (t + 0.5)
        draw.label(ax, 12, y, f"{t + 1}.", "left")
        draw.label(ax, 40, y, f"f({text})", "left", **BOLD)
        for x, letters in zip(COLUMNS, found.values(), strict=True):
            cell(ax, x, y, letters[t] if t < SHOWN else None)
    y = TOP + ROW * (len(PRESET) + 0.5)
    draw.label(ax, 40, y, "graphs traced", "left")
    for x, letters in zip(COLUMNS, found.values(), strict=True):
        draw.label(ax, x, y, str(letters[:SHOWN].count(TRACED)), **MARK)
    return Drawing(art, "What four calls of one function do", said())


def cell(ax, x, y, letter) -> None:
    """What a call does, once that is guessed; a tracing has a frame."""
    width, height = CELL
    if letter == TRACED:
        at = x - width / 2, y - height / 2
        draw.box(ax, *at, width, height, ec=ACCENT, lw=2)
    style = MARK if letter == TRACED else {}
    draw.label(ax, x, y, WORDS.get(letter, "?"), **style)


def said() -> str:
    """The table in words, without what is to be guessed."""
    calls = ", ".join(f"f({text})" for text in PRESET)
    return (
        f"Four calls, {calls}, in a column each for a function as it is, with "
        "reduce_retracing, and with an input_signature. The first call traces "
        "a graph in all three. What the others do is to be guessed."
    )


def path() -> Drawing:
    """From Python to kernels, and where later calls come in."""
    steps = (
        ("your Python", "runs once for each signature"),
        ("a graph", "nodes, without values"),
        ("Grappler", "folds, merges, drops"),
        ("kernels", "run in every call"),
    )
    art, ax = draw.paper(60 * len(steps) + 10)
    for i, (name, what) in enumerate(steps):
        y = 30 + 60 * i
        last = i == len(steps) - 1
        colour = ACCENT if last else INK
        draw.box(ax, 130, y - 18, 120, 36, ec=colour, lw=2 if last else 1)
        draw.label(ax, 190, y, name, color=colour, **BOLD)
        draw.label(ax, 262, y, what, "left")
        if not last:
            draw.arrow(ax, (190, y + 18), (190, y + 42))
    draw.label(ax, 60, 30, "first call")
    draw.arrow(ax, (98, 30), (130, 30))
    y = 30 + 60 * (len(steps) - 1)
    draw.label(ax, 60, y, "later calls", color=ACCENT)
    draw.arrow(ax, (98, y), (130, y), ACCENT)
    text = (
        "Four boxes from top to bottom: your Python runs once for each "
        "signature and gives a graph, whose nodes have no values; Grappler "
        "folds, merges and drops nodes; kernels run in every call. The first "
        "call enters at the top, later calls enter at the kernels."
    )
    return Drawing(art, "What one call goes through", text)


def asked() -> Drawing:
    """The training graph in our builder, and what its guesses need."""
    unit = three_ways.ours(mean.first_weights(0, 10), 1000, 0.1)
    nodes = needed([unit.loss, unit.train])
    title = "Asked for the guesses, the rest of the trainer stays unrun"
    return drawn(nodes, title, needed([unit.y]), **GAPS)


def counts(runs: Path) -> Drawing:
    """Operations for guesses and trainer in three builders."""
    ran = records.read("graphs/inside", runs)["values"]["ran"]
    builders = {
        "ours": "our builder",
        "session": "a session",
        "function": "tf.function",
    }
    art, ax = draw.paper(210)
    left, scale = 120, (WIDTH - 170) / 25
    for i, (way, name) in enumerate(builders.items()):
        y = 30 + 64 * i
        draw.label(ax, left - 10, y + 14, name, "right")
        for j, fetch in enumerate(("guesses", "trainer")):
            count, top = ran[fetch][way], y + 28 * j - 10
            fill = {"fc": ACCENT} if fetch == "guesses" else {"fc": "none"}
            style = {"ec": ACCENT if j == 0 else INK, "lw": 1.5, **fill}
            draw.box(ax, left, top, scale * count, 20, **style)
            x = left + scale * count + 6
            draw.label(ax, x, top + 10, f"{count} {fetch}", "left")
    lines = [
        f"{name}: {ran['guesses'][way]} operations for the guesses, "
        f"{ran['trainer'][way]} for the trainer"
        for way, name in builders.items()
    ]
    text = f"{'; '.join(lines)}."
    return Drawing(art, "Three builders run what is asked for", text)


FIGURES = draw.Figures(
    "graphs",
    computed={"path": path, "asked": asked},
    measured={"retracing": retracing, "counts": counts},
)

if __name__ == "__main__":
    FIGURES.main()

"""The figures of gradflow 2: `python -m deepcourse.gradflow.figures_lstm_gru`.

The curves are drawn from the record, the circuit from the module itself.
"""

import csv
import sys
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np

from deepcourse import records
from deepcourse.figures import (
    ACCENT,
    INK,
    SMALL,
    STYLE,
    TEXT,
    Drawing,
    canvas,
    panel,
    paper,
    save,
)
from deepcourse.gradflow import rnn

CENTRE = {"ha": "center", "va": "center"}
# Panel, name, dashes, the distance and the offset in pixels of the label.
LINES = {
    "rnn_double": (0, "wh of 2", "-", 100, (8, 2)),
    "rnn": (0, "wh of 1", (0, (5, 2)), 58, (10, 6)),
    "rnn_half": (0, "wh of ½", (0, (1.5, 2)), 22, (10, 6)),
    "lstm_3": (1, "LSTM, bias 3", "-", 100, (8, 4)),
    "lstm_1": (1, "LSTM, bias 1", "-", 100, (8, 0)),
    "lstm_0": (1, "LSTM, bias 0", "-", 44, (-10, -4)),
    "gru_3": (1, "GRU, bias 3", (0, (1.5, 2)), 100, (8, -4)),
    "gru": (1, "GRU, bias 0", (0, (1.5, 2)), 44, (10, 6)),
}
KINDS = (
    "plain, by the size of its recurrent weights",
    "gated, by the bias of its forget or update gate",
)


def curves(runs: Path) -> dict[str, np.ndarray]:
    """(T, 3) by net: lowest, geometric mean and highest of the seeds."""
    path = runs / "gradflow/time_distance.csv"
    if not path.exists():
        raise records.RecordError(f"{path}: no such file; run its stage")
    found: dict[str, list] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            three = [row[k] for k in ("lowest", "geometric mean", "highest")]
            found.setdefault(row["net"], []).append([float(v) for v in three])
    return {name: np.array(values) for name, values in found.items()}


def time_distance(runs: Path) -> Drawing:
    """Gradient of the last output against distance in time."""
    found = curves(runs)
    last = len(found["rnn"]) - 1
    art = canvas(520, 460)
    for row, kind in enumerate(KINDS):
        ax = panel(art, 62, 24 + 240 * row, 292, 196, yscale="log")
        ax.set(ylim=(1e-12, 1e5), xlim=(0, last))
        ax.set_title(kind, loc="left", fontsize=TEXT, weight=700, color=INK)
        ax.axhline(1, color=INK, lw=0.8, alpha=0.4)
        for name, line in LINES.items():
            if name in found and line[0] == row:
                draw_line(ax, name, found[name], last)
        ticks = [1e-12, 1e-8, 1e-4, 1, 1e4]
        ax.set_yticks(ticks, ["1e-12", "1e-8", "1e-4", "1", "1e4"])
        ax.set_yticks([], minor=True)
        ax.set_ylabel("gradient, last step = 1")
    ax.set_xlabel("steps back from the last output")
    return Drawing(
        art,
        "How far back the gradient of the last output reaches, untrained",
        time_distance_text(found),
    )


def draw_line(ax, name: str, values: np.ndarray, last: int) -> None:
    """One net: its mean, its band, and its name on the drawing."""
    _, text, dash, at, offset = LINES[name]
    accent = name.startswith("lstm")
    colour, d = ACCENT if accent else INK, np.arange(last + 1)
    low, middle, high = values.T
    ax.fill_between(d, low, high, color=colour, alpha=0.2, lw=0)
    ax.plot(d, middle, color=colour, ls=dash)
    ax.annotate(
        text,
        (min(at, last), middle[min(at, last)]),
        offset,
        textcoords="offset points",
        ha="right" if offset[0] < 0 else "left",
        va="center",
        weight=700 if accent else 400,
        fontsize=SMALL,
        annotation_clip=False,
    )


def time_distance_text(found: dict) -> str:
    """What the curves show."""
    parts = []
    for name, (kind, text, *_) in LINES.items():
        if name in found:
            row = found[name]
            at = [f"{row[d, 1]:.2g}" for d in (10, 50, 100) if d < len(row)]
            words = text if kind else f"plain net with {text}"
            parts.append(f"{words}: {', '.join(at)}")
    return (
        "Root mean square length of the gradient of the last output with "
        "respect to the input, relative to the last step, on a logarithmic "
        "axis; geometric mean over seeds with a band from the lowest to the "
        f"highest. After 10, 50 and 100 steps: {'; '.join(parts)}. Only the "
        "plain net with recurrent weights of size 2 grows all along. LSTM "
        "and GRU with biases of zero fall faster than the plain net with "
        "orthogonal weights; a forget bias of 1 slows the fall, and one of 3 "
        "stops it."
    )


# The circuit: one unit, two steps.
X, H0, WX, WH, ABOVE = (1.0, -0.5), 0.0, 0.5, 0.8, (0.3, 1.0)


def circuit_numbers() -> dict:
    """What flows through the circuit, forward and back."""
    x = np.array(X).reshape(1, 2, 1)
    dh = np.array(ABOVE).reshape(1, 2, 1)
    one = np.ones((1, 1))
    h, cache = rnn.forward(x, one * H0, one * WX, one * WH, np.zeros(1))
    _, dh0, dwx, dwh, _ = rnn.backward(dh, cache)
    h1, h2 = h.ravel()
    da2 = ABOVE[1] * (1 - h2**2)
    arrives = ABOVE[0] + da2 * WH
    return {
        "h": (h1, h2),
        "a": (np.arctanh(h1), np.arctanh(h2)),
        "da": (arrives * (1 - h1**2), da2),
        "arrives": arrives,
        "back": da2 * WH,
        "dh0": float(dh0.item()),
        "dwx": float(dwx.item()),
        "dwh": float(dwh.item()),
    }


def circuit(runs: Path) -> Drawing:
    """Two steps of one unit with real numbers in both directions."""
    n = circuit_numbers()
    art = canvas(270, 480)
    ax = paper(art)
    y, columns = 140, (54, 104, 172, 234, 284, 334, 402)
    wire(ax, (14, y), (columns[0] - 15, y))
    for a, b in pairwise(columns):
        if b == columns[3]:
            wire(ax, (a + 22, y), (b, y), head=False)
        else:
            left = a + (22 if a in (columns[2], columns[6]) else 15)
            left = a if a == columns[3] else left
            wire(ax, (left, y), (b - (22 if b in columns[2::4] else 15), y))
    wire(ax, (columns[6] + 22, y), (474, y))
    for i in (0, 4):
        node(ax, columns[i], y, f"× {WH}")
    for step, i in enumerate((1, 5)):
        node(ax, columns[i], y, "+")
        node(ax, columns[i], y + 62, f"× {WX}")
        wire(ax, (columns[i], y + 47), (columns[i], y + 15))
        wire(ax, (columns[i], y + 106), (columns[i], y + 77))
        ax.text(columns[i] + 8, y + 104, f"x{sub(step + 1)} = {X[step]:g}")
        number(ax, columns[i] + 29, y, n["a"][step], n["da"][step])
    for i in (2, 6):
        box(ax, columns[i], y, "tanh", 22)
    ax.plot(columns[3], y, "o", color=INK, ms=7)
    wire(ax, (columns[3], y), (columns[3], 56))
    ax.text(columns[3], 42, "output, step 1", fontsize=SMALL, ha="center")
    ax.text(columns[3] + 8, 80, f"{ABOVE[0]:.2f}", color=ACCENT, weight=700)
    number(ax, 214, y, n["h"][0], n["arrives"])
    number(ax, 254, y, None, n["back"])
    number(ax, 446, y, n["h"][1], ABOVE[1])
    ax.text(446, y - 36, "h₂", weight=700, **CENTRE)
    ax.text(214, y - 36, "h₁", weight=700, **CENTRE)
    number(ax, 20, y, H0, n["dh0"])
    ax.text(20, y - 36, "h₀", weight=700, **CENTRE)
    ax.text(
        12,
        18,
        "above a wire: the value; below, bold: its gradient",
        fontsize=SMALL,
    )
    return Drawing(
        art,
        "Two steps of one recurrent unit, forward and back",
        circuit_text(n),
    )


def circuit_text(n: dict) -> str:
    """What the circuit shows."""
    return (
        f"A unit with weights {WX} on its input and {WH} on its state reads "
        f"{X[0]:g} and {X[1]:g} from a state of {H0:g}. Forward, the states "
        f"are {n['h'][0]:.2f} and {n['h'][1]:.2f}. Back from a gradient of "
        f"{ABOVE[1]:.2f} at the second state: {n['da'][1]:.2f} before its "
        f"tanh, and {n['back']:.2f} through the weight {WH} to the first "
        f"state. There {ABOVE[0]:.2f} arrives from its own output as well, "
        f"so the first state has {n['arrives']:.2f}, the sum, and its tanh "
        f"sends back {n['da'][0]:.2f}."
    )


def sub(number: int) -> str:
    """A subscript digit."""
    return "₀₁₂"[number]


def wire(ax, start, end, head=True, colour=INK, lw=1.2, back=False) -> None:
    """A line with an arrow at its end, or at its start."""
    if back:
        start, end = end, start
    style = "-|>" if head else "-"
    arrow = mpl.patches.FancyArrowPatch(
        start, end, arrowstyle=style, mutation_scale=10, shrinkA=0, shrinkB=0
    )
    arrow.set(color=colour, lw=lw)
    ax.add_patch(arrow)


def node(ax, x, y, text, colour=INK, lw=1.2, radius=15) -> None:
    """An operation in a circle."""
    circle = mpl.patches.Circle((x, y), radius)
    circle.set(facecolor="none", edgecolor=colour, lw=lw)
    ax.add_patch(circle)
    size = TEXT if len(text) < 2 else 10
    ax.text(x, y, text, color=colour, fontsize=size, **CENTRE)


def box(ax, x, y, text, half, colour=INK, lw=1.2, height=15) -> None:
    """An operation in a box."""
    frame = mpl.patches.Rectangle((x - half, y - height), 2 * half, 2 * height)
    frame.set(facecolor="none", edgecolor=colour, lw=lw)
    ax.add_patch(frame)
    ax.text(x, y, text, color=colour, fontsize=SMALL, **CENTRE)


def number(ax, x, y, value, gradient) -> None:
    """A value above a wire, its gradient below."""
    if value is not None:
        ax.text(x, y - 14, f"{value:.2f}", fontsize=SMALL, **CENTRE)
    ax.text(
        x,
        y + 14,
        f"{gradient:.2f}",
        fontsize=SMALL,
        color=ACCENT,
        weight=700,
        **CENTRE,
    )


STEPS = {
    1: (
        "An LSTM's cell state, and the gate that forgets",
        "The cell state runs in one line from left to right, from c before "
        "the step to c after it. The only thing on the line is a product "
        "with the forget gate f, a box with a sigmoid below it.",
    ),
    2: (
        "The same with the part that writes",
        "Added on the cell's line: a plus. What is added comes from below, "
        "the product of the input gate i, a sigmoid, and the candidate g, a "
        "tanh.",
    ),
    3: (
        "The same with the part that reads",
        "Added after the plus: the line of the cell forks. One branch goes "
        "down through a tanh to a product with the output gate o, and out as "
        "the state h.",
    ),
    4: (
        "The same with what the gates are fed: a whole step",
        "Added at the bottom: the input x and the state h from the step "
        "before enter one box, x wx + h wh + b, whose result a goes up to "
        "all four gates, f, i, g and o.",
    ),
    5: (
        "The way back through the same step",
        "The same drawing with every arrow turned round. From the right "
        "arrive the gradients of h and c. At the fork the one through o and "
        "tanh joins the one along the cell's line. The plus hands it on to "
        "the gates i and g and, unchanged, to the product with f, and from "
        "there to c before the step. The four gates send theirs down to the "
        "box, which turns them into the gradients of x and of h before the "
        "step.",
    ),
}
TOP, F, IG, FORK, OUT, GATES = 44, 104, 210, 370, 308, 198


def cell(step: int) -> Drawing:
    """The LSTM in one drawing that grows: step 1 to 4, and 5 back."""
    art = canvas(226 if step <= 3 else 312, 448)
    ax = paper(art)
    back = step == 5

    def ink(part):
        new = part == step
        return {"colour": ACCENT if new else INK, "lw": 2 if new else 1.2}

    def line(*points, part, head=True):
        for a, b in pairwise(points[:-1]):
            wire(ax, a, b, head=False, **ink(part))
        a, b = points[-2:]
        wire(ax, a, b, head=head and not back, **ink(part))
        if back and head:
            wire(ax, points[1], points[0], **ink(part))

    forget(ax, line, ink, step)
    if step >= 2:
        write(ax, line, ink)
    if step >= 3:
        read(ax, line, ink, back)
    if step >= 4:
        feed(ax, line, ink, back)
    if back:
        gradients(ax)
    title, text = STEPS[step]
    return Drawing(art, title, text)


def forget(ax, line, ink, step) -> None:
    """The cell's line and its forget gate."""
    end = IG if step >= 2 else 442
    line((20, TOP), (F - 15, TOP), part=1)
    line((F + 15, TOP), (end - (15 if step >= 2 else 0), TOP), part=1)
    node(ax, F, TOP, "×", **ink(1))
    line((F, GATES - 15), (F, TOP + 15), part=1)
    box(ax, F, GATES, "f: σ", 22, **ink(1))
    before, after = ("cₜ₋₁", "cₜ")
    if step == 5:
        before, after = ("δᶜₜ fₜ", "δᶜₜ₊₁ fₜ₊₁")
    ax.text(30, TOP - 16, before, weight=700, **CENTRE)
    ax.text(408 if step == 5 else 432, TOP - 16, after, weight=700, **CENTRE)


def write(ax, line, ink) -> None:
    """The input gate and the candidate."""
    line((IG + 15, TOP), (442, TOP), part=2)
    node(ax, IG, TOP, "+", **ink(2))
    node(ax, IG, 122, "×", **ink(2))
    line((IG, 107), (IG, TOP + 15), part=2)
    for x, text, side in ((IG - 40, "i: σ", -15), (IG + 40, "g: tanh", 15)):
        line((x, GATES - 15), (x, 122), (IG + side, 122), part=2)
        box(ax, x, GATES, text, 26, **ink(2))


def read(ax, line, ink, back) -> None:
    """The output gate."""
    colour = ink(3)["colour"]
    ax.plot(FORK, TOP, "o", color=colour, ms=7)
    line((FORK, TOP), (FORK, 72), part=3)
    box(ax, FORK, 87, "tanh", 22, **ink(3))
    line((FORK, 102), (FORK, 123), part=3)
    node(ax, FORK, 138, "×", **ink(3))
    line((FORK + 15, 138), (442, 138), part=3)
    line((OUT, GATES - 15), (OUT, 138), (FORK - 15, 138), part=3)
    box(ax, OUT, GATES, "o: σ", 22, **ink(3))
    name = "δʰₜ" if back else "hₜ"
    ax.text(432, 122, name, weight=700, **CENTRE)


def feed(ax, line, ink, back) -> None:
    """The product that feeds all gates."""
    for x in (F, IG - 40, IG + 40, OUT):
        line((x, 250), (x, GATES + 15), part=4)
    box(ax, 206, 266, "aₜ = xₜ wx + hₜ₋₁ wh + b", 134, **ink(4))
    line((20, 258), (72, 258), part=4)
    line((20, 286), (44, 286), (44, 276), (72, 276), part=4)
    names = ("back to hₜ₋₁", "dxₜ") if back else ("hₜ₋₁", "xₜ")
    ax.text(4, 242, names[0], weight=700, va="center")
    ax.text(4, 302, names[1], weight=700, va="center")


def gradients(ax) -> None:
    """What flows where, on the way back."""
    style = {"fontsize": SMALL, "color": ACCENT, "weight": 700, "va": "center"}
    ax.text(F + 8, 152, "df", **style)
    ax.text(IG - 62, 152, "di", **style)
    ax.text(IG + 46, 152, "dg", **style)
    ax.text(OUT + 8, 158, "do", **style)
    ax.text(346, 232, "da: all four", **style)
    ax.text(IG + 64, TOP - 16, "δᶜₜ, unchanged", ha="center", **style)


FIGURES = {
    "time_distance": time_distance,
    "circuit-rnn": circuit,
    **{f"lstm-{n}": lambda runs, n=n: cell(n) for n in STEPS},
}


def draw(names, runs: Path) -> list[str]:
    """Draw what can be drawn, and say what is missing for the rest."""
    missing = []
    for name in names:
        try:
            with mpl.rc_context(STYLE):
                save(FIGURES[name](runs), runs / f"gradflow/{name}.svg")
        except records.RecordError as error:
            missing.append(f"{name}: {error}")
    return missing


if __name__ == "__main__":
    sys.exit("\n".join(draw(FIGURES, records.RUNS)) or 0)

"""The figures of gradflow 2: `python -m deepcourse.gradflow.figures.lstm_gru`.

The curves are drawn from the record, the circuit from the module itself.
"""

from functools import partial
from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, BOLD, INK, MARK, Drawing
from deepcourse.gradflow import lstm, rnn

# Panel, name, dashes, the distance and the offset in pixels of the label.
LINES = {
    "rnn_double": (0, "weights × 2", "-", 100, (8, -10)),
    "rnn": (0, "weights × 1", (0, (5, 2)), 60, (10, 6)),
    "rnn_half": (0, "weights × ½", (0, (1.5, 2)), 25, (10, 0)),
    "lstm_3": (1, "LSTM, bias 3", "-", 100, (8, 6)),
    "lstm_1": (1, "LSTM, bias 1", "-", 100, (8, 0)),
    "lstm_0": (1, "LSTM, bias 0", "-", 45, (-10, -4)),
    "gru_3": (1, "GRU, bias 3", (0, (1.5, 2)), 100, (8, -6)),
    "gru": (1, "GRU, bias 0", (0, (1.5, 2)), 45, (10, 6)),
}
# On a logarithmic axis the curves are almost straight: few points will do.
DRAWN = (0, 1, 3, 8, 16, 30, 50, 75, 100)
LOWEST, HIGHEST = 1e-12, 1e5  # what the axis shows
KINDS = (
    "plain, by its recurrent weights: orthogonal × …",
    "gated, by the bias of its forget or update gate",
)


def time_distance(runs: Path) -> Drawing:
    """Gradient of the last output against distance in time."""
    # (T, 3) by net: lowest, geometric mean and highest of the seeds.
    columns = ("lowest", "geometric mean", "highest")
    path = runs / "gradflow/time_distance.csv"
    found = draw.series(path, "net", *columns)
    last = len(found["rnn"]) - 1
    art = draw.canvas(522, 480)
    for row, kind in enumerate(KINDS):
        ax = draw.panel(art, 70, 26 + 244 * row, 300, 204, yscale="log")
        ax.set(ylim=(LOWEST, HIGHEST), xlim=(0, last), title=kind)
        ax.axhline(1, color=INK, lw=0.8, alpha=0.4)
        for name, line in LINES.items():
            if name in found and line[0] == row:
                draw_line(ax, name, found[name], last)
        draw.power_ticks(ax, -12, -8, -4, 0, 4)
        ax.set_ylabel("gradient, last step = 1")
        ax.set_xticks(range(0, last + 1, 20 if row else last + 1))
    ax.set_xlabel("steps back from the last output")
    title = "How far back the gradient of the last output reaches, untrained"
    return Drawing(art, title, time_distance_text(found))


def draw_line(ax, name: str, values: np.ndarray, last: int) -> None:
    """One net: its mean, its band, and its name on the drawing."""
    _, text, dash, at, offset = LINES[name]
    colour, weight = (ACCENT, BOLD) if name.startswith("lstm") else (INK, {})
    d = np.array([d for d in DRAWN if d <= last])
    below = values[d, 2] < LOWEST
    d = d[: 1 + below.argmax()] if below.any() else d
    steps = 24  # to a decade, half a pixel each: short numbers in the file
    three = 10 ** (np.round(np.log10(values[d]) * steps) / steps).T
    draw.band(ax, d, *three, colour, ls=dash)
    side, at = "right" if offset[0] < 0 else "left", min(at, last)
    style = {"annotation_clip": False, **weight}
    draw.beside(ax, text, (at, values[at, 1]), offset, side, **style)


def time_distance_text(found: dict) -> str:
    """What the curves show."""
    parts = []
    for name, (kind, text, *_) in LINES.items():
        if name in found:
            row = found[name]
            at = [draw.number(row[d, 1]) for d in (10, 50, 100) if d < len(row)]
            words = text if kind else f"plain net, {text}"
            parts.append(f"{words}: {', '.join(at)}")
    return (
        "Length of the last output's gradient with respect to the input, "
        "relative to the last step, on a logarithmic axis. After 10, 50 and "
        f"100 steps: {'; '.join(parts)}. Only the plain net with doubled "
        "weights grows all along; a forget bias of 3 stops the fall."
    )


def lstm_reach(runs: Path) -> Drawing:
    """The reach of one LSTM, whole and by the direct path alone."""
    record = records.read("gradflow/reach", runs)
    distances = record["settings"]["distances"]
    whole, direct = (
        10 ** (np.array(record["curves"]["3 0"][k].split(), float) / 1e4)
        for k in (0, -1)
    )
    art = draw.canvas(316, 460)
    ax = draw.panel(art, 62, 30, 300, 230, yscale="log")
    ax.set(ylim=(LOWEST, 1e2), xlim=(0, distances[-1]))
    ax.axhline(1, color=INK, lw=0.8, alpha=0.4)
    ax.plot(distances, direct, color=INK, ls=(0, (1.5, 2)))
    ax.plot(distances, whole, color=ACCENT, lw=2.4)
    draw.name_end(ax, "whole", whole[-1], (8, 0), **BOLD)
    draw.name_end(ax, "direct path", direct[-1], (8, 0))
    draw.power_ticks(ax, -12, -8, -4, 0)
    ax.set_xlabel("steps back from the last output")
    ax.set_title("gradient, last step = 1")
    ends = [draw.number(curve[-1]) for curve in (whole, direct)]
    return Drawing(
        art,
        "How far back an LSTM's gradient reaches, whole and by its cell alone",
        "Length of the last output's gradient with respect to the input over "
        "the steps back, on a logarithmic axis, of an untrained LSTM with a "
        "forget bias of 3 and an input bias of 0. The whole gradient falls, "
        f"then grows, to {ends[0]} at {distances[-1]} steps; by the direct "
        f"path through the forget gates alone it falls to {ends[1]}.",
    )


# The circuit: one unit, two steps.
X, H0, WX, WH, ABOVE = (1.0, -0.5), 0.0, 0.5, 0.8, (0.3, 1.0)


def circuit_numbers() -> dict:
    """What flows through the circuit, forward and back."""
    x = np.array(X).reshape(1, 2, 1)
    dh = np.array(ABOVE).reshape(1, 2, 1)
    one = np.ones((1, 1))
    h, cache = rnn.rnn_forward(x, one * H0, one * WX, one * WH, np.zeros(1))
    _, dh0, dwx, dwh, _ = rnn.rnn_backward(dh, cache)
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


def circuit() -> Drawing:
    """Two steps of one unit with real numbers in both directions."""
    n = circuit_numbers()
    art, ax = draw.paper(296, 480)
    y, fork = 150, 236
    places = ((62, 118, 178, 8), (290, 346, 406, fork))
    for i, (times, plus, tanh, start) in enumerate(places):
        draw.wire(ax, (start, y), (times - 20, y))
        draw.wire(ax, (times + 20, y), (plus - 15, y))
        draw.wire(ax, (plus + 15, y), (tanh - 23, y))
        draw.node(ax, times, y, f"× {WH}", radius=20)
        draw.node(ax, plus, y, "+")
        draw.node(ax, plus, y + 68, f"× {WX}", radius=20)
        draw.wire(ax, (plus, y + 48), (plus, y + 15))
        draw.wire(ax, (plus, y + 118), (plus, y + 88))
        draw.symbol(ax, plus + 18, y + 110, "x", str(i + 1))
        value = f"= {X[i]:g}".replace("-", "−")
        draw.label(ax, plus + 30, y + 110, value, "left")
        draw.operation(ax, tanh, y, "tanh", 23)
        draw.label(ax, plus + 30, y + 30, f"{n['da'][i]:.2f}", **MARK)
        draw.label(ax, plus + 30, y - 28, f"{n['a'][i]:.2f}")
    draw.wire(ax, (201, y), (fork, y), head=False)
    draw.fork(ax, fork, y)
    draw.wire(ax, (fork, y), (fork, 58))
    draw.wire(ax, (429, y), (474, y))
    ax.text(fork, 44, "output of step 1", ha="center")
    draw.label(ax, fork + 26, 88, f"{ABOVE[0]:.2f}", **MARK)
    draw.label(ax, 212, y - 28, f"{n['h'][0]:.2f}")
    total = f"{ABOVE[0]:.2f} + {n['back']:.2f} = {n['arrives']:.2f}"
    draw.label(ax, fork, y + 54, total, **MARK)
    draw.label(ax, 262, y + 30, f"{n['back']:.2f}", **MARK)
    for x, value, gradient in ((452, n["h"][1], ABOVE[1]), (22, H0, n["dh0"])):
        draw.label(ax, x, y - 28, f"{value:.2f}")
        draw.label(ax, x, y + 30, f"{gradient:.2f}", **MARK)
    for k, x in enumerate((20, 210, 452)):
        draw.symbol(ax, x, y - 50, "h", str(k))
    ax.text(8, 16, "above a wire: its value; below, bold: its gradient")
    draw.merge(ax)
    title = "Two steps of one recurrent unit, forward and back"
    return Drawing(art, title, circuit_text(n))


def circuit_text(n: dict) -> str:
    """What the circuit shows."""
    return (
        f"Forward, the states are {n['h'][0]:.2f} and {n['h'][1]:.2f}. Back "
        f"from {ABOVE[1]:.2f} at the second state: {n['da'][1]:.2f} before "
        f"its tanh, and {n['back']:.2f} through the weight {WH} to the first "
        f"state. There {ABOVE[0]:.2f} arrives from its own output as well: "
        f"{n['arrives']:.2f}, and {n['da'][0]:.2f} before its tanh."
    )


def cell_numbers() -> dict:
    """What the example of the page has in its one unit, both ways."""
    a = np.array([[0.0, np.log(3), np.arctanh(0.5), 0.0]])
    before, dh = np.array([[0.8]]), np.ones((1, 1))
    _, c, gates = lstm.lstm_step(a, before)
    shown = gates, before, np.tanh(c)
    da, dc = lstm.lstm_step_backward(dh, dh * 0, *shown)
    i, f, g, _ = gates[0]
    delta = dc.item() / f
    return {
        "gates": dict(zip("ifgo", gates[0])),
        "da": dict(zip("ifgo", da[0])),
        "di": delta * g,
        "df": delta * before.item(),
        "dg": delta * i,
        "do": np.tanh(c).item(),
        "delta": delta,
        "back": dc.item(),
    }


STEP = (
    "One step of an LSTM",
    "The cell state runs in one line from left to right, from c before the "
    "step to c after it: through a product with the forget gate f, a sigmoid "
    "below it, and through a plus. What is added comes from below, the "
    "product of the input gate i, a sigmoid, and the candidate g, a tanh. "
    "Then the line forks. One branch goes down through a tanh to a product "
    "with the output gate o, and out as the state h. At the bottom the input "
    "x and the state h from the step before enter one box, x wx + h wh + b, "
    "whose result a goes up to all four gates, f, i, g and o.",
)
BACK = (
    "The way back through the same step, in numbers",
    "Every arrow is turned round. From the right arrive 0 at c and 1 at "
    "h. At the fork the gradient through o and tanh joins the one along "
    "the cell's line: {delta:.2f}. The plus hands it to i and g and to "
    "the product with f, which sends {back:.2f} to c before the step. The "
    "gates receive {di:.2f} (i), {df:.2f} (f), {dg:.2f} (g) and {do:.2f} "
    "(o), and below them da goes to the box and on to x and h.",
)
TOP, F, IG, FORK, OUT, GATES, END = 46, 96, 206, 386, 322, 204, 456


def parts() -> list[tuple]:
    """Each part of the cell: what, and where.

    A letter of a gate stands for what is written into its box.
    """
    wire, node, box, i, g = (
        draw.wire,
        draw.node,
        draw.operation,
        IG - 38,
        IG + 38,
    )
    return [
        # The cell's line and its forget gate.
        (wire, (8, TOP), (F - 15, TOP)),
        (wire, (F + 15, TOP), (IG - 15, TOP)),
        (node, F, TOP, "×"),
        (wire, (F, GATES - 15), (F, TOP + 15)),
        (box, F, GATES, "f", 32),
        # The input gate and the candidate.
        (wire, (IG + 15, TOP), (END, TOP)),
        (node, IG, TOP, "+"),
        (node, IG, 124, "×"),
        (wire, (IG, 109), (IG, TOP + 15)),
        (wire, (i, GATES - 15), (i, 124), (IG - 15, 124)),
        (box, i, GATES, "i", 32),
        (wire, (g, GATES - 15), (g, 124), (IG + 15, 124)),
        (box, g, GATES, "g", 32),
        # The output gate.
        (draw.fork, FORK, TOP),
        (wire, (FORK, TOP + 5), (FORK, 74)),
        (box, FORK, 89, "tanh", 24),
        (wire, (FORK, 104), (FORK, 129)),
        (node, FORK, 144, "×"),
        (wire, (FORK + 15, 144), (END, 144)),
        (wire, (OUT, GATES - 15), (OUT, 144), (FORK - 15, 144)),
        (box, OUT, GATES, "o", 32),
        # The product that feeds all gates.
        *((wire, (x, 277), (x, GATES + 15)) for x in (F, i, g, OUT)),
        (box, 215, 292, "a", 139),
        (wire, (8, 284), (76, 284)),
        (wire, (8, 316), (44, 316), (44, 300), (76, 300)),
    ]


def cell(back: bool) -> Drawing:
    """One step of the LSTM in one drawing, or the way back through it."""
    art, ax = draw.paper(344, 460)
    n = cell_numbers()
    says = {k: f"{k}: {'tanh' if k == 'g' else 'σ'}" for k in "ifgo"}
    says["a"] = "a = x wx + h wh + b"
    if back:
        says = {k: f"{k} = {v:.2f}" for k, v in n["gates"].items()}
        says["a"] = "times the weights, transposed"
    for shape, *where in parts():
        if back and shape is draw.wire:
            where.reverse()
        shape(ax, *(says.get(word, word) for word in where))
    for name in NAMES_BACK if back else NAMES:
        draw.symbol(ax, *name)
    if back:
        gradients(ax, n)
    draw.merge(ax)
    title, text = BACK if back else STEP
    return Drawing(art, title, text.format(**n))


# What enters and leaves.
NAMES = (
    (24, TOP - 22, "c", "t−1"),
    (440, TOP - 22, "c", "t"),
    (440, 122, "h", "t"),
    (20, 264, "h", "t−1"),
    (20, 332, "x", "t"),
)
NAMES_BACK = (
    (42, TOP - 22, "to c", "t−1"),
    (270, TOP - 22, "δ", "t", "c"),
    (388, TOP - 24, "δ", "t+1", "c"),
    (426, TOP - 24, "f", "t+1"),
    (430, 122, "δ", "t", "h"),
    (42, 264, "to h", "t−1"),
    (42, 332, "to x", "t"),
)


def gradients(ax, n: dict) -> None:
    """The numbers that flow, on the way back."""
    for x, y, value in (
        (40, TOP + 22, n["back"]),
        (272, TOP + 22, n["delta"]),
        (430, TOP + 22, 0),
        (434, 166, 1),
    ):
        draw.label(ax, x, y, f"{value:.2f}", **MARK)
    for x, y, gate, side in (
        (F + 7, 108, "f", "left"),
        (IG - 45, 162, "i", "right"),
        (IG + 45, 162, "g", "left"),
        (OUT + 7, 172, "o", "left"),
    ):
        draw.label(ax, x, y, f"d{gate} {n['d' + gate]:.2f}", side, **MARK)
    for x, gate in ((F, "f"), (IG - 38, "i"), (IG + 38, "g"), (OUT, "o")):
        draw.label(ax, x + 7, 248, f"{n['da'][gate]:.2f}", "left", **MARK)
    draw.symbol(ax, 412, 248, "= da", "t", colour=ACCENT)


def two_grus() -> Drawing:
    """One step of either GRU: what differs is where r stands."""
    art, ax = draw.paper(392, 460)
    for top, after in ((0, False), (200, True)):
        gru_step(ax, top, after)
    draw.merge(ax)
    return Drawing(
        art,
        "The two GRUs: the reset before the product, and after it",
        "Twice the same drawing: the old state goes through a product with z "
        "and a plus to the new one, and a branch of it makes the candidate g. "
        "Above, the branch meets r first and the weights w_g second; below, "
        "w_g and the bias b_h first and r second.",
    )


def gru_step(ax, top: float, after: bool) -> None:
    """One of the two drawings."""
    y, low = top + 62, top + 122
    name = "after: Keras and cuDNN" if after else "before: equation 8"
    draw.label(ax, 8, top + 14, name, "left", **BOLD)
    draw.wire(ax, (8, y), (231, y))
    draw.node(ax, 250, y, "× z", radius=19)
    draw.wire(ax, (269, y), (391, y))
    draw.node(ax, 406, y, "+")
    draw.wire(ax, (421, y), (456, y))
    draw.symbol(ax, 24, y - 20, "h", "t−1")
    draw.symbol(ax, 440, y - 20, "h", "t")
    draw.fork(ax, 44, y)
    r, w = (190, 112) if after else (92, 164)
    half = 44 if after else 30
    first = w - half if after else r - 19
    draw.wire(ax, (44, y), (44, low), (first, low))
    draw.node(ax, r, low, "× r", radius=19, colour=ACCENT, lw=2)
    draw.operation(ax, w, low, "", half)
    draw.symbol(ax, w - 16 if after else w + 4, low - 1, "w", "g")
    if after:
        draw.symbol(ax, w + 24, low - 1, "+ b", "h")
    draw.wire(
        ax,
        (w + half, low) if after else (r + 19, low),
        ((r - 19, low) if after else (w - half, low)),
    )
    draw.wire(ax, (r + 19, low) if after else (w + half, low), (235, low))
    draw.node(ax, 250, low, "+")
    draw.wire(ax, (250, low + 50), (250, low + 15))
    draw.symbol(ax, 272, low + 44, "a", "t", "x,g")
    draw.wire(ax, (265, low), (288, low))
    draw.operation(ax, 312, low, "tanh", 24)
    draw.wire(ax, (336, low), (368, low))
    draw.symbol(ax, 352, low - 18, "g", "t")
    draw.operation(ax, 406, low, "× (1−z)", 38)
    draw.wire(ax, (406, low - 15), (406, y + 15))


FIGURES = draw.Figures(
    "gradflow",
    computed={
        "circuit-rnn": circuit,
        "lstm-step": partial(cell, back=False),
        "lstm-back": partial(cell, back=True),
        "gru": two_grus,
    },
    measured={"time_distance": time_distance, "lstm-reach": lstm_reach},
)

if __name__ == "__main__":
    FIGURES.main()

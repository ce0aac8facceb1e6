"""The figures of gradflow 2: `python -m deepcourse.gradflow.figures.lstm_gru`.

The curves are drawn from the record, the circuit from the module itself.
"""

import csv
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np

from deepcourse import records
from deepcourse.drawing import (
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
from deepcourse.gradflow import lstm, rnn

CENTRE = {"ha": "center", "va": "center"}
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
    art = canvas(522, 480)
    for row, kind in enumerate(KINDS):
        ax = panel(art, 70, 26 + 244 * row, 300, 204, yscale="log")
        ax.set(ylim=(LOWEST, HIGHEST), xlim=(0, last))
        ax.set_title(kind, loc="left", fontsize=TEXT, weight=700, color=INK)
        ax.axhline(1, color=INK, lw=0.8, alpha=0.4)
        for name, line in LINES.items():
            if name in found and line[0] == row:
                draw_line(ax, name, found[name], last)
        ticks = [1e-12, 1e-8, 1e-4, 1, 1e4]
        ax.set_yticks(ticks, ["1e-12", "1e-8", "1e-4", "1", "1e4"])
        ax.set_yticks([], minor=True)
        ax.set_ylabel("gradient, last step = 1")
        ax.set_xticks(range(0, last + 1, 20 if row else last + 1))
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
    colour = ACCENT if accent else INK
    d = np.array([d for d in DRAWN if d <= last])
    below = values[d, 2] < LOWEST
    d = d[: 1 + below.argmax()] if below.any() else d
    steps = 24  # to a decade, half a pixel each: short numbers in the file
    low, middle, high = 10 ** (np.round(np.log10(values[d]) * steps) / steps).T
    ax.fill_between(d, low, high, color=colour, alpha=0.2, lw=0)
    ax.plot(d, middle, color=colour, ls=dash)
    ax.annotate(
        text,
        (min(at, last), values[min(at, last), 1]),
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
            words = text if kind else f"plain net, {text}"
            parts.append(f"{words}: {', '.join(at)}")
    return (
        "Length of the last output's gradient with respect to the input, "
        "relative to the last step, on a logarithmic axis. After 10, 50 and "
        f"100 steps: {'; '.join(parts)}. Only the plain net with doubled "
        "weights grows all along; a forget bias of 3 stops the fall."
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
    art = canvas(296, 480)
    ax = paper(art)
    y, fork = 150, 236
    for i, (times, plus, tanh, start) in enumerate(
        ((62, 118, 178, 8), (290, 346, 406, fork))
    ):
        wire(ax, (start, y), (times - 20, y))
        wire(ax, (times + 20, y), (plus - 15, y))
        wire(ax, (plus + 15, y), (tanh - 23, y))
        node(ax, times, y, f"× {WH}", radius=20)
        node(ax, plus, y, "+")
        node(ax, plus, y + 68, f"× {WX}", radius=20)
        wire(ax, (plus, y + 48), (plus, y + 15))
        wire(ax, (plus, y + 118), (plus, y + 88))
        symbol(ax, plus + 18, y + 110, "x", str(i + 1))
        ax.text(plus + 30, y + 110, f"= {X[i]:g}", va="center")
        box(ax, tanh, y, "tanh", 23)
        ax.text(plus + 30, y + 30, f"{n['da'][i]:.2f}", **BOLD)
        ax.text(plus + 30, y - 28, f"{n['a'][i]:.2f}", **CENTRE)
    wire(ax, (201, y), (fork, y), head=False)
    ax.plot(fork, y, "o", mec=INK, mfc=INK, ms=8)
    wire(ax, (fork, y), (fork, 58))
    wire(ax, (429, y), (474, y))
    ax.text(fork, 44, "output of step 1", ha="center")
    ax.text(fork + 26, 88, f"{ABOVE[0]:.2f}", **BOLD)
    ax.text(212, y - 28, f"{n['h'][0]:.2f}", **CENTRE)
    ax.text(fork, y + 54, fork_sum(n), **BOLD)
    ax.text(262, y + 30, f"{n['back']:.2f}", **BOLD)
    number(ax, 452, y, n["h"][1], ABOVE[1])
    number(ax, 22, y, H0, n["dh0"])
    for k, x in enumerate((20, 210, 452)):
        symbol(ax, x, y - 50, "h", str(k))
    ax.text(8, 16, "above a wire: its value; below, bold: its gradient")
    merge(ax)
    return Drawing(
        art,
        "Two steps of one recurrent unit, forward and back",
        circuit_text(n),
    )


def fork_sum(n: dict) -> str:
    """What meets at the fork."""
    return f"{ABOVE[0]:.2f} + {n['back']:.2f} = {n['arrives']:.2f}"


def circuit_text(n: dict) -> str:
    """What the circuit shows."""
    return (
        f"Forward, the states are {n['h'][0]:.2f} and {n['h'][1]:.2f}. Back "
        f"from {ABOVE[1]:.2f} at the second state: {n['da'][1]:.2f} before "
        f"its tanh, and {n['back']:.2f} through the weight {WH} to the first "
        f"state. There {ABOVE[0]:.2f} arrives from its own output as well: "
        f"{n['arrives']:.2f}, and {n['da'][0]:.2f} before its tanh."
    )


def merge(ax) -> None:
    """Make one path of all lines, frames and heads that share their ink."""
    paths, dots = {}, {}
    for line in list(ax.lines):
        if line.get_marker() == "o":
            look = ("ms", "mec", "mfc", "mew")
            key = tuple(mpl.artist.getp(line, name) for name in look)
            dots.setdefault(key, []).append(line.get_xydata())
        else:
            key = ("none", line.get_color(), line.get_linewidth())
            paths.setdefault(key, []).append(line.get_path())
        line.remove()
    for patch in list(ax.patches):
        key = (*patch.ink, patch.get_linewidth())
        path = patch.get_patch_transform().transform_path(patch.get_path())
        paths.setdefault(key, []).append(path)
        patch.remove()
    for (face, edge, lw), found in paths.items():
        whole = mpl.path.Path.make_compound_path(*found)
        style = {"facecolor": face, "edgecolor": edge, "lw": lw}
        ax.add_patch(mpl.patches.PathPatch(whole, clip_on=False, **style))
    for (ms, mec, mfc, mew), found in dots.items():
        x, y = np.concatenate(found).T
        style = {"ms": ms, "mec": mec, "mfc": mfc, "mew": mew, "ls": "none"}
        ax.plot(x, y, "o", clip_on=False, **style)


BOLD = {"color": ACCENT, "weight": 700, **CENTRE}


def symbol(ax, x, y, base, low="", high="", colour=INK) -> None:
    """A letter that ends at x, and its indices behind it, large enough."""
    style = {"color": colour, "weight": 700, "va": "center"}
    ax.text(x, y, base, ha="right", fontsize=17, **style)
    ax.text(x + 1, y + 6, low, fontsize=SMALL, **style)
    if high:
        ax.text(x + 1, y - 7, high, fontsize=SMALL, **style)


def wire(ax, *points, head=True, colour=INK, lw=1.2) -> None:
    """A line through points, with an arrow at its end."""
    x, y = np.array(points, float).T
    ax.plot(x, y, color=colour, lw=lw)
    if head:
        end = np.array(points[-1], float)
        along = end - np.array(points[-2], float)
        along /= np.linalg.norm(along)
        across = 4 * along[::-1]
        tail = end - 9 * along
        arrow = mpl.patches.Polygon([end, tail + across, tail - across])
        arrow.ink = colour, "none"
        ax.add_patch(arrow)


def node(ax, x, y, text, colour=INK, lw=1.2, radius=15) -> None:
    """An operation in a circle."""
    style = {"mec": colour, "mfc": "none", "mew": lw, "clip_on": False}
    ax.plot(x, y, "o", ms=2 * radius, **style)
    size = 17 if len(text) < 2 else TEXT
    ax.text(x, y, text, color=colour, fontsize=size, **CENTRE)


def box(ax, x, y, text, half, colour=INK, lw=1.2, height=15) -> None:
    """An operation in a box."""
    frame = mpl.patches.Rectangle((x - half, y - height), 2 * half, 2 * height)
    frame.set_linewidth(lw)
    frame.ink = "none", colour
    ax.add_patch(frame)
    ax.text(x, y, text, color=colour, **CENTRE)


def number(ax, x, y, value, gradient) -> None:
    """A value above a wire, its gradient below."""
    ax.text(x, y - 28, f"{value:.2f}", **CENTRE)
    ax.text(x, y + 30, f"{gradient:.2f}", **BOLD)


def cell_numbers() -> dict:
    """What the example of the page has in its one unit, both ways."""
    a = np.array([[0.0, np.log(3), np.arctanh(0.5), 0.0]])
    before, dh = np.array([[0.8]]), np.ones((1, 1))
    _, c, gates = lstm.step(a, before)
    shown = gates, before, np.tanh(c)
    da, dc = lstm.step_backward(dh, dh * 0, *shown)
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
        "The way back through the same step, in numbers",
        "Every arrow is turned round. From the right arrive 0 at c and 1 at "
        "h. At the fork the gradient through o and tanh joins the one along "
        "the cell's line: {delta:.2f}. The plus hands it to i and g and to "
        "the product with f, which sends {back:.2f} to c before the step. The "
        "gates receive {di:.2f} (i), {df:.2f} (f), {dg:.2f} (g) and {do:.2f} "
        "(o), and below them da goes to the box and on to x and h.",
    ),
}
TOP, F, IG, FORK, OUT, GATES, END = 46, 96, 206, 386, 322, 204, 456


def cell(step: int) -> Drawing:
    """The LSTM in one drawing that grows: step 1 to 4, and 5 back."""
    art = canvas(230 if step <= 3 else 344, 460)
    ax = paper(art)
    back = step == 5

    def ink(part):
        new = part == step
        return {"colour": ACCENT if new else INK, "lw": 2 if new else 1.2}

    def line(*points, part):
        wire(ax, *(points[::-1] if back else points), **ink(part))

    n = cell_numbers()
    says = {k: f"{k}: {'tanh' if k == 'g' else 'σ'}" for k in "ifgo"}
    if back:
        says = {k: f"{k} = {v:.2f}" for k, v in n["gates"].items()}
    forget(ax, line, ink, step, says)
    if step >= 2:
        write(ax, line, ink, says)
    if step >= 3:
        read(ax, line, ink, says)
    if step >= 4:
        feed(ax, line, ink, back)
    (names_back if back else names)(ax, step)
    if back:
        gradients(ax, n)
    merge(ax)
    title, text = STEPS[step]
    return Drawing(art, title, text.format(**n))


def forget(ax, line, ink, step, says) -> None:
    """The cell's line and its forget gate."""
    line((8, TOP), (F - 15, TOP), part=1)
    line((F + 15, TOP), (IG - 15 if step >= 2 else END, TOP), part=1)
    node(ax, F, TOP, "×", **ink(1))
    line((F, GATES - 15), (F, TOP + 15), part=1)
    box(ax, F, GATES, says["f"], 32, **ink(1))


def write(ax, line, ink, says) -> None:
    """The input gate and the candidate."""
    line((IG + 15, TOP), (END, TOP), part=2)
    node(ax, IG, TOP, "+", **ink(2))
    node(ax, IG, 124, "×", **ink(2))
    line((IG, 109), (IG, TOP + 15), part=2)
    for x, gate, side in ((IG - 38, "i", -15), (IG + 38, "g", 15)):
        line((x, GATES - 15), (x, 124), (IG + side, 124), part=2)
        box(ax, x, GATES, says[gate], 32, **ink(2))


def read(ax, line, ink, says) -> None:
    """The output gate."""
    colour = ink(3)["colour"]
    ax.plot(FORK, TOP, "o", mec=colour, mfc=colour, ms=8)
    line((FORK, TOP + 5), (FORK, 74), part=3)
    box(ax, FORK, 89, "tanh", 24, **ink(3))
    line((FORK, 104), (FORK, 129), part=3)
    node(ax, FORK, 144, "×", **ink(3))
    line((FORK + 15, 144), (END, 144), part=3)
    line((OUT, GATES - 15), (OUT, 144), (FORK - 15, 144), part=3)
    box(ax, OUT, GATES, says["o"], 32, **ink(3))


def feed(ax, line, ink, back) -> None:
    """The product that feeds all gates."""
    for x in (F, IG - 38, IG + 38, OUT):
        line((x, 277), (x, GATES + 15), part=4)
    says = "times the weights, transposed" if back else "a = x wx + h wh + b"
    box(ax, 215, 292, says, 139, **ink(4))
    line((8, 284), (76, 284), part=4)
    line((8, 316), (44, 316), (44, 300), (76, 300), part=4)


def names(ax, step) -> None:
    """What enters and leaves, on the way forward."""
    symbol(ax, 24, TOP - 22, "c", "t−1")
    symbol(ax, 440, TOP - 22, "c", "t")
    if step >= 3:
        symbol(ax, 440, 122, "h", "t")
    if step >= 4:
        symbol(ax, 20, 264, "h", "t−1")
        symbol(ax, 20, 332, "x", "t")


def names_back(ax, step) -> None:
    """What enters and leaves, on the way back."""
    symbol(ax, 42, TOP - 22, "to c", "t−1")
    symbol(ax, 270, TOP - 22, "δ", "t", "c")
    symbol(ax, 388, TOP - 24, "δ", "t+1", "c")
    symbol(ax, 426, TOP - 24, "f", "t+1")
    symbol(ax, 430, 122, "δ", "t", "h")
    symbol(ax, 42, 264, "to h", "t−1")
    symbol(ax, 42, 332, "to x", "t")


def gradients(ax, n: dict) -> None:
    """The numbers that flow, on the way back."""
    for x, y, value in (
        (40, TOP + 22, n["back"]),
        (272, TOP + 22, n["delta"]),
        (430, TOP + 22, 0),
        (434, 166, 1),
    ):
        ax.text(x, y, f"{value:.2f}", **BOLD)
    left = {**BOLD, "ha": "left"}
    for x, y, gate, side in (
        (F + 7, 108, "f", left),
        (IG - 45, 162, "i", {**BOLD, "ha": "right"}),
        (IG + 45, 162, "g", left),
        (OUT + 7, 172, "o", left),
    ):
        ax.text(x, y, f"d{gate} {n['d' + gate]:.2f}", **side)
    for x, gate in ((F, "f"), (IG - 38, "i"), (IG + 38, "g"), (OUT, "o")):
        ax.text(x + 7, 248, f"{n['da'][gate]:.2f}", **left)
    symbol(ax, 412, 248, "= da", "t", colour=ACCENT)


def two_grus(runs: Path) -> Drawing:
    """One step of either GRU: what differs is where r stands."""
    art = canvas(392, 460)
    ax = paper(art)
    for top, after in ((0, False), (200, True)):
        gru_step(ax, top, after)
    merge(ax)
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
    ax.text(8, top + 14, name, weight=700, va="center")
    wire(ax, (8, y), (231, y))
    node(ax, 250, y, "× z", radius=19)
    wire(ax, (269, y), (391, y))
    node(ax, 406, y, "+")
    wire(ax, (421, y), (456, y))
    symbol(ax, 24, y - 20, "h", "t−1")
    symbol(ax, 440, y - 20, "h", "t")
    ax.plot(44, y, "o", mec=INK, mfc=INK, ms=8)
    r, w = (190, 112) if after else (92, 164)
    half = 44 if after else 30
    first = w - half if after else r - 19
    wire(ax, (44, y), (44, low), (first, low))
    node(ax, r, low, "× r", radius=19, colour=ACCENT, lw=2)
    box(ax, w, low, "", half)
    symbol(ax, w - 16 if after else w + 4, low - 1, "w", "g")
    if after:
        symbol(ax, w + 24, low - 1, "+ b", "h")
    wire(
        ax,
        (w + half, low) if after else (r + 19, low),
        ((r - 19, low) if after else (w - half, low)),
    )
    wire(ax, (r + 19, low) if after else (w + half, low), (235, low))
    node(ax, 250, low, "+")
    wire(ax, (250, low + 50), (250, low + 15))
    symbol(ax, 272, low + 44, "a", "t", "x,g")
    wire(ax, (265, low), (288, low))
    box(ax, 312, low, "tanh", 24)
    wire(ax, (336, low), (368, low))
    symbol(ax, 352, low - 18, "g", "t")
    box(ax, 406, low, "× (1−z)", 38)
    wire(ax, (406, low - 15), (406, y + 15))


FIGURES = {
    "time_distance": time_distance,
    "circuit-rnn": circuit,
    **{f"lstm-{n}": lambda runs, n=n: cell(n) for n in STEPS},
    "gru": two_grus,
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

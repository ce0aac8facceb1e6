"""Figures of the vanishing gradients of lesson 3.

`python -m deepcourse.training.figures.depth` draws them.
"""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, BOLD, INK, MARK, Drawing
from deepcourse.training.deep import ACTIVATIONS
from deepcourse.training.runs.dead import name as of_rate

BEND = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"}
RULE = {"small": "0.01", "torch": "PyTorch", "glorot": "Glorot", "he": "He"}
DASH = {"small": ":", "torch": "-.", "glorot": "--", "he": "-"}
PRESET = "sigmoid glorot 20"
LEAST = 1e-16  # where the bars of that begin


def bars(runs: Path) -> Drawing:
    """The length of each layer's gradient, as the live figure begins."""
    norms = records.read("training/gradients", runs)["norms"]
    low, good = norms[PRESET], norms["relu he 20"]
    layers = np.arange(1, len(low) + 1)
    art = draw.canvas(300)
    limits = {"yscale": "log", "ylim": (LEAST, 1e2), "xlim": (0.5, 20.5)}
    ax = draw.panel(art, 62, 26, 400, 226, **limits)
    high = np.array(low) - LEAST
    ax.bar(layers, high, 0.7, LEAST, color=ACCENT, ec=ACCENT, alpha=0.55)
    ax.plot(layers, good, "o", color=INK, ms=4)
    draw.power_ticks(ax, 0, -4, -8, -12, -16)
    ax.set_xticks([1, 5, 10, 15, 20])
    ax.set(xlabel="layer")
    ax.set_title("length of the gradient", fontsize="medium")
    draw.beside(ax, "ReLU, He", (2, good[1]), (0, -18))
    draw.beside(ax, "sigmoid, Glorot", (3, 1e-6), (0, 0), **MARK)
    text = (
        "A bar for each of 20 layers on a logarithmic axis. With the sigmoid "
        f"and Glorot's scale they fall from {draw.number(low[-1])} at the last "
        f"layer to {draw.number(low[0])} at the first. Dots for ReLU with "
        f"He's scale stay between {draw.number(min(good))} and "
        f"{draw.number(max(good))}."
    )
    return Drawing(art, "The gradient of each of twenty layers", text)


def slopes() -> Drawing:
    """The slopes of three activations."""
    a = np.linspace(-5, 5, 401)
    art = draw.canvas(250)
    ax = draw.panel(art, 50, 16, 410, 186, xlim=(-5, 5), ylim=(0, 1.15))
    styles = {"sigmoid": ("-", ACCENT), "tanh": ("--", INK), "relu": ("-", INK)}
    for name, (dash, colour) in styles.items():
        f, slope = ACTIVATIONS[name]
        ax.plot(a, slope(f(a)), dash, color=colour)
    ax.set_yticks([0, 0.25, 0.5, 1], ["0", "¼", "½", "1"])
    ax.set(xlabel="what goes in, a")
    draw.beside(ax, "ReLU", (3.2, 1.0), (0, 10))
    draw.beside(ax, "tanh", (-0.75, 0.6), (-8, 0), "right")
    draw.beside(ax, "sigmoid", (-2.4, 0.08), (-8, 12), "right", **MARK)
    text = (
        "The slope of three activations. The sigmoid's is a quarter at 0 and "
        "less everywhere else; that of tanh is 1 at 0 and falls faster; "
        "ReLU's is 0 below 0 and 1 above."
    )
    return Drawing(art, "The slopes of sigmoid, tanh and ReLU", text)


KINDS = {  # activation and rule: dash, colour
    ("sigmoid", "glorot"): ("-", ACCENT),
    ("relu", "he"): ("-", INK),
    ("relu", "glorot"): ("--", INK),
    ("relu", "torch"): ("-.", INK),
}


def ways(runs: Path) -> Drawing:
    """What goes forward and what comes back, by layer."""
    table = records.read_table(runs / "training/gradients.csv")
    kind = list(zip(table["activation"], table["rule"], strict=True))
    out, back, layer = (np.array(table[k]) for k in ("out", "back", "layer"))
    art = draw.canvas(330)
    left, right = (
        draw.panel(art, x, 30, 178, 250, yscale="log", xlim=(1, 19))
        for x in (52, 290)
    )
    said = []
    for (bend, rule), (dash, colour) in KINDS.items():
        own = np.array([each == (bend, rule) for each in kind])
        left.plot(layer[own], out[own], dash, color=colour)
        right.plot(layer[own], back[own], dash, color=colour)
        first, last = (draw.number(out[own][i]) for i in (0, -1))
        start, end = (draw.number(back[own][i]) for i in (-1, 0))
        said.append(
            f"{BEND[bend]} with {RULE[rule]}'s scale has {first} and {last} "
            f"forward, {start} and {end} back"
        )
    names = (
        (left, "goes forward: h", (1e-9, 10), (0, -3, -6, -9)),
        (right, "comes back: da", (1e-16, 1), (0, -5, -10, -15)),
    )
    for ax, title, limits, ticks in names:
        ax.set(ylim=limits, xlabel="layer", xticks=[1, 5, 10, 15, 19])
        draw.power_ticks(ax, *ticks)
        ax.set_title(title, fontsize="medium")
    draw.beside(left, "sigmoid", (7, 0.5), (0, 9), **MARK)
    draw.beside(left, "ReLU, He", (11, 0.3), (0, -13))
    draw.beside(left, "Glorot", (13, 4e-3), (0, 10))
    draw.beside(left, "PyTorch", (8, 1e-5), (-4, 0), "right")
    draw.beside(right, "sigmoid", (8, 1e-12), (6, -6), **MARK)
    draw.beside(right, "ReLU, He", (2, 3.5e-4), (0, 11))
    draw.beside(right, "Glorot", (4, 1e-5), (0, 8))
    draw.beside(right, "PyTorch", (2, 3e-8), (0, 4))
    text = (
        "Two panels by layer, with logarithmic axes: the usual size of what "
        "comes out of the hidden layers, first and last, and of the slope "
        f"that comes back, last and first. {'; '.join(said)}."
    )
    return Drawing(art, "What goes forward, and what comes back", text)


def depths(runs: Path) -> Drawing:
    """The gradient of the first layer, by depth, activation and scale."""
    norms = records.read("training/gradients", runs)["norms"]
    art, said = draw.canvas(300), []
    for i, bend in enumerate(BEND):
        limits = {"yscale": "log", "ylim": (1e-45, 1e5), "xlim": (0, 52)}
        ax = draw.panel(art, 52 + 145 * i, 30, 130, 220, **limits)
        for rule, words in RULE.items():
            found = {
                int(key.split()[2]): value[0]
                for key, value in norms.items()
                if key.startswith(f"{bend} {rule} ")
            }
            colour = ACCENT if rule == "he" else INK
            ax.plot([*found], [*found.values()], DASH[rule], color=colour)
            deepest = max(found)
            said.append(
                f"{BEND[bend]}, {words}: {draw.number(found[deepest])} "
                f"at {deepest} layers"
            )
        draw.power_ticks(ax, 0, -10, -20, -30, -40)
        if i:
            ax.set_yticklabels([])
        ax.set(xlabel="layers", xticks=[2, 20, 50])
        ax.set_title(BEND[bend], fontsize="medium")
    right = art.axes[2]
    draw.beside(right, "He", (30, 1), (0, 9), **MARK)
    draw.beside(right, "Glorot", (50, 1e-6), (2, -18), "right")
    draw.beside(right, "PyTorch", (50, 1e-20), (2, -8), "right")
    draw.beside(right, "0.01", (23, 1e-27), (-6, -14), "right")
    text = (
        "Three panels, one for each activation: the length of the first "
        "layer's gradient by the number of layers, on a logarithmic axis, for "
        f"four scales of the first weights. {'; '.join(said)}."
    )
    return Drawing(art, "The first layer's gradient, by depth", text)


def dead(runs: Path) -> Drawing:
    """Dead units and accuracy by the rate of learning."""
    record = records.read("training/dead", runs)
    rates = record["settings"]["rates"]
    found = [record["values"]["relu"][of_rate(rate)] for rate in rates]
    art = draw.canvas(270)
    limits = {"xscale": "log", "ylim": (0, 1.05)}
    limits["xlim"] = rates[0] / 1.4, rates[-1] * 1.4
    ax = draw.panel(art, 60, 16, 400, 200, **limits)
    lines = {"accuracy": ("-", INK), "dead_1": ("--", ACCENT)}
    for key, (dash, colour) in lines.items():
        y = np.array([each[key] for each in found])
        sd = np.array([each[f"{key}_sd"] for each in found])
        ax.errorbar(rates, y, sd, fmt=f"o{dash}", color=colour, ms=5, capsize=3)
    ax.set_xticks(rates, [f"{rate:g}" for rate in rates])
    ax.set_xticks([], minor=True)
    ax.set_yticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    ax.set(xlabel="rate of learning")
    draw.beside(ax, "read", (rates[0], found[0]["accuracy"]), (4, -16), **BOLD)
    draw.beside(ax, "dead", (rates[-1], found[-1]["dead_1"]), (-52, 0), **MARK)
    pairs = [
        f"at {rate:g} {draw.percent(each['dead_1'], 0)} dead and "
        f"{draw.percent(each['accuracy'], 0)} read"
        for rate, each in zip(rates, found, strict=True)
    ]
    text = (
        "The share of units of the first hidden layer that no picture "
        "switches on, and of pictures that are read, after training: "
        f"{'; '.join(pairs)}. Bars are a standard deviation over seeds."
    )
    return Drawing(art, "Dead units by the rate of learning", text)


def trains(runs: Path) -> Drawing:
    """The accuracy after some hundred steps with momentum, by depth.

    PyTorch's scale is left out: an exercise asks for it.
    """
    record = records.read("training/trains", runs)
    wide = record["settings"]["depths"]
    art, said = draw.canvas(300), []
    for i, bend in enumerate(BEND):
        limits = {"ylim": (0, 1.02), "xlim": (0, max(wide) * 1.04)}
        ax = draw.panel(art, 52 + 145 * i, 30, 130, 220, **limits)
        for rule in ("small", "glorot", "he"):
            words = RULE[rule]
            of_depth = record["values"][bend][rule]
            y = [of_depth[f"of_{n}"]["momentum"]["accuracy"] for n in wide]
            colour = ACCENT if rule == "he" else INK
            ax.plot(wide, y, DASH[rule], color=colour)
            each = ", ".join(
                f"{draw.percent(v, 0)} at {n}"
                for n, v in zip(wide, y, strict=True)
            )
            said.append(f"{BEND[bend]}, {words}: {each}")
        ax.set_yticks([0, 0.5, 1], ["0", "50 %", "100 %"] if i == 0 else [])
        ax.set(xlabel="layers", xticks=wide)
        ax.set_title(BEND[bend], fontsize="medium")
    right = art.axes[2]
    draw.beside(right, "He", (20, 0.9), (0, 4), "right", **MARK)
    draw.beside(right, "Glorot", (13.5, 0.71), (4, 2))
    draw.beside(right, "0.01", (5, 0.17), (3, 0))
    text = (
        "Three panels, one for each activation: the share of test digits that "
        "is read, by the number of layers, for three scales of the first "
        f"weights. {'; '.join(said)}."
    )
    return Drawing(art, "Which deep nets train", text)


FIGURES = draw.Figures(
    "training",
    computed={"slopes": slopes},
    measured={
        "bars": bars,
        "ways": ways,
        "depths": depths,
        "trains": trains,
        "dead": dead,
    },
)

if __name__ == "__main__":
    FIGURES.main()

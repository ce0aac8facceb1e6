"""Figures of the optimizers of lesson 3.

`python -m deepcourse.training.figures.optimizers` draws them.
"""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, BOLD, INK, MARK, Drawing
from deepcourse.training import optimizers
from deepcourse.training.optimizers import adam, rmsprop
from deepcourse.training.quadratic import step_matrix
from deepcourse.training.settling import edge, follow
from deepcourse.training.step_sizes import longest_step, step_sizes
from deepcourse.training.surfaces import SURFACES, descend

LEFT, TOP, SIDE, UNIT = 28, 24, 288, 90  # of the plane, in pixels
WAYS = {  # optimizer: how it is called, dash
    "gradient_descent": ("gradient descent", (0, ())),
    "momentum": ("momentum", (0, (6, 3))),
    "adagrad": ("AdaGrad", (0, (1.5, 3))),
    "rmsprop": ("RMSProp", (0, (7, 3, 1.5, 3))),
    "adam": ("Adam", (0, ())),
}
SHAPES = {"adagrad": "^", "rmsprop": "s"}  # of the first steps


def race(runs: Path) -> Drawing:
    """The ways of five optimizers down the bowl, each at its best rate."""
    record = records.read("training/race", runs)
    s, best = record["settings"], record["values"]["bowl"]
    bowl, start = SURFACES["bowl"], np.array(s["bowl"])
    art = draw.canvas(TOP + SIDE + 26)
    reach = SIDE / 2 / UNIT
    limits = {"xlim": (-reach, reach), "ylim": (-reach, reach)}
    ax = draw.panel(art, LEFT, TOP, SIDE, SIDE, **limits)
    side = np.linspace(-reach, reach, 193)
    at = np.stack(np.meshgrid(side, side), axis=2)
    lines = {"colors": [INK], "linewidths": 0.7, "alpha": 0.5}
    ax.contour(side, side, bowl.loss(at), levels=s["levels"], **lines)
    ax.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    over, said = draw.overlay(art), []
    left = LEFT + SIDE + 10
    draw.label(over, left, 17, f"loss, step {s['steps']}", "left", **BOLD)
    for i, (name, (words, dash)) in enumerate(WAYS.items()):
        step, rate = getattr(optimizers, name), best[name]["rate"]
        path = descend(step, bowl, start, s["steps"], rate=rate)
        loss = draw.number(bowl.loss(path[-1]))
        mark = {"color": ACCENT, "marker": ".", "ms": 5, "lw": 2.2}
        mark["zorder"] = 1.5  # beneath the others
        style = mark if name == "adam" else {"color": INK, "lw": 1.2}
        ax.plot(*path.T, ls=dash, alpha=1 if name == "adam" else 0.5, **style)
        first = {"color": INK, "marker": SHAPES.get(name, ""), "ms": 8}
        first |= {"mfc": "none", "mew": 1.2, "ls": ""}
        ax.plot(*path[1:7].T, **first)  # of those on one diagonal
        over.plot([left + 10], [46 + 48 * i], **first)
        y = 46 + 48 * i
        style |= {"marker": ""}
        over.plot([left, left + 20], [y, y], ls=dash, **style)
        bold = MARK if name == "adam" else {}
        draw.label(over, left + 25, y, words, "left", **bold)
        draw.label(over, left + 25, y + 19, loss, "left", **bold)
        said.append(f"{words} at a rate of {rate:g}: {loss}")
    ax.plot(*start, "o", color=INK, ms=11, mfc="none", mew=2)
    text = (
        "Level lines of a bowl, ellipses along the first weight, and the ways "
        f"of five optimizers from ({start[0]:g}, {start[1]:g}). The losses "
        f"after {s['steps']} steps: {'; '.join(said)}."
    )
    return Drawing(art, "Five optimizers in a bowl", text)


def modulus() -> Drawing:
    """The larger eigenvalue of a step of momentum, by rate and beta."""
    art = draw.canvas(280)
    limits = {"xlim": (0, 4), "ylim": (0, 1.25)}
    ax = draw.panel(art, 52, 26, 410, 200, **limits)
    x = np.linspace(0, 4, 801)
    styles = {0.0: ("--", INK), 0.25: ("-", INK), 0.64: ("-", ACCENT)}
    said = []
    for beta, (dash, colour) in styles.items():
        tables = [step_matrix(c, 1.0, beta) for c in x]
        sizes = np.abs(np.linalg.eigvals(tables)).max(axis=-1)
        ax.plot(x, sizes, dash, color=colour)
        root, last = beta**0.5, 2 * (1 + beta)
        flat = f"{root:g} from {(1 - root) ** 2:.2g} to {(1 + root) ** 2:.3g}"
        at_least = flat if beta else "0 at 1 alone"
        said.append(
            f"with β = {beta:g} it is {at_least}, and it passes 1 at {last:.3g}"
        )
    ax.axhline(1, color=INK, lw=0.6)
    ax.set_yticks([0, 0.5, 0.8, 1], ["0", "0.5", "0.8", "1"])
    ax.set(xlabel="rate times curvature")
    ax.set_title("larger modulus", fontsize="medium")
    draw.beside(ax, "β = 0", (1.2, 0.05), (4, 4))
    draw.beside(ax, "β = 0.25", (1.62, 0.5), (0, -13))
    draw.beside(ax, "β = 0.64", (0.6, 0.8), (0, 10), **MARK)
    text = (
        "The factor of a step of momentum in the long run, by the rate times "
        f"the curvature: {'; '.join(said)}. The two curves of momentum are "
        "flat there, and above that on both sides."
    )
    return Drawing(art, "The factor of a step, by rate and momentum", text)


def sizes() -> Drawing:
    """Steps of Adam after long silence, and what they can't exceed."""
    art = draw.canvas(280)
    limits = {"xlim": (0, 60), "ylim": (0, 8)}
    ax = draw.panel(art, 52, 26, 410, 200, **limits)
    silent, heard = 10_000, 60
    gradients = np.r_[np.zeros(silent), np.ones(heard)]
    steps = step_sizes(adam, gradients)[silent:]
    at = np.arange(1, heard + 1)
    ax.plot(at, steps, "-", color=ACCENT)
    bound, stated = longest_step(0.9, 0.999), 0.1 / 0.001**0.5
    ax.axhline(bound, color=INK, lw=0.8)
    ax.axhline(stated, color=INK, lw=0.8, ls="--")
    ax.axhline(1, color=INK, lw=0.8, ls=":")
    marks = [0, 1, round(stated, 2), 5, round(bound, 2)]
    ax.set_yticks(marks, [f"{each:g}" for each in marks])
    ax.set(xlabel="equal gradients so far")
    ax.set_title("step, in rates", fontsize="medium")
    draw.beside(ax, "no step is longer", (59, bound), (0, 8), "right")
    draw.beside(ax, "the paper's bound", (59, stated), (0, 8), "right")
    draw.beside(ax, "after silence", (30, steps[29]), (2, 8), **MARK)
    draw.beside(ax, "a gradient from the start", (59, 1), (0, 8), "right")
    text = (
        f"Adam's steps, in rates. After {silent:,} gradients of 0, "
        "equal gradients "
        f"begin: the first step is {steps[0]:.2f}, the longest "
        f"{steps.max():.2f} at gradient {steps.argmax() + 1}. A dashed line at "
        f"{stated:.2f} is the paper's bound, and a line at {bound:.2f} that "
        "which no step exceeds. A dotted line at 1: the steps if the gradient "
        "was there from the start."
    )
    return Drawing(art, "Adam's longest steps", text)


def settling(runs: Path) -> Drawing:
    """How far RMSProp and Adam are, and how near the edge, by step."""
    record = records.read("training/settling", runs)
    s, values = record["settings"], record["values"]
    art = draw.canvas(400)
    t = np.arange(1, s["steps"] + 1)
    limits = {"xscale": "log", "xlim": (5, s["steps"])}
    top = draw.panel(
        art, 62, 26, 376, 170, ylim=(1e-200, 1e30), yscale="log", **limits
    )
    low = draw.panel(
        art, 62, 240, 376, 112, ylim=(0.02, 50), yscale="log", **limits
    )
    ways = {
        "rmsprop": (rmsprop, 0.9, 0.0, ":"),
        "longer": (rmsprop, 0.999, 0.0, "--"),
        "adam": (adam, 0.999, 0.9, "-"),
    }
    for name, (step, beta2, beta1, dash) in ways.items():
        places, ratios = follow(
            step, s["shown"], s["starts"][0], s["steps"], beta2
        )
        style = {"color": ACCENT if name == "adam" else INK, "lw": 1.4}
        keep = np.unique(np.geomspace(1, s["steps"], 500).astype(int)) - 1
        far = np.abs(places).max(axis=1)
        top.plot(t[keep], far[keep], dash, **style)
        low.plot(t[keep], (ratios[:, 0] / edge(beta1))[keep], dash, **style)
    low.axhline(1, color=INK, lw=0.6)
    ticks = [10, 100, 1000, 8000]
    for ax in (top, low):
        ax.set_xticks(ticks, [f"{each:,}" for each in ticks])
        ax.set_xticks([], minor=True)
        ax.set_yticks([], minor=True)
    top.set_xticklabels([])
    top.set_yticks([1, 1e-100, 1e-200], ["1", "10⁻¹⁰⁰", "10⁻²⁰⁰"])
    low.set_yticks([0.1, 1, 10], ["0.1", "1", "10"])
    low.set(xlabel="step")
    top.set_title("larger weight", fontsize="medium")
    low.set_title("ηc/√v over the edge", fontsize="medium")
    draw.beside(top, "RMSProp, 0.9", (90, 1), (0, 9), "left")
    draw.beside(top, "RMSProp, 0.999", (150, 1e-120), (0, 0), "right")
    draw.beside(top, "Adam", (3800, 1e-130), (-4, 0), "right", **MARK)
    r, more, a = (values[key] for key in ways)
    text = (
        f"Two panels by step up to {s['steps']:,}, on logarithmic axes, at a "
        f"rate of {s['shown']:g}. Above, the larger of the two weights: with "
        f"RMSProp and 0.9 it is smallest at step {r['lowest_step']} and then "
        f"stays at half a rate; with 0.999 it falls to step "
        f"{more['lowest_step']:,} and is then thrown back up; with Adam it "
        f"falls to step {a['lowest_step']:,} and is thrown back too. Below, "
        "the rate times the curvature 1 over the root of v, divided by the "
        "edge. Each curve rises through 1 where the weight is smallest; that "
        "of RMSProp with 0.9 then stays at 1."
    )
    return Drawing(art, "The root fades, and the step goes over the edge", text)


def amsgrad(runs: Path) -> Drawing:
    """Where Adam and AMSGrad walk on a large and rare slope."""
    table = records.read_table(runs / "training/amsgrad.csv")
    art = draw.canvas(270)
    most = max(table["step"])
    limits = {"xscale": "log", "xlim": (10, most), "ylim": (-1.1, 1.1)}
    ax = draw.panel(art, 84, 26, 370, 190, **limits)
    said = []
    for kind, colour, dash in (("adam", ACCENT, "-"), ("amsgrad", INK, "--")):
        own = [each == kind for each in table["optimizer"]]
        x, y = (np.array(table[key])[own] for key in ("step", "weight"))
        ax.plot(x, y, dash, color=colour)
        said.append(f"{y[-1]:.2f}")
    ax.set_yticks([-1, 0, 1], ["−1, best", "0", "1, worst"])
    ax.set_xticks([10, 100, 1000, 10_000], ["10", "100", "1,000", "10,000"])
    ax.set_xticks([], minor=True)
    ax.set(xlabel="step")
    ax.set_title("weight", fontsize="medium")
    draw.beside(ax, "Adam", (60, 0.35), (0, 12), **MARK)
    draw.beside(ax, "AMSGrad", (60, -0.35), (0, -16))
    text = (
        f"One weight over {most:,} steps on a logarithmic axis. Both begin at "
        f"0. Adam ends at {said[0]}, the worst place, and AMSGrad at {said[1]}."
    )
    return Drawing(art, "Adam and AMSGrad on a large and rare slope", text)


NAMES = {  # optimizer: how it is called, dash, colour; where its name is
    "adam": ("Adam", "-", ACCENT, 1, (0, -16), "center"),
    "rmsprop": ("RMSProp", "--", INK, 0, (-6, 14), "left"),
    "nesterov": ("Nesterov", "-.", INK, 0, (0, 13), "center"),
    "adagrad": ("AdaGrad", ":", INK, 1, (0, -16), "center"),
    "adadelta": ("AdaDelta", (0, (8, 2)), INK, 0, (8, 4), "left"),
}


def costs(runs: Path) -> Drawing:
    """The last training cost by rate, around each optimizer's best."""
    table = records.read_table(runs / "training/optimizers.csv")
    values = records.read("training/optimizers", runs)["values"]
    kind, rate, epoch, cost = (
        np.array(table[key]) for key in ("optimizer", "rate", "epoch", "cost")
    )
    last, said = epoch == epoch.max(), []
    art = draw.canvas(300)
    limits = {"xscale": "log", "xlim": (2e-4, 5), "ylim": (0, 0.22)}
    ax = draw.panel(art, 52, 26, 410, 220, **limits)
    for name, (words, dash, colour, at, offset, side) in NAMES.items():
        own = last & (kind == name)
        rates = np.unique(rate[own])
        best = int(np.flatnonzero(rates == values[name]["rate"])[0])
        x = rates[max(best - 1, 0) : best + 2]
        y = np.array([cost[own & (rate == each)].mean() for each in x])
        mark = {"marker": "s", "ms": 8, "mfc": "none", "mew": 1.2}
        mark = mark if name == "rmsprop" else {"marker": "o", "ms": 4}
        ax.plot(x, y, ls=dash, color=colour, **mark)
        style = MARK if name == "adam" else {}
        draw.beside(ax, words, (x[at], y[at]), offset, side, **style)
        pairs = zip(y, x, strict=True)
        each = (f"{draw.number(b)} at {draw.number(a)}" for b, a in pairs)
        said.append(f"{words}: {', '.join(each)}")
    ax.set_xticks([0.001, 0.01, 0.1, 1], ["0.001", "0.01", "0.1", "1"])
    ax.set_xticks([], minor=True)
    ax.set(xlabel="rate", yticks=[0, 0.1, 0.2])
    ax.set_title("loss in nat", fontsize="medium")
    text = (
        "The training loss of the last epoch at each optimizer's best rate "
        f"and its two neighbours. {'; '.join(said)}."
    )
    return Drawing(art, "The training loss by rate", text)


FIGURES = draw.Figures(
    "training",
    computed={"modulus": modulus, "sizes": sizes},
    measured={
        "race": race,
        "settling": settling,
        "amsgrad": amsgrad,
        "costs": costs,
    },
)

if __name__ == "__main__":
    FIGURES.main()

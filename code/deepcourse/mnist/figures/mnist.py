"""The figures of lesson 2: `python -m deepcourse.mnist.figures.mnist [STAGE]`.

Drawn from the records alone, in seconds. The pictures and the scores of
single seeds need the finished runs as well: see `pictures`.
"""

import argparse
import csv
import sys
from itertools import pairwise
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
    WIDTH,
    Drawing,
    canvas,
    panel,
    paper,
    percent,
    save,
)

NAMES = {
    "softmax": "softmax regression",
    "full": "full net",
    "sigmoid": "sigmoid instead of ReLU",
    "sgd": "SGD instead of Adam",
    "no_dropout": "no dropout",
}
# Where the test error of each single seed stands.
SEEDS = {"ingredients": "seeds.csv", "srivastava": "srivastava_seeds.csv"}
# Test errors printed in Srivastava et al. 2014, table 2.
PAPER = {"plain": 0.0125, "max_norm": 0.0106}
CENTRE = {"ha": "center", "va": "center"}
HEAD = {"fontsize": TEXT, "weight": 700, "color": INK}


def table(path: Path) -> list[dict]:
    """The rows of a CSV that a run wrote."""
    if not path.exists():
        raise records.RecordError(f"{path}: no such file; run its stage")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def errors(runs: Path, record: str) -> dict[str, np.ndarray]:
    """The test error of each seed, by variant."""
    found: dict[str, list[float]] = {}
    path = runs / "mnist" / SEEDS[record]
    for row in table(path):
        if row["record"] == record:
            found.setdefault(row["variant"], []).append(
                float(row["test_error"])
            )
    if not found:
        raise records.RecordError(f"{path}: no run of {record}; run its stage")
    return {name: np.array(values) for name, values in found.items()}


def spread(values: np.ndarray) -> str:
    """Mean and deviation as a label."""
    mean, sd = 100 * values.mean(), 100 * values.std(ddof=1)
    return f"{mean:.2f} ± {sd:.2f}\u202f%"


def dots(ax, y: float, values: np.ndarray, colour: str = INK) -> None:
    """One row of a dot plot: each seed, and mean ± deviation below them."""
    x, sd = 100 * values, 100 * values.std(ddof=1)
    ax.plot(x, [y] * len(x), "o", color=colour, ms=6.5, mew=0, alpha=0.55)
    ax.plot([x.mean() - sd, x.mean() + sd], [y + 0.3] * 2, color=colour)
    ax.plot(x.mean(), y + 0.3, "|", color=colour, ms=10, mew=2)


def ingredients(runs: Path) -> Drawing:
    """Test error of each variant, worst first; the baseline is off the axis."""
    found = errors(runs, "ingredients")
    order = sorted(found, key=lambda name: -found[name].mean())
    art, full = canvas(62 + 46 * len(order)), found["full"].mean()
    near = [100 * found[n] for n in order if found[n].mean() < 2 * full]
    low, high = min(map(np.min, near)), max(map(np.max, near))
    edge = (high - low) / 20
    ax = panel(art, 12, 4, WIDTH - 24, 46 * len(order))
    ax.set(xlim=(low - edge, high + edge), yticks=[])
    ax.set(ylim=(len(order) - 0.35, -0.5))
    ax.spines["left"].set_visible(False)
    for y, name in enumerate(order):
        if found[name].mean() < 2 * full:
            dots(ax, y, found[name], ACCENT if name == "full" else INK)
            label(ax, y, found[name], NAMES[name], (low + high) / 2)
        else:
            off_axis(ax, y, found[name], NAMES[name])
    ax.set_xlabel("test error in %")
    return Drawing(
        art,
        "What each ingredient buys: test error on MNIST",
        ingredients_text(found, order),
    )


def off_axis(ax, y: float, values: np.ndarray, name: str) -> None:
    """A row whose dots lie far to the right of the axis: its numbers."""
    right = ax.get_xlim()[1]
    arrow = {"arrowstyle": "->", "color": INK, "lw": 1.8}
    offset = {"textcoords": "offset points", "ha": "right", "va": "center"}
    ax.annotate(
        "", (right, y), (-60, 0), textcoords="offset points", arrowprops=arrow
    )
    for dy, text, weight in ((0, name, 400), (-16, spread(values), 700)):
        ax.annotate(text, (right, y), (-68, dy + 3), weight=weight, **offset)


def label(ax, y, values, name: str, middle: float) -> None:
    """Name and numbers of a row, on the side that has room."""
    right = 100 * values.mean() < middle
    edge = 100 * (values.max() if right else values.min())
    offset, side = (16, "left") if right else (-16, "right")
    for dy, text, weight in ((0, name, 400), (-16, spread(values), 700)):
        ax.annotate(
            text,
            (edge, y),
            (offset, dy + 3),
            textcoords="offset points",
            ha=side,
            va="center",
            weight=weight,
        )


def ingredients_text(found: dict, order: list[str]) -> str:
    """What the figure of the ingredients shows."""
    full = found["full"].mean()
    rows = "; ".join(
        f"{NAMES[n]} {spread(found[n])}"
        + ("" if n == "full" else f", {found[n].mean() / full:.2f} times")
        for n in order
    )
    apart = [
        NAMES[n]
        for n in order
        if n != "full" and found[n].min() > found["full"].max()
    ]
    return (
        "Test error, mean and standard deviation of "
        f"{len(found['full'])} seeds, worst first, and as a multiple of the "
        f"net with all four: {rows}. Every single seed is worse than every "
        f"seed of the full net for: {', '.join(apart) or 'no variant'}."
    )


CURVES = {"no_dropout": "without dropout", "full": "with dropout"}


def curves(runs: Path) -> Drawing:
    """Training loss and validation error by epoch, with and without."""
    rows = table(runs / "mnist/ingredients.csv")
    art, found = canvas(470), {name: history(rows, name) for name in CURVES}
    top = panel(art, 52, 26, 380, 170, yscale="log")
    low = panel(art, 52, 256, 380, 170)
    for ax, column, what in (
        (top, 0, "training loss, in nats (logarithmic)"),
        (low, 1, "validation error, in %"),
    ):
        for name, values in found.items():
            band(ax, name, values[:, :, column])
        ends = [v[:, -1, column].mean() for v in found.values()]
        for name, end, place in zip(found, ends, np.argsort(ends)):
            # Two labels at nearly the same height move apart.
            name_line(ax, name, end, 8 if place else -8)
        ax.set_xlim(1, values.shape[1])
        ax.set_xticks(ticks(values.shape[1]))
        ax.set_title(what, loc="left", **HEAD)
        ax.grid(axis="y", color=INK, alpha=0.12, lw=0.8)
    plain_log(top)
    low.set_ylim(bottom=0)
    low.set_xlabel("epoch")
    return Drawing(
        art,
        "Training loss and validation error, with and without dropout",
        curves_text(found),
        curves_data(found),
    )


def history(rows: list[dict], variant: str) -> np.ndarray:
    """(seeds, epochs, 2): training loss and validation error of a variant."""
    mine = [r for r in rows if r["variant"] == variant]
    if not mine:
        raise records.RecordError(f"ingredients.csv: no variant {variant}")
    values = [
        (float(r["train_loss"]), 100 * (1 - float(r["validation_accuracy"])))
        for r in mine
    ]
    seeds = len({r["seed"] for r in mine})
    return np.array(values).reshape(seeds, -1, 2)


def ticks(epochs: int) -> list[int]:
    """The first epoch, and a few round ones.

    >>> ticks(30), ticks(2)
    ([1, 10, 20, 30], [1, 2])
    """
    step = next(s for s in (1, 2, 5, 10, 20, 50) if epochs <= 5 * s)
    return sorted({1, *range(step, epochs + 1, step)})


def band(ax, name: str, values: np.ndarray) -> None:
    """Mean of the seeds with a band from the smallest to the largest."""
    epochs = np.arange(1, values.shape[1] + 1)
    full = name == "full"
    colour, dash = (ACCENT, "-") if full else (INK, (0, (5, 2)))
    low, high = values.min(axis=0), values.max(axis=0)
    ax.fill_between(epochs, low, high, color=colour, alpha=0.2, lw=0)
    mean = values.mean(axis=0)
    ax.plot(epochs, mean, color=colour, ls=dash)


def name_line(ax, name: str, end: float, up: float) -> None:
    """The name of a line at its right end."""
    ax.annotate(
        CURVES[name],
        (1, end),
        (8, up),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="center",
        weight=700 if name == "full" else 400,
    )


def plain_log(ax) -> None:
    """Write 0.01, not a power of ten."""
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter("")
    ax.tick_params(which="minor", length=0)


def curves_text(found: dict) -> str:
    """What the curves show."""
    parts = []
    for name, values in found.items():
        mean = values.mean(axis=0)
        best = mean[:, 1].argmin()
        last = values[:, -1, 1]
        parts.append(
            f"{CURVES[name].capitalize()}, the training loss falls from "
            f"{mean[0, 0]:.2g} to {mean[-1, 0]:.2g} nats and the validation "
            f"error from {mean[0, 1]:.2f} to {mean[-1, 1]:.2f} % (seeds: "
            f"{last.min():.2f} to {last.max():.2f} %); its lowest mean is "
            f"{mean[best, 1]:.2f} %, in epoch {best + 1}."
        )
    seeds, epochs = values.shape[:2]
    return (
        f"Two panels over {epochs} epochs, mean of {seeds} seeds with a "
        f"band from smallest to largest. {' '.join(parts)} The training "
        "loss with dropout is that of the thinned nets."
    )


def curves_data(found: dict) -> list[str]:
    """What is drawn, as CSV."""
    lines = ["variant,epoch,quantity,lowest,mean,highest"]
    quantities = ("training loss in nats", "validation error in %")
    for name, values in found.items():
        for epoch in range(values.shape[1]):
            for column, quantity in enumerate(quantities):
                v = values[:, epoch, column]
                three = f"{v.min():.6g},{v.mean():.6g},{v.max():.6g}"
                lines.append(f"{name},{epoch + 1},{quantity},{three}")
    return lines


MIDDLE, SPAN = 200, 392  # of the column of bars, and its widest bar
LABELS = MIDDLE + SPAN / 2 + 16


def net(runs: Path) -> Drawing:
    """The net, with the shape of every array that passes through it."""
    return draw_net(records.read("mnist/headline", runs)["settings"])


def net_plain(runs: Path) -> Drawing:
    """The same drawing, before dropout is added."""
    facts = records.read("mnist/headline", runs)["settings"]
    return draw_net(facts | {"drop_input": 0, "drop_hidden": 0})


def draw_net(facts: dict) -> Drawing:
    """A bar for each array, from the pixels down to the probabilities."""
    rows = layers(facts)
    art = canvas(64 + 58 * len(rows))
    ax, scale = paper(art), SPAN / facts["sizes"][0]
    draw_image(ax, round(facts["sizes"][0] ** 0.5))
    widths = [row[0] * scale for row in rows] + [0]
    for i, (size, full, what, step) in enumerate(rows):
        y = 98 + 58 * i
        draw_bar(ax, y, size, scale, full)
        ax.text(LABELS, y - 2, f"(B, {size})", weight=700)
        ax.text(LABELS, y + 14, what, fontsize=SMALL)
        if step:
            draw_step(ax, y + 7, widths[i : i + 2], step)
    total = f"{parameters(facts['sizes']):,}"
    return Drawing(
        art,
        f"A net with {total} parameters, and the shape of every array in it",
        net_text(facts, rows),
    )


def layers(facts: dict) -> list[tuple]:
    """Each array as size, share not 0, meaning, and the step that follows."""
    pixels, hidden, classes = facts["sizes"]
    dropped = {0: ("drop_input", "some"), 2: ("drop_hidden", "more")}
    rows = []
    for i, (size, full, what, step) in enumerate(
        [
            (pixels, 1, "pixels, 0 to 1", dense(1, pixels, hidden)),
            (hidden, 1, "hidden units", facts["activation"]),
            (hidden, 0.5, "none below 0", dense(2, hidden, classes)),
            (classes, 1, "logits", "softmax"),
            (classes, 1, "probabilities", None),
        ]
    ):
        name, how_many = dropped.get(i, (None, ""))
        if rate := facts.get(name, 0):
            drop = f"dropout, p = {rate:g}, in training"
            left = full * (1 - rate)
            rows += [
                (size, full, what, drop),
                (size, left, f"{how_many} set to 0", step),
            ]
        else:
            rows.append((size, full, what, step))
    return rows


def dense(number: int, inputs: int, units: int) -> str:
    """A dense layer with the shapes of its weights and their number."""
    count = (inputs + 1) * units
    return (
        f"dense: w{number} ({inputs}, {units}), b{number} ({units},)\n"
        f"{count:,} parameters"
    )


def parameters(sizes: list[int]) -> int:
    """All weights and biases of the net."""
    pairs = pairwise(sizes)
    return sum((d + 1) * h for d, h in pairs)


def draw_image(ax, side: int) -> None:
    """The image at the top: a grid, and its way into one row."""
    left, top, size = MIDDLE - 28, 2, 56
    for i in range(0, side + 1, 4):
        at = i * size / side
        ax.plot([left, left + size], [top + at] * 2, color=INK, lw=0.6)
        ax.plot([left + at] * 2, [top, top + size], color=INK, lw=0.6)
    ax.text(LABELS, 26, f"(B, {side}, {side})", weight=700)
    ax.text(LABELS, 42, "B images", fontsize=SMALL)
    ax.text(MIDDLE, 78, "rows end to end", **CENTRE)


def draw_bar(ax, y, size, scale, full) -> None:
    """An array as long as it is wide; what is 0 is left hollow."""
    left, cells = MIDDLE - size * scale / 2, max(1, size // 14)
    chosen = np.random.default_rng(2).random(cells) < full
    width = size * scale / cells
    for i in np.flatnonzero(chosen):
        box = mpl.patches.Rectangle((left + i * width, y - 7), width, 14)
        box.set(facecolor=INK, alpha=0.55, lw=0)
        ax.add_patch(box)
    frame = mpl.patches.Rectangle((left, y - 7), size * scale, 14)
    frame.set(facecolor="none", edgecolor=INK, lw=1)
    ax.add_patch(frame)


def draw_step(ax, y, widths, step: str) -> None:
    """What happens between two arrays, on the ground that joins them."""
    (a, b), height = (w / 2 for w in widths), 44
    corners = [(-a, 0), (a, 0), (b, height), (-b, height)]
    ground = mpl.patches.Polygon([(MIDDLE + u, y + v) for u, v in corners])
    ground.set(facecolor=INK, alpha=0.1, lw=0)
    ax.add_patch(ground)
    for i, line in enumerate(step.split("\n")):
        middle = y + height / 2 + 16 * (i - step.count("\n") / 2)
        ax.text(MIDDLE, middle, line, **CENTRE, weight=400)


def net_text(facts: dict, rows: list[tuple]) -> str:
    """What the diagram of the net shows."""
    side = round(facts["sizes"][0] ** 0.5)
    steps = " ".join(
        f"(B, {size}), {what}" + (f"; then {step}:" if step else ".")
        for size, _, what, step in rows
    ).replace("\n", ", ")
    zeros = f"{facts['activation']} leaves"
    if facts["drop_input"] or facts["drop_hidden"]:
        zeros = f"Dropout and {facts['activation']} leave"
    return (
        f"From top to bottom, B images of {side}×{side} become rows: {steps} "
        "Each array is a bar as long as its rows: the first dense layer "
        f"shortens {facts['sizes'][0]} to {facts['sizes'][1]}, the second "
        f"to {facts['sizes'][2]}. {zeros} the length and set values to 0, "
        "which are drawn hollow."
    )


def counts(runs: Path) -> np.ndarray:
    """(K, K): how often each class was taken for each class."""
    rows = table(runs / "mnist/predictions.csv")
    found = np.zeros((10, 10), int)
    for row in rows:
        found[int(row["label"]), int(row["predicted"])] += 1
    return found


def confusion(runs: Path) -> Drawing:
    """Which digits were taken for which, by seed 0."""
    found = counts(runs)
    wrong = found - np.diag(np.diag(found))
    art, cell = canvas(480), 40
    ax, left, top = paper(art), 46, 58
    for k in range(10):
        x, y = left + cell * (k + 0.5), top + cell * (k + 0.5)
        ax.text(x, top - 12, k, weight=700, **CENTRE)
        ax.text(left - 14, y, k, weight=700, **CENTRE)
        total = f"{wrong[k].sum()} of {found[k].sum():,}"
        ax.text(left + 10 * cell + 12, y, total, va="center", fontsize=SMALL)
        for j in np.flatnonzero(wrong[k]):
            square(ax, left + cell * (j + 0.5), y, wrong[k, j], wrong.max())
        ax.plot([x - 7, x + 7], [y - 7, y + 7], color=INK, lw=1, alpha=0.5)
    for i in range(11):
        at = cell * i
        line = {"color": INK, "lw": 0.8, "alpha": 0.15}
        ax.plot([left, left + 10 * cell], [top + at] * 2, **line)
        ax.plot([left + at] * 2, [top, top + 10 * cell], **line)
    ax.text(left + 5 * cell, 18, "taken for", ha="center")
    ax.text(12, top + 5 * cell, "true digit", rotation=90, **CENTRE)
    ax.text(left + 10 * cell + 12, top - 12, "wrong", va="center", weight=700)
    return Drawing(
        art,
        f"The {wrong.sum()} mistakes of one net, by digit",
        confusion_text(found, wrong),
        confusion_data(found),
    )


def square(ax, x: float, y: float, count: int, most: int) -> None:
    """A count, on a square whose area is proportional to it."""
    side = 36 * (count / most) ** 0.5
    box = mpl.patches.Rectangle((x - side / 2, y - side / 2), side, side)
    box.set(facecolor=INK, alpha=0.22, lw=0)
    ax.add_patch(box)
    ax.text(x, y, count, **CENTRE)


def confusion_text(found: np.ndarray, wrong: np.ndarray) -> str:
    """What the confusion matrix shows."""
    order = np.argsort(-wrong, axis=None, kind="stable")[:5]
    pairs = [divmod(int(i), 10) for i in order if wrong.flat[i]]
    most = "; ".join(f"{t} taken for {p}, {wrong[t, p]}×" for t, p in pairs)
    rates = wrong.sum(axis=1) / np.maximum(found.sum(axis=1), 1)
    worst, best = int(rates.argmax()), int(rates.argmin())
    return (
        f"Of {found.sum():,} test digits {wrong.sum()} are misread. The most "
        f"frequent confusions: {most}. Hardest is the {worst}, with "
        f"{wrong[worst].sum()} of {found[worst].sum():,} wrong; easiest the "
        f"{best}, with {wrong[best].sum()} of {found[best].sum():,}."
    )


def confusion_data(found: np.ndarray) -> list[str]:
    """The whole matrix as CSV, its diagonal included."""
    pairs = np.ndindex(found.shape)
    rows = [f"{t},{p},{found[t, p]}" for t, p in pairs if found[t, p]]
    return ["label,predicted,count", *rows]


def srivastava(runs: Path) -> Drawing:
    """Our five seeds beside the number that the paper printed."""
    found = errors(runs, "srivastava")
    art = canvas(236)
    every = np.concatenate([*found.values(), list(PAPER.values())]) * 100
    edge = 0.08 * np.ptp(every)
    limits = (every.min() - edge, every.max() + edge)
    ax = panel(art, 16, 4, WIDTH - 32, 180, xlim=limits)
    ax.set(ylim=(2.05, -0.6), yticks=[])
    ax.spines["left"].set_visible(False)
    names = {"plain": "dropout", "max_norm": "dropout and max-norm"}
    for y, (name, text) in zip((0, 1.25), names.items()):
        dots(ax, y, found[name], ACCENT)
        cited, middle = 100 * PAPER[name], 100 * found[name].mean()
        ax.plot(cited, y, "D", mfc="none", mec=INK, ms=9, mew=1.6)
        note(ax, cited, y - 0.36, f"paper {percent(PAPER[name])}", 400)
        note(ax, middle, y + 0.58, f"{text}: {spread(found[name])}", 700)
    ax.set_xlabel("test error in %")
    return Drawing(
        art,
        "The deep net of Srivastava et al. 2014: our runs beside the paper",
        srivastava_text(found, names),
    )


def note(ax, x: float, y: float, text: str, weight: int) -> None:
    """A label centred on x, pushed inwards where it would leave the axes."""
    low, high = ax.get_xlim()
    place = (x - low) / (high - low)
    side = "left" if place < 0.25 else "right" if place > 0.75 else "center"
    ax.text(x, y, text, ha=side, va="center", weight=weight)


def srivastava_text(found: dict, names: dict) -> str:
    """What the comparison with the paper shows."""
    parts = []
    for name, text in names.items():
        values = found[name]
        gap = 100 * (values.mean() - PAPER[name])
        side = "above" if gap > 0 else "below"
        parts.append(
            f"With {text}: mean and deviation of {len(values)} seeds "
            f"{spread(values)}, seeds from {percent(values.min())} to "
            f"{percent(values.max())}; the paper prints "
            f"{percent(PAPER[name])}, so the mean is {abs(gap):.2f} "
            f"percentage points {side} it."
        )
    return " ".join(parts)


EDGES = (0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99, 1)  # of the bins of confidence


def bins(runs: Path) -> np.ndarray:
    """(bins, 3): number of answers, mean confidence and share right."""
    rows = table(runs / "mnist/predictions.csv")
    sure = np.array([float(r["confidence"]) for r in rows])
    right = np.array([r["label"] == r["predicted"] for r in rows])
    place = np.searchsorted(EDGES, sure, side="right") - 1
    place = place.clip(0, len(EDGES) - 2)
    found = [
        (int(m.sum()), sure[m].mean(), right[m].mean())
        for m in (place == i for i in range(len(EDGES) - 1))
        if m.any()
    ]
    return np.array(found)


def wilson(n, share, z: float = 1.96):
    """The 95 % interval for a share seen in n cases (Wilson 1927).

    >>> low, high = wilson(100, 0.5)
    >>> round(low, 3), round(high, 3)
    (np.float64(0.404), np.float64(0.596))
    """
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = (
        z
        / (1 + z**2 / n)
        * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    )
    return middle - half, middle + half


def calibration(runs: Path) -> Drawing:
    """How often the net is right when it says how sure it is."""
    found = bins(runs)
    n, sure, right = found.T
    low, high = wilson(n, right)
    art = canvas(400, 440)
    ax = panel(art, 60, 14, 360, 330, xlim=(0.2, 1.03), ylim=(0.2, 1.03))
    ax.plot([0, 1], [0, 1], color=INK, ls=(0, (2, 3)), lw=1)
    ax.vlines(sure, low, high, color=INK, lw=1.4)
    ax.plot(sure, right, "o", color=ACCENT, ms=8)
    for count, x, y in found[:-1]:
        ax.annotate(f"{count:.0f}", (x, y), (9, -10), **POINTS)
    last = f"{n[-1]:,.0f} answers"
    ax.annotate(last, (sure[-1], right[-1]), (-12, 4), ha="right", **POINTS)
    every = np.arange(2, 11, 2) / 10
    ax.set_xticks(every, [f"{100 * t:.0f}" for t in every])
    ax.set_yticks(every, [f"{100 * t:.0f}" for t in every])
    ax.set_xlabel("confidence of the net, in %")
    ax.set_ylabel("answers that are right, in %")
    return Drawing(
        art,
        "Confidence of the net against the share of right answers",
        calibration_text(found),
        calibration_data(found),
    )


POINTS = {"textcoords": "offset points", "fontsize": SMALL}


def calibration_text(found: np.ndarray) -> str:
    """What the comparison of confidence and accuracy shows."""
    rows = "; ".join(
        f"{n:,.0f} answers with a mean confidence of {percent(c, 1)} are "
        f"right in {percent(r, 1)}"
        for n, c, r in found
    )
    n, sure, right = found.T
    overall = percent(n @ sure / n.sum()), percent(n @ right / n.sum())
    return (
        f"{rows}. Over all {n.sum():,.0f} answers the mean confidence is "
        f"{overall[0]} and {overall[1]} are right. Points on the dotted "
        "diagonal would mean that the net is as sure as it should be."
    )


def calibration_data(found: np.ndarray) -> list[str]:
    """What is drawn, as CSV."""
    rows = [f"{n:.0f},{c:.6f},{r:.6f}" for n, c, r in found]
    return ["answers,mean_confidence,share_right", *rows]


FIGURES = {
    "net": net,
    "net_plain": net_plain,
    "confusion": confusion,
    "calibration": calibration,
    "ingredients": ingredients,
    "curves": curves,
    "srivastava": srivastava,
}


def draw(names, runs: Path) -> list[str]:
    """Draw what can be drawn, and say what is missing for the rest."""
    missing = []
    for name in names:
        try:
            with mpl.rc_context(STYLE):
                save(FIGURES[name](runs), runs / f"mnist/{name}.svg")
        except records.RecordError as error:
            missing.append(f"{name}: {error}")
    return missing


def main() -> None:
    """Draw the figures, or what needs the finished runs as well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "stage", nargs="?", default="all", choices=["all", "seeds", "pictures"]
    )
    parser.add_argument(
        "--quick", action="store_true", help="of the quick runs on digits"
    )
    options = parser.parse_args()
    runs = Path(".cache/quick") if options.quick else records.RUNS
    if options.stage == "all":
        missing = draw(FIGURES, runs)
    else:
        from deepcourse import datasets
        from deepcourse.mnist.figures import pictures

        source = datasets.digits() if options.quick else datasets.mnist()
        missing = pictures.STAGES[options.stage](source, runs)
    sys.exit("\n".join(missing) if missing else 0)


if __name__ == "__main__":
    main()

"""Test errors of single seeds: without one ingredient, and beside a paper."""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse.drawing import ACCENT, BOLD, INK, WIDTH, Drawing, percent

NAMES = {
    "softmax": "softmax regression",
    "full": "full net",
    "sigmoid": "sigmoid instead of ReLU",
    "identity": "no bend",
    "momentum": "momentum instead of Adam",
    "sgd": "plain SGD instead of Adam",
    "no_dropout": "no dropout",
}
# Where the test error of each single seed stands.
SEEDS = {
    name: f"{name}_seeds.csv"
    for name in ("ingredients", "fashion", "srivastava")
}
# Test errors printed in Srivastava et al. 2014, table 2.
PAPER = {"plain": 0.0125, "max_norm": 0.0106}


def errors(runs: Path, record: str) -> dict[str, np.ndarray]:
    """The test error of each seed, by variant."""
    path = runs / "mnist" / SEEDS[record]
    found = draw.series(path, "variant", "test_error")
    return {name: values[:, 0] for name, values in found.items()}


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
    art, full = draw.canvas(62 + 46 * len(order)), found["full"].mean()
    near = [100 * found[n] for n in order if found[n].mean() < 2 * full]
    low, high = min(map(np.min, near)), max(map(np.max, near))
    edge = (high - low) / 20
    ax = draw.panel(art, 12, 4, WIDTH - 24, 46 * len(order))
    ax.set_xlim(low - edge, high + edge)
    draw.bare_rows(ax, len(order) - 0.35, -0.5)
    for y, name in enumerate(order):
        values, right = found[name], ax.get_xlim()[1]
        if values.mean() >= 2 * full:  # far to the right of the axis
            style = {"textcoords": "offset points", "arrowprops": OUT}
            ax.annotate("", (right, y), (-60, 0), **style)
            two_lines(ax, (right, y), -68, NAMES[name], values)
            continue
        dots(ax, y, values, ACCENT if name == "full" else INK)
        # Name and numbers stand on the side that has room.
        room = 100 * values.mean() < (low + high) / 2
        end, offset = (values.max(), 16) if room else (values.min(), -16)
        two_lines(ax, (100 * end, y), offset, NAMES[name], values)
    ax.set_xlabel("test error in %")
    title = "What each ingredient buys: test error on MNIST"
    return Drawing(art, title, ingredients_text(found, order))


OUT = {"arrowstyle": "->", "color": INK, "lw": 1.8}  # off the axis


def two_lines(ax, at, offset: float, name: str, values: np.ndarray) -> None:
    """Name and numbers of a row, so many pixels to the right of a point."""
    side = "left" if offset > 0 else "right"
    draw.beside(ax, name, at, (offset, 3), side)
    draw.beside(ax, spread(values), at, (offset, -13), side, **BOLD)


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


def srivastava(runs: Path) -> Drawing:
    """Our five seeds beside the number that the paper printed."""
    found = errors(runs, "srivastava")
    art = draw.canvas(236)
    every = np.concatenate([*found.values(), list(PAPER.values())]) * 100
    edge = 0.08 * np.ptp(every)
    limits = (every.min() - edge, every.max() + edge)
    ax = draw.panel(art, 16, 4, WIDTH - 32, 180, xlim=limits)
    draw.bare_rows(ax, 2.05, -0.6)
    names = {"plain": "dropout", "max_norm": "dropout and max-norm"}
    for y, (name, text) in zip((0, 1.25), names.items()):
        dots(ax, y, found[name], ACCENT)
        cited, mean = 100 * PAPER[name], 100 * found[name].mean()
        ax.plot(cited, y, "D", mfc="none", mec=INK, ms=9, mew=1.6)
        note(ax, cited, y - 0.36, f"paper {percent(PAPER[name])}")
        note(ax, mean, y + 0.58, f"{text}: {spread(found[name])}", **BOLD)
    ax.set_xlabel("test error in %")
    title = "The deep net of Srivastava et al. 2014: our runs beside the paper"
    return Drawing(art, title, srivastava_text(found, names))


def note(ax, x: float, y: float, text: str, **style) -> None:
    """A label centred on x, pushed inwards where it would leave the axes."""
    low, high = ax.get_xlim()
    place = (x - low) / (high - low)
    side = "left" if place < 0.25 else "right" if place > 0.75 else "center"
    draw.label(ax, x, y, text, side, **style)


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

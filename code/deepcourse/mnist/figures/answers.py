"""What seed 0 answered to the test digits: its mistakes, its confidence."""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse.drawing import ACCENT, BOLD, INK, Drawing
from deepcourse.records import read_table


def counts(runs: Path) -> np.ndarray:
    """(K, K): how often each class was taken for each class."""
    table = read_table(runs / "mnist/predictions.csv")
    found = np.zeros((10, 10), int)
    np.add.at(found, (table["label"], table["predicted"]), 1)
    return found


def confusion(runs: Path) -> Drawing:
    """Which digits were taken for which, by seed 0."""
    found = counts(runs)
    wrong = found - np.diag(np.diag(found))
    art, ax = draw.paper(412)
    left, top, cell = 46, 58, 34
    right = left + 10 * cell
    for k in range(10):
        x, y = left + cell * (k + 0.5), top + cell * (k + 0.5)
        draw.label(ax, x, top - 12, k, **BOLD)
        draw.label(ax, left - 14, y, k, **BOLD)
        total = f"{wrong[k].sum()} of {found[k].sum():,}"
        draw.label(ax, right + 12, y, total, "left")
        for j in np.flatnonzero(wrong[k]):
            square(ax, left + cell * (j + 0.5), y, wrong[k, j], wrong.max())
        ax.plot([x - 7, x + 7], [y - 7, y + 7], color=INK, lw=1, alpha=0.5)
    draw.grid(ax, left, top, 10, 10, cell, lw=0.8, alpha=0.15)
    ax.text(left + 5 * cell, 18, "taken for", ha="center")
    draw.label(ax, 12, top + 5 * cell, "true digit", rotation=90)
    draw.label(ax, right + 12, top - 12, "wrong", "left", **BOLD)
    title = f"The {wrong.sum()} mistakes of one net, by digit"
    words, data = confusion_text(found, wrong), confusion_data(found)
    return Drawing(art, title, words, data)


def square(ax, x: float, y: float, count: int, most: int) -> None:
    """A count, on a square whose area is proportional to it."""
    side = 31 * (count / most) ** 0.5
    shade = {"fc": INK, "alpha": 0.22, "lw": 0}
    draw.box(ax, x - side / 2, y - side / 2, side, side, **shade)
    draw.label(ax, x, y, count)


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


EDGES = (0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99, 1)  # of the bins of confidence


def bins(runs: Path) -> np.ndarray:
    """(bins, 3): number of answers, mean confidence and share right."""
    table = read_table(runs / "mnist/predictions.csv")
    sure = np.array(table["confidence"])
    right = np.equal(table["label"], table["predicted"])
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
    shrink = 1 + z**2 / n
    centre = (share + z**2 / (2 * n)) / shrink
    half = z / shrink * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return centre - half, centre + half


def calibration(runs: Path) -> Drawing:
    """How often the net is right when it says how sure it is."""
    found = bins(runs)
    n, sure, right = found.T
    low, high = wilson(n, right)
    art = draw.canvas(400, 440)
    ax = draw.panel(art, 60, 14, 360, 330, xlim=(0.2, 1.03), ylim=(0.2, 1.03))
    ax.plot([0, 1], [0, 1], color=INK, ls=(0, (2, 3)), lw=1)
    ax.vlines(sure, low, high, color=INK, lw=1.4)
    ax.plot(sure, right, "o", color=ACCENT, ms=8)
    style = {"va": "baseline"}
    for count, x, y in found[:-1]:
        draw.beside(ax, f"{count:.0f}", (x, y), (9, -10), **style)
    count, x, y = found[-1]
    draw.beside(ax, f"{count:,.0f} answers", (x, y), (-12, 4), "right", **style)
    every = np.arange(2, 11, 2) / 10
    ax.set_xticks(every, [f"{100 * t:.0f}" for t in every])
    ax.set_yticks(every, [f"{100 * t:.0f}" for t in every])
    ax.set_xlabel("confidence of the net, in %")
    ax.set_ylabel("answers that are right, in %")
    title = "Confidence of the net against the share of right answers"
    words, data = calibration_text(found), calibration_data(found)
    return Drawing(art, title, words, data)


def calibration_text(found: np.ndarray) -> str:
    """What the comparison of confidence and accuracy shows."""
    rows = "; ".join(
        f"{n:,.0f} answers with a mean confidence of {draw.percent(c, 1)} are "
        f"right in {draw.percent(r, 1)}"
        for n, c, r in found
    )
    n, sure, right = found.T
    overall = (
        draw.percent(n @ sure / n.sum()),
        draw.percent(n @ right / n.sum()),
    )
    return (
        f"{rows}. Over all {n.sum():,.0f} answers the mean confidence is "
        f"{overall[0]} and {overall[1]} are right. Points on the dotted "
        "diagonal would mean that the net is as sure as it should be."
    )


def calibration_data(found: np.ndarray) -> list[str]:
    """What is drawn, as CSV."""
    rows = [f"{n:.0f},{c:.6f},{r:.6f}" for n, c, r in found]
    return ["answers,mean_confidence,share_right", *rows]

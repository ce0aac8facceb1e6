"""What each ingredient buys: points more misread without it, on two sets."""

from pathlib import Path

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, BOLD, INK, WIDTH, Drawing

SETS = {"ingredients": "MNIST", "fashion": "Fashion-MNIST"}
NAMES = {
    "no_dropout": "no dropout",
    "sigmoid": "sigmoid, not ReLU",
    "momentum": "momentum, not Adam",
    "sgd": "plain SGD, not Adam",
}
ROW, TOP = 62, 8


def bought(runs: Path) -> Drawing:
    """Each net that is close to the full one, on both sets of pictures."""
    values = {
        name: records.read(f"mnist/{name}", runs)["values"] for name in SETS
    }
    art = draw.canvas(TOP + ROW * len(NAMES) + 52)
    ends = [
        end
        for found in values.values()
        for net in NAMES
        for end in interval(found[net])
    ]
    low, high = min(0, *ends), max(0, *ends)
    edge, room = (high - low) / 20, (high - low) / 3  # for a label
    ax = draw.panel(art, 12, TOP, WIDTH - 24, ROW * len(NAMES))
    ax.set_xlim(low - edge, high + room)
    draw.bare_rows(ax, len(NAMES) - 0.4, -0.7)
    ax.axvline(0, color=INK, lw=1)
    for row, (net, called) in enumerate(NAMES.items()):
        place = (low - edge, row - 0.42)
        draw.beside(ax, called, place, (0, 0), "left", **BOLD)
        for k, (name, found) in enumerate(values.items()):
            y = row - 0.1 + 0.32 * k
            colour, mark = (INK, "o") if k else (ACCENT, "s")
            ax.plot(interval(found[net]), [y, y], color=colour)
            ax.plot(found[net]["test_more"], y, mark, color=colour, ms=7)
            right = interval(found[net])[1]
            draw.beside(ax, SETS[name], (right, y), (8, 0), "left")
    ax.set_xlabel("percentage points more misread than by the full net")
    title = "What each ingredient buys, on MNIST and on Fashion-MNIST"
    return Drawing(art, title, said(values))


def interval(found: dict) -> tuple[float, float]:
    """Twice the standard error to each side."""
    more, error = found["test_more"], found["test_more_se"]
    return more - 2 * error, more + 2 * error


def said(values: dict) -> str:
    """What the figure shows, in words."""
    rows = []
    for net, called in NAMES.items():
        parts = []
        for name, found in values.items():
            more, error = (found[net][f"test_more{x}"] for x in ("", "_se"))
            parts.append(f"{more:+.2f} ± {error:.2f} on {SETS[name]}")
        rows.append(f"{called}: {', '.join(parts)}")
    return (
        "By how many percentage points more of the test pictures each net "
        "misreads than the full one, with the standard error of the paired "
        f"difference; the bars are twice as long. {'; '.join(rows)}."
    )

"""Misread digits: `python -m deepcourse.mnist.figures.pictures [--quick]`.

Besides the records of lesson 2 this needs the pictures of the data set.
"""

import argparse
import sys
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from deepcourse import datasets, records
from deepcourse import drawing as draw
from deepcourse.datasets import Dataset

COLUMNS, ROWS = 6, 4  # of the digits that are shown
# Pixels: twice as wide as it is shown, for fine screens. Letters are 12 px on
# a phone, where the sheet is 368 px wide.
SHEET, LETTERS = 960, 32
UNITS = {
    "wrong": "count",
    "shown": "count",
    "most_frequent": "count",
    "least_confidence_shown": "fraction",
}


def pictures(source: Dataset, runs: Path) -> None:
    """Draw the mistakes of seed 0, and describe them."""
    record = records.read("mnist/headline", runs)
    answers = records.read_table(runs / "mnist/predictions.csv")
    rows = np.array(list(answers.values()), float).T
    values, text = mistakes(source, rows, runs)
    records.write(
        "mnist/pictures",
        {
            "command": "python -m deepcourse.mnist.figures.pictures",
            "values": values,
            "units": UNITS,
            "alternatives": {"mistakes": text},
            "settings": record["settings"],
            "seeds": record["seeds"][:1],
            "data": record["data"],
        },
        runs,
    )


def mistakes(source: Dataset, rows: np.ndarray, runs: Path) -> tuple[dict, str]:
    """Draw the digits that were misread, the most confident first.

    Args:
        source: the data set.
        rows: (N, 3) true class, predicted class, confidence.
        runs: the folder of all records.

    Returns:
        Values to quote, and the text alternative.
    """
    wrong = np.flatnonzero(rows[:, 0] != rows[:, 1])
    wrong = wrong[np.argsort(-rows[wrong, 2], kind="stable")]
    shown = wrong[: COLUMNS * ROWS]
    art = sheet(shown, COLUMNS, 1.56)
    for i, ax in zip(shown, art.axes):
        ax.imshow(255 - source.test_images[i], cmap="gray", vmin=0, vmax=255)
        true, said, sure = rows[i]
        below = f"{said:.0f} ({true:.0f})\n{floor(sure)}\u202f%"
        ax.set_title(below, y=0, va="top", fontsize=LETTERS)
    save(art, runs / "mnist/mistakes.webp")
    header = ("test_image", "label", "predicted", "confidence")
    table = [(i, *map(int, rows[i, :2]), rows[i, 2]) for i in wrong]
    records.write_table(runs / "mnist/mistakes.csv", header, table)
    return about_mistakes(rows[wrong], len(rows), len(shown))


def floor(sure: float) -> str:
    """A confidence in percent, never rounded up to a certainty.

    >>> floor(0.99996), floor(0.734)
    ('99.9', '73.4')
    """
    return f"{np.floor(1000 * sure + 1e-9) / 10:.1f}"


def about_mistakes(
    wrong: np.ndarray, total: int, shown: int
) -> tuple[dict, str]:
    """Values and text alternative of the picture of mistakes."""
    pairs, times = np.unique(wrong[:, :2], axis=0, return_counts=True)
    order = np.argsort(-times, kind="stable")[:3]
    most = ", ".join(
        f"{pairs[i, 0]:.0f} read as {pairs[i, 1]:.0f} ({times[i]} times)"
        for i in order
    )
    last = float(wrong[shown - 1, 2])
    values = {
        "wrong": len(wrong),
        "shown": shown,
        "most_frequent": int(times.max()),
        "least_confidence_shown": last,
    }
    return values, (
        f"{shown} of the {len(wrong)} test digits out of {total:,} that the "
        "net misreads, the most confident first; under each its answer, the "
        f"true digit in brackets and its confidence, from {floor(wrong[0, 2])} "
        f"down to {floor(last)} %. Among all mistakes the most frequent are: "
        f"{most}."
    )


def sheet(items, columns: int, tall: float, wide: int = SHEET) -> Figure:
    """A page of small axes without frame, one per item."""
    rows = -(-len(items) // columns)
    side = wide / columns
    art = Figure(figsize=(wide / 72, rows * side * tall / 72), dpi=72)
    art.set_facecolor("white")
    for i in range(len(items)):
        left, top = i % columns / columns, 1 - i // columns / rows
        gap = 0.06 / columns
        height = (side - 2 * gap * wide) / (rows * side * tall)
        box = (left + gap, top - height - 0.01, 1 / columns - 2 * gap, height)
        art.add_axes(box).set_axis_off()
    return art


def save(art: Figure, path: Path) -> None:
    """Write a grey picture, the same to the last byte every time."""
    raw = BytesIO()
    with mpl.rc_context({"image.interpolation": "nearest"}):
        art.savefig(raw, format="png")
    with Image.open(raw) as picture:
        draw.save_picture(picture.convert("L"), path, quality=60)


def main() -> None:
    """Draw the pictures, or say what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="of the quick runs on digits"
    )
    quick = parser.parse_args().quick
    source = datasets.digits() if quick else datasets.mnist()
    try:
        pictures(source, records.QUICK if quick else records.RUNS)
    except records.RecordError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

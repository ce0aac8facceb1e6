"""Digits and weights: `python -m deepcourse.mnist.figures.pictures [--quick]`.

Besides the records of lesson 2 this needs the data set and the trained
weights, which stay in `.cache`; where they are gone, the experiment makes
them again.
"""

import argparse
import json
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

COLUMNS, ROWS = 6, 6  # of the digits that are shown
UNITS_SHOWN = 40
# Pixels: twice as wide as they are shown, for fine screens. Letters are 12 px
# on a phone, where the sheet is 368 px wide.
SHEET, LETTERED, LETTERS = 1520, 960, 32
UNITS = {
    "wrong": "count",
    "shown": "count",
    "most_frequent": "count",
    "least_confidence_shown": "fraction",
    "units_shown": "count",
    "silent_units": "count",
    "silent_units_shown": "count",
    "weight_limit": "1",
    "rms_always_black": "1",
    "rms_centre": "1",
    "rms_rim": "1",
    "neighbour_correlation": "1",
    "neighbour_correlation_at_start": "1",
}


def folder(source: Dataset, facts: dict, seed: int) -> Path:
    """Where the run with these settings keeps its weights and scores.

    Raises:
        RecordError: No such run has finished here.
    """
    from deepcourse.mnist.runs import plan

    known = plan.Settings.__dataclass_fields__
    facts = {k: v for k, v in facts.items() if k in known}
    settings = plan.Settings(**{**facts, "sizes": tuple(facts["sizes"])})
    path = plan.CACHE / plan.key(source, settings, seed)
    if not (path / "result.json").exists():
        raise records.RecordError(
            f"{path}: no finished run of seed {seed}; run the experiment"
        )
    return path


def seeds(source: Dataset, runs: Path) -> None:
    """Write the test error of every single run beside its record.

    Raises:
        RecordError: The runs found are not those of the record.
    """
    record = records.read("mnist/ingredients", runs)
    rows = []
    for variant, facts in record["settings"].items():
        found = []
        for seed in record["seeds"]:
            path = folder(source, facts, seed) / "result.json"
            result = json.loads(path.read_text(encoding="utf-8"))
            found.append(1 - result["test_accuracy"])
            rows.append(("ingredients", variant, seed, f"{found[-1]:.6f}"))
        mean, stated = np.mean(found), record["values"][variant]["test_error"]
        if abs(mean - stated) > 1e-6:
            raise records.RecordError(
                f"ingredients, {variant}: the runs have a mean test error of "
                f"{mean:.6f}, the record states {stated:.6f}; run its stage"
            )
    header = ("record", "variant", "seed", "test_error")
    records.write_table(runs / "mnist/seeds.csv", header, rows)


def pictures(source: Dataset, runs: Path) -> None:
    """Draw the mistakes and the weights of seed 0, and describe both."""
    record = records.read("mnist/headline", runs)
    path = folder(source, record["settings"], record["seeds"][0])
    with np.load(path / "weights.npz") as kept:
        first = [kept[name] for name in kept.files[:2]]
    answers = records.read_table(runs / "mnist/predictions.csv")
    rows = np.array(list(answers.values()), float).T
    values, text = mistakes(source, rows, runs)
    shapes, seen = show_weights(source, *first, runs)
    records.write(
        "mnist/pictures",
        {
            "command": "python -m deepcourse.mnist.figures.pictures",
            "values": values | shapes,
            "units": UNITS,
            "alternatives": {"mistakes": text, "weights": seen},
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
    art = sheet(shown, COLUMNS, 1.56, LETTERED)
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


def show_weights(
    source: Dataset, w: np.ndarray, b: np.ndarray, runs: Path
) -> tuple[dict, str]:
    """Draw the weights into the first hidden units, each as an image.

    Args:
        source: the data set.
        w: (D, H) weights into the hidden units.
        b: (H,) their biases.
        runs: the folder of all records.

    Returns:
        Values to quote, and the text alternative.
    """
    side = source.images.shape[1]
    maps = w.T.reshape(-1, side, side)  # (H, I, J)
    shown = maps[:UNITS_SHOWN]
    limit = float(np.quantile(np.abs(shown), 0.995))
    art = sheet(shown, 8, 1.04)
    for image, ax in zip(shown, art.axes):
        ax.imshow(image, cmap="gray", vmin=-limit, vmax=limit)
    save(art, runs / "mnist/weights.webp")
    rows = source.test_images.reshape(len(source.test_images), -1) / 255
    silent = ~((rows @ w + b) > 0).any(axis=0)  # (H,)
    return about_weights(source.images, maps, limit, silent)


def about_weights(images, maps, limit: float, silent) -> tuple[dict, str]:
    """Values and text alternative of the picture of weights."""
    side = maps.shape[1]
    quarter = side // 4
    middle = np.zeros((side, side), bool)
    middle[quarter : side - quarter, quarter : side - quarter] = True
    black = images.max(axis=0) == 0  # no training picture has ink there
    start = np.random.default_rng(0).normal(size=maps.shape)
    values = {
        "units_shown": min(UNITS_SHOWN, len(maps)),
        "silent_units": int(silent.sum()),
        "silent_units_shown": int(silent[:UNITS_SHOWN].sum()),
        "weight_limit": limit,
        "rms_always_black": rms(maps[:, black]),
        "rms_centre": rms(maps[:, middle]),
        "rms_rim": rms(maps[:, ~middle & ~black]),
        "neighbour_correlation": neighbours(maps, middle),
        "neighbour_correlation_at_start": neighbours(start, middle),
    }
    return values, (
        f"The weights into {values['units_shown']} of {len(maps)} hidden "
        f"units, each as {side} by {side} pixels: black is -{limit:.2f} or "
        f"less, grey 0, white {limit:.2f} or more. In the middle, "
        "neighbouring weights resemble each other (correlation "
        f"{values['neighbour_correlation']:.2f}; random weights: "
        f"{values['neighbour_correlation_at_start']:.2f}) and form strokes "
        f"and blobs of both signs. The {black.sum()} pixels that are black "
        "in every training picture never received a gradient and keep the "
        f"noise they started with: root mean square "
        f"{values['rms_always_black']:.3f}, against "
        f"{values['rms_centre']:.3f} in the middle and "
        f"{values['rms_rim']:.3f} in the rest. "
        f"{values['silent_units']} of all units, "
        f"{values['silent_units_shown']} of those shown, are above 0 for no "
        "test picture."
    )


def rms(values: np.ndarray) -> float:
    """Root mean square; 0 of nothing."""
    return float(np.sqrt(np.mean(values**2))) if values.size else 0.0


def neighbours(maps: np.ndarray, where: np.ndarray) -> float:
    """Correlation of each weight with the one to its right."""
    pairs = where[:, :-1] & where[:, 1:]
    left, right = maps[:, :, :-1][:, pairs], maps[:, :, 1:][:, pairs]
    return float(np.corrcoef(left.ravel(), right.ravel())[0, 1])


def main() -> None:
    """Draw the pictures and write the single seeds, or say what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="of the quick runs on digits"
    )
    quick = parser.parse_args().quick
    source = datasets.digits() if quick else datasets.mnist()
    try:
        for step in (pictures, seeds):
            step(source, records.QUICK if quick else records.RUNS)
    except records.RecordError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

"""Training loss and validation error by epoch, with and without dropout."""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse.drawing import ACCENT, BOLD, INK, Drawing

CURVES = {"no_dropout": "without dropout", "full": "with dropout"}


def curves(runs: Path) -> Drawing:
    """Training loss and validation error by epoch, with and without."""
    art, found = (
        draw.canvas(470),
        {name: history(runs, name) for name in CURVES},
    )
    top = draw.panel(art, 56, 26, 304, 170, yscale="log")
    low = draw.panel(art, 56, 256, 304, 170)
    for ax, column, what in (
        (top, 0, "training loss, in nats (logarithmic)"),
        (low, 1, "validation error, in %"),
    ):
        values = {name: both[:, :, column] for name, both in found.items()}
        ends = [v[:, -1].mean() for v in values.values()]
        epochs = np.arange(1, values["full"].shape[1] + 1)
        for name, end, place in zip(values, ends, np.argsort(ends)):
            bold = name == "full"
            colour, dash = (ACCENT, "-") if bold else (INK, (0, (5, 2)))
            three = draw.range_of(values[name])
            draw.band(ax, epochs, *three, colour, ls=dash)
            # Two labels at nearly the same height move apart.
            offset, weight = (8, 8 if place else -8), BOLD if bold else {}
            draw.name_end(ax, CURVES[name], end, offset, **weight)
        ax.set_xlim(1, len(epochs))
        ax.set_xticks(ticks(len(epochs)))
        ax.set_title(what)
        ax.grid(axis="y")
    draw.plain_log(top)
    low.set_ylim(bottom=0)
    low.set_xlabel("epoch")
    title = "Training loss and validation error, with and without dropout"
    words, data = curves_text(found), curves_data(found)
    return Drawing(art, title, words, data)


def history(runs: Path, variant: str) -> np.ndarray:
    """(seeds, epochs, 2): training loss and validation error in percent."""
    columns = ("train_loss", "validation_accuracy")
    found = draw.runs_of(runs / "mnist/ingredients.csv", variant, *columns)
    found[..., 1] = 100 * (1 - found[..., 1])
    return found


def ticks(epochs: int) -> list[int]:
    """The first epoch, and a few round ones.

    >>> ticks(30), ticks(2)
    ([1, 10, 20, 30], [1, 2])
    """
    step = next(s for s in (1, 2, 5, 10, 20, 50) if epochs <= 5 * s)
    return sorted({1, *range(step, epochs + 1, step)})


def curves_text(found: dict) -> str:
    """What the curves show."""
    parts = []
    for name, values in found.items():
        mean = values.mean(axis=0)
        best = mean[:, 1].argmin()
        last = values[:, -1, 1]
        parts.append(
            f"{CURVES[name].capitalize()}, the training loss falls from "
            f"{draw.number(mean[0, 0])} to {draw.number(mean[-1, 0])} nats "
            f"and the validation error from {mean[0, 1]:.2f} to "
            f"{mean[-1, 1]:.2f} % (seeds: {last.min():.2f} to "
            f"{last.max():.2f} %); its lowest mean is "
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

"""How the loss went on, epoch by epoch, with dropout and without."""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse.drawing import ACCENT, BOLD, INK, WIDTH, Drawing

LINES = {  # variant, column of the table, how it is drawn, its name
    ("no_dropout", "validation_loss"): ("-", INK, "no dropout,\nvalidation"),
    ("full", "validation_loss"): ("-", ACCENT, "dropout,\nvalidation"),
    ("no_dropout", "train_loss"): ("--", INK, "no dropout,\ntraining"),
}
TOP, HIGH, RIGHT = 12, 250, 118


def losses(runs: Path) -> Drawing:
    """Log loss on training and on validation pictures, five seeds each."""
    table = runs / "mnist/ingredients.csv"
    art = draw.canvas(TOP + HIGH + 48)
    ax = draw.panel(art, 60, TOP, WIDTH - 60 - RIGHT, HIGH)
    said = []
    for (net, column), (dash, colour, name) in LINES.items():
        found = draw.runs_of(table, net, column)[..., 0]  # (seeds, epochs)
        epochs = np.arange(1, found.shape[1] + 1)
        three = draw.range_of(found)
        if column == "validation_loss":
            draw.band(ax, epochs, *three, colour, 0.15, lw=0)
        ax.plot(epochs, three[1], dash, color=colour, lw=2)
        end = three[1][-1]
        style = BOLD if colour == ACCENT else {}
        draw.name_end(ax, name, end, (8, 0), **style)
        said.append(line_text(name.replace("\n", " "), three[1]))
    ax.set(xlim=(1, epochs[-1]), ylim=(0, 0.2))
    ax.set_yticks([0, 0.05, 0.1, 0.15, 0.2])
    ax.set_xticks([1, *epochs[9:-1:10]])
    ax.set_xlabel("epoch")
    ax.set_ylabel("log loss in nat")
    title = "The log loss by epoch, with dropout and without"
    return Drawing(art, title, " ".join(said))


def line_text(name: str, mean: np.ndarray) -> str:
    """Where a line begins, is lowest and ends."""
    low = int(mean.argmin())
    return (
        f"{name.capitalize()}: {mean[0]:.3f} after the first epoch, "
        f"{mean[low]:.3f} at the lowest, after {low + 1}, "
        f"{mean[-1]:.3f} after {len(mean)}."
    )

"""Figures of what stands around a step: schedules, and a bad batch.

`python -m deepcourse.training.figures.around` draws them.
"""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, INK, MARK, Drawing
from deepcourse.training.noise import expected_losses
from deepcourse.training.schedule import rate_at, stable_rate_at

STEPS = 300
BOWL = np.array([1.0, 0.05]), 0.01  # curvatures, and the noise's variance


def shapes() -> dict:
    """Four schedules: how each is called, its dash and colour, its rates."""
    t = range(1, STEPS + 1)
    return {
        "0.5": ("-.", INK, np.full(STEPS, 0.5)),
        "0.02": (":", INK, np.full(STEPS, 0.02)),
        "cosine": (
            "--",
            INK,
            np.array([rate_at(i, STEPS, 0.5, 0) for i in t]),
        ),
        "level, then down": (
            "-",
            ACCENT,
            np.array([stable_rate_at(i, STEPS, 0.5, 0, 60) for i in t]),
        ),
    }


def noisy() -> Drawing:
    """The mean loss in a noisy bowl, by step and schedule."""
    art = draw.canvas(300)
    limits = {"xlim": (0, STEPS), "yscale": "log", "ylim": (2e-4, 1)}
    ax = draw.panel(art, 66, 16, 390, 230, **limits)
    said, at = [], np.arange(1, STEPS + 1)
    for name, (dash, colour, rates) in shapes().items():
        losses = expected_losses(rates, *BOWL)
        ax.plot(at, losses, ls=dash, color=colour)
        said.append(f"{name} ends at {losses[-1]:.1g}")
    ax.set_yticks([1e-3, 1e-2, 0.1, 1], ["0.001", "0.01", "0.1", "1"])
    ax.set_yticks([], minor=True)
    ax.set(xlabel="step")
    draw.beside(ax, "always 0.02", (120, 0.03), (0, 0))
    draw.beside(ax, "always 0.5", (298, 0.0036), (0, 0), "right")
    draw.beside(ax, "level, then down", (246, 0.0019), (0, 0), "right", **MARK)
    draw.beside(ax, "cosine", (190, 0.00075), (0, 0), "right")
    text = (
        f"The mean loss over {STEPS} steps in a bowl with noisy gradients, on "
        f"a logarithmic axis, for four schedules: {'; '.join(said)}. With a "
        "rate of 0.5 the loss falls quickly to a floor and stays there. The "
        "two schedules that fall leave that floor."
    )
    return Drawing(art, "The loss in a noisy bowl, by schedule", text)


def bad_batch(runs: Path) -> Drawing:
    """The loss by step around a bad batch, with clipping and without."""
    table = records.read_table(runs / "training/bad_batch.csv")
    kind, way, step, loss = (
        np.array(table[key]) for key in ("optimizer", "way", "step", "loss")
    )
    said = []
    art = draw.canvas(300)
    limits = {
        "xlim": (0, int(step.max())),
        "yscale": "log",
        "ylim": (3e-3, 30),
    }
    ax = draw.panel(art, 66, 16, 390, 230, **limits)
    for name, each, dash, colour in (
        ("momentum", "free", "--", INK),
        ("momentum", "clipped", "-", ACCENT),
        ("adam", "free", ":", INK),
    ):
        own = (kind == name) & (way == each)
        # a mean of the logarithms over the last nine steps; batches are noisy
        y = np.log(np.maximum(loss[own], 1e-6))
        smooth = [
            np.exp(y[max(i - 8, 0) : i + 1].mean()) for i in range(len(y))
        ]
        ax.plot(step[own], smooth, ls=dash, color=colour)
        said.append(f"{name}, {each}, ends near {draw.number(smooth[-1])}")
    ax.set_yticks([0.01, 0.1, 1, 10], ["0.01", "0.1", "1", "10"])
    ax.set_yticks([], minor=True)
    ax.set(xlabel="step")
    last = int(step.max())
    draw.beside(ax, "momentum", (last * 0.95, 3.2), (0, 0), "right")
    draw.beside(ax, "Adam", (last * 0.95, 0.12), (0, 0), "right")
    draw.beside(
        ax, "momentum, clipped", (last * 0.95, 0.007), (0, 0), "right", **MARK
    )
    text = (
        "The loss by step on a logarithmic axis; one batch near a quarter of "
        f"the way is bad. {'; '.join(said)}. Without clipping, momentum's loss "
        "jumps at the bad batch and stays above 1. Adam's stays level "
        "behind it. With clipping, momentum's falls on."
    )
    return Drawing(art, "The loss around a bad batch", text)


FIGURES = draw.Figures(
    "training",
    computed={"noisy": noisy},
    measured={"bad_batch": bad_batch},
)

if __name__ == "__main__":
    FIGURES.main()

"""Figures of what stands around a step: schedules, and a bad batch.

`python -m deepcourse.training.figures.around` draws them.
"""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import ACCENT, INK, MARK, Drawing
from deepcourse.training.runs.schedules import Settings, losses_of, rates_of


def schedules(runs: Path) -> Drawing:
    """Rates by step, and the mean loss in a noisy bowl that they lead to."""
    found = records.read("training/schedules", runs)["values"]
    s = Settings()
    steps, best = s.steps, found["constant"]["rate"]
    art = draw.canvas(376)
    shared = {"xlim": (0, steps), "xticks": (0, 100, 200, 300)}
    above = draw.panel(art, 66, 26, 390, 80, ylim=(0, 1), **shared)
    limits = {"yscale": "log", "ylim": (2e-4, 1)}
    below = draw.panel(art, 66, 150, 390, 180, **limits, **shared)
    said, at = [], np.arange(1, steps + 1)
    for name, shape, highest, fall, dash, colour in (
        (f"always {best:g}", "none", best, 0, "--", INK),
        ("cosine", "cosine", s.high, steps, ":", INK),
        ("level, then down", "line", s.high, s.fall, "-", ACCENT),
    ):
        losses = losses_of(s, shape, highest, 0, fall)
        rates = rates_of(shape, highest, 0, fall, steps)
        above.plot(at, rates, ls=dash, color=colour)
        below.plot(at, losses, ls=dash, color=colour)
        said.append(f"{name} ends at {draw.number(losses[-1])}")
    above.set_xticklabels([])
    above.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    below.set_yticks([1e-3, 1e-2, 0.1, 1], ["0.001", "0.01", "0.1", "1"])
    below.set_yticks([], minor=True)
    below.set(xlabel="step")
    for ax, text in ((above, "rate"), (below, "mean loss")):
        draw.beside(ax, text, (0, 1), (0, 10), xycoords="axes fraction")
    draw.beside(above, "level, then down", (2, 0.64), (0, 0), **MARK)
    draw.beside(above, "cosine", (50, 0.3), (0, 0))
    draw.beside(above, f"always {best:g}", (2, 0.06), (0, 0))
    draw.beside(below, f"always {best:g}", (40, 0.03), (0, 0))
    draw.beside(below, "level, then down", (186, 0.0052), (0, 0), **MARK)
    draw.beside(below, "cosine", (254, 0.00036), (0, 0), "right")
    text = (
        f"Above the rate by step, below the mean loss over {steps} steps in a "
        "bowl with noisy gradients, on a logarithmic axis. At the rate of "
        f"{best:g} throughout the loss falls slowly. At {s.high:g} it falls "
        "quickly to a floor, and leaves the floor as the rate falls: "
        f"{'; '.join(said)}."
    )
    return Drawing(art, "Rates by schedule, and the loss in a noisy bowl", text)


def smooth(losses) -> np.ndarray:
    """The geometric mean of each loss and the eight before it."""
    y = np.log(np.maximum(losses, 1e-6))
    ends = range(1, len(y) + 1)
    return np.array([np.exp(y[max(i - 9, 0) : i].mean()) for i in ends])


def bad_batch(runs: Path) -> Drawing:
    """The loss by step around a bad batch, with clipping and without."""
    table = records.read_table(runs / "training/bad_batch.csv")
    kind, way, step, loss = (
        np.array(table[key]) for key in ("optimizer", "way", "step", "loss")
    )
    bad = 1 + records.read("training/around", runs)["settings"]["bad_at"]
    said, steps = [], int(step.max())
    art = draw.canvas(300)
    limits = {"xlim": (1, steps), "yscale": "log", "ylim": (3e-3, 30)}
    ax = draw.panel(art, 60, 16, 310, 230, **limits)
    for name, each, dash, colour in (
        ("momentum", "free", "--", INK),
        ("momentum", "clipped", "-", ACCENT),
        ("adam", "free", ":", INK),
        ("adam", "clipped", "-.", INK),
    ):
        own = (kind == name) & (way == each) & (step != bad)
        line = smooth(loss[own])  # batches are noisy
        ax.plot(step[own], line, ls=dash, color=colour)
        if (name, each) == ("adam", "free"):
            rise = draw.number(line[bad:].max(), 1)
        called = (
            f"{name.replace('adam', 'Adam')}{', clipped' * (each != 'free')}"
        )
        said.append(f"{called} ends at {draw.number(line[-1])}")
    ax.set_yticks([0.01, 0.1, 1, 10], ["0.01", "0.1", "1", "10"])
    ax.set_yticks([], minor=True)
    ax.set(xlabel="step")
    ax.set_xticks([1, 100, 200, 300, 400])
    for name, y, style in (
        ("momentum", 2.2, {}),
        ("Adam", 0.075, {}),
        ("momentum,\nclipped", 0.02, MARK),
        ("Adam,\nclipped", 0.0048, {}),
    ):
        draw.name_end(ax, name, y, (6, 0), **style)
    text = (
        "The loss by step on a logarithmic axis; one batch near a quarter of "
        f"the way is bad. {'; '.join(said)}. Without clipping, momentum's loss "
        f"jumps at the bad batch and stays above 1. Adam's rises to {rise}, "
        "falls back within twenty steps, and then hardly moves. With clipping "
        "both fall on."
    )
    return Drawing(art, "The loss around a bad batch", text)


def sums_in(n: int) -> list:
    """How many summands each piece of each worker holds, round by round."""
    held = [[1] * n for _ in range(n)]
    found = [[list(row) for row in held]]
    for turn in range(2 * (n - 1)):
        passed = [held[j][(j - turn) % n] for j in range(n)]
        for j in range(n):
            mine = 0 if turn >= n - 1 else 1  # an own one is added
            held[(j + 1) % n][(j - turn) % n] = passed[j] + mine
        found.append([list(row) for row in held])
    return found


def ring() -> Drawing:
    """Three workers pass the pieces of their gradients around."""
    n, side = 3, 24
    art, ax = draw.paper(176)
    for turn, workers in enumerate(sums_in(n)):
        left = 96 + 77 * turn
        name = "start" if turn == 0 else f"round {turn}"
        ax.text(left + 1.5 * side, 26, name, ha="center", va="center")
        for j, row in enumerate(workers):
            top = 48 + 42 * j
            for i, many in enumerate(row):
                whole = many == n
                colour = ACCENT if whole else INK
                box = {"fc": "none", "ec": colour, "lw": 2.2 if whole else 1}
                x = left + side * i
                draw.box(ax, x + 1.5, top, side - 3, side, **box)
                style = {"ha": "center", "va": "center", "color": colour}
                style["weight"] = "bold" if whole else "normal"
                ax.text(x + side / 2, top + side / 2, str(many), **style)
    for j in range(n):
        y = 60 + 42 * j
        ax.text(8, y, f"worker {j + 1}", va="center")
    text = (
        "A table: three workers as rows; the start and four rounds as "
        "columns. Each worker holds three pieces, each with the number of "
        "workers whose gradients it sums. At the start all are 1. After two "
        "rounds each worker has one piece that is whole, a 3. After four "
        "all pieces of all workers are whole."
    )
    return Drawing(art, "The pieces of a gradient on their way around", text)


FIGURES = draw.Figures(
    "training",
    computed={"ring": ring},
    measured={"bad_batch": bad_batch, "schedules": schedules},
)

if __name__ == "__main__":
    FIGURES.main()

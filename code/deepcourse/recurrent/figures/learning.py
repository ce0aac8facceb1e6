"""What lesson 5 says of the machine and of an LSTM, drawn from their record.

`python -m deepcourse.recurrent.figures.learning` draws them.
"""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import INK, Drawing


def wrong(runs: Path) -> Drawing:
    """Bits of a sequence that are wrong, by its length."""
    record = records.read("recurrent/ntm", runs)
    values = record["values"]
    lengths = record["settings"]["lengths"]
    art = draw.canvas(250)
    ax = draw.panel(art, 60, 30, 250, 165)
    ax.plot(lengths, [4 * n for n in lengths], color=INK, ls=":", lw=1.2)
    said = []
    for kind, name, offset, style in (
        ("lstm", "LSTM", 0, {"ls": "--"}),
        ("ntm", "machine", 12, {}),
    ):
        seeds = [
            [each[f"length_{n}"]["errors"] for n in lengths]
            for key, each in values.items()
            if key.startswith(f"{kind}_seed_")
        ]
        low, _, high = draw.range_of(np.array(seeds))
        middle = np.median(seeds, axis=0)
        draw.band(ax, lengths, low, middle, high, **style)
        draw.beside(ax, name, (lengths[-2], middle[-2]), (12, offset))
        parts = zip(lengths, middle, strict=True)
        said.append(f"{name} " + ", ".join(f"{e:.1f} at {n}" for n, e in parts))
    draw.name_end(ax, "tossed coins", 4 * lengths[-1], (8, 0))
    ax.set(xticks=lengths, xlabel="vectors in the sequence", ylim=0)
    ax.set_title("bits of the copy that are wrong")
    return Drawing(
        art,
        "Wrong bits by the length of a sequence",
        f"Wrong bits of a sequence, in the median of seeds: {'; '.join(said)}. "
        "Half of all bits, four of each vector, are wrong by tossed coins.",
    )


def losses(runs: Path) -> Drawing:
    """Bits lost in training, seed by seed."""
    record = records.read("recurrent/ntm", runs)
    curves, every = record["curves"], record["settings"]["every"]
    art = draw.canvas(250)
    ax = draw.panel(art, 60, 30, 320, 165)
    said = []
    for kind, name, style in (
        ("lstm", "LSTM", {"ls": "--"}),
        ("ntm", "machine", {}),
    ):
        for curve in curves[kind]:
            steps = every * np.arange(1, len(curve) + 1)
            ax.plot(steps, curve, color=INK, lw=1.2, **style)
        ends = [curve[-1] for curve in curves[kind]]
        draw.beside(ax, name, (steps[-1], np.median(ends)), (8, 0))
        said.append(f"{name} {', '.join(draw.number(end) for end in ends)}")
    ax.set(yscale="log", xlabel="training steps", xlim=0)
    draw.plain_log(ax)
    ax.set_title("bits lost by a sequence")
    return Drawing(
        art,
        "Bits lost in training, seed by seed",
        "Mean bits lost by a sequence of the training, on a logarithmic "
        f"scale. They end at, by seed: {'; '.join(said)}.",
    )


FIGURES = draw.Figures("recurrent", measured={"wrong": wrong, "losses": losses})

if __name__ == "__main__":
    FIGURES.main()

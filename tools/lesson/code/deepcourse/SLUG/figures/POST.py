"""The figures of lesson NUMBER: `python -m deepcourse.SLUG.figures.POST`."""

from pathlib import Path

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import INK, Drawing


def steps(runs: Path) -> Drawing:
    """The error of the difference quotient, by its step."""
    table = records.read_table(runs / "SLUG" / "RECORD.csv")
    art = draw.canvas(240)
    ax = draw.panel(art, 70, 20, 390, 160, xscale="log", yscale="log")
    ax.plot(table["step"], table["error"], "o-", color=INK)
    ax.set(xlabel="step h", ylabel="relative error")
    pairs = zip(table["step"], table["error"], strict=True)
    said = ", ".join(
        f"{draw.number(error)} at a step of {draw.number(h)}"
        for h, error in pairs
    )
    text = f"Largest relative error of a difference quotient: {said}."
    return Drawing(art, "The error falls with the step", text)


FIGURES = draw.Figures("SLUG", measured={"FIGURE": steps})

if __name__ == "__main__":
    FIGURES.main()

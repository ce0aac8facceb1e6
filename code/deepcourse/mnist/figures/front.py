"""The front page's strip of digits: `python -m deepcourse.mnist.figures.front`.

The first row of `runs/mnist/mistakes.webp`, cut out as it is.
"""

from pathlib import Path

from PIL import Image

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.mnist.figures.pictures import COLUMNS, ROWS, floor


def strip(runs: Path) -> None:
    """Write `mnist/front.webp`, and beside it what it shows."""
    table = records.read_table(runs / "mnist/mistakes.csv")
    columns = (table[n] for n in ("label", "predicted", "confidence"))
    rows = list(zip(*columns))[:COLUMNS]
    with Image.open(runs / "mnist/mistakes.webp") as sheet:
        art = sheet.crop((0, 0, sheet.width, sheet.height // ROWS))
    draw.save_picture(art, runs / "mnist/front.webp", quality=80)
    shown = ", ".join(
        f"a {label} read as {predicted} with {floor(confidence)} %"
        for label, predicted, confidence in rows
    )
    pictures = records.read("mnist/pictures", runs)
    record = {
        "command": "python -m deepcourse.mnist.figures.front",
        "values": {"shown": len(rows)},
        "units": {"shown": "count"},
        "alternatives": {
            "front": f"{len(rows)} handwritten digits that the net "
            f"misreads, with its answer and its confidence: {shown}."
        },
        "settings": {},
        "seeds": pictures["seeds"],
        "data": pictures["data"],
    }
    records.write("mnist/front", record, runs)


if __name__ == "__main__":
    strip(records.RUNS)

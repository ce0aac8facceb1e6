"""The front page's strip of digits: `python -m deepcourse.mnist.figures.front`.

The first row of `runs/mnist/mistakes.webp`, cut out as it is.
"""

import csv
import os
from pathlib import Path

from PIL import Image

from deepcourse import records
from deepcourse.mnist.figures.pictures import COLUMNS, ROWS


def strip(runs: Path) -> None:
    """Write `mnist/front.webp`, and beside it what it shows."""
    with (runs / "mnist/mistakes.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[:COLUMNS]
    with Image.open(runs / "mnist/mistakes.webp") as sheet:
        art = sheet.crop((0, 0, sheet.width, sheet.height // ROWS))
    path = runs / "mnist/front.webp"
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    art.save(temporary, "WEBP", quality=80, method=6)
    os.replace(temporary, path)
    shown = ", ".join(
        f"a {row['label']} read as {row['predicted']} with "
        f"{int(1000 * float(row['confidence'])) / 10} %"  # never up to 100
        for row in rows
    )
    records.write(
        "mnist/front",
        {
            "command": "python -m deepcourse.mnist.figures.front",
            "values": {"shown": len(rows)},
            "units": {"shown": "count"},
            "alternatives": {
                "front": f"{len(rows)} handwritten digits that the net "
                f"misreads, with its answer and its confidence: {shown}."
            },
            "settings": {},
            "seeds": records.read("mnist/pictures", runs)["seeds"],
            "data": records.read("mnist/pictures", runs)["data"],
        },
        runs,
    )


if __name__ == "__main__":
    strip(records.RUNS)

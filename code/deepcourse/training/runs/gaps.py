"""What follows from the record of the optimizers: standard errors, and growth.

`python -m deepcourse.training.runs.gaps [--quick]` reads
runs/training/optimizers.json and writes runs/training/gaps.json.
"""

from dataclasses import dataclass
from pathlib import Path

from deepcourse import records

SOURCE = "training/optimizers"


@dataclass(frozen=True)
class Settings:
    """Nothing is set."""


def measure(_: Settings, runs: Path) -> dict:
    """How sure each gap to Adam is, and how the cost grows beside the best."""
    folder = runs if (runs / f"{SOURCE}.json").is_file() else records.RUNS
    record = records.read(SOURCE, folder)
    seeds, values = len(record["seeds"]), {}
    for name, found in record["values"].items():
        values[name] = {
            side: found[f"cost_{side}"] / found["cost"] - 1
            for side in ("below", "above")
        }
        if "more" in found:
            error = found["more_sd"] / seeds**0.5
            values[name]["error"] = error
            values[name]["errors"] = found["more"] / error
    growth = dict.fromkeys(("below", "above"), "fraction")
    return {
        "values": values,
        "units": growth | {"error": "nat", "errors": "1"},
        "seeds": record["seeds"],
        "data": record["data"],
    }


if __name__ == "__main__":
    records.run("training/gaps", measure, Settings(), Settings())

"""Records: what a run measured, with everything needed to repeat it.

A record is one JSON file, `runs/<slug>/<name>.json`. It is written whole or
not at all, and by its run alone.
"""

import ast
import importlib.metadata
import json
import math
import os
import platform
import sys
from pathlib import Path

RUNS = Path("runs")
UNITS = {
    "count",  # shown exactly
    "fraction",  # 0 .. 1, shown as a percentage
    "nat",
    "s",
    "ms",
    "1/s",
    "ratio",
    "relative error",
    "1",
}
PACKAGES = ("numpy", "tensorflow", "keras")


class RecordError(ValueError):
    """A record that lacks something, or states what can't be."""


def machine() -> dict:
    """The machine this runs on: processor, cores, memory in GiB."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
        names = (x.split(":")[1].strip() for x in lines if "model name" in x)
        name = next(names, name)
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": name,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(pages / 2**30),
    }


def versions(*packages: str) -> dict:
    """The versions of Python and of the packages that a run used."""
    found = {p: importlib.metadata.version(p) for p in packages or PACKAGES}
    return {"python": platform.python_version(), **found}


def validate(record: dict) -> None:
    """Refuse a record that would mislead a page.

    Raises:
        RecordError: The key, what came, and what was expected.
    """
    for key in ("command", "values", "units", "settings", "seeds", "data"):
        if key not in record:
            raise RecordError(f"record: no {key!r}")
    for name, value in leaves(record["values"]):
        if not math.isfinite(value):
            raise RecordError(f"values.{name}: got {value}, expected finite")
        unit = unit_of(name, record["units"])
        if unit not in UNITS:
            known = ", ".join(sorted(UNITS))
            raise RecordError(
                f"units: got {unit!r} for {name}, expected one of {known}"
            )
        if unit == "fraction" and not 0 <= value <= 1:
            raise RecordError(f"values.{name}: got {value}, expected 0 .. 1")


def leaves(tree: dict, prefix: str = ""):
    """Yield (dotted name, value) for every value of nested dictionaries."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def unit_of(name: str, units: dict) -> str | None:
    """The unit of a value; a deviation, `_sd`, has the unit of its mean."""
    short = name.rsplit(".", 1)[-1]
    for candidate in (name, short, short.removesuffix("_sd")):
        if candidate in units:
            return units[candidate]
    return None


def write(name: str, record: dict, runs: Path = RUNS) -> Path:
    """Check a record and write it to `runs/<name>.json`, whole or not at all.

    Args:
        name: `<slug>/<name>`.
        record: `command`, `values`, `units`, `settings`, `seeds`, `data`
            and whatever else the run has to say; `versions` and `machine`
            are added.
        runs: the folder of all records.

    Returns:
        The path of the file.

    Raises:
        RecordError: Something is missing or can't be.
    """
    record = {**record, "versions": versions(), "machine": machine()}
    validate(record)
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    return write_whole(runs / f"{name}.json", text)


def write_whole(path: Path, text: str) -> Path:
    """Write a file so that a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)
    return path


def read(name: str, runs: Path = RUNS) -> dict:
    """The record `<slug>/<name>`.

    Raises:
        RecordError: There is none, or it is not a record.
    """
    path = runs / f"{name}.json"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RecordError(
            f"{path}: no such record; make it by its stage: `nox -s train`"
        ) from None
    except json.JSONDecodeError as error:
        raise RecordError(f"{path}: not JSON: {error}") from error
    validate(record)
    return record


def fingerprint(module: Path) -> str:
    """What a module does, as text: without comments, docstrings, layout."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        named = (ast.Module, ast.ClassDef, ast.FunctionDef)
        if isinstance(node, named) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.dump(tree)


def command() -> str:
    """The command that is running, as a reader would type it."""
    module = sys.modules["__main__"].__spec__
    start = f"python -m {module.name}" if module else "python"
    return " ".join([start, *sys.argv[1:]])

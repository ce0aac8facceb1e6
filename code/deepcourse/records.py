"""Records: what a run measured, with everything needed to repeat it.

A record is one JSON file, `runs/<slug>/<name>.json`. It is written whole or
not at all, and by its run alone. An experiment is its settings and its
measurements; `run` is the rest: the command line, the clock, the file.
"""

import argparse
import ast
import csv
import hashlib
import importlib.metadata
import io
import json
import math
import os
import platform
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from numbers import Integral, Real
from pathlib import Path

RUNS = Path("runs")
QUICK = Path(".cache/quick")  # what runs with --quick write
KEPT = Path(".cache/experiments")  # finished parts of long runs
UNITS = {
    "count",  # shown exactly
    "fraction",  # 0 .. 1, shown as a percentage
    "percentage points",  # of a difference of two fractions
    "nat",
    "s",
    "ms",
    "1/s",
    "kB",
    "MB",
    "ratio",
    "relative error",
    "1",
}
PACKAGES = ("numpy", "tensorflow", "keras")


class RecordError(ValueError):
    """A record that lacks something, or states what can't be."""


def run(
    name: str,
    measure: Callable,
    full,
    quick,
    *,
    description: str | None = None,
) -> Path:
    """The command of an experiment: measure, and write the record.

    With `--quick` it does the small run and writes below `.cache/quick`,
    under the same checks.

    Args:
        name: `<slug>/<name>`.
        measure: see `make`.
        full: the settings of the recorded run, a frozen dataclass.
        quick: those of one that takes seconds.
        description: for `--help`; by default the running module's docstring.

    Returns:
        The path of the record.
    """
    if description is None:
        description = sys.modules["__main__"].__doc__
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--quick",
        action="store_true",
        help=f"a small run, into {QUICK}",
    )
    small = parser.parse_args().quick
    path = make(
        name,
        measure,
        quick if small else full,
        QUICK if small else RUNS,
    )
    print(path)
    return path


def make(
    name: str, measure: Callable, settings, runs: Path
) -> Path:
    """Measure, and write the record.

    Args:
        name: `<slug>/<name>`.
        measure: from the settings and `runs` to a dictionary with `values`,
            `units`, `seeds` and `data`, and with whatever else the record
            is to say, such as `seconds` that it counted itself. Tables of
            its own it writes below `runs`.
        settings: a dataclass, written down unless `measure` says more.
        runs: the folder of all records.

    Returns:
        The path of the record.

    Raises:
        RecordError: Something is missing or can't be.
    """
    _spared.clear()
    start = time.perf_counter()
    measured = measure(settings, runs)
    seconds = time.perf_counter() - start + sum(_spared)
    record = {
        key: measured[key]
        for key in ("values", "units")
        if key in measured
    }
    record |= {"settings": asdict(settings), **measured}
    seconds = measured.get("seconds", seconds)
    return write(
        name,
        {
            "command": command(),
            **record,
            "seconds": round(seconds, 1),
        },
        runs,
    )


def cores() -> int:
    """How many cores this process may use; where that isn't told, all."""
    if hasattr(os, "sched_getaffinity"):  # on Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory() -> int | None:
    """The machine's memory in GiB, or None where the system can't tell."""
    try:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf(
            "SC_PAGE_SIZE"
        )
    except (
        AttributeError,
        ValueError,
        OSError,
    ):  # Windows, for one
        return None
    return round(size / 2**30)


def machine() -> dict:
    """The machine this runs on: processor, cores, memory in GiB."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
        names = (
            x.split(":")[1].strip()
            for x in lines
            if "model name" in x
        )
        name = next(names, name)
    return {
        "processor": name,
        "cores": cores(),
        "memory_gib": memory(),
    }


def versions(*packages: str) -> dict:
    """The versions of Python and of the packages that a run used."""
    used = {
        p: importlib.metadata.version(p)
        for p in packages or PACKAGES
    }
    return {"python": platform.python_version(), **used}


def validate(record: dict) -> None:
    """Refuse a record that would mislead a page.

    Raises:
        RecordError: The key, what came, and what was expected.
    """
    if not isinstance(record, dict):
        raise RecordError(
            f"record: got {type(record).__name__}, expected a dictionary"
        )
    for key in (
        "command",
        "values",
        "units",
        "settings",
        "seeds",
        "data",
    ):
        if key not in record:
            raise RecordError(f"record: no {key!r}")
    for key, value in record.items():
        plain(value, key)
    for key in ("values", "units"):
        if not isinstance(record[key], dict):
            raise RecordError(
                f"{key}: got {record[key]!r}, expected a dictionary"
            )
    for name, value in leaves(record["values"]):
        if isinstance(value, bool) or not isinstance(value, Real):
            raise RecordError(
                f"values.{name}: got {value!r}, expected a number"
            )
        unit = unit_of(name, record["units"])
        if not isinstance(unit, str) or unit not in UNITS:
            known = ", ".join(sorted(UNITS))
            raise RecordError(
                f"units: got {unit!r} for {name}, expected one of {known}"
            )
        if unit == "fraction" and not 0 <= value <= 1:
            raise RecordError(
                f"values.{name}: got {value}, expected 0 .. 1"
            )


def plain(tree, name: str):
    """The same in what JSON knows; a NumPy number becomes Python's.

    Args:
        tree: dictionaries, lists and tuples of numbers, texts and None.
        name: of the tree, for the error.

    Raises:
        RecordError: The name of a number that isn't finite, or of what is
            none of these.
    """
    if tree is None or isinstance(tree, str | bool):
        return tree
    if isinstance(tree, Integral):
        return int(tree)
    if isinstance(tree, Real):
        if not math.isfinite(tree):
            raise RecordError(
                f"{name}: got {tree}, expected finite"
            )
        return float(tree)
    if isinstance(tree, dict):
        return {
            text(k, name): plain(v, f"{name}.{k}")
            for k, v in tree.items()
        }
    if isinstance(tree, list | tuple):
        return [
            plain(v, f"{name}.{i}") for i, v in enumerate(tree)
        ]
    kind = type(tree).__name__
    raise RecordError(
        f"{name}: got {kind}, expected numbers, texts, lists or dictionaries"
    )


def text(key, name: str) -> str:
    """The key of a dictionary, which JSON knows as text alone.

    Raises:
        RecordError: It is another, and would come back as another.
    """
    if not isinstance(key, str):
        raise RecordError(
            f"{name}: got the key {key!r}, expected a text"
        )
    return key


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
    path = place(name, runs)
    validate(record)
    record = {
        **record,
        "versions": versions(),
        "machine": machine(),
    }
    content = json.dumps(
        plain(record, "record"),
        indent=1,
        ensure_ascii=False,
        allow_nan=False,
    )
    return write_whole(path, content + "\n")


def place(name: str, runs: Path) -> Path:
    """Where the record of a name lies: below `runs`, and nowhere else.

    Raises:
        RecordError: The name is none, or leads out of the folder.
    """
    parts = name.split("/") if isinstance(name, str) else []
    if not parts or any(
        p.strip(". ") != p or not p for p in parts
    ):
        raise RecordError(
            f"name: got {name!r}, expected <slug>/<name>"
        )
    if any(
        c in name for c in '\\:*?"<>|\0'
    ):  # no file name everywhere
        raise RecordError(
            f"name: got {name!r}, expected <slug>/<name>"
        )
    return Path(runs) / f"{name}.json"


def write_whole(path: Path, content: str | bytes) -> Path:
    """Write a file so that a reader sees the old one or the new one.

    What is half written has a name of its own, whoever else writes the same
    file, and goes when writing fails; a kill leaves a `.tmp`, which Git
    ignores.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(
        f".{path.name}.{secrets.token_hex(8)}.tmp"
    )
    try:
        if isinstance(content, str):
            content = content.encode("utf-8")
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return path


def write_table(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence],
    digits: int | None = None,
) -> Path:
    """Write a table as CSV, whole or not at all.

    Args:
        path: of the file.
        header: the names of the columns.
        rows: numbers and texts, one for each column.
        digits: significant ones of each float, or as many as it has.

    Returns:
        The path.

    Raises:
        RecordError: A row that is shorter or longer than the header, a cell
            that is no number or text, or two columns of one name.
    """
    if len({*header}) != len(header):
        raise RecordError(
            f"{path}: got the columns {header}, one twice"
        )
    lines = io.StringIO()
    table = csv.writer(lines, lineterminator="\n")
    table.writerow(header)
    for number, row in enumerate(rows, 1):
        fits(path, number, row, header)
        table.writerow([_cell(value, digits) for value in row])
    return write_whole(Path(path), lines.getvalue())


def _cell(value, digits: int | None) -> str:
    """A number or a text as a table has it.

    Raises:
        RecordError: It is neither, and could not be read again.
    """
    if not isinstance(value, Real | str):
        kind = type(value).__name__
        raise RecordError(
            f"cell: got {kind}, expected a number or a text"
        )
    if isinstance(value, Real) and not isinstance(
        value, Integral
    ):
        return (
            f"{value:.{digits}g}"
            if digits
            else repr(float(value))
        )
    return str(value)


def read_table(path: Path) -> dict[str, list]:
    """The columns of a table by name, numbers as numbers.

    A column is whole numbers if all of it is, else floats, else texts.

    Raises:
        RecordError: There is no such table, or it is none.
    """
    path = Path(path)
    try:
        content = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise RecordError(
            f"{path}: no such table; make it by its stage: `nox -s train`"
        ) from None
    except UnicodeDecodeError as error:
        raise RecordError(
            f"{path}: not UTF-8: {error}"
        ) from error
    try:
        header, *rows = csv.reader(
            io.StringIO(content, newline="")
        )
    except (csv.Error, ValueError) as error:  # or no line at all
        raise RecordError(f"{path}: no table: {error}") from error
    if len({*header}) != len(header):
        raise RecordError(
            f"{path}: got the columns {header}, one twice"
        )
    for number, row in enumerate(rows, 1):
        fits(path, number, row, header)
    columns = zip(*rows) if rows else [()] * len(header)
    return dict(zip(header, map(_numbers, columns)))


def fits(
    path: Path, number: int, row: Sequence, header: Sequence
) -> None:
    """Refuse a row that is no list, or shorter or longer than the header."""
    try:
        cells = len(row)
    except TypeError:
        cells = repr(row)
    if cells != len(header):
        raise RecordError(
            f"{path}, row {number}: got {cells} cells, expected {len(header)}"
        )


def _numbers(column: Sequence[str]) -> list:
    """The cells of a column as the narrowest kind that all of them are."""
    for kind in (int, float):
        try:
            return [kind(cell) for cell in column]
        except ValueError:
            continue
    return list(column)


def read(name: str, runs: Path = RUNS) -> dict:
    """The record `<slug>/<name>`.

    Raises:
        RecordError: There is none, or it is not a record.
    """
    path = place(name, runs)
    try:
        record = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise RecordError(
            f"{path}: no such record; make it by its stage: `nox -s train`"
        ) from None
    except ValueError as error:  # of the text or of its encoding
        raise RecordError(f"{path}: not JSON: {error}") from error
    try:
        validate(record)
    except RecordError as error:
        raise RecordError(f"{error}, in {path}") from error
    return record


def fingerprint(module: Path) -> str:
    """What a module does, as text: without comments, docstrings, layout."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        named = (ast.Module, ast.ClassDef, ast.FunctionDef)
        if (
            isinstance(node, named)
            and ast.get_docstring(node) is not None
        ):
            del node.body[0]
    return ast.dump(tree)


def sources(start: Path) -> list[Path]:
    """A module's file, and those of all of this course that it imports."""
    code, files, todo = (
        Path(__file__).parents[1],
        set(),
        [Path(start)],
    )
    while todo:
        path = todo.pop().resolve()
        if path in files:
            continue
        files.add(path)
        for node in ast.walk(
            ast.parse(path.read_text(encoding="utf-8"))
        ):
            names = []
            if isinstance(node, ast.Import):
                names = [a.name for a in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                inner = [
                    f"{node.module}.{a.name}" for a in node.names
                ]
                names = [node.module, *inner]
            for parts in (n.split(".") for n in names):
                file = code.joinpath(*parts).with_suffix(".py")
                if (
                    parts[0] == Path(__file__).parent.name
                    and file.exists()
                ):
                    todo.append(file)
    return sorted(files)


def key_of(what, files: Iterable[Path]) -> str:
    """A name for a result that changes with anything that changes it.

    Args:
        what: settings, seed, digest of the data, ...: a tuple whose `repr`
            says it all.
        files: the modules that compute it, such as `sources` finds them.
    """
    digest = hashlib.sha256(repr(what).encode())
    for file in files:
        digest.update(fingerprint(file).encode())
    return digest.hexdigest()[:16]


_spared: list[
    float
] = []  # seconds that kept parts of this record once took


def kept(name: str, what, start: Path, part: Callable):
    """A part of a long run: computed, or what an earlier call computed.

    So an experiment that was killed goes on where it was, and one of other
    settings or other code begins anew. The record counts the seconds that
    the part took when it was computed.

    Args:
        name: `<slug>/<name>`, a folder below `.cache/experiments`.
        what: settings, seed, ...: see `key_of`.
        start: the file of the experiment.
        part: a call without arguments for what is kept, plain as JSON is.
    """
    key = key_of((what, versions()), sources(start))
    path = KEPT / name / f"{key}.json"
    if path.exists():
        result = json.loads(path.read_text(encoding="utf-8"))
        _spared.append(result["seconds"])
        return result["part"]
    begin = time.perf_counter()
    result = {"part": plain(part(), name)}
    result["seconds"] = time.perf_counter() - begin
    write_whole(path, json.dumps(result))
    return result["part"]


def command() -> str:
    """The command that is running, as a reader would type it."""
    module = sys.modules["__main__"].__spec__
    start = f"python -m {module.name}" if module else "python"
    return " ".join([start, *sys.argv[1:]])

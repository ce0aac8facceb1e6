"""Measured numbers on pages: read from the records, rounded by one rule, linked to where they come from.

The rule: a fraction is shown as a percentage with two decimals, a count exactly with thousands separators, and
everything else with three significant digits and its unit. Rounding is done once, from the unrounded value.
"""

import functools
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deepcourse.records import unit_of
from jinja2 import UndefinedError

ROOT = Path(__file__).parents[3]
RUNS = ROOT / "runs"
PLAIN_UNITS = {"", "1", "ratio", "relative error"}
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def show(value, unit: str | None) -> str:
    r"""Write `value` by the rule.

    >>> show(0.98456, "fraction"), show(407050, "count"), show(2.7149, "s"), show(3.2e-9, "relative error")
    ('98.46\u202f%', '407,050', '2.71\u202fs', '3.20\u202f×\u202f10⁻⁹')
    >>> show(-0.9994, "1"), show(-3, "count"), show(-0.002, "fraction")
    ('−0.999', '−3', '−0.20\u202f%')
    """
    if isinstance(value, str | bool) or value is None:
        return str(value)
    return _shown(value, unit or "").replace("-", "\u2212")  # what has no number has no hyphen either


def _shown(value, unit: str) -> str:
    if unit == "fraction":
        return f"{100 * value:.2f}\u202f%"
    if unit == "percentage points":
        return f"{value:.2f}"  # the sentence, or the head of the column, says what they are
    unit = {"1/s": "per second"}.get(unit, unit)
    if isinstance(value, int) or unit == "count":
        return f"{value:,.0f}" if unit in PLAIN_UNITS | {"count"} else f"{value:,.0f}\u202f{unit}"
    text = _significant(value)
    return text if unit in PLAIN_UNITS else f"{text}\u202f{unit}"


def _significant(value: float, digits: int = 3) -> str:
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if -4 < int(exponent) < 6:
        return f"{float(f'{mantissa}e{exponent}'):,.{max(digits - 1 - int(exponent), 0)}f}"
    return f"{mantissa}\u202f×\u202f10{exponent_of(exponent)}"


def exponent_of(exponent: str) -> str:
    """An exponent as it stands behind a ten: ⁻⁹ of -09."""
    return str(int(exponent)).translate(RAISED)


def row(record: str, name: str) -> str:
    """The address of a value on the page of the records, where its number on a page leads."""
    return f"{record.replace('/', '-')}.{name}"


def given(value) -> str:
    """Write a setting, without rounding.

    >>> given(10000), given(1e-05), given([784, 10]), given(None), given(True), given([-4, -0.5])
    ('10,000', '10⁻⁵', '784, 10', 'none', 'yes', '−4, −0.5')
    """
    if isinstance(value, list):
        return ", ".join(map(given, value))
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    if isinstance(value, float):
        mantissa, _, exponent = f"{value:.15g}".replace("-", "\u2212", value < 0).partition("e")
        factor = "" if mantissa == "1" else f"{mantissa}\u202f×\u202f"
        return f"{factor}10{exponent_of(exponent)}" if exponent else mantissa
    return f"{value:,}".replace("-", "\u2212") if isinstance(value, int) else str(value)


@dataclass(frozen=True)
class Measured:
    """One value of a record; on a page its rounded text, linked to its row, beside the command that made it."""

    value: object
    unit: str
    record: str
    name: str

    @property
    def plain(self) -> str:
        """The rounded text alone, for a title or a description."""
        return show(self.value, self.unit)

    def __str__(self) -> str:
        return f"[{self.plain}](/reference/records.md#{row(self.record, self.name)}){{ .measured }}"


class Setting(Measured):
    """A setting that a record was made with: shown as it is, without rounding."""

    @property
    def plain(self) -> str:
        """The setting as it was given."""
        return given(self.value)


@dataclass(frozen=True)
class Names:
    """Attribute access into a record; a name that is not there stops the build and says what is."""

    _path: str
    _found: dict

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str):
        if str(name) not in self._found:
            raise UndefinedError(f"no record has {self._path}.{name}; {self._path} has: {self._known}")
        return self._found[str(name)]

    def __iter__(self):
        """The values, in the order of the record."""
        return iter(self._found.values())

    @property
    def _known(self) -> str:
        return ", ".join(sorted(self._found))

    def __str__(self) -> str:
        raise UndefinedError(f"{self._path} is not one value; it has: {self._known}")


def _tree(path: str, tree: dict, leaf: Callable, inside: str = "") -> dict:
    """What stands below `path`; `leaf` makes a value of its dotted name in the record and what stands there."""
    return {
        str(key): Names(f"{path}.{key}", _tree(f"{path}.{key}", value, leaf, f"{inside}{key}."))
        if isinstance(value, dict)
        else leaf(f"{inside}{key}", value)
        for key, value in tree.items()
    }


def records(runs: Path = RUNS) -> dict[str, dict]:
    """All records below `runs`, by name (`mnist/headline`); read again when one changed."""
    return _records(runs, _saved(runs))


def _saved(runs: Path) -> tuple[tuple[Path, int], ...]:
    return tuple((path, path.stat().st_mtime_ns) for path in sorted(runs.glob("*/*.json")))


@functools.lru_cache(maxsize=4)
def _records(runs: Path, files: tuple) -> dict[str, dict]:
    read = {path: json.loads(path.read_text(encoding="utf-8")) for path, _ in files}
    return {
        path.relative_to(runs).with_suffix("").as_posix(): found for path, found in read.items() if "values" in found
    }


def alternative(found: dict[str, dict], name: str) -> str:
    """The text alternative of the picture `<slug>/<name>`, that its stage wrote into a record of its slug; or ''."""
    slug, _, short = name.partition("/")
    texts = [
        record.get("alternatives", {}).get(short, "") for key, record in found.items() if key.startswith(f"{slug}/")
    ]
    return next((text for text in texts if text.strip()), "")


def known(runs: Path = RUNS) -> Names:
    """The names of all records; made again when one changed."""
    return _known(runs, _saved(runs))


@functools.lru_cache(maxsize=4)
def _known(runs: Path, files: tuple) -> Names:
    return names(_records(runs, files))


def names(found: dict[str, dict]) -> Names:
    """The tree behind `runs.<slug>.<record>.<value>` and `runs.<slug>.<record>.settings.<name>` on a page."""
    slugs: dict[str, dict] = {}
    for name, record in found.items():
        slug, short = name.split("/")
        slugs.setdefault(slug, {})[short] = _record(name, record)
    return Names("runs", {slug: Names(f"runs.{slug}", shorts) for slug, shorts in slugs.items()})


def _record(name: str, record: dict) -> Names:
    """The values of one record, and what it was made with."""
    path = f"runs.{name.replace('/', '.')}"

    def value(dotted, found):
        return Measured(found, unit_of(dotted, record.get("units", {})), name, dotted)

    def given(dotted, found):
        return Setting(found, "", name, dotted)

    settings, machine = record.get("settings", {}), record.get("machine", {})
    about = {
        "settings": Names(f"{path}.settings", _tree(f"{path}.settings", settings, given, "settings.")),
        "seconds": Measured(record.get("seconds"), "s", name, "seconds"),
        "seeds": given("seeds", len(record.get("seeds", []))),
        "machine": Names(f"{path}.machine", _tree(f"{path}.machine", machine, given, "machine."))
        if isinstance(machine, dict)
        else given("machine", machine),
    }
    return Names(path, _tree(path, record["values"], value) | about)

"""Measured numbers on pages: read from the records, rounded by one rule, linked to where they come from.

The rule: a fraction is shown as a percentage with two decimals, a count exactly with thousands separators, and
everything else with three significant digits and its unit. Rounding is done once, from the unrounded value.
"""

import json
import math
from pathlib import Path

from deepcourse.records import unit_of
from jinja2 import UndefinedError

ROOT = Path(__file__).parents[3]
RUNS = ROOT / "runs"
PLAIN_UNITS = {"", "1", "ratio", "relative error"}


def show(value, unit: str | None) -> str:
    r"""Write `value` by the rule.

    >>> show(0.98456, "fraction"), show(407050, "count"), show(2.7149, "s"), show(3.2e-9, "relative error")
    ('98.46\u202f%', '407,050', '2.71\\u202fs', '3.20e-9')
    """
    unit = unit or ""
    if isinstance(value, str | bool) or value is None:
        return str(value)
    if unit == "fraction":
        return f"{100 * value:.2f}\u202f%"
    if unit == "percentage points":
        return f"{value:.2f}\u202fpoints"
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
    return f"{mantissa}e{int(exponent)}"


class Measured:
    """One value of a record; on a page its rounded text, linked to the record, which names the command that made it."""

    def __init__(self, value, unit: str, record: str, name: str):
        self.value, self.unit, self.record, self.name = value, unit, record, name

    @property
    def plain(self) -> str:
        """The rounded text alone, for a title or a description."""
        return show(self.value, self.unit)

    def __str__(self) -> str:
        anchor = self.record.replace("/", "-")
        title = f"{self.name} in runs/{self.record}.json"
        return f'[{self.plain}](/reference/records.md#{anchor} "{title}"){{ .measured }}'


class Setting(Measured):
    """A setting that a record was made with: shown as it is, without rounding."""

    @property
    def plain(self) -> str:
        """The setting as it was given."""
        grouped = isinstance(self.value, int) and not isinstance(self.value, bool)
        return f"{self.value:,}" if grouped else str(self.value)


class Names:
    """Attribute access into a record; a name that is not there stops the build and says what is."""

    def __init__(self, path: str, found: dict):
        self._path, self._found = path, found

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self._found:
            known = ", ".join(sorted(map(str, self._found)))
            raise UndefinedError(f"no record has {self._path}.{name}; {self._path} has: {known}")
        return self._found[name]

    def __getitem__(self, name: str):
        return getattr(self, str(name))

    def __str__(self) -> str:
        raise UndefinedError(f"{self._path} is not one value; it has: {', '.join(sorted(map(str, self._found)))}")


def _names(path: str, tree: dict, leaf) -> Names:
    items = {
        str(key): _names(f"{path}.{key}", value, leaf) if isinstance(value, dict) else leaf(f"{path}.{key}", value)
        for key, value in tree.items()
    }
    return Names(path, items)


def records(runs: Path = RUNS) -> dict[str, dict]:
    """All records below `runs`, by name (`mnist/headline`)."""
    found = {}
    for path in sorted(runs.glob("*/*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        if "values" in record:
            found[path.relative_to(runs).with_suffix("").as_posix()] = record
    return found


def alternative(found: dict[str, dict], name: str) -> str:
    """The text alternative of the picture `<slug>/<name>`, that its stage wrote into a record of its slug; or ''."""
    slug, _, short = name.partition("/")
    texts = [
        record.get("alternatives", {}).get(short, "") for key, record in found.items() if key.startswith(f"{slug}/")
    ]
    return next((text for text in texts if text.strip()), "")


def names(found: dict[str, dict]) -> Names:
    """The tree behind `runs.<slug>.<record>.<value>` and `runs.<slug>.<record>.settings.<name>` on a page."""
    tree: dict[str, dict] = {}
    for name, record in found.items():
        slug, short = name.split("/")
        path = f"runs.{slug}.{short}"

        def value(dotted, v, path=path, name=name, record=record):
            dotted = dotted.removeprefix(path + ".")
            return Measured(v, unit_of(dotted, record.get("units", {})), name, dotted)

        def plain(dotted, v, path=path, name=name):
            return Setting(v, "", name, dotted.removeprefix(path + "."))

        both = _names(path, record["values"], value)
        both._found["settings"] = _names(f"{path}.settings", record.get("settings", {}), plain)
        both._found["seconds"] = Measured(record.get("seconds"), "s", name, "seconds")
        both._found["seeds"] = Setting(len(record.get("seeds", [])), "", name, "seeds")
        machine = record.get("machine", {})
        both._found["machine"] = (
            _names(f"{path}.machine", machine, plain)
            if isinstance(machine, dict)
            else plain(f"{path}.machine", machine)
        )
        tree.setdefault(slug, {})[short] = both
    return Names("runs", {slug: Names(f"runs.{slug}", shorts) for slug, shorts in tree.items()})

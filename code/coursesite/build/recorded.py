"""The page of records: an index, then each record with every value in a row of its own, where its number leads to.

What a number says comes first, then what it was made with. Names are told as words: `test_error` is the test error, and
its deviation, `test_error_sd`, stands behind it. An address has only what some page links to, for the page grows with
every run of the course.
"""

import functools
import html
import re
from pathlib import Path

import yaml
from deepcourse.records import leaves, unit_of

from coursesite import reading, series
from coursesite.build import numbers

SPEEDS = {"bench": "Speed", "site": "This site"}  # folders of records that belong to no post
PACKAGES = {"python": "Python", "numpy": "NumPy", "tensorflow": "TensorFlow", "keras": "Keras", "torch": "PyTorch"}
LINK = re.compile(r'href="[^"#]*\brecords/#([^"]+)"')
ROW, BEHIND = re.compile(r'<div id="([\w-]+\.[^"]+)">'), re.compile(r'<span id="([\w-]+\.[^"]+)">([^<]*)</span>')
LONG = 12  # numbers in a list that is left to the record itself


def slugs(docs: Path) -> dict[str, str]:
    """Each slug with what it is called: `lesson 2`, or the series; its posts stand together."""
    found = {}
    for path in series.pages(docs):
        slug = reading.front_matter(path.read_text(encoding="utf-8")).get("slug")
        if slug:
            found.setdefault(slug, slug if path.parent.name == "gradflow" else f"lesson {int(path.stem[:2])}")
    return found


def described(root: Path) -> dict[str, str]:
    """What dvc.yaml says about the stage that writes each record."""
    path = root / "dvc.yaml"
    return _described(path.read_text(encoding="utf-8")) if path.exists() else {}


@functools.lru_cache(maxsize=4)
def _described(text: str) -> dict[str, str]:
    found = {}
    for stage in yaml.safe_load(text)["stages"].values():
        for out in stage.get("outs", []):
            name = out if isinstance(out, str) else next(iter(out))
            found[name.removeprefix("runs/").removesuffix(".json")] = stage.get("desc", "")
    return found


def index(records: dict[str, dict], called: dict[str, str], said: dict[str, str]) -> str:
    """One line for each record, by slug."""
    groups = {}
    for name in records:
        slug, _, short = name.partition("/")
        line = f":   [{words(short)}](#{name.replace('/', '-')})"
        groups.setdefault(slug, []).append(f"{line}: {said[name]}" if said.get(name) else line)
    titles = {slug: SPEEDS.get(slug, called.get(slug, slug)).replace("lesson", "Lesson") for slug in groups}
    parts = [f"{title}\n" + "\n".join(groups[slug]) for slug, title in titles.items()]
    return '<div class="record-index" markdown="1">\n\n' + "\n\n".join(parts) + "\n\n</div>\n"


def words(name: str) -> str:
    """A name as words.

    >>> words("rnn_half.test_error")
    'rnn half, test error'
    """
    return name.replace(".", ", ").replace("_", " ")


def row(identity: str, name: str, shown: str) -> str:
    """A row under the id that a number leads to; nothing if there is nothing to show."""
    given = f' id="{html.escape(identity)}"' if identity else ""
    return f"<div{given}><dt>{html.escape(words(name))}</dt><dd>{shown}</dd></div>" if shown else ""


def tables(rows: dict[str, str]) -> str:
    """Rows by their dotted names, those below one name together."""
    groups = {}
    for name, made in rows.items():
        groups.setdefault(name.partition(".")[0] if "." in name else "", []).append(made)
    parts = []
    for group, made in groups.items():
        rows_of = f'<dl class="record">{"".join(made)}</dl>'
        parts.append(f"<div><p>{html.escape(words(group))}</p>{rows_of}</div>" if group else rows_of)
    return f'<div class="record-rows">{"".join(parts)}</div>\n'


def values(name: str, record: dict) -> dict[str, str]:
    """A row for each value; a deviation and both ends of a range stand behind what they belong to."""
    found, rows = dict(leaves(record["values"])), {}

    def shown(key: str) -> str:
        return html.escape(numbers.show(found[key], unit_of(key, record.get("units", {}))))

    def behind(key: str) -> str:
        return f'<span id="{html.escape(numbers.row(name, key))}">{shown(key)}</span>'

    companions = set()
    for key in found:
        text, low, high = shown(key), f"{key}_lowest", f"{key}_highest"
        if f"{key}_sd" in found:
            text += f" ± {behind(f'{key}_sd')}"
        if low in found and high in found:
            text += f" ({behind(low)} to {behind(high)})"
        companions |= {f"{key}_sd"} | ({low, high} if low in found and high in found else set())
        rows[key] = row(numbers.row(name, key), key.partition(".")[2] or key, text)
    return {key: made for key, made in rows.items() if key not in companions}


def settings(name: str, record: dict) -> dict[str, str]:
    """A row for each setting, but for long lists."""
    found = [(key, value) for key, value in leaves(record.get("settings", {})) if not _long(value)]
    return {
        key: row(numbers.row(name, f"settings.{key}"), key.partition(".")[2] or key, html.escape(numbers.given(value)))
        for key, value in found
    }


def _long(value) -> bool:
    return isinstance(value, list) and len(value) > LONG


def facts(name: str, record: dict) -> str:
    """What a record was made by, from and on."""
    seeds, seconds, data = record.get("seeds", []), record.get("seconds"), record.get("data")
    versions = record.get("versions", {})
    rows = [
        row("", "Command", f"<code>{html.escape(record.get('command', ''))}</code>"),
        row(
            "" if "seeds" in record["values"] else numbers.row(name, "seeds"),
            "Seeds",
            f"{len(seeds)}: {', '.join(map(str, seeds))}" if seeds else "",
        ),
        row("", "Data", _data(data) if isinstance(data, dict) else ""),
        row(numbers.row(name, "seconds"), "Run time", numbers.show(seconds, "s") if seconds is not None else ""),
        row("", "Versions", ", ".join(f"{PACKAGES.get(each, each)} {version}" for each, version in versions.items())),
        row("", "Machine", _machine(name, record.get("machine", ""))),
    ]
    return f'<dl class="record record-facts">{"".join(rows)}</dl>\n'


def _data(data: dict) -> str:
    """The data set in words, with what identifies it."""
    known = {"name": "{}", "records": "{:,} records", "sha256": "SHA-256 <code>{:.16}…</code>"}
    parts = [known.get(key, f"{words(key)} {{}}").format(value) for key, value in data.items()]
    return ", ".join(parts)


def _machine(name: str, machine) -> str:
    """The machine in words, each part under the id that a page may link to."""
    if not isinstance(machine, dict):
        return f'<span id="{numbers.row(name, "machine")}">{html.escape(machine)}</span>' if machine else ""
    known = {"processor": "{}", "cores": "{} cores", "memory_gib": "{} GiB of memory"}
    return ", ".join(
        f'<span id="{numbers.row(name, f"machine.{key}")}">'
        f"{known.get(key, f'{words(key)} {{}}').format(html.escape(str(value)))}</span>"
        for key, value in machine.items()
        if value is not None
    )


def page(root: Path) -> str:
    """All that follows the introduction of the page."""
    records, said = numbers.records(), described(root)
    parts = [index(records, slugs(root / "docs"), said)]
    for name, record in records.items():
        told = f"{said[name][0].upper()}{said[name][1:]}. " if said.get(name) else ""
        made = settings(name, record)
        parts.append(
            f"## {name} {{ #{name.replace('/', '-')} }}\n\n{told}[The record as JSON](/runs/{name}.json).\n\n"
            + tables(values(name, record))
            + (f'\n<p class="record-with">Made with</p>\n\n{tables(made)}' if made else "")
            + f"\n{facts(name, record)}"
        )
    return "\n".join(parts) if records else "No run has been recorded yet."


def addressed(made: str, linked: set[str]) -> str:
    """The page, with an id for each row that a page links to; of all ids, that is a quarter.

    >>> addressed('<div id="a-b.c"><dd>1 ± <span id="a-b.c_sd">2</span></dd></div>', {"a-b.c"})
    '<div id="a-b.c"><dd>1 ± 2</dd></div>'
    """
    made = ROW.sub(lambda row: row[0] if row[1] in linked else "<div>", made)
    return BEHIND.sub(lambda span: span[0] if span[1] in linked else span[2], made)


def on_env(env, config, files):
    """MkDocs' hook, when every page is converted and none is written: ids that lead nowhere make half of a row."""
    pages = [file.page for file in files.documentation_pages() if file.page and file.page.content]
    linked = {name for each in pages for name in LINK.findall(each.content)}
    for each in pages:
        if each.file.src_uri == "reference/records.md":
            each.content = addressed(each.content, linked)
    return env

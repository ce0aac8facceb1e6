"""What a page may call between `[=` and `=]`: numbers and figures from records, the head box, the generated tables."""

import functools
import html
import re

from deepcourse.records import leaves, unit_of
from jinja2 import UndefinedError
from PIL import Image

from coursesite import equations, reading, series
from coursesite.build import drafts, needs, numbers, paths
from coursesite.build.maths import ROOT, anchor, claims
from coursesite.build.paths import DOCS, REPO

RUNS = ROOT / "runs"
TEST = re.compile(r"^ *def test_(\w+)\(", re.MULTILINE)


def source_link(path: str, text: str, line: int | None = None) -> str:
    """A link into the repository, or plain code where no repository is known."""
    if not REPO:
        return f"`{text}`"
    return f"[`{text}`]({REPO}/blob/main/{path}{f'#L{line}' if line else ''})"


def figure(name: str, caller=None) -> str:
    """The figure `runs/<name>.svg`, `.webp` or `.png` with its caption, and a link to its data where there is a CSV."""
    slug, short = name.split("/")
    made = next((p for e in (".svg", ".webp", ".png") if (p := RUNS / f"{name}{e}").exists()), None)
    if made is None:
        raise UndefinedError(f"no figure runs/{name}.svg, .webp or .png")
    if made.suffix == ".svg":
        text = made.read_text(encoding="utf-8")
        art = re.sub(r"\n\s*\n", "\n", f'<div class="figure-art">\n{text[text.index("<svg") :].strip()}\n</div>')
    else:
        with Image.open(made) as picture:
            size = f"{{ width={picture.width} height={picture.height} loading=lazy }}"
        if not (alternative := numbers.alternative(numbers.records(), name)):
            raise UndefinedError(f"no record of runs/{slug} has a text alternative for the picture {short!r}")
        art = f"![{alternative}](/runs/{name}{made.suffix}){size}"
    data = f" [Data](/runs/{name}.csv)" if (RUNS / f"{name}.csv").exists() else ""
    caption = caller().strip() if caller else ""
    return (
        f"\n{art}\n\n/// figure-caption\n    attrs: {{id: fig-{slug}-{short}, class: figure}}\n\n{caption}{data}\n///\n"
    )


def cards(render, *wanted: str) -> str:
    """The posts of these series, or of all, that can be read: title, minutes, and the number that each is known by."""
    shown = [each for each in series.entries(DOCS) if each.readable and each.series in (wanted or series.SERIES)]
    lines = [
        f"-   {each.place} · {paths.minutes(each)} minutes\n    {{ .card-place }}\n\n"
        f"    **[{each.title}](/{each.name}.md)**\n\n    {render(each.says)}\n"
        for each in shown
    ]
    return _cards(lines)


def lab_cards() -> str:
    """The labs of the posts that can be read: title, minutes, and what one does there."""
    shown = [(each, *paths.lab(each)) for each in series.entries(DOCS) if each.readable]
    lines = [
        f"-   lab of {each.place} · {takes} minutes\n    {{ .card-place }}\n\n"
        f"    **[{title}](/labs/{each.name}.py)**\n\n    {says}\n"
        for each, title, takes, says in shown
    ]
    return _cards(lines)


def _cards(lines: list[str]) -> str:
    return '<div class="cards" markdown="1">\n\n' + "\n".join(lines) + "\n</div>\n"


def to_come(*wanted: str) -> str:
    """The posts of these series, or of all, that are still to be written, one a line."""
    waiting = [each for each in series.entries(DOCS) if not each.readable and each.series in (wanted or series.SERIES)]
    lines = [f"{each.place}\n:   **{each.title}.** {each.says}\n" for each in waiting]
    return '<div class="coming" markdown="1">\n\n' + "\n".join(lines) + "\n</div>\n" if lines else ""


def records_table() -> str:
    """Every record with all its values, settings and circumstances; the whole page is generated."""
    parts = []
    for name, record in numbers.records().items():
        rows = [(k, numbers.show(v, unit_of(k, record["units"]))) for k, v in _short(record["values"])]
        machine = record.get("machine", "")
        facts = {
            "Command": f"`{record.get('command', '')}`",
            "Seeds": ", ".join(map(str, record.get("seeds", []))),
            "Data": _data(record.get("data")),
            "Settings": ", ".join(f"{k} {_cell(v)}" for k, v in _short(record.get("settings", {}))),
            "Versions": ", ".join(f"{k} {v}" for k, v in record.get("versions", {}).items()),
            "Machine": ", ".join(f"{k} {v}" for k, v in machine.items()) if isinstance(machine, dict) else machine,
            "Run time": numbers.show(record["seconds"], "s") if record.get("seconds") is not None else "",
        }
        about = "\n".join(f"{k}\n:   {v}\n" for k, v in facts.items() if v)
        table = "\n".join(f"| `{k}` | {v} |" for k, v in rows)
        parts.append(
            f"## {name} {{ #{name.replace('/', '-')} }}\n\n{about}\n"
            f"[The record as JSON](/runs/{name}.json)\n\n| value | rounded |\n|---|---|\n{table}\n"
        )
    return "\n".join(parts) or "No run has been recorded yet."


def _short(tree: dict):
    """The values of a record but for long lists."""
    return [(name, value) for name, value in leaves(tree) if not (isinstance(value, list) and len(value) > 12)]


def _cell(value) -> str:
    return html.escape(str(value)).replace("|", "&#124;")


def _data(data) -> str:
    if not isinstance(data, dict):
        return ""
    return ", ".join(f"{k} {_cell(v)[:16] + '…' if k == 'sha256' else _cell(v)}" for k, v in data.items())


def equations_table() -> str:
    """Every displayed equation, the tests that check it, how they are bound to it, and by how much its sides differ."""
    proofs, rows, errors = claims(), [], equations.errors(numbers.records())
    hidden = drafts.of(DOCS)
    for shown in equations.shown(DOCS):
        found = [] if shown.definition else proofs.get(shown.id, [])
        tests = "; ".join(source_link(f"tests/{c.path.as_posix()}", c.test, c.line) for c in found)
        ways = {"evaluated as displayed": any(c.evaluated for c in found)}
        ways |= {f"bound to its digest {c.digest}": True for c in found if c.digest}
        name, page = anchor(shown.id), shown.page.as_posix()
        error = f"{errors[shown.id]:.0e}".replace("e-0", "e-") if found and shown.id in errors else ""
        rows.append(
            f'| <span id="row-{name}"></span>{shown.id if page in hidden else f"[{shown.id}](/{page}#{name})"} '
            f"| {'a definition' if shown.definition else tests} "
            f"| {', '.join(way for way, is_so in ways.items() if is_so)} | {error} |"
        )
    titles = "| equation | checked by | how | error at most |\n|---|---|---|---|\n"
    return titles + "\n".join(rows) + "\n" if rows else "No equation yet."


def tests_list(slug: str) -> str:
    """What the tests of a slug prove, in their own names."""
    lines = []
    for path in sorted((ROOT / "tests" / slug).rglob("test_*.py")):
        name, says = path.relative_to(ROOT).as_posix(), "; ".join(TEST.findall(path.read_text(encoding="utf-8")))
        lines.append(f"- {source_link(name, name)}: {says.replace('_', ' ')}.")
    return "\n".join(lines)


def tests_lists() -> str:
    """What the tests of each slug prove, lesson by lesson, each under the id that the heads of its posts link to."""
    parts = {}
    for path in series.pages(DOCS):
        slug = reading.front_matter(path.read_text(encoding="utf-8")).get("slug")
        of = slug if path.parent.name == "gradflow" else f"lesson {int(path.stem[:2])}"
        if slug and slug not in parts:  # the posts of gradflow, and the parts of a lesson, have theirs together
            parts[slug] = f"## What the tests of {of} prove {{ #tests-{slug} }}\n\n{tests_list(slug)}\n"
    return "\n".join(parts.values())


def define_env(env):
    """Entry point of mkdocs-macros."""
    env.variables["runs"] = numbers.names(numbers.records())
    env.variables["repo"] = REPO

    entries = series.entries(DOCS)
    env.variables["posts"] = {"readable": sum(each.readable for each in entries), "all": len(entries)}

    @env.macro
    def head_box():
        return paths.head(env.variables["page"])

    @env.macro
    def needs_map():
        return needs.drawing(DOCS, env.variables["page"].url)

    env.variables["head"] = head_box
    env.macro(functools.partial(cards, env.render), "cards")
    for macro in (figure, lab_cards, to_come, records_table, equations_table, tests_lists):
        env.macro(macro)

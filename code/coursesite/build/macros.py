"""What a page may call between `[=` and `=]`: numbers and figures from records, the head box, the generated tables."""

import html
import os
import re
from pathlib import Path

from deepcourse.records import leaves, unit_of
from jinja2 import UndefinedError
from PIL import Image

from coursesite import equations, length, reading
from coursesite.build import drafts, numbers
from coursesite.build.maths import ROOT, anchor, claims

DOCS = ROOT / "docs"
RUNS = ROOT / "runs"
LIVE = DOCS / "assets" / "live"
REPO = os.environ.get("REPO_URL", "").rstrip("/")
TEST = re.compile(r"^ *def test_(\w+)\(", re.MULTILINE)
COLAB = "https://colab.research.google.com/github/"


def source_link(path: str, text: str, line: int | None = None) -> str:
    """A link into the repository, or plain code where no repository is known."""
    if not REPO:
        return f"`{text}`"
    return f"[`{text}`]({REPO}/blob/main/{path}{f'#L{line}' if line else ''})"


def figure(name: str, caller=None, wide: bool = False) -> str:
    """The figure `runs/<name>.svg`, `.webp` or `.png` with its caption, and a link to its data where there is a CSV."""
    return _captioned(name, _art(name), caller, wide)


def live(name: str, caller=None, record: str = "", wide: bool = False) -> str:
    """The figure `runs/<name>.svg` with controls, which answers as soon as `docs/assets/live/<name>.js` has come.

    The controls stand in `<name>.html` beside the module; `record` is the one that it computes with, by default that of
    the same name.
    """
    controls = (LIVE / f"{name}.html").read_text(encoding="utf-8").strip()
    art = (
        f'<div class="live" data-live="{name}" data-record="{record or name}">\n{_art(name)}\n'
        f'<div class="live-controls" role="group" aria-label="Controls of the figure">\n{controls}\n</div>\n</div>'
    )
    return _captioned(name, art, caller, wide)


def _art(name: str) -> str:
    """The drawing inlined, or the picture with its text alternative."""
    slug, short = name.split("/")
    made = next((p for e in (".svg", ".webp", ".png") if (p := RUNS / f"{name}{e}").exists()), None)
    if made is None:
        raise UndefinedError(f"no figure runs/{name}.svg, .webp or .png")
    if made.suffix == ".svg":
        text = made.read_text(encoding="utf-8")
        return re.sub(r"\n\s*\n", "\n", f'<div class="figure-art">\n{text[text.index("<svg") :].strip()}\n</div>')
    with Image.open(made) as picture:
        size = f"{{ width={picture.width} height={picture.height} loading=lazy }}"
    if not (alternative := numbers.alternative(numbers.records(), name)):
        raise UndefinedError(f"no record of runs/{slug} has a text alternative for the picture {short!r}")
    return f"![{alternative}](/runs/{name}{made.suffix}){size}"


def _captioned(name: str, art: str, caller, wide: bool) -> str:
    """What is drawn, and its caption."""
    data = f" [Data](/runs/{name}.csv)" if (RUNS / f"{name}.csv").exists() else ""
    shape = "figure wide" if wide else "figure"
    caption = caller().strip() if caller else ""
    return (
        f"\n{art}\n\n/// figure-caption\n    attrs: {{id: fig-{name.replace('/', '-')}, class: {shape}}}\n\n"
        f"{caption}{data}\n///\n"
    )


def _title(path: str) -> str:
    return reading.front_matter((DOCS / path).read_text(encoding="utf-8"))["title"]


def head(page) -> str:
    """The box at the head of a post: minutes, what it needs, and everything else of the same slug."""
    meta, slug, stem = page.meta, page.meta["slug"], Path(page.file.src_uri).stem
    text = (DOCS / page.file.src_uri).read_text(encoding="utf-8")
    rows = [("Reading", f"{length.minutes(ROOT, text)} minutes")]
    needs = [f"[{_title(need)}](/{need})" for need in meta.get("needs") or []]
    rows.append(("Needs", ", ".join(needs) or "nothing but the [front page](/index.md)"))
    code = [f"[modules](/reference/code/{slug}.md)"]
    if REPO:
        code.append(f"[source]({REPO}/tree/main/code/deepcourse/{slug})")
    rows.append(("Code", ", ".join(code)))
    tests = f"[what they prove](/about/checks.md#tests-{slug})"
    rows.append(("Tests", tests + (f", [source]({REPO}/tree/main/tests/{slug})" if REPO else "")))
    name = page.file.src_uri.removesuffix(".md")  # of the lab below labs/, too
    lab = [f"[read](/labs/{name}.py)", f'<a href="../../labs/{name}.ipynb" download>download</a>']
    host, _, owner = REPO.split("://", 1)[-1].partition("/")
    if host == "github.com":  # Colab opens notebooks from nowhere else
        lab.append(f"[open in Colab]({COLAB}{owner}/blob/notebooks/{name}.ipynb)")
    rows.append(("Lab", ", ".join(lab)))
    made = [n for n in numbers.records() if n.split("/")[0] == slug or n == f"bench/{slug}"]
    if not stem.endswith(slug):  # several posts share the slug: the records that this one names
        made = [n for n in made if f"runs.{n.replace('/', '.')}." in text]
    rows.append(("Records", ", ".join(f"[{n}](/reference/records.md#{n.replace('/', '-')})" for n in made)))
    body = "\n".join(f"{name}\n:   {text}\n" for name, text in rows if text)
    return f'<div class="post-head" markdown="1">\n\n{body}\n</div>\n'


def post(path: str) -> str:
    """For the index: minutes and a link to a post, or that it is being written, as long as it is a draft."""
    page = DOCS / path
    if not page.exists() or path in drafts.of(DOCS):
        return '<span class="post-status">being written</span>'
    return f"[Read · {length.minutes(ROOT, page.read_text(encoding='utf-8'))} min](/{path}){{ .post-status }}"


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
    for path in [*sorted((DOCS / "lessons").glob("*.md")), *sorted((DOCS / "gradflow").glob("*.md"))]:
        slug = reading.front_matter(path.read_text(encoding="utf-8")).get("slug")
        of = slug if path.parent.name == "gradflow" else f"lesson {int(path.stem[:2])}"
        if slug and slug not in parts:  # the posts of gradflow, and the parts of a lesson, have theirs together
            parts[slug] = f"## What the tests of {of} prove {{ #tests-{slug} }}\n\n{tests_list(slug)}\n"
    return "\n".join(parts.values())


def define_env(env):
    """Entry point of mkdocs-macros."""
    env.variables["runs"] = numbers.names(numbers.records())
    env.variables["repo"] = REPO

    @env.macro
    def head_box():
        return head(env.variables["page"])

    env.variables["head"] = head_box
    for macro in (figure, live, post, records_table, equations_table, tests_lists):
        env.macro(macro)

"""What a page may call between `[=` and `=]`: numbers and figures from records, the head box, the generated tables."""

import html
import os
import re
from pathlib import Path

from jinja2 import UndefinedError
from PIL import Image

from coursesite import equations, length, reading
from coursesite.build import drafts, numbers, recorded
from coursesite.build.maths import ROOT, anchor, claims

DOCS = ROOT / "docs"
RUNS = ROOT / "runs"
REPO = os.environ.get("REPO_URL", "").rstrip("/")
TEST = re.compile(r"^ *def test_(\w+)\(", re.MULTILINE)
COLAB = "https://colab.research.google.com/github/"


def breakable(name: str) -> str:
    """A long name that may be broken after its signs, and nowhere else."""
    return re.sub("(?<=[/_:])(?=[^/_:])", "<wbr>", html.escape(name))


def source_link(path: str, text: str, line: int | None = None) -> str:
    """A link into the repository, or plain code where no repository is known."""
    code = f"<code>{breakable(text)}</code>"
    return f'<a href="{REPO}/blob/main/{path}{f"#L{line}" if line else ""}">{code}</a>' if REPO else code


def figure(name: str, caller=None, wide: bool = False) -> str:
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
    shape = "figure wide" if wide else "figure"
    caption = caller().strip() if caller else ""
    return (
        f"\n{art}\n\n/// figure-caption\n    attrs: {{id: fig-{slug}-{short}, class: {shape}}}\n\n"
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
    return recorded.page(ROOT)


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
        error = numbers.given(float(f"{errors[shown.id]:.0e}")) if found and shown.id in errors else ""
        text = breakable(shown.id)
        rows.append(
            f'| <span id="row-{name}"></span>{text if page in hidden else f"[{text}](/{page}#{name})"} '
            f"| {'a definition' if shown.definition else tests} "
            f"| {', '.join(way for way, is_so in ways.items() if is_so)} | {error} |"
        )
    titles = "| equation | checked by | how | error at most |\n|---|---|---|---|\n"
    return titles + "\n".join(rows) + "\n" if rows else "No equation yet."


def tests_list(slug: str) -> str:
    """What the tests of a slug prove, in their own names: a fold for each file, a line for each test."""
    parts = []
    for path in sorted((ROOT / "tests" / slug).rglob("test_*.py")):
        name, tests = path.relative_to(ROOT).as_posix(), TEST.findall(path.read_text(encoding="utf-8"))
        lines = "".join(f"<li>{test[0].upper()}{test[1:].replace('_', ' ')}.</li>" for test in tests)
        source = f"<p>{source_link(name, name)}</p>" if REPO else ""
        count = f"{len(tests)} test{'' if len(tests) == 1 else 's'}"
        fold = f"<summary>{breakable(name.removeprefix('tests/'))}: {count}</summary>{source}<ul>{lines}</ul>"
        parts.append(f'<details class="tests">{fold}</details>')
    return "\n".join(parts)


def tests_lists() -> str:
    """What the tests of each slug prove, lesson by lesson, each under the id that the heads of its posts link to."""
    return "\n".join(
        f"## What the tests of {called} prove {{ #tests-{slug} }}\n\n{tests_list(slug)}\n"
        for slug, called in recorded.slugs(DOCS).items()
    )


def define_env(env):
    """Entry point of mkdocs-macros."""
    env.variables["runs"] = numbers.names(numbers.records())
    env.variables["repo"] = REPO

    @env.macro
    def head_box():
        return head(env.variables["page"])

    env.variables["head"] = head_box
    for macro in (figure, post, records_table, equations_table, tests_lists):
        env.macro(macro)

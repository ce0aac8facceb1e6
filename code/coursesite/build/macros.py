"""What a page may call between `[=` and `=]`: numbers and figures from records, the head box, the generated tables."""

import functools
import html
import re

from jinja2 import UndefinedError
from PIL import Image

from coursesite import equations, series
from coursesite.build import about, changes, drafts, needs, numbers, paths, recorded, wheel
from coursesite.build.maths import ROOT, anchor, claims
from coursesite.build.paths import DOCS, REPO
from coursesite.build.quotes import curled

RUNS = ROOT / "runs"
LIVE = DOCS / "assets" / "live"
WIDTH = re.compile(r'viewBox="\S+ \S+ (\S+)')
SAID = re.compile("(?<=>)[^<>]+(?=<)")  # between the tags of a drawing
TEST = re.compile(r"^ *def test_(\w+)\(", re.MULTILINE)


def breakable(name: str) -> str:
    """A long name that may be broken after its signs, and nowhere else."""
    return re.sub("(?<=[/_:])(?=[^/_:])", "<wbr>", html.escape(name))


def source_link(path: str, text: str, line: int | None = None) -> str:
    """A link into the repository, or plain code where no repository is known."""
    code = f"<code>{breakable(text)}</code>"
    return f'<a href="{REPO}/blob/main/{path}{f"#L{line}" if line else ""}">{code}</a>' if REPO else code


def figure(name: str, caller=None) -> str:
    """The figure `runs/<name>.svg`, `.webp` or `.png` with its caption, and a link to its data where there is a CSV."""
    return _captioned(name, _art(name), caller)


def live(name: str, caller=None, record: str = "") -> str:
    """The figure `runs/<name>.svg` with controls, which answers as soon as `docs/assets/live/<name>.js` has come.

    The controls stand in `<name>.html` beside the module, those before its line `<!-- figure -->` above the drawing;
    `record` is the one that it computes with, by default that of the same name.
    """
    parts = (LIVE / f"{name}.html").read_text(encoding="utf-8").split("<!-- figure -->\n")
    *above, below = [
        f'<div class="live-controls" role="group" aria-label="Controls of the figure">\n{part.strip()}\n</div>\n'
        for part in parts
    ]
    lively = f'<div class="live" data-live="{name}" data-record="{record or name}">'
    return _captioned(name, f"{lively}\n{''.join(above)}{_art(name)}\n{below}</div>", caller)


def _art(name: str) -> str:
    """The drawing inlined, with the width that it was drawn for, or the picture with its text alternative."""
    slug, short = name.split("/")
    made = next((p for e in (".svg", ".webp", ".png") if (p := RUNS / f"{name}{e}").exists()), None)
    if made is None:
        raise UndefinedError(f"no figure runs/{name}.svg, .webp or .png")
    if made.suffix == ".svg":
        text = made.read_text(encoding="utf-8")
        drawn = f'<div class="figure-art" style="--drawn: {WIDTH.search(text)[1]}px">'
        svg = SAID.sub(lambda match: curled(match[0]), text[text.index("<svg") :].strip())
        return re.sub(r"\n\s*\n", "\n", f"{drawn}\n{svg}\n</div>")
    with Image.open(made) as picture:
        half = picture.width // 2, picture.height // 2  # they are drawn for fine screens
        size = "{{ width={} height={} loading=lazy }}".format(*half)
    if not (alternative := numbers.alternative(numbers.records(), name)):
        raise UndefinedError(f"no record of runs/{slug} has a text alternative for the picture {short!r}")
    return f"![{alternative}](/runs/{name}{made.suffix}){size}"


def _captioned(name: str, art: str, caller) -> str:
    """What is drawn, and its caption."""
    data = f" [Data](/runs/{name}.csv)" if (RUNS / f"{name}.csv").exists() else ""
    caption = caller().strip() if caller else ""
    return (
        f"\n{art}\n\n/// figure-caption\n    attrs: {{id: fig-{name.replace('/', '-')}, class: figure}}\n\n"
        f"{caption}{data}\n///\n"
    )


def typed(name: str, group: str, labels: str) -> str:
    """Fields for numbers that the reader works out, which answer at once; a fold holds them, with or without script.

    They are the values of a group in the record `name`; `labels` names them in their order, and what follows a sign
    `_` is lowered.
    """
    slug, short = name.split("/")
    values = list(numbers.known()[slug][short][group])
    if len(names := labels.split()) != len(values):
        raise UndefinedError(f"typed: {len(names)} labels for {len(values)} values; name each value once")
    said = [re.sub("^([^_]+)_(.+)$", r"<i>\1</i><sub>\2</sub>", html.escape(name)) for name in names]
    rows = "\n".join(
        f'<p><label><span>{name} =</span> <input type="text" inputmode="text" autocomplete="off" size="8" '
        f'data-right="{value.value!r}"></label> <output></output></p>'
        for name, value in zip(said, values, strict=True)
    )
    fold = ", ".join(f"{name} = {value}" for name, value in zip(said, values, strict=True))
    return (
        f'\n<div class="typed" role="group" aria-label="Your numbers">\n{rows}\n</div>\n\n'
        f'??? note "The numbers"\n\n    {fold}\n'
    )


def printed(name: str) -> str:
    """What a stage printed that runs a block of the page: the lines of the record `runs/<name>.json`."""
    lines = numbers.records()[name].get("printed")
    if not lines:
        raise UndefinedError(f"the record {name} has no lines under 'printed'")
    text = "&#10;".join(html.escape(line) for line in lines)  # one line, so that it may stand in a fold
    return f'<code class="printed" tabindex="0">{text}</code>'


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
    env.variables["runs"] = numbers.known()
    env.variables["repo"] = REPO
    site = env.conf["site_url"] or ""
    ways = {"wheel": wheel.NAME, "wheel_beside": not (site or REPO), "colab_links": bool(about.colab("x"))}
    env.variables.update(ways)

    entries = series.entries(DOCS)
    env.variables["posts"] = {"readable": sum(each.readable for each in entries), "all": len(entries)}

    @env.macro
    def head_box():
        return paths.head(env.variables["page"], env.conf["site_url"] or "")

    @env.macro
    def needs_map():
        return needs.drawing(DOCS, env.variables["page"].url)

    def bibtex():
        return about.bibtex(site, changes.latest().year)

    env.variables["head"] = head_box
    env.macro(functools.partial(cards, env.render), "cards")
    for macro in (figure, live, typed, printed, lab_cards, to_come, records_table, equations_table, tests_lists):
        env.macro(macro)
    for macro in (about.authors, about.labs_table, about.pythons, bibtex):
        env.macro(macro)

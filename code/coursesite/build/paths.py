"""Where a reader is and what comes next: the line above a title, the boxes of a post, the footer's two links.

All of it is made of the front matter of the posts (`series`) and of the minutes that they and their labs take.
"""

import functools
import re
from pathlib import Path

import jupytext

from coursesite import length, series
from coursesite.build import about, labs, numbers
from coursesite.build.about import DOCS, REPO
from coursesite.build.maths import ROOT
from coursesite.build.quotes import curled
from coursesite.series import Entry

LAB = re.compile(r"Lab [^·\n]*· ")  # what the title of a lab begins with, and the line above it says


def minutes(entry: Entry) -> int:
    """How long one reads a post."""
    return length.minutes(ROOT, (DOCS / f"{entry.name}.md").read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=64)
def _lab(text: str) -> tuple[str, int, str]:
    cells = jupytext.reads(text, "py:percent").cells
    parts = [cell.source if cell.cell_type == "markdown" else f"```python\n{cell.source}\n```" for cell in cells]
    page = "\n\n".join(parts) + "\n"
    title, first, _ = labs.START.match(page).groups()
    return LAB.sub("", title, count=1), length.minutes(ROOT, page), labs.sentence(first)


def lab(entry: Entry) -> tuple[str, int, str]:
    """Of a post's lab: its title, without the place in it, the minutes that one reads it, and what one does there."""
    return _lab((DOCS / "labs" / f"{entry.name}.py").read_text(encoding="utf-8"))


def head(page, site: str = "") -> str:
    """The box at the head of a post: how long it takes, what it needs, and how to run it, below the address `site`.

    To read it, the minutes by its length; what readers estimate for that, and for redoing it, its front matter says.
    """
    name, found = page.file.src_uri.removesuffix(".md"), series.entry(DOCS, page.file.src_uri)
    needs = [series.entry(DOCS, f"{need}.md") for need in found.needs]
    run = [f"[notebook](/labs/{name}.py)", f'<a href="../../labs/{name}.ipynb" download>download</a>']
    run += [about.package(site), about.colab(name), "[how to run it](/about/run.md)"]
    read = f"{minutes(found)} minutes"
    read = f"{page.meta['read']} (estimated by reading it; {read} by its length)" if "read" in page.meta else read
    redo = f"; {page.meta['redo']} to be able to redo it" if "redo" in page.meta else ""
    rows = {
        "Reading": read + redo,
        "Needs": ", ".join(_link(need) for need in needs if need) or "nothing but the [front page](/index.md)",
        "Run it": ", ".join(filter(None, run)),
    }
    return f'<div class="post-head" markdown="1">\n\n{_rows(rows)}\n</div>\n'


def foot(entry: Entry) -> str:
    """The end of a post: its lab, the next post, what will build on it, and quietly all that stands behind it."""
    title, takes, _ = lab(entry)
    following = _following(entry)
    waiting = [each for each in series.entries(DOCS) if entry.name in each.needs and not each.readable]
    rows = {
        "Lab": f"[{title}](/labs/{entry.name}.py), {takes} minutes: its cells have run, and are yours to change",
        "Next post": f"{_link(following[0])}, {minutes(following[0])} minutes"
        if following
        else "none yet; the [front page](/index.md) says what is to come",
        "Will need this": "; ".join(f"{each.place}, *{each.title}* (not written yet)" for each in waiting),
    }
    behind = f"Behind this page\n{{ .behind }}\n\n{_rows(_behind(entry))}"
    return _closing(f"{_rows(rows)}\n{behind}")


def lab_foot(entry: Entry) -> str:
    """The end of a lab: its post, and the next lab."""
    following = _following(entry)
    rows = {
        "Post": f"{_link(entry)}, {minutes(entry)} minutes: where what you saw is derived",
        "Next lab": f"[{lab(following[0])[0]}](/labs/{following[0].name}.py), of {following[0].place}"
        if following
        else "",
    }
    return _closing(_rows(rows))


def _following(entry: Entry) -> list[Entry]:
    return [each for each in series.entries(DOCS) if each.readable and each.order > entry.order]


def _closing(body: str) -> str:
    return f'\n\n<div class="post-foot" markdown="1">\n\n## Next {{ #next }}\n\n{body}\n</div>\n'


def _behind(entry: Entry) -> dict[str, str]:
    """Code, tests and records of a post."""
    slug, text = entry.slug, (DOCS / f"{entry.name}.md").read_text(encoding="utf-8")
    code, tests = [f"[modules](/reference/code/{slug}.md)"], [f"[what they prove](/about/checks.md#tests-{slug})"]
    if REPO:
        code.append(f"[source]({REPO}/tree/main/code/deepcourse/{slug})")
        tests.append(f"[source]({REPO}/tree/main/tests/{slug})")
    made = [name for name in numbers.records() if name.split("/")[0] == slug or name == f"bench/{slug}"]
    if len(series.parts(DOCS, entry)) > 1 or not entry.name.endswith(slug):  # of those that share a slug, what it names
        made = [name for name in made if f"runs.{name.replace('/', '.')}." in text or f'"{name}"' in text]
    records = [f"[{name}](/reference/records.md#{name.replace('/', '-')})" for name in made]
    return {"Code": ", ".join(code), "Tests": ", ".join(tests), "Records": ", ".join(records)}


def _link(entry: Entry) -> str:
    return f"[{entry.full}](/{entry.name}.md)"


def _rows(rows: dict[str, str]) -> str:
    """A list of definitions, without those that are empty."""
    return "\n".join(f"{name}\n:   {text}\n" for name, text in rows.items() if text)


def on_files(files, config):
    """MkDocs' hook: the page for a wrong address names what can be read."""
    config.extra["readable"] = [each for each in series.entries(Path(config.docs_dir)) if each.readable]
    return files


def on_nav(nav, config, files):
    """MkDocs' hook: Previous and Next stay within a tab, and lead through the posts of both series."""
    chains = {}
    for page in nav.pages:
        post = series.entry(Path(config.docs_dir), page.file.src_uri) and page.file.src_uri.endswith(".md")
        chains.setdefault("posts" if post else page.file.src_uri.split("/")[0], []).append(page)
    for chain in chains.values():
        for before, page, after in zip([None, *chain], chain, [*chain[1:], None], strict=False):
            page.previous_page, page.next_page = before, after
    return nav


def on_page_markdown(markdown, page, config, files):
    """MkDocs' hook, after the macros: the title and the end of a post or a lab, and where it stands."""
    found = series.entry(Path(config.docs_dir), page.file.src_uri)
    if found is None:
        return markdown
    beside = [each for each in config.extra["readable"] if each.name != found.name and _beside(found, each)]
    if page.file.src_uri.startswith("labs/"):
        markdown = LAB.sub("", markdown, count=1) if LAB.match(markdown, 2) else markdown
        heading = markdown[2:].splitlines()[0].replace("`", "")
        page.title = page.meta["title"] = curled(f"Lab of {found.place}: {heading}")  # not its heading
        labs_beside = [(each, f"labs/{each.name}.py") for each in beside]
        page.meta["place"] = _place(f"Lab of {found.place}", labs_beside, ("all labs", "labs/index.md"), files)
        return markdown + lab_foot(found)
    page.meta["title"] = found.full
    every = (f"all {'lessons' if found.series == 'lessons' else 'posts'}", f"{found.series}/index.md")
    said = where(Path(config.docs_dir), found)
    page.meta["place"] = _place(said, [(each, f"{each.name}.md") for each in beside], every, files)
    return markdown + foot(found)


def where(docs: Path, entry: Entry) -> str:
    """The line above the title of a post: `Lesson 2 of 11`, and of one in parts `Lesson 1, part 2 of 3`."""
    place, parts = re.split("[,:]", entry.full)[0], series.parts(docs, entry)
    if len(parts) > 1:
        return f"{place}, part {parts.index(entry.name) + 1} of {len(parts)}"
    total = max(each.number for each in [entry, *series.entries(docs)] if each.series == entry.series)
    return f"{place} of {total}"


def _beside(entry: Entry, other: Entry) -> bool:
    """Whether the line above a title leads to another: the parts of one lesson, and all of gradflow, which is short."""
    return entry.series == other.series and (entry.series == "gradflow" or entry.number == other.number)


def _place(text: str, beside: list[tuple[Entry, str]], every: tuple[str, str], files) -> dict:
    """For the template: where a page stands, those beside it, and where all of its kind are listed."""
    links = [
        {"text": each.place, "title": curled(each.full), "url": files.get_file_from_path(source).url}
        for each, source in beside
    ]
    name, index = every
    return {"text": text, "others": [*links, {"text": name, "title": "", "url": files.get_file_from_path(index).url}]}

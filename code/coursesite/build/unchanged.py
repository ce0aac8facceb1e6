"""A page of unchanged sources is not converted again while `mkdocs serve` runs.

MkDocs rebuilds the whole site at each save. Macros, templates and the search run again for every page; what takes long
is Markdown with its code, formulas and docstrings. Its result depends on the text after the macros, on the files that
are embedded or documented, on the tests that claim equations, on the pages it may link to and on the settings of the
extensions: together they are the key here. A single build converts every page, as it does without this module.
"""

import hashlib
import re
from pathlib import Path

from mkdocs.plugins import event_priority

from coursesite.build.maths import ROOT

EMBEDDED = re.compile(r'--8<-- "([^":]+)')
DOCUMENTED = re.compile(r"^::: ([\w.]+)", re.MULTILINE)
KEPT = ("content", "toc", "_title_from_render", "present_anchor_ids")
converted: dict[str, tuple[str, dict]] = {}  # source of a page: its key, and what Page.render made of it


def sources(markdown: str) -> list[Path]:
    """The files outside of docs/ that a page is made of."""
    found = [ROOT / base / name for name in EMBEDDED.findall(markdown) for base in ("code", "runs", ".")]
    modules = [ROOT / "code" / name.replace(".", "/") for name in DOCUMENTED.findall(markdown)]
    found += [path for module in modules for path in (module.with_suffix(".py"), module / "__init__.py")]
    if r"\label{" in markdown:
        found += sorted((ROOT / "tests").rglob("*.py"))
    return [path for path in found if path.is_file()]


def key(markdown: str, config, files) -> str:
    """What the HTML of a page depends on, as a digest."""
    extensions = [name for name in config.markdown_extensions if isinstance(name, str)]
    handlers = config.plugins["mkdocstrings"].config.handlers
    read = [(str(path), path.stat().st_mtime_ns) for path in sources(markdown)]
    names = sorted(name for name in files.src_uris if name.rsplit("/", 1)[-1] in markdown)
    return hashlib.sha256(repr((markdown, extensions, config.mdx_configs, handlers, read, names)).encode()).hexdigest()


@event_priority(-100)
def on_page_markdown(markdown, page, config, files):
    """MkDocs' hook, after the macros: give it nothing to convert where the result is known."""
    name = page.file.src_uri
    page.key = key(markdown, config, files)
    if page.key == converted.get(name, ("",))[0]:
        return ""
    return markdown


@event_priority(100)
def on_page_content(html, page, config, files):
    """MkDocs' hook, before all others: keep what was made, or put it in place."""
    made = getattr(page, "key", None)
    if made is None:
        return html
    name = page.file.src_uri
    if made != converted.get(name, ("",))[0]:
        kept = {field: getattr(page, field) for field in KEPT}
        links = {target.src_uri: links for target, links in (page.links_to_anchors or {}).items()}
        converted[name] = (made, {**kept, "links": links})
        return html
    kept = converted[name][1]
    for field in KEPT:
        setattr(page, field, kept[field])
    page.links_to_anchors = {files.src_uris[target]: links for target, links in kept["links"].items()}
    for name in page.present_anchor_ids:  # what other pages of the reference link to
        if name.startswith("deepcourse."):
            config.plugins["autorefs"].register_anchor(page, name, title=name.rsplit(".", 1)[-1])
    return page.content

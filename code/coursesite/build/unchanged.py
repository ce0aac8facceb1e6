"""A page of unchanged sources is not converted again while `mkdocs serve` runs.

MkDocs rebuilds the whole site at each save. Macros and templates run again for every page; what takes long is Markdown
with its code, formulas and docstrings. Its result depends on the text after the macros, on the files that are embedded
or documented, on the claims of its equations, on the pages it may link to and on the settings of the extensions:
together they are the key here. Templates are compiled once, those that the pages themselves are too, and a page
without a macro is not given to the plugin for them. A single build converts every page, as it does without this module.
"""

import functools
import hashlib
import re
from dataclasses import replace
from pathlib import Path

from jinja2 import BytecodeCache
from mkdocs.plugins import CombinedEvent, event_priority

from coursesite.build.maths import ROOT, claims
from coursesite.equations import LABEL

EMBEDDED = re.compile(r'--8<-- "([^":]+)')
DOCUMENTED = re.compile(r"^::: ([\w.]+)", re.MULTILINE)
MACRO = re.compile(r"\[[=%#]")
KEPT = ("content", "toc", "_title_from_render", "present_anchor_ids")
compiled: dict[tuple, object] = {}  # key and checksum of a template, or lexer and source of a page: its code
converted: dict[str, tuple[str, dict]] = {}  # source of a page: its key, and what Page.render made of it


def sources(markdown: str) -> list[Path]:
    """The files outside of docs/ that a page is made of."""
    found = [ROOT / base / name for name in EMBEDDED.findall(markdown) for base in ("code", "runs", ".")]
    modules = [ROOT / "code" / name.replace(".", "/") for name in DOCUMENTED.findall(markdown)]
    found += [path for module in modules for path in (module.with_suffix(".py"), module / "__init__.py")]
    return [path for path in found if path.is_file()]


@functools.lru_cache(maxsize=1024)
def named(markdown: str, files: tuple[str, ...]) -> list[str]:
    """The files of the site that a page may link to: those whose name is in it."""
    return sorted(name for name in files if name.rsplit("/", 1)[-1] in markdown)


def key(markdown: str, config, files) -> str:
    """What the HTML of a page depends on, as a digest."""
    extensions = [name for name in config.markdown_extensions if isinstance(name, str)]
    handlers = config.plugins["mkdocstrings"].config.handlers
    read = [(str(path), path.stat().st_mtime_ns) for path in sources(markdown)]
    names = named(markdown, tuple(files.src_uris))
    proven = claims()
    proofs = [replace(claim, line=0) for label in LABEL.finditer(markdown) for claim in proven.get(label["id"], [])]
    made_of = (markdown, extensions, config.mdx_configs, handlers, read, names, proofs)
    return hashlib.sha256(repr(made_of).encode()).hexdigest()


def on_pre_build(config):
    """MkDocs' hook: the tests may have changed since the last build; what the macros' plugin compiles is kept."""
    claims.cache_clear()
    env = config.plugins["macros"].env
    env.compile = functools.partial(_compile_once, env, env.compile)


def _compile_once(env, compile_, source, *rest):
    """The code of a page's macros; Jinja has one lexer for one set of signs."""
    if (env.lexer, source) not in compiled:
        compiled[env.lexer, source] = compile_(source, *rest)
    return compiled[env.lexer, source]


class _Compiled(BytecodeCache):
    """Jinja's compiled templates, kept in memory."""

    def load_bytecode(self, bucket):
        """Jinja's hook: what was compiled of the same source."""
        bucket.code = compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket):
        """Jinja's hook: keep it."""
        compiled[bucket.key, bucket.checksum] = bucket.code


def on_env(env, config, files):
    """MkDocs' hook: compile no template twice."""
    env.bytecode_cache = _Compiled()
    return env


@event_priority(100)
def _before_the_macros(markdown, page, config, files):
    if not MACRO.search(markdown):
        page.meta["render_macros"] = False
    return markdown


@event_priority(-100)
def _after_the_macros(markdown, page, config, files):
    """Give MkDocs nothing to convert where the result is known."""
    name = page.file.src_uri
    page.key = key(markdown, config, files)
    if page.key == converted.get(name, ("",))[0]:
        page.content, page.render = "", lambda config, files: None
        return ""
    return markdown


on_page_markdown = CombinedEvent(_before_the_macros, _after_the_macros)


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

"""A post with `draft: true` is built and checked, and not offered: no entry in the nav, the search or the sitemap.

With it go its lab and the API pages of its slug. `mkdocs serve` keeps all of them in the nav, so that an author finds
them. Taking `draft: true` away is all that publishing takes.
"""

from pathlib import Path

from mkdocs.structure.files import InclusionLevel

from coursesite import reading, series


def of(docs: Path) -> set[str]:
    """The pages below `docs`, by their paths there, that belong to a draft."""
    posts = {
        path.relative_to(docs).with_suffix("").as_posix(): reading.front_matter(path.read_text(encoding="utf-8"))
        for path in series.pages(docs)
    }
    drafts = {name: str(meta.get("slug")) for name, meta in posts.items() if meta.get("draft") is True}
    public = {str(meta.get("slug")) for name, meta in posts.items() if name not in drafts}
    found = {page for name in drafts for page in (f"{name}.md", f"labs/{name}.py")}
    # A part of a lesson has an API page of its own.
    slugs = {slug for slug in drafts.values() if slug not in public}
    found |= {f"reference/code/{name}.md" for name in slugs | {Path(name).name[3:] for name in drafts}}
    pages = [path.name for path in (docs / "reference" / "code").glob("*-*.md")]
    return found | {f"reference/code/{name}" for name in pages if name.partition("-")[0] in slugs}


def without(nav, drafts: set[str]):
    """A nav of mkdocs.yml without the entries, and then empty sections, of these pages."""
    if isinstance(nav, list):
        return [kept for each in nav if (kept := without(each, drafts))]
    if isinstance(nav, dict):
        return {title: kept for title, each in nav.items() if (kept := without(each, drafts))}
    return None if nav in drafts else nav


class Command:
    """Which one runs: `build` or `serve`."""

    name = "build"


def on_startup(command, dirty):
    """MkDocs' hook, once: an author who looks at the site finds the draft in it."""
    Command.name = command


def on_files(files, config):
    """MkDocs' hook, before the nav is made."""
    drafts = of(Path(config.docs_dir))
    if drafts and Command.name != "serve":
        config.nav = without(config.nav, drafts)
        for file in files:
            if file.src_uri in drafts:
                file.inclusion = InclusionLevel.NOT_IN_NAV
    config.extra["drafts"] = drafts
    return files


def on_page_markdown(markdown, page, config, files):
    """MkDocs' hook: the theme leaves it out of the sitemap, the search plugin out of its index."""
    if page.file.src_uri in config.extra["drafts"]:
        page.meta |= {"draft": True, "search": {"exclude": True}}
    return markdown

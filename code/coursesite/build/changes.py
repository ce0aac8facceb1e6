"""When a page last changed, for its foot and the sitemap, and docs/about/changes.md as a feed of what did.

The date of a page is that of the last commit of its source. Where git doesn't know, in a copy without its history, it
is the newest date of changes.md.
"""

import datetime
import functools
import posixpath
import re
import subprocess
import uuid
import xml.etree.ElementTree as ET
from pathlib import Path

from mkdocs.structure.files import File

from coursesite.build import about
from coursesite.build.maths import ROOT
from coursesite.build.quotes import curled

PAGE = Path("about/changes.md")
DATE = re.compile(r"^## +((?:\d+ )?[A-Z][a-z]+ \d{4})$", re.MULTILINE)
ITEM = re.compile(r"^- (.+(?:\n  .+)*)", re.MULTILINE)
LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")
ATOM = "http://www.w3.org/2005/Atom"


def day(written: str) -> datetime.date:
    """The date of a heading: `26 November 2026`, or the first day of `November 2026`."""
    form = "%d %B %Y" if written[0].isdigit() else "%B %Y"
    return datetime.datetime.strptime(written, form).date()


def latest() -> datetime.date:
    """The newest date of the page of changes."""
    return max(day(written) for written in DATE.findall((ROOT / "docs" / PAGE).read_text(encoding="utf-8")))


@functools.cache
def committed() -> dict[str, str]:
    """The day of the last commit of each file of docs/; nothing where git lacks the history."""

    def git(*words):
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
        return done.stdout if done.returncode == 0 else ""

    if git("rev-parse", "--is-shallow-repository").strip() != "false":
        return {}
    found, date = {}, ""
    for line in git("log", "--format=%cs", "--name-only", "--relative", "--", "docs").splitlines():
        if re.fullmatch(r"\d{4}-\d\d-\d\d", line):
            date = line
        elif line:
            found.setdefault(line, date)
    return found


def on_page_context(context, page, config, nav):
    """MkDocs' hook: what the foot of a page says."""
    date = committed().get(f"docs/{page.file.src_uri}")
    if date:
        page.update_date = date
        when = datetime.date.fromisoformat(date)
        context["changed"] = f"on {when.day} {when:%B %Y}"
    else:
        context["changed"] = f"in {latest():%B %Y}"
    return context


def on_config(config):
    """MkDocs' hook: the templates and the feed name the authors."""
    config.extra["authors"] = about.authors()
    return config


def feed(text: str, config, files) -> bytes:
    """The items of the page of changes as Atom; an address is relative where none of the site is known."""
    parts = DATE.split(text)[1:]  # a date, what stands below it, the next date
    dated = zip(map(day, parts[::2]), map(ITEM.findall, parts[1::2]), strict=True)
    items = [(date, item) for date, found in dated for item in found]
    if not items:
        raise ValueError(f"docs/{PAGE} lists no change: write `## November 2026` and below it `- ` items")
    site, here = config.site_url or "", files.get_file_from_path(PAGE.as_posix())
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed")
    _add(root, "id", _name(site))
    _add(root, "title", config.site_name)
    _add(root, "updated", _moment(max(date for date, _ in items)))
    _add(_add(root, "author"), "name", config.extra["authors"])
    _add(root, "link", href=f"{site}{here.url}")
    if site:
        _add(root, "link", href=f"{site}feed.xml", rel="self")
    for date, item in items:
        words = " ".join(item.split())
        plain = curled(re.sub(r"[`*]", "", LINK.sub(r"\1", words)))
        links = [posixpath.normpath(posixpath.join(PAGE.parent, link.split("#")[0])) for _, link in LINK.findall(words)]
        where = next(filter(None, map(files.get_file_from_path, links)), here).url
        entry = _add(root, "entry")
        _add(entry, "id", _name(f"{site} {date} {plain}"))
        _add(entry, "title", plain.rstrip("."))
        _add(entry, "updated", _moment(date))
        _add(entry, "link", href=f"{site}{where}")
        _add(entry, "content", plain)
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _add(parent, tag: str, text: str | None = None, **attributes):
    element = ET.SubElement(parent, f"{{{ATOM}}}{tag}", attributes)
    element.text = text
    return element


def _name(what: str) -> str:
    """An id that needs no address, the same in each build."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"deepcourse:{what}").urn


def _moment(date: datetime.date) -> str:
    return f"{date.isoformat()}T00:00:00Z"


def on_files(files, config):
    """MkDocs' hook: the feed is a file of the site."""
    text = (Path(config.docs_dir) / PAGE).read_text(encoding="utf-8")
    files.append(File.generated(config, "feed.xml", content=feed(text, config, files)))
    return files

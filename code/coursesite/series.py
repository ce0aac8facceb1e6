"""The posts of the course, those that can be read and those still to be written: their order, their names, their needs.

A post speaks for itself in its front matter. Of one that nobody can read yet the front page knows its title, what it
will hold and what it will need: that is the table `coming` in the front matter of docs/index.md. The parts of a lesson
stand as in the menu; those that are announced come after them, as in that table.
"""

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from coursesite import reading

SERIES = {"lessons": "lesson", "gradflow": "gradflow"}  # folder below docs/, and what one of its posts is called
MENU = re.compile(rf"^ +- ((?:{'|'.join(SERIES)})/[\w-]+)\.md$", re.MULTILINE)  # a post, in mkdocs.yml
ANNOUNCED, DRAFT = 1000, 2000  # their ranks come after those of the menu


@dataclass(frozen=True)
class Entry:
    """A post, whether it can be read or not; `says` is its result, or what it will hold."""

    name: str  # lessons/02-mnist: of its page below docs/, and of its lab below docs/labs/
    title: str
    says: str
    slug: str
    needs: tuple[str, ...]  # names of others
    readable: bool
    rank: int = DRAFT  # where it stands in the menu
    part: str = ""  # which one it is, where an entry of the index has several posts: `ntm` of lessons/05-recurrent-ntm

    @property
    def stem(self) -> str:
        """The name of its file: `02-mnist`."""
        return self.name.rpartition("/")[2]

    @property
    def series(self) -> str:
        """The folder that it lies in."""
        return self.name.split("/")[0]

    @property
    def number(self) -> int:
        """Which one of its series it is."""
        return int(self.stem[:2]) if self.stem[:2].isdecimal() else 0

    @property
    def order(self) -> tuple[int, int, int, str]:
        """Where it stands among all posts."""
        return list(SERIES).index(self.series), self.number, self.rank, self.name

    @property
    def place(self) -> str:
        """What the other posts call it: `lesson 2`, `gradflow 1`, and of several posts `gradflow 1, conv2d`."""
        return f"{SERIES[self.series]} {self.number}{f', {self.part}' if self.part else ''}"

    @property
    def full(self) -> str:
        """Its place and title, as they stand in menus: `Lesson 2: MNIST with two dense layers`."""
        place = self.place if self.series == "gradflow" else self.place.capitalize()
        return f"{place}: {self.title}"


def pages(docs: Path) -> list[Path]:
    """The sources of all posts, drafts too; the index of a series is none."""
    return [path for series in SERIES for path in sorted((docs / series).glob("*.md")) if path.stem != "index"]


def _entry(name: str, meta: dict, readable: bool, rank: int) -> Entry:
    needs = meta.get("needs")
    names = tuple(str(need).removesuffix(".md") for need in needs) if isinstance(needs, list) else ()
    says, slug = (str(meta.get(each) or "") for each in ("result" if readable else "says", "slug"))
    part = str(meta.get("part") or "")  # a lesson's is what follows its slug
    if name.startswith("lessons/") and slug:
        part = name.rpartition("/")[2][3:].removeprefix(slug).lstrip("-")
    return Entry(name, str(meta.get("title", "")), says, slug, names, readable, rank, part)


def _menu(docs: Path) -> list[str]:
    """The names of the posts in the menu."""
    path = docs.with_name("mkdocs.yml")
    return MENU.findall(path.read_text(encoding="utf-8")) if path.exists() else []


def entry(docs: Path, name: str) -> Entry | None:
    """The post of a page or a lab by its path below docs/, a draft too; None for any other page."""
    name = name.removeprefix("labs/").rpartition(".")[0]
    source = docs / f"{name}.md"
    if source.stem == "index" or source.parent not in [docs / each for each in SERIES] or not source.is_file():
        return None
    meta = reading.front_matter(source.read_text(encoding="utf-8"))
    menu = _menu(docs)
    return _entry(name, meta, meta.get("draft") is not True, menu.index(name) if name in menu else DRAFT)


def entries(docs: Path) -> list[Entry]:
    """Every post that can be read or is announced, in their order; an announcement ends when its post can be read."""
    read = [path for path in (docs.with_name("mkdocs.yml"), docs / "index.md", *pages(docs)) if path.exists()]
    return list(_entries(docs, tuple((path, path.stat().st_mtime_ns) for path in read)))


def parts(docs: Path, post: Entry) -> list[str]:
    """The names of all posts of an entry of the index, in their order; of drafts none knows but a draft."""
    every = [post, *entries(docs)]
    if not post.readable:
        every += [entry(docs, path.relative_to(docs).as_posix()) for path in pages(docs)]
    siblings = {each.name: each for each in every if (each.series, each.number) == (post.series, post.number)}
    return sorted(siblings, key=lambda name: siblings[name].order)


@functools.lru_cache(maxsize=8)
def _entries(docs: Path, saved: tuple[tuple[Path, int], ...]) -> tuple[Entry, ...]:
    """The same, reckoned anew when one of the files was saved: every page of a build asks."""
    found = {}
    for path in [path for path, _ in saved if path.suffix == ".md"]:
        name = path.relative_to(docs).with_suffix("").as_posix()
        if name == "index":
            coming = reading.front_matter(path.read_text(encoding="utf-8")).get("coming") or {}
            announced = {key.removesuffix(".md"): row for key, row in coming.items()}
            ranks = enumerate(announced.items(), ANNOUNCED)
            found |= {key: _entry(key, row, readable=False, rank=rank) for rank, (key, row) in ranks}
        elif (written := entry(docs, f"{name}.md")).readable:
            found[name] = written
    return tuple(sorted(found.values(), key=lambda each: each.order))


def reduced(found: list[Entry]) -> list[tuple[Entry, Entry]]:
    """Who needs whom, as (needed, needing), without what follows from the rest."""
    named = {each.name: each for each in found}

    def behind(name: str) -> set[str]:
        direct = set(named[name].needs) & named.keys()
        return direct.union(*map(behind, direct))

    pairs = []
    for each in found:
        direct = [need for need in each.needs if need in named]
        implied = set().union(*map(behind, direct))
        pairs += [(named[need], each) for need in direct if need not in implied]
    return pairs

"""What the search reads of a page: its text and each formula once; no drawings, no solutions, no sources of modules.

Material's search indexes a page as it stands: a formula with both of KaTeX's renderings, every number at an axis, every
module of the reference. Readers would load 230 KB more before they search, and find noise. Its `data-search-exclude`
ends where the first element of the same name inside ends, in a formula after one sign, so the index is made here from
a page without them; the page is put back afterwards. While `mkdocs serve` runs, what was indexed is kept.

A word is also found as others write it: without its accents, or as it is spelt on the other side of the Atlantic. And a
section is found by the words of its address, which name what its heading only speaks of: `#masks` for "A padded step
doesn't happen". A lesson comes before the reference.

The theme's worker is mended, too. Its lunr keeps all words in one automaton and merges the nodes that have the same
name, which is made of the edges' letters and the numbers of their ends, without a sign between them: an edge 1 to node
23 and an edge 12 to node 3 look alike. So words with digits made it lose others, or find some that are none and fail.
"""

import re
import unicodedata
from pathlib import Path

from mkdocs.plugins import CombinedEvent, event_priority

NOISE = {
    "span": re.compile('<span class="katex-html"'),
    "annotation": re.compile("<annotation"),
    "svg": re.compile("<svg"),
    "details": re.compile('<details class="(?:mkdocstrings-source|success|tests)"'),
    "div": re.compile('<div class="(?:post-head|post-foot|live-controls|typed)"'),
    "dl": re.compile('<dl class="record'),
    "a": re.compile('<a class="equation-claim[" ]'),
    "p": re.compile('<p class="docstrings"'),
}
TAG = re.compile("<[^>]*>")
LETTERS = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ß": "ss", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i"})
# Spellings of one word; the course writes -ize.
SPELLINGS = {"colour": "color", "neighbour": "neighbor", "behaviour": "behavior", "centre": "center", "grey": "gray"}
SPELLINGS |= {"licence": "license", "labelled": "labeled", "modelling": "modeling", "analyse": "analyze"}
SPELLINGS |= {there: here for here, there in SPELLINGS.items()}
# A title counts a thousand times, by Material's default: with these, one of the reference counts as a word of a lesson.
BOOSTS = {"reference/code/": 0.001, "reference/records.md": 0.001, "about/equations.md": 0.001}
BOOSTS |= {"reference/glossary.md": 2, "reference/notation.md": 2}
MENDED = """
lunr.TokenSet.prototype.toString = function () {
  const ends = Object.keys(this.edges).sort().map((letter) => `${letter}${this.edges[letter].id} `)
  return this._str || `${Number(this.final)}${ends.join("")}`
}
"""
indexed: dict[str, tuple[tuple, list[dict]]] = {}  # address of a page: what its entries were made of, and they


def without(html: str, tag: str, opening: re.Pattern) -> str:
    """Leave out each element `tag` that starts with `opening`, and all that is in it."""
    either, parts, done = re.compile(rf"<(/?){tag}\b[^>]*>"), [], 0
    while start := opening.search(html, done):
        parts.append(html[done : start.start()])
        depth = 0
        for found in either.finditer(html, start.start()):
            depth += -1 if found[1] else 1
            done = found.end()
            if depth == 0:
                break
    return "".join(parts) + html[done:]


def bare(word: str) -> str:
    """A word without its accents."""
    letters = unicodedata.normalize("NFD", word.translate(LETTERS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def spelt(word: str) -> str:
    """A word as it is spelt on the other side of the Atlantic.

    >>> spelt("initialization"), spelt("license"), spelt("size")
    ('initialisation', 'licence', 'size')
    """
    for here, there in SPELLINGS.items():
        if here in word:
            return word.replace(here, there)
    return re.sub("(?<=[a-z]{3}i)z(?=e|ing|ation)", "s", word)


def plain(text: str) -> str:
    """The words of `text` that others write differently, as they do; none if there are none."""
    words = {word.lower() for word in re.findall(r"[^\W\d_]+", text)}
    others = {other for word in words for other in (bare(word), spelt(word)) if other.isascii()}
    return " ".join(sorted(others - words))


def named(entry: dict) -> str:
    """The words of the address of a section that aren't in its title; none for a name of the reference."""
    _, _, name = entry["location"].partition("#")
    title = re.findall(r"[a-z0-9]+", TAG.sub("", entry["title"]).lower())
    return " ".join(word for word in name.split("-") if word not in title) if "." not in name else ""


def on_page_markdown(markdown, page, config, files):
    """MkDocs' hook: how much a page counts, unless it says so itself."""
    for path, boost in BOOSTS.items():
        if page.file.src_uri.startswith(path):
            page.meta["search"] = {"boost": boost} | page.meta.get("search", {})
    return markdown


@event_priority(100)
def _before(context, page, config, nav):
    page.whole, page.made_of = page.content, (page.content, page.title)
    page.before = len(config.plugins["material/search"].search_index.entries)
    if indexed.get(page.url, ((),))[0] == page.made_of:
        page.content = ""
        return context
    for tag, opening in NOISE.items():
        page.content = without(page.content, tag, opening)
    return context


@event_priority(-100)
def _after(context, page, config, nav):
    entries = config.plugins["material/search"].search_index.entries
    if indexed.get(page.url, ((),))[0] == page.made_of:
        entries[page.before :] = indexed[page.url][1]
    else:
        entries[page.before :] = [e for e in entries[page.before :] if ".solutions." not in e["location"]]
        for entry in entries[page.before :]:
            words = {"plain": plain(f"{entry['title']} {entry['text']}"), "named": named(entry)}
            entry |= {field: text for field, text in words.items() if text}
        indexed[page.url] = page.made_of, entries[page.before :]
    page.content = page.whole
    return context


on_page_context = CombinedEvent(_before, _after)


def on_post_build(config):
    """MkDocs' hook: no two nodes of lunr's automaton have the same name."""
    for worker in Path(config.site_dir).glob("assets/javascripts/workers/search.*.js"):
        worker.write_text(worker.read_text(encoding="utf-8") + MENDED, encoding="utf-8")

"""What the search reads of a page: its text and each formula once, no drawings and no sources of the reference.

Material's search indexes a page as it stands: a formula with both of KaTeX's renderings, every number at an axis, every
module of the reference. Readers would load 230 KB more before they search, and find noise. Its `data-search-exclude`
ends where the first element of the same name inside ends, in a formula after one sign, so the index is made here from
a page without them; the page is put back afterwards. While `mkdocs serve` runs, what was indexed is kept, and a word
with accents is found without them, too.
"""

import re
import unicodedata

from mkdocs.plugins import CombinedEvent, event_priority

NOISE = {
    "span": re.compile('<span class="katex-html"'),
    "annotation": re.compile("<annotation"),
    "svg": re.compile("<svg"),
    "details": re.compile('<details class="mkdocstrings-source"'),
    "div": re.compile('<div class="post-head"'),
    "a": re.compile('<a class="equation-claim"'),
    "p": re.compile('<p class="docstrings"'),
}
LETTERS = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ß": "ss", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i"})
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


def plain(text: str) -> str:
    """The words of `text` that have accents, without them; none if there are none."""
    folded = {word: unicodedata.normalize("NFD", word.translate(LETTERS)) for word in re.findall(r"[^\W\d_]+", text)}
    kept = {word: "".join(c for c in bare if not unicodedata.combining(c)) for word, bare in folded.items()}
    return " ".join(sorted({bare for word, bare in kept.items() if bare != word and bare.isascii()}))


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
        for entry in entries[page.before :]:
            if bare := plain(f"{entry['title']} {entry['text']}"):
                entry["plain"] = bare
        indexed[page.url] = page.made_of, entries[page.before :]
    page.content = page.whole
    return context


on_page_context = CombinedEvent(_before, _after)

"""What the search reads of a page: its text and each formula once, no drawings and no sources of the reference.

Material's search indexes a page as it stands: a formula with both of KaTeX's renderings, every number at an axis, every
module of the reference. Readers would load 230 KB before they search, and find noise. Here the index is made from a
page without them; the page itself is put back afterwards.
"""

import re

from mkdocs.plugins import CombinedEvent, event_priority

NOISE = {
    "span": re.compile('<span class="katex-html"'),
    "svg": re.compile("<svg"),
    "details": re.compile('<details class="mkdocstrings-source"'),
    "div": re.compile('<div class="post-head"'),
}


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


@event_priority(100)
def _before(context, page, config, nav):
    page.whole, lean = page.content, page.content
    for tag, opening in NOISE.items():
        lean = without(lean, tag, opening)
    page.content = lean
    return context


@event_priority(-100)
def _after(context, page, config, nav):
    page.content = page.whole
    return context


on_page_context = CombinedEvent(_before, _after)

"""The map of the course: a box for each post, filled and linked if it can be read, and an arrow for each need.

Where a box stands is typed, in the rows of `map` in the front matter of docs/index.md, by `2` for lesson 2 and `g2` for
the second post of gradflow; what isn't there comes below. The rest is made of what the posts say about themselves.
"""

import html
from pathlib import Path

from mkdocs.utils import get_relative_url

from coursesite import reading, series
from coursesite.series import Entry

WIDTH, HEIGHT, GAP, STREET = 76, 54, 34, 16  # a box, and what is free below and beside it
HEAD = 5  # of an arrow


def key(entry: Entry) -> str:
    """What a post is called in the rows of the map: `2`, `5-ntm`, `g1`, `g1-conv2d`."""
    number = f"{entry.number}-{entry.part}" if entry.part else str(entry.number)
    return number if entry.series == "lessons" else f"{entry.series[0]}{number}"


def placed(found: list[Entry], rows: list[str]) -> dict[str, tuple[int, int]]:
    """The column and the row of each post, by its name."""
    named = {}
    for each in found:
        named.setdefault(key(each), each.name)
    at = {
        named[word]: (column, row)
        for row, line in enumerate(rows)
        for column, word in enumerate(str(line).split())
        if word in named
    }
    columns = max((len(str(line).split()) for line in rows), default=4)
    for number, each in enumerate(each for each in found if each.name not in at):
        at[each.name] = number % columns, len(rows) + number // columns
    return at


def _arrow(start: tuple[int, int], end: tuple[int, int]) -> str:
    """The path from below one box to above another; a street beside the boxes leads past a row between them."""
    (column, row), (to, below) = start, end
    side = (to > column) - (to < column)
    x, target = (each * (WIDTH + STREET) + WIDTH / 2 for each in (column, to))
    y, top = row * (HEIGHT + GAP) + HEIGHT, below * (HEIGHT + GAP) - HEAD
    if below - row == 1:
        x, target, middle = x + 14 * side, target - 14 * side, (y + top) / 2
        return f"M{x:g} {y}C{x:g} {middle:g} {target:g} {middle:g} {target:g} {top}"
    street = x + (side or 1) * (WIDTH + STREET) / 2
    x, target = x + (side or 1) * 24, target + (18 if street > target else -18)
    turn, last = y + GAP / 2, top - GAP / 2
    return (
        f"M{x:g} {y}C{x:g} {turn:g} {street:g} {y:g} {street:g} {turn:g}V{last:g}"
        f"C{street:g} {top:g} {target:g} {last:g} {target:g} {top}"
    )


def _box(entry: Entry, at: tuple[int, int], page: str) -> str:
    """A box with the post's place and the words of its file's name; a link if it can be read."""
    x, y = at[0] * (WIDTH + STREET), at[1] * (HEIGHT + GAP)
    words = entry.stem[3:].split("-")
    lines = [f"{series.SERIES[entry.series]} {entry.number}", *(words if len(words) < 3 else ["-".join(words)])]
    first = y + HEIGHT / 2 - 7 * (len(lines) - 1) + 4.5
    text = " ".join(
        f'<text x="{x + WIDTH / 2:g}" y="{first + 14 * number:g}">{html.escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    box = f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="4"/>{text}'
    if not entry.readable:
        return f"<g><title>{html.escape(entry.full)}</title>{box}</g>"
    return f'<a href="{get_relative_url(f"{entry.name}/", page)}">{box}</a>'


def _said(found: list[Entry], pairs: list[tuple[Entry, Entry]]) -> str:
    """The map in words."""
    says = []
    for each in found:
        needed = [other.place for other, needing in pairs if needing == each]
        says.append(f"{each.place} needs {' and '.join(needed) or 'none before it'}")
    return "; ".join(says) + "."


def drawing(docs: Path, page: str) -> str:
    """The map, for a page of this address; nothing where there is no post."""
    found = series.entries(docs)
    rows = reading.front_matter((docs / "index.md").read_text(encoding="utf-8")).get("map") or []
    if not found:
        return ""
    at, pairs = placed(found, rows), series.reduced(found)
    columns, lines = (1 + max(place[i] for place in at.values()) for i in (0, 1))
    width, height = columns * (WIDTH + STREET), lines * (HEIGHT + GAP) - GAP
    arrows = "".join(
        f'<path d="{_arrow(at[a.name], at[b.name])}" marker-end="url(#needs-head)"/>'
        for a, b in sorted(pairs, key=lambda pair: pair[1].order)
    )
    boxes = "".join(_box(each, at[each.name], page) for each in found)
    tip = f'viewBox="0 0 10 10" refX="2" refY="5" markerWidth="{HEAD + 1}" markerHeight="{HEAD + 1}" orient="auto"'
    return (
        f'<svg class="needs-map" xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 {width + 2} {height + 2}" '
        f'role="group" aria-labelledby="needs-title" aria-describedby="needs-desc">'
        f'<title id="needs-title">What needs what</title>'
        f'<desc id="needs-desc">{html.escape(_said(found, pairs))}</desc>'
        f'<defs><marker id="needs-head" {tip}><path d="M0 0L10 5L0 10z"/></marker></defs>'
        f'<g class="needs-arrows">{arrows}</g>{boxes}</svg>\n'
    )

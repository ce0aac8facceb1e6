"""Python-Markdown extension: a table scrolls by keyboard, its numbers stand on the right; a code block has its button.

Material adds what scrolls and what copies in the browser, with an unnamed landmark for each code block and a scrolling
box that no key reaches. Here they are part of the page. Short code in a sentence gets a class, by which it stays on its
line, and the link of a heading has words for its sign.
"""

import hashlib
import html
import re
from xml.etree.ElementTree import Element

from markdown import Extension
from markdown.postprocessors import Postprocessor
from markdown.treeprocessors import Treeprocessor

from coursesite import listing

STASHED = re.compile("\x02[^\x03]*\x03")  # what stands for a formula until the page is put together
NUMBER = re.compile(r"[-−+]?\d[\d.,]*(?:e[-−]?\d+)?(?:\s?(?:%|points|[a-zµ]{1,4}))?")
EMPTY = ("", "–", "—")
BLOCK = re.compile(r"<pre>(?P<line><span></span>)?<code>(?P<source>.*?)</code></pre>", re.DOTALL)
PROMPT = re.compile(r'<span class="gp">[^<]*</span>(.*)')
SHORT = re.compile(rf"<code(?=>[^<]{{1,{listing.SHORT - 1}}}</code>(?!</pre>))")
TAG = re.compile("<[^>]*>")
PERMALINK = 'class="headerlink"'  # of the toc extension: "¶", which a screen reader calls "paragraph sign"
PLAIN = re.compile(r'<span class="(?:n|o|p|w)">([^<]*)</span>')  # tokens in the colour of the text


def text(source: str) -> str:
    """The text of a block; of one with prompts, what stands behind them."""
    prompted = [found[1] for line in source.split("\n") if (found := PROMPT.match(line))]
    return html.unescape(TAG.sub("", "\n".join(prompted) if prompted else source)).strip("\n")


def copyable(page: str) -> str:
    """Give every code block of a page an id and the button that Material's own clipboard listens to."""

    def button(match: re.Match) -> str:
        source = PLAIN.sub(r"\1", match["source"])
        name = "code-" + hashlib.sha256(match["source"].encode()).hexdigest()[:8]
        lines = source.strip("\n").count("\n") + 1
        shown, code = html.unescape(TAG.sub("", source)).strip("\n"), listing.typed(text(source))
        copied = f'data-clipboard-target="#{name}"' if code == shown else f'data-clipboard-text="{html.escape(code)}"'
        return (
            f'<pre style="--lines:{lines}"><button class="md-code__button" type="button" title="Copy to clipboard" '
            f'{copied} data-md-type="copy"></button>'
            f'<code id="{name}" tabindex="0">{source}</code></pre>'
        )

    return BLOCK.sub(button, page)


def align(table: Element) -> None:
    """Put the columns of a table that hold numbers, with their deviation or without, at their right edges."""
    rows = [list(row) for row in table.iter("tr")]
    texts = [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in rows]
    for column, head in enumerate(rows[0] if rows else []):
        shown = [row[column] for row in texts[1:] if column < len(row) and row[column] not in EMPTY]
        numbers = [all(map(NUMBER.fullmatch, filter(None, re.split(r"\s*[±→]\s*", text)))) for text in shown]
        if numbers and all(numbers) and "style" not in head.attrib:
            for row in rows:
                row[column].set("style", "text-align: right;")


class _Copyable(Postprocessor):
    def run(self, text):
        page = SHORT.sub(r'\g<0> class="short"', copyable(text))
        return page.replace(PERMALINK, f'{PERMALINK} aria-label="Link to this section"')


class _Tables(Treeprocessor):
    def run(self, root):
        for parent in list(root.iter()):
            for place, child in enumerate(list(parent)):
                if child.tag == "table":
                    cells = (STASHED.sub("", "".join(cell.itertext())).strip() for cell in child.iter("th"))
                    head = ", ".join(filter(None, cells))
                    box = Element(
                        "div", {"class": "table", "tabindex": "0", "role": "group", "aria-label": f"Table: {head}"}
                    )
                    box.tail, child.tail = child.tail, None
                    child.set("class", "plain")
                    align(child)
                    parent[place] = box
                    box.append(child)


class HandlesExtension(Extension):
    """Registers both; the tables after inline parsing, the buttons after the raw HTML is back in place."""

    def extendMarkdown(self, md):  # noqa: N802 - the name is Python-Markdown's
        """Add the processors to `md`."""
        md.treeprocessors.register(_Tables(md), "coursesite-tables", 4)
        md.postprocessors.register(_Copyable(md), "coursesite-copyable", 1)


def makeExtension(**kwargs):  # noqa: N802 - the name is Python-Markdown's
    """Entry point that Python-Markdown looks for."""
    return HandlesExtension(**kwargs)

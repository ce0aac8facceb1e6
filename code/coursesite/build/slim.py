"""Makes a page of ours out of what mkdocs-jupyter renders: the posts' markup, without its styles and scripts.

mkdocs-jupyter 0.26 puts some 600 KB of JupyterLab's style and script into each page and wraps each cell in ten boxes.
Here a lab becomes what a post is: headings, paragraphs and code blocks, and below a block what it printed or drew.
An image takes its text alternative from its cell: `# %% alt="What the figure shows."`
"""

import os
import re
from pathlib import Path

import jupytext
from bs4 import BeautifulSoup, NavigableString

from coursesite.build import handles, maths

TEX = re.compile(r"\$([^$\n]+)\$")


class LabError(Exception):
    """A lab that cannot be shown as it is."""


def code_block(cell, soup):
    """The source of a code cell, marked up as the pages do it."""
    box = soup.new_tag("div", attrs={"class": "language-python highlight"})
    pre, code = soup.new_tag("pre"), soup.new_tag("code")
    for part in list(cell.select_one(".highlight-ipynb pre").contents):
        code.append(part)
    pre.append(code)
    box.append(pre)
    return box


def output(area, alt: str, where: str, soup):
    """What a cell printed, drew or returned."""
    box = soup.new_tag("div", attrs={"class": "output"})
    for child in area.select(".jp-OutputArea-output"):
        if child.get("data-mime-type") == "application/vnd.jupyter.stderr":
            continue  # what libraries say about the machine that built the page
        for pre in child.select("pre"):
            pre["tabindex"] = "0"
        for image in child.select("img"):
            if image.get("alt", "").startswith("No description"):
                if not alt:
                    raise LabError(f'{where} draws a figure without a text alternative: write `# %% alt="…"` above it')
                image["alt"] = alt
        for table in child.select("table"):
            table.wrap(soup.new_tag("div", attrs={"class": "table", "tabindex": "0", "role": "group"}))
            del table["border"]
            table["class"] = "plain"
            table.parent["aria-label"] = "Table: " + ", ".join(
                filter(None, (th.get_text() for th in table.select("th")))
            )
        for part in list(child.contents):
            box.append(part)
    return box


def head(page) -> str:
    """The box below a lab's title: its post, and the notebook to download."""
    lab = Path(page.file.abs_src_path)
    post = Path(str(lab).replace(f"{os.sep}labs{os.sep}", os.sep, 1)).with_suffix(".md")
    if not post.exists():
        raise LabError(f"{page.file.src_uri} belongs to no post; write docs/{post.parent.name}/{post.name}")
    title = re.search(r"^title: *(.+)$", post.read_text(encoding="utf-8"), re.MULTILINE)[1]
    return (
        '<div class="post-head"><dl>'
        f'<dt>Lesson</dt><dd><a href="../../../{post.parent.name}/{post.stem}/">{title}</a></dd>'
        f'<dt>Notebook</dt><dd><a href="../{lab.stem}.ipynb" download>download</a></dd>'
        "</dl></div>"
    )


def formulas(soup):
    """Render the TeX between single dollars in the text of a lab."""
    for text in soup.find_all(string=TEX):
        if text.find_parent(["pre", "code"]) is None:
            parts = TEX.split(str(text))
            made = maths.render([(tex, False) for tex in parts[1::2]])
            parts[1::2] = [f'<span class="arithmatex">{html}</span>' for html in made]
            parts[0::2] = [NavigableString(part).output_ready(formatter="minimal") for part in parts[0::2]]
            text.replace_with(BeautifulSoup("".join(parts), "html.parser"))


def on_page_content(page_html, page, config, files):
    """MkDocs' hook: rebuild the HTML of a lab; leave every other page alone."""
    if not page.file.src_uri.startswith("labs/"):
        return page_html
    cells = [cell for cell in jupytext.read(page.file.abs_src_path).cells if cell.cell_type == "code"]
    alts = iter([cell.metadata.get("alt", "") for cell in cells])
    old, new = BeautifulSoup(page_html, "html.parser"), BeautifulSoup("", "html.parser")
    number = 0
    for cell in old.select(".jp-Cell[id]"):
        if text := cell.select_one(".jp-RenderedMarkdown"):
            for part in list(text.contents):
                new.append(part)
        elif cell.select_one(".highlight-ipynb"):
            number += 1
            alt = next(alts)
            new.append(code_block(cell, new))
            if area := cell.select_one(".jp-OutputArea"):
                new.append(output(area, alt, f"{page.file.src_uri}: code cell {number}", new))
    for tag in new.select("style, script"):
        tag.decompose()
    for tag in new.select("a.anchor-link"):
        tag["class"], tag["title"] = "headerlink", "Link to this section"
    formulas(new)
    title, first = new.find("h1"), new.find("p")
    page.meta.setdefault("title", title.find(string=True, recursive=False))
    page.meta.setdefault("description", re.match(r".*?[.:](?= |$)", " ".join(first.get_text().split()))[0])
    title.insert_after(BeautifulSoup(head(page), "html.parser"))
    return handles.copyable(str(new))

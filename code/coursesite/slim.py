"""Takes out of a lab page what mkdocs-jupyter inlines into every one of them, and mends what it leaves untidy.

mkdocs-jupyter 0.26 puts some 600 KB of JupyterLab style and script into each page. One small stylesheet of ours,
`assets/css/lab.css`, serves all labs instead.
"""

from bs4 import BeautifulSoup


def on_page_content(page_html, page, config, files):
    """Strip styles, scripts and copy buttons from the HTML of a lab; leave every other page alone."""
    if not page.file.src_uri.startswith("labs/"):
        return page_html
    soup = BeautifulSoup(page_html, "html.parser")
    for tag in soup.select(
        "style, script, clipboard-copy, .jp-InputPrompt, .jp-OutputPrompt, .zeroclipboard-container"
    ):
        tag.decompose()
    for tag in soup.select("[tabindex]"):
        del tag["tabindex"]
    for tag in soup.select("a.anchor-link"):
        tag["class"], tag.string = "headerlink", "¶"
        tag["title"] = "Link to this section"
    for image in soup.select("img"):
        if image.get("alt", "").startswith("No description"):
            raise ValueError(
                f"{page.file.src_uri}: a figure without a text alternative; give the cell's metadata an alt"
            )
    return str(soup)

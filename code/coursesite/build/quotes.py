"""Quotation marks and apostrophes as they are printed, where no Markdown is converted, which has its own rule for them.

A hook sees to titles and descriptions; what draws, the feed and the pictures of posts ask for it themselves.
"""

import re

OPENS = re.compile(r"(?<![^\s(\[])[\"']")


def curled(text: str) -> str:
    r"""A text with the marks that printers use.

    >>> curled('An LSTM\'s "cell" ("state")')
    'An LSTM’s “cell” (“state”)'
    """
    opened = OPENS.sub(lambda match: "“" if match[0] == '"' else "‘", text)
    return opened.replace('"', "”").replace("'", "’")


def on_page_markdown(markdown, page, config, files):
    """MkDocs' hook, when a page has its title and description: its head and the menus show them as they are."""
    page.meta |= {key: curled(page.meta[key]) for key in ("title", "description") if key in page.meta}
    return markdown

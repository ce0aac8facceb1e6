"""The references of a post carry where each work can be read, which on paper no link to the bibliography tells."""

import re
from pathlib import Path

from coursesite import length

ENTRY = re.compile(r"\{ *#([\w-]+) *\}")
ADDRESS = re.compile(r"\[[^\]]+\]\(https?://[^)\s]+\)")
CITED = re.compile(r"\]\([^)\s]*reference/bibliography\.md#([\w-]+)\)")


def referenced(markdown: str, bibliography: str) -> str:
    """A page, behind each of whose references stands the first address that the bibliography has for it."""
    entries = [(ENTRY.search(entry), ADDRESS.search(entry)) for entry in bibliography.split("\n\n")]
    known = {name[1]: address[0] for name, address in entries if name and address}

    def carried(link: re.Match) -> str:
        return f"{link[0]} ({known[link[1]]})" if link[1] in known else link[0]

    return length.REFERENCES.sub(lambda section: CITED.sub(carried, section[0]), markdown)


def on_page_markdown(markdown, page, config, files):
    """MkDocs' hook."""
    bibliography = Path(config.docs_dir, "reference", "bibliography.md")
    return (
        referenced(markdown, bibliography.read_text(encoding="utf-8"))
        if length.REFERENCES.search(markdown)
        else markdown
    )

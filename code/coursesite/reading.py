"""How every check reads a page: text with what is not prose blanked out, position by position.

A blanked character becomes a space and newlines stay, so an offset or a line number found in the
result is right for the file.
"""

import re
from pathlib import Path

FENCE = re.compile(r"^[ \t]*(?P<mark>`{3,}|~{3,})(?P<info>[^\n]*)$")
INLINE_CODE = re.compile(r"(?<![`\\])(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def markdown_files(folder: Path) -> list[Path]:
    """Every Markdown page under `folder`, in a fixed order."""
    return sorted(Path(folder).rglob("*.md"))


def blank(text: str) -> str:
    """`text` with every character but the newlines replaced by a space."""
    return re.sub(r"[^\n]", " ", text)


def blank_all(pattern: re.Pattern, text: str) -> str:
    """`text` with every match of `pattern` blanked out."""
    return pattern.sub(lambda match: blank(match[0]), text)


def line_of(text: str, offset: int) -> int:
    """The number, from 1, of the line on which `offset` lies."""
    return text.count("\n", 0, offset) + 1


def without_fences(text: str) -> str:
    """`text` with fenced blocks blanked out, at any indentation (admonitions, tabs, lists)."""
    lines, open_mark = [], ""
    for line in text.split("\n"):
        fence = FENCE.match(line)
        if open_mark:
            if fence and fence["mark"].startswith(open_mark) and not fence["info"].strip():
                open_mark = ""
            lines.append(blank(line))
        elif fence and "`" not in fence["info"]:
            open_mark = fence["mark"]
            lines.append(blank(line))
        else:
            lines.append(line)
    return "\n".join(lines)


def without_code(text: str) -> str:
    """`text` with HTML comments, fenced blocks and inline code blanked out."""
    return blank_all(INLINE_CODE, blank_all(COMMENT, without_fences(text)))

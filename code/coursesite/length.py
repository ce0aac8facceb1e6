"""How long a post is: the words of its argument, and the minutes that one reads it, which nobody types."""

import functools
import re
from pathlib import Path

from pymdownx.snippets import SnippetMissingError

from coursesite import reading

WORDS, LINES, EQUATIONS = 200, 12, 2  # a minute
DETAILS = re.compile(
    r'^\?\?\?\+? (?P<kind>\w+) "(?P<title>[^"]*)"[^\n]*\n(?P<body>(?:[ \t]*\n| {4}[^\n]*(?:\n|\Z))*)', re.M
)
REFERENCES = re.compile(r"^## [^\n]*\{:?[ \t]*#references\b.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
TABLE = re.compile(r"^[ \t]*\|[^\n]*$", re.MULTILINE)


def argument(text: str) -> str:
    """A post without its solutions and references, in their places."""
    for solution in [each for each in DETAILS.finditer(text) if each["title"] == "Solution"]:
        text = text[: solution.start()] + reading.blank(solution[0]) + text[solution.end() :]
    return reading.blank_all(REFERENCES, text)


def words(text: str) -> int:
    """The words of the argument: no code, formulas, tables, solutions or references."""
    text = reading.blank_all(TABLE, reading.blank_all(reading.TARGET, reading.prose(argument(text))))
    return len(re.findall(r"\w[\w'’-]*", text))


def lines(root: Path, text: str) -> int:
    """The lines of Python that the argument shows, those of the modules in their places."""
    shown = 0
    for fence in reading.fences(argument(text)):
        if fence.language in ("python", "pycon"):
            try:
                shown += sum(bool(line.strip()) for line in reading.expand(root, fence)[0])
            except SnippetMissingError:  # the build stops at it, and so does a check of its own
                shown += 1
    return shown


def minutes(root: Path, text: str) -> int:
    """The minutes that one reads a post; reckoned anew when it or a module that it shows was saved."""
    shown = [root / "code" / name for name in re.findall(r'--8<-- "([^":]+)', text)]
    return _minutes(root, text, tuple(path.stat().st_mtime_ns for path in shown if path.is_file()))


@functools.lru_cache(maxsize=128)
def _minutes(root: Path, text: str, _saved: tuple[int, ...]) -> int:
    equations = len(reading.DISPLAYED.findall(reading.without_code(argument(text))))
    return max(1, round(words(text) / WORDS + lines(root, text) / LINES + equations / EQUATIONS))

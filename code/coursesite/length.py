"""How long a post is: the words of its argument, and the minutes that one reads it, which nobody types."""

import functools
import re
from collections.abc import Iterator
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
    """A post without its references and what is folded, in their places; a folded trap belongs to the argument."""
    for fold in [each for each in DETAILS.finditer(text) if each["kind"] != "bug"]:
        text = text[: fold.start()] + reading.blank(fold[0]) + text[fold.end() :]
    return reading.blank_all(REFERENCES, text)


def words(text: str) -> int:
    """The words of the argument: no code, formulas, tables, folds or references."""
    text = reading.blank_all(TABLE, reading.blank_all(reading.TARGET, reading.prose(argument(text))))
    return len(re.findall(r"\w[\w'’-]*", text))


def lines(root: Path, text: str) -> int:
    """The lines of Python that the argument shows, those of the modules in their places, and not what they print."""
    return sum(count for _, count in blocks(root, text))


def blocks(root: Path, text: str) -> Iterator[tuple[int, int]]:
    """On which line each block of Python of the argument begins, and how many lines of code it shows."""
    for fence in reading.fences(argument(text)):
        if fence.language in ("python", "pycon"):
            try:
                shown = reading.expand(root, fence)[0]
            except SnippetMissingError:  # the build stops at it, and so does a check of its own
                shown = [">>> 1"]
            yield fence.line, sum(_is_code(line.strip(), fence.language) for line in shown)


def _is_code(line: str, language: str) -> bool:
    """Whether there is something to read as code: neither an empty prompt nor, behind prompts, what is printed."""
    return bool(line) if language == "python" else line.startswith((">>> ", "... "))


def minutes(root: Path, text: str) -> int:
    """The minutes that one reads a post; reckoned anew when it or a module that it shows was saved."""
    shown = [root / "code" / name for name in re.findall(r'--8<-- "([^":]+)', text)]
    return _minutes(root, text, tuple(path.stat().st_mtime_ns for path in shown if path.is_file()))


@functools.lru_cache(maxsize=128)
def _minutes(root: Path, text: str, _saved: tuple[int, ...]) -> int:
    equations = len(reading.DISPLAYED.findall(reading.without_code(argument(text))))
    return max(1, round(words(text) / WORDS + lines(root, text) / LINES + equations / EQUATIONS))

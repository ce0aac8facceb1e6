"""How everything that checks a page reads it: its fences, its snippets, its prose.

Text keeps its positions: what is not wanted is blanked out, character by character, and newlines stay, so that an
offset or a line number found in the result is right for the file.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from markdown import Markdown
from markdown_it import MarkdownIt
from mkdocs.utils.yaml import yaml_load
from pymdownx.snippets import SnippetExtension

from coursesite.listing import Sections

FENCE = re.compile(r"^[ \t]*(?P<mark>`{3,}|~{3,})(?P<info>[^\n]*)$")
CONTAINER = re.compile(r" {0,3}(?:!!!|\?\?\?\+?|===[+!]*)[ \t]+\S")
INLINE_CODE = re.compile(r"(?<![`\\])(`+)(?!`)[^\n]*?(?:\n[^\n]+?)?(?<!`)\1(?!`)")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
FRONT = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
# The three forms of a displayed equation that pymdownx.arithmatex knows, and the inline one.
DISPLAYED = re.compile(
    r"\$\$(?P<dollar>.+?)\$\$|\\\[(?P<square>.+?)\\\]"
    r"|^[ \t]*(?P<begin>\\begin\{(?P<env>[a-z]+\*?)\}.+?\\end\{(?P=env)\})",
    re.DOTALL | re.MULTILINE,
)
INLINE_MATH = re.compile(r"(?<!\\)\$(?!\s)[^$\n]+?(?:\n[^$\n]+?)?(?<!\s)\$")
MACRO = re.compile(r"\[=.*?=\]|\[%.*?%\]|\[#.*?#\]", re.DOTALL)
TAG = re.compile(r"</?[a-zA-Z][^>]*>|<https?:[^>]*>")
ATTRIBUTES = re.compile(r"\{:?\s*[#.][^}\n]*\}")
TARGET = re.compile(r"(?<=\])\([^()\s]*(?:\s+\"[^\"]*\")?\)")


@dataclass(frozen=True)
class Fence:
    """A fenced block; `line` is that of its first line of content."""

    line: int
    language: str
    options: tuple[str, ...]
    content: str


def markdown_files(folder: Path) -> list[Path]:
    """Every Markdown page under `folder`, in a fixed order."""
    return sorted(Path(folder).rglob("*.md"))


def line_of(text: str, offset: int) -> int:
    """The number, from 1, of the line on which `offset` lies."""
    return text.count("\n", 0, offset) + 1


def blank(text: str) -> str:
    """`text` with every character but the newlines replaced by a space."""
    return re.sub(r"[^\n]", " ", text)


def blank_all(pattern: re.Pattern, text: str) -> str:
    """`text` with every match of `pattern` blanked out."""
    return pattern.sub(lambda match: blank(match[0]), text)


def in_fences(lines: list[str]) -> Iterator[bool]:
    """For each line, whether it belongs to a fenced block, at any indentation."""
    mark = ""
    for line in lines:
        fence = FENCE.match(line)
        if mark:
            yield True
            if fence and fence["mark"].startswith(mark) and not fence["info"].strip():
                mark = ""
        else:
            mark = fence["mark"] if fence and "`" not in fence["info"] else ""
            yield bool(mark)


def openings(text: str) -> list[tuple[int, str]]:
    """The line and the info of every fence that opens, at any indentation."""
    lines = text.split("\n")
    inside = [False, *in_fences(lines)]
    found, mark = [], ""
    for number, line in enumerate(lines, 1):
        if not inside[number]:
            mark = ""
        elif not mark:
            fence = FENCE.match(line)
            mark = fence["mark"]
            found.append((number, fence["info"].strip()))
        elif (fence := FENCE.match(line)) and fence["mark"].startswith(mark) and not fence["info"].strip():
            mark = ""
    return found


def without_fences(text: str) -> str:
    """`text` with fenced blocks blanked out, at any indentation (admonitions, tabs, lists)."""
    lines = text.split("\n")
    return "\n".join(blank(line) if inside else line for line, inside in zip(lines, in_fences(lines), strict=True))


def without_code(text: str) -> str:
    """`text` with HTML comments, fenced blocks and inline code blanked out."""
    return blank_all(INLINE_CODE, blank_all(COMMENT, without_fences(text)))


def prose(text: str) -> str:
    """What a reader reads as sentences, and the targets of links: no code, formulas, tags, macros or front matter."""
    for pattern in (FRONT, DISPLAYED, INLINE_MATH, MACRO, TAG, ATTRIBUTES):
        text = blank_all(pattern, without_code(text) if pattern is DISPLAYED else text)
    return text


def front_matter(text: str) -> dict:
    """What a page says about itself; empty if it has nothing between `---` lines at its top."""
    front = FRONT.match(text)
    found = _loaded(front[1]) if front else {}
    return dict(found) if isinstance(found, dict) else {}


@functools.lru_cache(maxsize=256)
def _loaded(front: str):
    return yaml.safe_load(front)


def flat(text: str) -> str:
    """`text` with the heads of admonitions, details and tabs blank and their bodies dedented, line by line.

    To CommonMark such a body is indented code, and it would find no fence in it.
    """
    lines, heads = [], []
    fenced = text.split("\n")
    for line, inside in zip(fenced, in_fences(fenced), strict=True):
        indent = len(line) - len(line.lstrip(" "))
        while line.strip() and heads and indent < heads[-1] + 4:
            heads.pop()
        body = line[4 * len(heads) :]
        if not inside and CONTAINER.match(body):
            heads.append(indent)
            body = ""
        lines.append(body)
    return "\n".join(lines)


def parser() -> MarkdownIt:
    """A CommonMark parser that also finds what stands in admonitions, details and tabs."""

    def flatten(state):
        state.src = flat(state.src)

    found = MarkdownIt("commonmark")
    found.core.ruler.before("block", "flatten", flatten)
    return found


def fences(text: str) -> list[Fence]:
    """The fenced blocks of a page, in order."""
    return list(_fences(text))


@functools.lru_cache(maxsize=256)  # a dozen checks ask for those of each page
def _fences(text: str) -> tuple[Fence, ...]:
    tokens = [token for token in parser().parse(text) if token.type == "fence"]
    words = [token.info.split() or [""] for token in tokens]
    return tuple(
        Fence(token.map[0] + 2, info[0], tuple(info[1:]), token.content)
        for token, info in zip(tokens, words, strict=True)
    )


@functools.lru_cache(maxsize=8)
def snippets(root: Path) -> Sections:
    """The site's own reader of `--8<--` lines, with the options that mkdocs.yml gives it."""
    with (root / "mkdocs.yml").open("rb") as file:
        extensions = yaml_load(file)["markdown_extensions"]
    options = next(each["pymdownx.snippets"] for each in extensions if "pymdownx.snippets" in each)
    options["base_path"] = [str(root / path) for path in options["base_path"]]
    return Sections(SnippetExtension(**options).getConfigs(), Markdown())


def expand(root: Path, fence: Fence) -> tuple[list[str], list[int]]:
    """The lines of a block with its snippets, and for each the line of the page that it is or comes from.

    Raises:
        SnippetMissingError: there is no such file or section.
    """
    lines, numbers = [], []
    for number, line in enumerate(fence.content.removesuffix("\n").split("\n"), fence.line):
        found = snippets(root).run([line])
        lines += found
        numbers += [number] * len(found)
    return lines, numbers

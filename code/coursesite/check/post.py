"""Checks of a post's skeleton: what stands where, how long it is, and what belongs to it."""

import itertools
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coursesite import length, reading, series
from coursesite.build.drafts import of

DESCRIPTION = 155
WORDS = {"lessons": (2200, 3000), "gradflow": (2200, 3500)}
# What the argument of a post may take at most: minutes, lines of code, and lines of one block.
MOST = {"lessons": (30, 150, 25), "gradflow": (45, 200, 25)}
# None stands for the sections of the argument, at least so many.
ORDER = {
    "lessons": (["run", "can-do"], 3, ["library", "measured", "since", "exercises", "references"]),
    "gradflow": (["can-do", "forward", "golden-rule"], 1, ["measured", "traps", "exercises", "references"]),
}
HEADING = re.compile(
    r"^(?P<marks>#{1,6})[ \t]+(?P<title>[^\n]*?)[ \t]*(?:\{:?[ \t]*#(?P<id>[\w-]+)[^}\n]*\})?[ \t]*$", re.M
)
LINK = re.compile(r"\]\(([^)#\s]+\.(?:md|py))[#)\s]")


@dataclass
class Post:
    """A page under docs/lessons or docs/gradflow."""

    root: Path
    path: Path

    def __post_init__(self):
        self.text = self.path.read_text(encoding="utf-8")
        self.series = self.path.parent.name
        self.meta = reading.front_matter(self.text)
        self.slug = str(self.meta.get("slug", ""))
        self.plain = reading.without_fences(self.text)
        self.headings = list(HEADING.finditer(self.plain))

    def at(self, offset: int, problem: str) -> str:
        """The problem at an offset of the text."""
        return f"{self.path.relative_to(self.root)}:{reading.line_of(self.text, offset)}: {problem}"

    def section(self, name: str) -> tuple[int, int]:
        """Where the section of an id begins and ends; (0, 0) without it."""
        second = [h for h in self.headings if len(h["marks"]) == 2]
        for heading, following in itertools.zip_longest(second, second[1:]):
            if heading["id"] == name:
                return heading.end(), following.start() if following else len(self.text)
        return 0, 0


def descriptions(root: Path) -> list[str]:
    """Every page has a title and a description that a search result shows whole."""
    problems = []
    for page in reading.markdown_files(root / "docs"):
        meta = reading.front_matter(page.read_text(encoding="utf-8"))
        place = f"{page.relative_to(root)}:1: the front matter"
        problems += [f"{place} has no {key}; write one" for key in ("title", "description") if not meta.get(key)]
        if (count := len(str(meta.get("description", "")))) > DESCRIPTION:
            problems.append(f"{place}'s description has {count} characters; shorten it to {DESCRIPTION}")
    return problems


def skeletons(root: Path) -> list[str]:
    """Every post has its parts in their order; a draft has its front matter and its lab, and may lack the rest."""
    problems = []
    for path in series.pages(root / "docs"):
        post = Post(root, path)
        checks = [_front] if post.meta.get("draft") is True else [_front, _top, _order, _exercises, _length]
        problems += [problem for check in checks for problem in check(post)]
    return problems


def unlinked(root: Path) -> list[str]:
    """No page leads to a draft, or to its lab, but those that belong to one."""
    docs, problems = root / "docs", []
    drafts = of(docs)
    for page in reading.markdown_files(docs) if drafts else []:
        text, name = page.read_text(encoding="utf-8"), page.relative_to(docs).as_posix()
        for match in LINK.finditer("" if name in drafts else reading.without_code(text)):
            target = docs / match[1].lstrip("/") if match[1].startswith("/") else page.parent / match[1]
            if os.path.relpath(target, docs).replace(os.sep, "/") in drafts:
                place = f"docs/{name}:{reading.line_of(text, match.start())}"
                problems.append(f"{place}: a link to {match[1]}, which is a draft; take it away, or publish the draft")
    return problems


def _front(post: Post) -> Iterator[str]:
    """Front matter, and the files of the same name."""
    for key, kind in {"needs": list, "slug": str}.items():
        if not isinstance(post.meta.get(key), kind):
            yield post.at(0, f"the front matter has no {key}; write it as {kind.__name__}")
    if "minutes" in post.meta:
        yield post.at(0, "the front matter has minutes, which the build computes; take them out")
    part = str(post.meta.get("part") or "")
    if part and (post.series == "lessons" or not post.path.stem.endswith(f"-{part}")):
        yield post.at(0, f"the part is {part!r}; let a post of gradflow, and none else, end its name with it")
    needs = post.meta.get("needs")
    for need in needs if isinstance(needs, list) else []:
        if not (post.root / "docs" / str(need)).exists():
            yield post.at(0, f"the front matter needs {need}, which isn't there; write a path below docs")
    if not re.fullmatch(r"\d\d-[a-z0-9-]+", post.path.stem):
        yield post.at(0, "the file's name isn't NN-slug.md; rename it")
    elif post.series == "lessons" and not f"{post.path.stem[3:]}-".startswith(f"{post.slug}-"):  # NN-slug-part, too
        yield post.at(0, f"the slug is {post.slug!r} and the file says {post.path.stem[3:]!r}; make them the same")
    lab = f"docs/labs/{post.series}/{post.path.stem}.py"
    if not (post.root / lab).exists():
        yield post.at(0, f"there is no lab {lab}; write it")


def _top(post: Post) -> Iterator[str]:
    """A result for the lists of posts, one title, the box below it, and a number or a figure on the first screen."""
    if not re.search(r"\[= runs\.", str(post.meta.get("result", ""))):
        yield post.at(0, "the front matter has no result; write one sentence with the number of a record, [= runs.… =]")
    first = [heading for heading in post.headings if len(heading["marks"]) == 1]
    if len(first) != 1:
        yield post.at(
            first[1].start() if first else 0, f"{len(first)} titles; a post has one line that begins with '# '"
        )
        return
    rest = post.text[first[0].end() :]
    if not re.match(r"\s*\[= head\(\) =\]", rest):
        yield post.at(first[0].start(), "the line after the title isn't [= head() =]; write it there")
    second = next((heading for heading in post.headings if len(heading["marks"]) == 2), None)
    screen = post.plain[first[0].end() : second.start() if second else None]
    if not re.search(r"\[= runs\.|\[%\s*call (?:figure|live)\(", screen):
        yield post.at(first[0].start(), "the first screen has no measured number and no figure; begin with one")


def _order(post: Post) -> Iterator[str]:
    """The sections, by the ids of their headings."""
    before, argument, after = ORDER[post.series]
    second = [heading for heading in post.headings if len(heading["marks"]) == 2]
    for heading in second:
        if not heading["id"]:
            yield post.at(heading.start(), f"the heading {heading['title']!r} has no id; write {{ #id }} behind it")
    ids = [heading["id"] for heading in second if heading["id"]]
    fixed = [name for name in ids if name in before + after]
    for name in before + after:
        if fixed.count(name) != 1:
            yield post.at(0, f"{fixed.count(name)} sections with the id {name}; write one")
    if fixed != [name for name in before + after if name in fixed]:
        yield post.at(0, f"the sections come as {', '.join(fixed)}; the order is {', '.join(before + after)}")
    elif before[-1] in ids and after[0] in ids:
        inside = ids[ids.index(before[-1]) + 1 : ids.index(after[0])]
        if len(inside) < argument:
            yield post.at(
                0, f"{len(inside)} sections between {before[-1]} and {after[0]}; the argument takes {argument}"
            )
        for stray in [name for name in ids if name not in [*fixed, *inside]]:
            yield post.at(0, f"the section {stray} stands outside of the argument; move it before {after[0]}")


def _exercises(post: Post) -> Iterator[str]:
    """Four to six exercises, each with a folded solution from a tested module; the answer to one may be unknown."""
    start, end = post.section("exercises")
    third = [h for h in post.headings if len(h["marks"]) == 3 and start < h.start() < end]
    if start and not 4 <= len(third) <= 6:
        yield post.at(start, f"{len(third)} exercises; write four to six, each below a heading '### …'")
    if not third:
        return
    open_ones = []
    for heading, stop in zip(third, [*(h.start() for h in third[1:]), end], strict=True):
        said = f"the exercise {heading['title']!r} has"
        folded = [(d["kind"], d["title"], d["body"]) for d in length.DETAILS.finditer(post.text[heading.end() : stop])]
        kinds = [each[:2] for each in folded]
        if kinds.count(("tip", "Hint")) > 1 or kinds.count(("success", "Solution")) > 1:
            yield post.at(heading.start(), f'{said} more than one ??? tip "Hint" or ??? success "Solution"; write one')
        solution = "".join(body for _, title, body in folded if title == "Solution")
        open_ones += [] if solution else [heading]
        source = rf'--8<-- "deepcourse/{re.escape(post.slug)}/solutions/\w+\.py:[\w-]+"'
        if solution and not re.search(source, solution):
            yield post.at(
                heading.start(),
                f"{said} a solution without tested code; embed a section out of deepcourse/{post.slug}/solutions",
            )
    for heading in open_ones[1:]:
        title = heading["title"]
        yield post.at(
            heading.start(),
            f'the exercise {title!r} has no block ??? success "Solution", nor has {open_ones[0]["title"]!r}; write one',
        )


def _length(post: Post) -> Iterator[str]:
    least, most = WORDS[post.series]
    if not least <= (count := length.words(post.text)) <= most:
        yield post.at(0, f"{count} words; a post of this series has {least} to {most}")
    minutes, lines, block = MOST[post.series]
    if (count := length.lines(post.root, post.text)) > lines:
        yield post.at(0, f"{count} lines of code are shown, and {lines} may be; fold some, or move them to the lab")
    if (count := length.minutes(post.root, post.text)) > minutes:
        yield post.at(0, f"{count} minutes, and {minutes} may be; take words, code or formulas out")
    for line, count in length.blocks(post.root, post.text):
        if count > block:
            place = f"{post.path.relative_to(post.root)}:{line}"
            yield f"{place}: a block of {count} lines of code, and {block} may be; make two of it, or show less"

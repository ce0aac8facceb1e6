"""Runs the blocks of a page as its reader would: from top to bottom, in one fresh session, each once.

A pytest plugin on top of pytest-markdown-docs (`pytest -p coursesite.run.blocks --markdown-docs docs`). It also finds
the blocks in admonitions, details and tabs, expands `--8<--` lines as the site does, runs `pycon` blocks as doctests
in the same session, keeps what blocks print, and checks what they say about shapes. After a block that fails, the
rest of its page is reported as not run. `notest` keeps a block from running; `coursesite.check` asks for the reason.
"""

import contextlib
import doctest
import io
import linecache
import os
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import pytest
from pytest_markdown_docs._runners import _Runner, register_runner

from coursesite import reading, shapes
from coursesite.shapes.axes import Letters


@dataclass
class Page:
    """The session that the blocks of a page share: names, and a folder of their own."""

    path: str
    names: dict = field(default_factory=lambda: {"__name__": "__main__"})
    folder: tempfile.TemporaryDirectory = field(default_factory=tempfile.TemporaryDirectory)
    outcomes: dict[int, BaseException | None] = field(default_factory=dict)
    printed: str = ""
    examples: Callable[[], doctest.DocTestRunner] = doctest.DebugRunner

    @property
    def stopped(self) -> int | None:
        """The line of the block that failed, if one did."""
        return next((line for line, error in self.outcomes.items() if error), None)

    def run(self, fence: reading.Fence, lines: list[str], numbers: list[int]) -> None:
        """Run one block, whose lines are as `reading.expand` gives them, and keep what it prints."""
        output = io.StringIO()
        try:
            with (
                contextlib.chdir(self.folder.name),
                contextlib.redirect_stdout(output),
                contextlib.redirect_stderr(output),
            ):
                if fence.language == "pycon":
                    self._examples("\n".join(lines) + "\n", numbers)
                else:
                    exec(self._compiled("\n".join(lines) + "\n", numbers, self._name(fence.line)), self.names)
        finally:
            self.printed = output.getvalue()

    def _name(self, line: int) -> str:
        return f"<{self.path}, block of line {line}>"

    def _compiled(self, source: str, numbers: list[int], name: str, mode: str = "exec", flags: int = 0):
        """Code with its checks of shapes, whose source `inspect` and `tf.function` can find."""
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        sheet = shapes.Sheet(self.path, f"__shapes_{numbers[0]}__", numbers)
        code = sheet.compile(source, name, mode=mode, flags=flags)
        self.names.update({sheet.name: sheet, "__letters__": Letters()})
        return code

    def _examples(self, source: str, numbers: list[int]) -> None:
        """Run a `pycon` block: what it shows must be what comes out."""
        test = doctest.DocTestParser().get_doctest(source, {}, self.path, self.path, 0)
        test.globs = self.names
        starts = iter([example.lineno for example in test.examples])

        def compiled(source, filename, mode, flags, dont_inherit):
            at = next(starts)
            return self._compiled(source, numbers[at:], self._name(numbers[at]), mode, flags)

        with mock.patch.object(doctest, "compile", compiled, create=True):
            self.examples().run(test, clear_globs=False)


def to_run(text: str) -> list[reading.Fence]:
    """The blocks of a page that are run, in order."""
    return [
        fence
        for fence in reading.fences(text)
        if fence.language in ("python", "py", "pycon") and "notest" not in fence.options
    ]


class Blocks:
    """The pages of one pytest run."""

    def __init__(self, config: pytest.Config):
        os.environ.setdefault("MPLBACKEND", "agg")
        self.root = config.rootpath
        self.pages: dict[Path, Page] = {}
        self.fences: dict[Path, list[reading.Fence]] = {}

    def page(self, path: Path) -> Page:
        """The session of a page; it begins with its first block."""
        if path not in self.pages:
            self.pages[path] = Page(os.path.relpath(path, self.root))
            self.fences[path] = to_run(path.read_text(encoding="utf-8"))
        return self.pages[path]

    def run(self, path: Path, line: int) -> None:
        """Run the block of `line` once, after those before it that were not selected; skip it if one of them failed."""
        page = self.page(path)
        for fence in self.fences[path]:
            if fence.line > line:
                break
            if page.stopped is not None and fence.line not in page.outcomes:
                pytest.skip(f"not run: the block of {page.path}:{page.stopped} failed")
            if fence.line not in page.outcomes:
                page.outcomes[fence.line] = None
                try:
                    page.run(fence, *reading.expand(self.root, fence))
                except BaseException as error:
                    page.outcomes[fence.line] = error
                    if fence.line == line or not isinstance(error, Exception):
                        raise
        # pytest-markdown-docs calls again after a TypeError: the block has had its run
        if error := page.outcomes[line]:
            raise error

    def report(self, path: Path, line: int, error: BaseException) -> str:
        """What failed, where on the page, in which lines, and what had been printed."""
        page = self.page(path)
        fence = next(fence for fence in self.fences[path] if fence.line == line)
        with contextlib.suppress(Exception):
            return "\n".join(_story(page, fence, *reading.expand(self.root, fence), error))
        return f"{page.path}:{line}: {type(error).__name__}: {error}"


def _story(page: Page, fence: reading.Fence, lines: list[str], numbers: list[int], error: BaseException):
    example = getattr(error, "example", None)
    frames = traceback.extract_tb(
        error.exc_info[2] if isinstance(error, doctest.UnexpectedException) else error.__traceback__
    )
    own = [f"<{page.path}, block of line {number}>" for number in {fence.line, *numbers}]
    frames = frames[next((i for i, frame in enumerate(frames) if frame.filename in own), len(frames)) :]
    if example is not None:
        at = example.lineno
    elif isinstance(error, SyntaxError) and error.filename in own:
        at = (error.lineno or 1) - 1
    else:
        at = frames[0].lineno - 1 if frames else 0
    yield f"{page.path}:{numbers[at]}: the block of line {fence.line} fails"
    yield from (
        f"{'>' if i == at else ' '} {number:4} {line}"
        for i, (number, line) in enumerate(zip(numbers, lines, strict=True))
    )
    if isinstance(error, doctest.DocTestFailure):
        yield f"Expected:\n{error.example.want}Got:\n{error.got}"
    else:
        cause = error.exc_info[1] if isinstance(error, doctest.UnexpectedException) else error
        yield from (line.rstrip() for line in traceback.format_list(frames))
        yield from (line.rstrip() for line in traceback.format_exception_only(cause))
    if page.printed:
        yield f"Printed:\n{page.printed}"


@register_runner(default=True)
class PageRunner(_Runner):
    """Hands each block that pytest-markdown-docs finds to the session of its page."""

    blocks: Blocks

    def runtest(self, test, args, *, asyncio_runner=None):
        """Run one block."""
        self.blocks.run(test.source_path, test.start_line + 1)

    def repr_failure(self, test, excinfo, style=None):
        """Describe its failure."""
        return self.blocks.report(test.source_path, test.start_line + 1, excinfo.value)


def pytest_configure(config):
    """Check shapes from here on, and start with no page."""
    shapes.install()
    PageRunner.blocks = Blocks(config)


def pytest_unconfigure(config):
    """Take the folders of the pages away."""
    for page in PageRunner.blocks.pages.values():
        page.folder.cleanup()


@pytest.hookimpl(tryfirst=True)
def pytest_markdown_docs_markdown_it():
    """The parser of pages, to which a `pycon` block is one to run, too."""

    def rename(state):
        for token in state.tokens:
            if token.type == "fence" and token.info.split()[:1] == ["pycon"]:
                token.info = token.info.replace("pycon", "python", 1)

    found = reading.parser()
    found.core.ruler.after("block", "pycon", rename)
    return found

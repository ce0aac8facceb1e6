"""Whether a page notices that a line it shows is wrong: `python -m coursesite.run.noticed docs/lessons/02-mnist.md`.

A page shows functions and, after them, blocks that check them. This breaks one line of a function that comes from a
module (`coursesite.run.breaks`), runs the page anew as its reader would, without checks of shapes, and asks whether a
block prints something else or raises; then the next line. A page ends here where its exercises begin. It fails where
less than eight of ten are noticed.

Without a page named it asks all that say `notices: true` in their front matter. What each answered is kept in
runs/site/noticed.json by `--record`, and a page is asked again only when its blocks, the code that they import, the way
of asking or the pinned packages have changed since.
"""

import _thread
import argparse
import contextlib
import doctest
import faulthandler
import functools
import hashlib
import io
import json
import linecache
import multiprocessing
import os
import re
import signal
import sys
import threading
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pymdownx.snippets import SnippetMissingError

from coursesite import imports, reading
from coursesite.run import blocks, breaks

BREAKS = 10  # on a page
NOTICED = 0.8  # of them
GRACE = 5.0  # CPU seconds that a break may cost beyond three times the page's own, before it counts as endless
PATIENCE = 600.0  # seconds by the clock, until what computes nothing or never comes back to Python ends the process
RECORD = Path("runs/site/noticed.json")
ASKING = ("noticed.py", "breaks.py", "blocks.py")  # whose change makes all answers old
PACKAGES = "requirements/course.txt"
EXERCISES = re.compile(r"^## .*\{ #exercises \}", re.MULTILINE)


class Session(blocks.Page):
    """That of a reader, who has no checks of shapes."""

    def _compiled(self, source, numbers, name, mode="exec", flags=0):
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        return compile(source, name, mode, flags, dont_inherit=True)


class Outputs(doctest.OutputChecker):
    """Compares as doctest does; while it `learns`, an output that isn't as typed is taken as it comes, for later."""

    def __init__(self):
        self.learns, self.at, self.instead = True, 0, {}

    def check_output(self, want, got, optionflags):
        """Whether an output, the next one of a run, is the right one."""
        self.at += 1
        right = super().check_output(self.instead.get(self.at, want), got, optionflags)
        if self.learns and not right:
            self.instead[self.at] = got
        return right or self.learns


@dataclass(frozen=True)
class Block:
    """A block with its snippets: its lines, for each the line of the page, and which of these bring a snippet."""

    fence: reading.Fence
    lines: list[str]
    numbers: list[int]
    snippets: set[int]


class Page:
    """The blocks of a page up to its exercises.

    Raises:
        RuntimeError: A snippet isn't there.
    """

    def __init__(self, root: Path, path: Path):
        text = path.read_text(encoding="utf-8")
        end = EXERCISES.search(text)
        last = reading.line_of(text, end.start() if end else len(text))
        self.name = os.path.relpath(path, root).replace(os.sep, "/")
        self.outputs = Outputs()
        self.blocks = []
        for fence in blocks.to_run(text):
            typed = enumerate(fence.content.split("\n"), fence.line)
            snippets = {number for number, line in typed if "--8<--" in line}
            if fence.line < last:
                try:
                    self.blocks.append(Block(fence, *reading.expand(root, fence), snippets))
                except SnippetMissingError as error:
                    raise RuntimeError(f"{self.name}:{fence.line}: {error}") from error

    def fingerprint(self, root: Path) -> str:
        """What its answer depends on, as a digest; what numbers or weights a module loads is left out."""
        code, parts = root / "code", [self.name]
        sources = []
        for block in self.blocks:
            text = "\n".join(block.lines)
            parts.append(text)
            if block.fence.language == "pycon":
                text = "".join(each.source for each in doctest.DocTestParser().get_examples(text + "\n"))
            sources.append(text)
        files = imports.closure((file for text in sources for file in imports.imported(text, code)), code)
        files |= {Path(__file__).with_name(name) for name in ASKING} | {root / PACKAGES}
        order = {path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name: path for path in files}
        parts += [order[name].read_text(encoding="utf-8") for name in sorted(order)]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]

    def breaks(self, most: int) -> list[tuple[Block, breaks.Break]]:
        """So many breaks, in the order of the page, each with its block."""
        found = []
        for block in self.blocks:
            for each in breaks.breaks("\n".join(block.lines)):
                if block.numbers[each.line - 1] in block.snippets:
                    found.append((block, each))
        first = breaks.spread([each for _, each in found], self.name)[:most]
        return [(block, each) for block, each in found if each in first]

    def run(self, broken: Block | None = None, source: str = "") -> str:
        """Where a block first says something else, and what, if one block has another source; empty if none does."""
        session = Session(self.name, examples=lambda: doctest.DebugRunner(self.outputs))
        self.outputs.at = 0
        try:
            for block in self.blocks:
                lines = source.split("\n") if block is broken else block.lines
                try:
                    session.run(block.fence, lines, block.numbers)
                except doctest.DocTestFailure as error:
                    return f"line {block.numbers[error.example.lineno]} prints {_short(error.got)}"
                except doctest.UnexpectedException as error:
                    return f"line {block.numbers[error.example.lineno]} raises {_said(error.exc_info[1])}"
                except Exception as error:
                    return f"the block of line {block.fence.line} raises {_said(error)}"
        finally:
            session.folder.cleanup()
        return ""

    def settle(self) -> float:
        """Run the page twice, unbroken, and say how many CPU seconds the second time takes.

        Raises:
            RuntimeError: A block raises, or prints something else the second time.
        """
        for self.outputs.learns in (True, False):
            start = time.process_time()
            if said := self.run():
                raise RuntimeError(f"{self.name}: unbroken, {said}")
        return time.process_time() - start


@contextlib.contextmanager
def at_most(seconds: float):
    """Raise TimeoutError in what takes more CPU seconds; a busy machine ends nothing.

    What ends it is an interrupt, which a process that a shell began in the background ignores: not in here.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    lock, ended, late, start = threading.Lock(), threading.Event(), threading.Event(), time.process_time()

    def watch():
        while not ended.wait(0.05):
            with lock:
                if time.process_time() - start > seconds and not ended.is_set():
                    late.set()
                    return _thread.interrupt_main()

    threading.Thread(target=watch, daemon=True).start()
    faulthandler.dump_traceback_later(PATIENCE, exit=True, file=sys.__stderr__)
    try:
        yield
        with lock:
            ended.set()
        if late.is_set():
            time.sleep(PATIENCE)  # the interrupt is under way
    except KeyboardInterrupt:
        if not late.is_set():
            raise
        raise TimeoutError from None
    finally:
        ended.set()
        faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGINT, before)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def _said(error: BaseException) -> str:
    return _short(traceback.format_exception_only(error)[-1])


@dataclass(frozen=True)
class Answer:
    """How many of the broken lines of a page were noticed."""

    noticed: int
    of: int

    @property
    def enough(self) -> bool:
        """Whether it is at least eight of ten, and anything could be broken."""
        return self.of > 0 and self.noticed >= NOTICED * self.of

    def __str__(self) -> str:
        return f"{self.noticed} of {self.of} breaks were noticed"


def ask(page: Page, most: int = BREAKS, *, whole: bool = True) -> Answer:
    """Break lines of a page, print each with what noticed it, and say how many were.

    Unless the `whole` is asked for, it ends as soon as the breaks that are left can't change whether they are enough.
    """
    seconds, found, noticed = page.settle(), page.breaks(most), 0
    if taken := len(page.outputs.instead):
        print(f"{page.name}: {taken} outputs aren't as typed; here they are taken as they come")
    wanted = NOTICED * len(found)
    for asked, (block, each) in enumerate(found):
        if not whole and (noticed >= wanted or noticed + len(found) - asked < wanted):
            found = found[:asked]
            break
        before, after = each.shows()
        print(f"{page.name}:{block.numbers[each.line - 1]}: {each.function}: {before}  ->  {after}", flush=True)
        try:
            with at_most(GRACE + 3 * seconds):
                said = page.run(block, each.broken)
        except TimeoutError:
            said = "it doesn't end"
        noticed += bool(said)
        print(f"    {said or 'NOT NOTICED'}", flush=True)
    answer = Answer(noticed, len(found))
    enough = answer.enough
    needed = "" if enough else f"; at least {NOTICED:.0%} have to be: let later blocks compute with what the page shows"
    print(f"{page.name}: {answer}{needed}", flush=True)
    return answer


def told(root: Path, path: Path, most: int, *, whole: bool = False) -> tuple[Answer, str]:
    """Ask a page; its answer, and what was printed."""
    with contextlib.redirect_stdout(io.StringIO()) as said:
        try:
            answer = ask(Page(root, path), most, whole=whole)
        except RuntimeError as error:
            answer = Answer(0, 0)
            print(error)
    return answer, said.getvalue()


def ask_all(root: Path, paths: list[Path], most: int, *, whole: bool = False) -> list[Answer]:
    """Ask pages, one on each core, and print what each said; their answers."""
    if len(paths) <= 1:
        return [ask(Page(root, path), most) for path in paths]
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
        asked = [pool.submit(functools.partial(told, whole=whole), root, path, most) for path in paths]
        answers = []
        for each in asked:
            answer, said = each.result()
            print(said, end="", flush=True)
            answers.append(answer)
    return answers


def kept(root: Path) -> dict[str, tuple[str, Answer]]:
    """By page, the fingerprint that it had when it last answered, and what."""
    try:
        record = json.loads((root / RECORD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    prints = record["settings"]["fingerprints"]
    return {name: (prints[name], Answer(**record["values"][name])) for name in prints}


def write(root: Path, answers: dict[str, tuple[str, Answer]]) -> Path:
    """Write the record of what all pages answered."""
    from deepcourse import records  # not before coursesite.shapes watches the course's imports

    answers = dict(sorted(answers.items()))
    record = {
        "command": "python -m coursesite.run.noticed --record",
        "values": {name: {"noticed": answer.noticed, "of": answer.of} for name, (_, answer) in answers.items()},
        "units": {"noticed": "count", "of": "count"},
        "settings": {
            "breaks": BREAKS,
            "enough": NOTICED,
            "fingerprints": {name: fingerprint for name, (fingerprint, _) in answers.items()},
        },
        "seeds": [],
        "data": {"name": "the blocks of the posts"},
    }
    return records.write("site/noticed", record, root / RECORD.parents[1])


def promised(root: Path) -> list[Path]:
    """The pages that say `notices: true`."""
    pages = reading.markdown_files(root / "docs")
    return [page for page in pages if reading.front_matter(page.read_text(encoding="utf-8")).get("notices") is True]


def short(page: Page) -> str:
    """The name of a page in the record: `02-mnist`."""
    return Path(page.name).stem


def ask_changed(root: Path, most: int, *, record: bool) -> bool:
    """Ask all that promise to notice and whose answer is old; whether all notice enough."""
    known, now, waiting = kept(root), {}, {}
    for path in promised(root):
        page = Page(root, path)
        fingerprint = page.fingerprint(root)
        before, answer = known.get(short(page), ("", None))
        if fingerprint == before and answer.enough:
            now[short(page)] = (fingerprint, answer)
            print(f"{page.name}: {answer}, and nothing has changed since")
        else:
            waiting[short(page)] = (fingerprint, path)
    answers = ask_all(root, [path for _, path in waiting.values()], most, whole=record)
    now |= {name: (waiting[name][0], answer) for name, answer in zip(waiting, answers, strict=True)}
    enough = all(answer.enough for _, answer in now.values())
    if record and enough:
        print(write(root, now))
    return enough


def main() -> int:
    """Ask the pages named, or all that promise it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("pages", nargs="*", type=Path, help="such as docs/lessons/02-mnist.md")
    parser.add_argument("--breaks", type=int, default=BREAKS, metavar="N", help=f"at most, on a page; else {BREAKS}")
    parser.add_argument("--record", action="store_true", help=f"keep what all pages answer in {RECORD}")
    options = parser.parse_args()
    if options.record and (options.pages or options.breaks != BREAKS):
        parser.error(f"--record is of all pages, with {BREAKS} breaks")
    os.environ.setdefault("MPLBACKEND", "agg")
    root = Path.cwd()
    try:
        if not options.pages:
            return int(not ask_changed(root, options.breaks, record=options.record))
        paths = [page.absolute() for page in options.pages]
        return int(not all(answer.enough for answer in ask_all(root, paths, options.breaks)))
    except RuntimeError as error:
        print(error)
        return 1


if __name__ == "__main__":
    sys.exit(main())

"""Checks what the course's modules say about shapes whenever their functions run.

Loaded by pytest (`-p coursesite.shapes`), or by `install()` before `deepcourse` is imported. Checked are

- the comment behind an assignment, a return or a yield: `h = dense(x, w, b)  # (B, H)`,
- the comment behind a field of a class: `images: np.ndarray  # (N, D)`, whenever an instance is made,
- the docstring's entries: `x: (B, D) one image per row.` under Args, `(B, H) ...` under Returns or Yields.

A letter has one size per call. A value of another shape raises ShapeError. An argument of another shape does so unless
the function itself refuses it with an exception. How a shape is written: `coursesite.shapes.axes`.

The import hook adds the checks to the syntax tree of a module, under the lines that are there already; the source,
tracebacks and doctests stay as they are. `tf.function` parses sources again, so its parser gets the same tree.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from coursesite.shapes.axes import Letters, Shape, ShapeError, contradiction
from coursesite.shapes.instrument import add_checks

PACKAGE = "deepcourse"
START = os.getcwd()


@dataclass
class Statement:
    """Something said about a shape in a source file."""

    line: int
    text: str
    shapes: list[Shape]
    runs: int = 0


class Sheet:
    """What one source says about shapes; the added code calls its methods under the name of the sheet.

    Args:
        path: of the source.
        name: a sheet's own, where several sources run in one namespace.
        lines: for each line of the source the line of `path` that it comes from, where that isn't the same.
    """

    def __init__(self, path: str, name: str = "__shapes__", lines: list[int] | None = None):
        self.path = os.path.relpath(path, START) if os.path.isabs(path) else path
        self.name, self.lines = name, lines
        self.statements: dict[str, Statement] = {}

    def compile(self, source: str, filename: str, offset: int = 0, mode: str = "exec", flags: int = 0):
        """Compile `source`, whose first line is line `offset + 1` of the sheet, with its checks.

        The code runs where `self.name` is this sheet and `__letters__` is `Letters()`.
        """
        return compile(add_checks(self, source, offset, mode), filename, mode, flags, dont_inherit=True)

    def where(self, line: int) -> str:
        """The place of a line of the source."""
        return f"{self.path}:{self.lines[line - 1] if self.lines else line}"

    def state(self, key: str, line: int, text: str, shapes: list[Shape]) -> str:
        """Note a statement under `key`; the second reading of a source by `tf.function` changes nothing."""
        self.statements.setdefault(key, Statement(line, text, shapes))
        return key

    def enter(self, outer: Letters | None, arguments: dict) -> Letters:
        """Letters for one call, bound by its arguments; an enclosing call's letters keep their sizes."""
        letters = Letters(outer or {})
        pairs = [pair for key, value in arguments.items() for pair in self._pairs(key, value)]
        if found := contradiction([pair for _, *pair in pairs], letters):
            guilty = next((key for key, shape, _ in pairs if f"states {shape.text}," in found), pairs[0][0])
            letters.refusal = self._message(guilty, found, letters)
        return letters

    def check(self, letters: Letters, keys: tuple[str, ...], value):
        """Hand `value` on, if it has the shapes stated under `keys` and the arguments were as stated."""
        if getattr(letters, "refusal", ""):
            raise ShapeError(letters.refusal)
        for key in keys:
            if found := contradiction([pair for _, *pair in self._pairs(key, value)], letters):
                raise ShapeError(self._message(key, found, letters))
        return value

    def fields(self, keys: dict[str, str]):
        """A class decorator that checks the fields of each new instance."""

        def decorate(cls):
            maker = "__new__" if issubclass(cls, tuple) else "__init__"
            make = getattr(cls, maker)

            def made(instance, *args, **kwargs):
                result = make(instance, *args, **kwargs)
                letters = Letters()
                for name, key in keys.items():
                    self.check(letters, (key,), getattr(instance if maker == "__init__" else result, name))
                return result

            setattr(cls, maker, made)
            return cls

        return decorate

    def _pairs(self, key: str, value) -> list[tuple[str, Shape, object]]:
        if value is None:
            return []
        statement = self.statements[key]
        statement.runs += 1
        if len(statement.shapes) == 1:
            return [(key, statement.shapes[0], value)]
        if not isinstance(value, list | tuple) or len(value) != len(statement.shapes):
            found = f"states {len(statement.shapes)} shapes, but the value is {_count(value)}"
            raise ShapeError(self._message(key, found, Letters()))
        return [(key, shape, item) for shape, item in zip(statement.shapes, value, strict=True)]

    def _message(self, key: str, found: str, letters: Letters) -> str:
        statement = self.statements[key]
        bound = ", ".join(f"{letter} = {size}" for letter, size in letters.items())
        said = f"{self.where(statement.line)}: `{statement.text}` {found}"
        return f"{said}; in this call {bound}" if bound else said

    # tf.function shall call these as they are, and not translate them into a graph.
    enter.autograph_info__ = check.autograph_info__ = None


def _count(value) -> str:
    return f"{len(value)} values" if isinstance(value, list | tuple) else f"one {type(value).__name__}"


SHEETS: dict[str, Sheet] = {}


class _Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname):
        # Past the byte code on disk, which has no checks, and never into it.
        source = self.get_data(self.path).decode("utf-8")
        before = SHEETS.get(os.path.realpath(self.path))
        sheet = SHEETS[os.path.realpath(self.path)] = Sheet(self.path)
        code = sheet.compile(source, self.path)
        if before is not None and before.statements.keys() == sheet.statements.keys():
            sheet.statements = before.statements  # imported once more, or run: both count
        return code

    def exec_module(self, module):
        code = self.get_code(module.__name__)
        vars(module).update(__shapes__=SHEETS[os.path.realpath(self.path)], __letters__=Letters())
        exec(code, vars(module))
        teach_autograph()


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] != PACKAGE:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def install() -> None:
    """From here on, modules of the course are imported with their checks."""
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    if early := [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        raise RuntimeError(
            f"{early[0]} is imported already, without its checks; call coursesite.shapes.install() first"
        )
    sys.meta_path.insert(0, _Finder())


def teach_autograph() -> None:
    """Let `tf.function` see the checks: it takes a function's source, not its code, and parses it anew."""
    if "tensorflow" not in sys.modules:
        return
    import gast
    from tensorflow.python.autograph.pyct import parser

    original = parser.parse_entity
    if hasattr(original, "checks_shapes"):
        return

    def parse_entity(entity, future_features):
        node, source = original(entity, future_features)
        code = getattr(entity, "__code__", None)
        depths = [d for d in range(9) if code and f"__letters_{d}__" in code.co_varnames + code.co_cellvars]
        if not depths:
            return node, source
        sheet = entity.__globals__[next(name for name in code.co_names if name.startswith("__shapes_"))]
        offset = code.co_firstlineno - 1 - len(future_features)
        return gast.ast_to_gast(add_checks(sheet, source, offset, depth=depths[0])).body[-1], source

    parse_entity.checks_shapes = True
    parser.parse_entity = parse_entity


def never_checked() -> list[str]:
    """The statements in all modules of the course that nothing ran since `install()`."""
    lines = []
    folders = importlib.util.find_spec(PACKAGE).submodule_search_locations
    for path in sorted(path for folder in folders for path in Path(folder).rglob("*.py")):
        sheet = sheet_of(os.path.realpath(path))
        lines += [f"{sheet.where(s.line)}: `{s.text}`" for s in sheet.statements.values() if not s.runs]
    return lines


def sheet_of(path: str) -> Sheet:
    """What a module says, whether or not it is imported here."""
    if path not in SHEETS:
        SHEETS[path] = Sheet(path)
        SHEETS[path].compile(Path(path).read_text(encoding="utf-8"), path)
    return SHEETS[path]


def pytest_addoption(parser):
    """The option of the full run."""
    text = "fail when something said about a shape in code/deepcourse was checked by no test"
    parser.getgroup("course").addoption("--shapes-complete", action="store_true", help=text)


def pytest_configure(config):
    """Before any test module is imported."""
    install()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Count what a worker of pytest-xdist checked."""
    for path, runs in getattr(node, "workeroutput", {}).get("shapes", {}).items():
        for key, times in runs.items():
            sheet_of(path).statements[key].runs += times


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Hand on what a worker checked; fail the full run for what it left unchecked."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["shapes"] = {
            path: {key: statement.runs for key, statement in sheet.statements.items()} for path, sheet in SHEETS.items()
        }
    elif session.config.getoption("--shapes-complete"):
        session.config.never_checked = never_checked()
        if session.config.never_checked and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config):
    """How many statements were checked, and which were not."""
    said = [statement for sheet in SHEETS.values() for statement in sheet.statements.values()]
    if said:
        checked = sum(statement.runs > 0 for statement in said)
        terminalreporter.write_line(f"shapes: {checked} of {len(said)} statements in the imported modules were checked")
    if missed := getattr(config, "never_checked", []):
        terminalreporter.section("shapes that no test checked; call the function in a test, or take the statement away")
        for line in missed:
            terminalreporter.write_line(line)

"""What a file imports, and what that imports in turn: read from the sources, without running them."""

import ast
import functools
from collections.abc import Iterable, Iterator
from pathlib import Path


def closure(paths: Iterable[Path], root: Path) -> set[Path]:
    """`paths`, and every file below `root` that they import, directly or through others.

    Args:
        paths: Python files, below `root` or not (labs, tests, notebooks written as scripts).
        root: the folder that stands on the path, such as `code`; what is imported from elsewhere is left out.

    Returns:
        The files as they were given or as `root / …`, with the `__init__.py` of every package on the way. Imports
        inside functions count; one by a computed name can't be seen.
    """
    found, waiting = set(), list(paths)
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported(path, root, path.stat().st_mtime_ns)
    return found


@functools.cache
def _imported(path: Path, root: Path, _saved: int) -> list[Path]:
    """The files below `root` that `path` imports, and the packages that it lies in."""
    own = path.relative_to(root).with_suffix("").parts if path.is_relative_to(root) else ()
    return [file for file in imported(path.read_text(encoding="utf-8"), root, own, str(path)) if file != path]


def imported(source: str, root: Path, own: tuple[str, ...] = (), name: str = "<source>") -> list[Path]:
    """The files below `root` that a source imports itself, and the packages that they, and its `own` name, lie in."""
    nodes = ast.walk(ast.parse(source, name))
    names = [own, *(name for node in nodes for name in _names(node, own))]
    steps = {root.joinpath(*name[:length]) for name in names for length in range(1, len(name) + 1)}
    files = (file for step in steps for file in (step.with_suffix(".py"), step / "__init__.py"))
    return sorted(file for file in files if file.is_file())


def _names(node: ast.AST, own: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The dotted names, as tuples, that an import could mean: `from a import b` may be the module a.b."""
    if isinstance(node, ast.Import):
        yield from (tuple(alias.name.split(".")) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = own[: -node.level] if node.level else ()
        base += tuple(node.module.split(".")) if node.module else ()
        yield from ((*base, alias.name) for alias in node.names)

r"""Which displayed equations the pages show, and which tests claim them.

A page labels each displayed equation: `\label{mnist/softmax}` if a test proves it,
`\label{def:mnist/loss}` if it is a definition and not a claim. A test claims one by
`@pytest.mark.equation("mnist/softmax")`.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coursesite.reading import DISPLAYED, line_of, markdown_files, without_code

LABEL = re.compile(r"\\label\{(?P<definition>def:)?(?P<id>[^}]*)\}")
MARKER = "pytest.mark.equation"
RECORD = "about/equations"  # written by coursesite.run.proofs


@dataclass(frozen=True)
class Equation:
    """A displayed equation of `page` (below docs); `id` has no `def:`, and is empty unless there is one label."""

    id: str
    page: Path
    line: int
    tex: str  # without the label
    definition: bool


@dataclass(frozen=True)
class Claim:
    """A test in the file `path` (below tests); `test` is its name, after its class's if it has one."""

    path: Path
    line: int
    test: str


def shown(docs_dir: Path) -> list[Equation]:
    """Every displayed equation of the pages under `docs_dir`, page by page, in reading order."""
    return [equation for page in markdown_files(docs_dir) for equation in _on(page, page.relative_to(docs_dir))]


def _on(file: Path, page: Path) -> list[Equation]:
    text = without_code(file.read_text(encoding="utf-8"))
    found = []
    for match in DISPLAYED.finditer(text):
        tex = match["dollar"] or match["square"] or match["begin"]
        labels = list(LABEL.finditer(tex))
        label = labels[0] if len(labels) == 1 else None
        found.append(
            Equation(
                id=label["id"] if label else "",
                page=page,
                line=line_of(text, match.start()),
                tex=LABEL.sub("", tex).strip(),
                definition=bool(label and label["definition"]),
            )
        )
    return found


def errors(records: dict[str, dict]) -> dict[str, float]:
    """The largest error that a test measured of each equation, by its id, out of all records by name."""
    values = records.get(RECORD, {}).get("values", {})
    return {f"{slug}/{short}": error for slug, found in values.items() for short, error in found.items()}


def claims(tests_dir: Path) -> dict[str, list[Claim]]:
    """The tests under `tests_dir` that claim an equation, by its id.

    Raises:
        ValueError: a claim is not a literal string, so that it can't be read without running it.
    """
    found = defaultdict(list)
    for path in sorted(Path(tests_dir).rglob("test_*.py")):
        for node, name in _definitions(ast.parse(path.read_text(encoding="utf-8"), str(path))):
            for decorator in node.decorator_list:
                for equation in _claimed(decorator, path):
                    found[equation].append(Claim(path.relative_to(tests_dir), node.lineno, name))
    return dict(found)


def _definitions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[ast.AST, str]]:
    """The functions and classes of a module, with their names as pytest writes them."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node, prefix + node.name
            if isinstance(node, ast.ClassDef):
                yield from _definitions(node, f"{prefix}{node.name}::")


def _claimed(decorator: ast.expr, path: Path) -> list[str]:
    """The ids that one decorator claims: none unless it is the marker."""
    if not isinstance(decorator, ast.Call) or ast.unparse(decorator.func) != MARKER:
        return []
    for argument in decorator.args:
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            raise ValueError(
                f"{path}:{decorator.lineno}: the marker's argument is `{ast.unparse(argument)}`; "
                f'write the equation\'s id as a string: @{MARKER}("slug/name")'
            )
    return [argument.value for argument in decorator.args]

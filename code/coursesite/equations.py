r"""Which displayed equations the pages show, and which tests claim them.

A page labels each displayed equation: `\label{mnist/softmax}` if a test proves it,
`\label{def:mnist/loss}` if it is a definition and not a claim. A test claims one by
`@pytest.mark.equation("mnist/softmax")`.
"""

import ast
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coursesite.reading import DISPLAYED, line_of, markdown_files, without_code

LABEL = re.compile(r"\\label\{(?P<definition>def:)?(?P<id>[^}]*)\}")
MARKER = "pytest.mark.equation"
RECORD = "equations"  # of each slug, written by coursesite.run.proofs
TOKEN = re.compile(
    r"(?P<row>\\\\)(?:\[\w+\])?"
    r"|\\(?:begin|end)\{\w+\}(?:\{[lcr|]*\})?|\\(?:hline|[Bb]igg?[lr]?|left|right)(?![a-zA-Z])"
    r"|\\[,;:! ]|&|\{\}|\{,\}|\s"
    r"|(?P<token>\\(?:text|operatorname)\{[^}]*\}|\\[a-zA-Z]+|\\.|.)",
    re.DOTALL,
)


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
    evaluated: bool = False  # by `proof.tex(...)`, as displayed
    digest: str | None = None  # of the formula that its author read


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


def tokens(tex: str) -> list[str]:
    """The TeX of a formula, letter by letter and command by command, without what only moves it about."""
    found = (match["row"] or match["token"] for match in TOKEN.finditer(tex))
    return [re.sub(r"\s*(?=\})|(?<=\{)\s*", "", token) for token in found if token]


def digest(tex: str) -> str:
    """Eight digits that change with a formula, and not with its spaces and line ends."""
    return hashlib.sha256("".join(tokens(tex)).encode()).hexdigest()[:8]


def by_slug(docs_dir: Path) -> dict[str, list[Equation]]:
    """The equations that claim something, by the slug of their labels."""
    found = defaultdict(list)
    for equation in shown(docs_dir):
        if equation.id and not equation.definition:
            found[equation.id.split("/")[0]].append(equation)
    return dict(found)


def digests(equations: list[Equation]) -> str:
    """One digest of several formulas with their names."""
    return digest("".join(f"{equation.id}{equation.tex}" for equation in equations))


def remedy(equation: Equation) -> str:
    """What the author of a test may do about an equation that is neither evaluated nor read."""
    return (
        "evaluate it with proof.tex(...), or read the test beside the formula and write "
        f'@{MARKER}("{equation.id}", digest="{digest(equation.tex)}")'
    )


def changed(equation: Equation, old: str) -> str:
    """What is wrong where a formula is not the one whose digest a mark carries."""
    return (
        f"docs/{equation.page}:{equation.line}: the formula {equation.id} has the digest {digest(equation.tex)}, "
        f'and its test was read for {old}; read the test again, then write digest="{digest(equation.tex)}"'
    )


def unproved(equation: Equation, found: list[Claim]) -> list[str]:
    """What the tests that claim an equation lack, as far as it shows without running them; empty if nothing."""
    problems = []
    for claim in found:
        place = f"tests/{claim.path}:{claim.line}: {claim.test}"
        if claim.digest is not None and claim.digest != digest(equation.tex):
            problems.append(f"{place}: {changed(equation, claim.digest)}")
        elif claim.digest is None and not claim.evaluated:
            problems.append(f"{place} claims {equation.id} and doesn't evaluate it; {remedy(equation)}")
    return problems


def errors(records: dict[str, dict]) -> dict[str, float]:
    """The largest error that a test measured of each equation, by its id, out of all records by name."""
    return {
        f"{name.split('/')[0]}/{short}": error
        for name, record in records.items()
        if name.endswith(f"/{RECORD}")
        for short, error in record.get("values", {}).items()
    }


def claims(tests_dir: Path) -> dict[str, list[Claim]]:
    """The tests under `tests_dir` that claim an equation, by its id.

    Raises:
        ValueError: a claim is not a literal string, so that it can't be read without running it.
    """
    found = defaultdict(list)
    for path in sorted(Path(tests_dir).rglob("test_*.py")):
        for node, name in _definitions(ast.parse(path.read_text(encoding="utf-8"), str(path))):
            evaluated = set(_evaluated(node))
            for decorator in node.decorator_list:
                names, mark = _claimed(decorator, path)
                for equation in names:
                    is_evaluated = equation in evaluated or None in evaluated
                    claim = Claim(path.relative_to(tests_dir), node.lineno, name, is_evaluated, mark)
                    found[equation].append(claim)
    return dict(found)


def _evaluated(node: ast.AST) -> Iterator[str | None]:
    """For each call of `proof.tex` in a test, the equation that it names, or None if that may be any it claims."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "proof.tex":
            of = next((keyword.value for keyword in call.keywords if keyword.arg == "of"), None)
            parts = [of.body, of.orelse] if isinstance(of, ast.IfExp) else [of]
            yield from (part.value if isinstance(part, ast.Constant) else None for part in parts)


def _definitions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[ast.AST, str]]:
    """The functions and classes of a module, with their names as pytest writes them."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node, prefix + node.name
            if isinstance(node, ast.ClassDef):
                yield from _definitions(node, f"{prefix}{node.name}::")


def _claimed(decorator: ast.expr, path: Path) -> tuple[list[str], str | None]:
    """The ids that one decorator claims, none unless it is the marker, and the digest that it carries."""
    if not isinstance(decorator, ast.Call) or ast.unparse(decorator.func) != MARKER:
        return [], None
    mark = {keyword.arg: keyword.value for keyword in decorator.keywords}
    for argument in [*decorator.args, *mark.values()]:
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            raise ValueError(
                f"{path}:{decorator.lineno}: the marker's argument is `{ast.unparse(argument)}`; "
                f'write the equation\'s id as a string: @{MARKER}("slug/name")'
            )
    return [argument.value for argument in decorator.args], mark["digest"].value if "digest" in mark else None

"""Checks that nothing is hidden: what a page uses is on it, in a public library, or in a lesson that it links to."""

import ast
import builtins
import doctest
import re
import symtable
from pathlib import Path

from pymdownx.snippets import SnippetMissingError

from coursesite import reading

# Modules below all lessons: what their API page says of them is enough.
SHARED = {"datasets": "reference/code/datasets.md", "records": "reference/code/datasets.md"}


def _program(root: Path, text: str) -> tuple[str, list[int]]:
    """All blocks of a page as one program, and for each of its lines the line of the page."""
    program, numbers = [], []
    for fence in reading.fences(text):
        if fence.language not in ("python", "pycon") or "notest" in fence.options:
            continue
        lines, origin = reading.expand(root, fence)
        if fence.language == "pycon":
            examples = doctest.DocTestParser().get_examples("\n".join(lines) + "\n")
            pairs = [(line, origin[e.lineno]) for e in examples for line in e.source.rstrip("\n").split("\n")]
            lines, origin = [line for line, _ in pairs], [number for _, number in pairs]
        program += lines
        numbers += origin
    return "\n".join(program) + "\n", numbers


def names(root: Path) -> list[str]:
    """What a page uses is shown on it, comes from a public library, or from a lesson that it links to."""
    problems = []
    for page in reading.markdown_files(root / "docs"):
        text, place = page.read_text(encoding="utf-8"), page.relative_to(root).as_posix()
        try:
            program, numbers = _program(root, text)
            tree = ast.parse(program)
        except SnippetMissingError:
            continue  # `embedded` says so
        except SyntaxError as error:
            problems.append(
                f"{place}:{numbers[min(error.lineno or 1, len(numbers)) - 1]}: not Python: {error.msg}; correct it"
            )
            continue
        for name, line in _undefined(program, tree):
            problems.append(
                f"{place}:{numbers[line - 1]}: the name {name} is shown nowhere on this page; show or import it before"
            )
        defined = _defined(tree)
        for node in ast.walk(tree):
            for module, imported in _course_imports(node):
                slug = module.split(".")[1] if "." in module else imported
                if not (imported in defined or _linked(root, page, text, slug)):
                    problems.append(
                        f"{place}:{numbers[node.lineno - 1]}: {imported or module} comes from {module} and is not "
                        f"shown here; show it, or link to {SHARED.get(slug, f'the post or the modules of {slug}')}"
                    )
    return problems


def _defined(tree: ast.Module) -> set[str]:
    """The functions, classes and variables that a page shows in the making."""
    targets = [target for node in ast.walk(tree) if isinstance(node, ast.Assign) for target in node.targets]
    made = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return made | {target.id for target in targets if isinstance(target, ast.Name)}


def _undefined(program: str, tree: ast.Module) -> list[tuple[str, int]]:
    """The names that nothing on the page defines, in functions that it never calls too, each with its first line."""
    tables, free, known = [symtable.symtable(program, "page", "exec")], set(), {"__name__", *dir(builtins)}
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            if table.get_type() == "module" or symbol.is_global():
                made = symbol.is_assigned() or symbol.is_imported()
                (known if made else free).add(symbol.get_name())
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in free - known]
    first = {node.id: node.lineno for node in sorted(names, key=lambda node: -node.lineno)}
    return sorted(first.items(), key=lambda found: found[1])


def _course_imports(node: ast.AST) -> list[tuple[str, str]]:
    """The modules of the course that a statement imports, each with the name that it imports from there."""
    if isinstance(node, ast.Import):
        return [(alias.name, "") for alias in node.names if alias.name.split(".")[0] == "deepcourse"]
    if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "deepcourse":
        return [(node.module, alias.name) for alias in node.names]
    return []


def _linked(root: Path, page: Path, text: str, slug: str) -> bool:
    """Whether `page` links to the post of `slug`; for modules of its own, or below all lessons, to their API page."""
    targets = re.findall(r"\]\(([^)#\s]+\.md)", text)
    linked = {(page.parent / target).resolve() for target in targets}
    if slug in SHARED:
        return (root / "docs" / SHARED[slug]).resolve() in linked
    own = reading.front_matter(text).get("slug") == slug
    if own and (root / "docs/reference/code" / f"{slug}.md").resolve() in linked:
        return True  # its own plumbing is one click away
    return any(other != page and reading.front_matter(other.read_text(encoding="utf-8")).get("slug") == slug
               for other in linked if other.exists())  # fmt: skip

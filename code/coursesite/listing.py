"""What a page shows of a module, and what its button copies of a block.

The module keeps its whole docstrings and its checks of input; a page shows the first line of each docstring, leaves the
checks out, and links to the rest in the reference. It shows no empty line within a function or class, which would end
it at a prompt: what is shown can be copied by hand.
The site and everything that checks or runs a page read sections by `Sections`, so that what is run is what is shown.
"""

import ast

from pymdownx.snippets import SnippetPreprocessor

WIDTH = 66  # columns of a shown line
SHORT = 24  # characters: code or a formula in a sentence that is shorter is not broken


def docstrings(code: str) -> list[tuple[str, ast.Expr]]:
    """The docstrings of more than a line, each with the name of the function or class at the top that it belongs to.

    What is no Python has none; other checks say so.
    """
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return []
    return [
        (top.name, node.body[0])
        for top in tree.body
        for node in ast.walk(top)
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and ast.get_docstring(node) is not None
        and node.body[0].end_lineno > node.body[0].lineno
    ]


def checks(module: str) -> frozenset[str]:
    """The names by which a module calls checks of input: `expect`, what is imported from it, what begins `check_`."""
    try:
        tree = ast.parse(module)
    except SyntaxError:
        return frozenset()
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    return frozenset(
        alias.asname or alias.name
        for node in imports
        for alias in node.names
        if (node.module or "").split(".")[-1] == "expect" or alias.name == "expect" or alias.name.startswith("check_")
    )


def lesson(code: str, names: frozenset[str] = frozenset()) -> str:
    """Code as a page shows it: of each docstring its first line, no checks, and else as a prompt takes it.

    Args:
        code: of a module, or a part of it.
        names: of the functions that check input, or of the module that has them.
    """
    lines, left = code.split("\n"), set()
    for _, said in docstrings(code):
        lines[said.lineno - 1] += '"""'
        left |= set(range(said.lineno, said.end_lineno))
    return typed(unchecked("\n".join(line for number, line in enumerate(lines) if number not in left), names))


def unchecked(code: str, names: frozenset[str]) -> str:
    """Code without the statements that do nothing but check; within others with `x` for a `check("x", x, ...)`."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return code
    if not names:
        return code
    source, gone, changes = code.encode(), [], []
    starts = [0]
    for line in source.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)

    def place(node):
        ends = ((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset))
        return [starts[number - 1] + column for number, column in ends]

    def look(node):
        if _leaves(node, names):
            gone.append((starts[node.lineno - 1], starts[node.end_lineno]))
        elif _checks(node, names) and (named := node.args[int(isinstance(node.args[0], ast.Constant)) :]):
            changes.append((*place(node), source[slice(*place(named[0]))]))
        else:
            for child in ast.iter_child_nodes(node):
                look(child)

    look(tree)
    for start, end, new in sorted([*changes, *((*each, b"") for each in gone)], reverse=True):
        source = source[:start] + new + source[end:]
    return source.decode()


def _checks(node: ast.AST, names: frozenset[str]) -> bool:
    """Whether this calls one of the checks."""
    if not isinstance(node, ast.Call):
        return False
    called = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    return isinstance(called, ast.Name) and called.id in names


def _only_checks(node: ast.AST, names: frozenset[str]) -> bool:
    """Whether a statement hands on what it checked under the names that it had, or nothing."""
    if not isinstance(node, ast.Assign | ast.Expr):
        return False
    calls = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
    if not all(_checks(call, names) for call in calls):
        return False
    targets = node.targets if isinstance(node, ast.Assign) else []
    bound = {each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)}
    plain = all(isinstance(each, ast.Name | ast.Tuple | ast.List) for each in targets)
    given = {
        each.id
        for call in calls
        for given in [*call.args, *(keyword.value for keyword in call.keywords)]
        for each in ast.walk(given)
        if isinstance(each, ast.Name)
    }
    return plain and bound <= given


def _leaves(node: ast.AST, names: frozenset[str]) -> bool:
    """Whether a statement does nothing but check, or refuse in an `if`."""
    if isinstance(node, ast.If | ast.For) and not node.orelse:
        refuses = isinstance(node, ast.If) and isinstance(node.body[0], ast.Raise)
        return refuses or all(_leaves(each, names) for each in node.body)
    return _only_checks(node, names)


def shortened(code: str, names: frozenset[str] = frozenset()) -> list[str]:
    """The functions and classes at the top of some code of which the page shows less than all."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return []
    tops = [top for top in tree.body if isinstance(top, ast.FunctionDef | ast.ClassDef)]
    whole = {top.name: ast.get_source_segment(code, top) for top in tops}
    return [name for name, text in whole.items() if docstrings(text) or unchecked(text, names) != text]


def typed(code: str) -> str:
    """Code as a prompt takes it: no empty line within a statement, and one between a body and what follows.

    What is no Python stays as it is.
    """
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return code
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.Constant | ast.JoinedStr)]
    kept = {number for text in strings for number in range(text.lineno, text.end_lineno)}
    within = {number for each in tree.body for number in range(each.lineno, each.end_lineno)}
    ends = {each.end_lineno for each in tree.body if hasattr(each, "body")}
    lines, made = code.split("\n"), []
    for number, line in enumerate(lines, 1):
        if line.strip() or number in kept or number not in within:
            made.append(line)
        if number in ends and number < len(lines) and lines[number].strip():
            made.append("")
    return "\n".join(made)


class Sections(SnippetPreprocessor):
    """Brings sections of modules in place of `--8<--` lines, as a page shows them."""

    def extract_section(self, section, lines):
        """The library's method that finds a section: what isn't Python stays as it is."""
        found = "\n".join(super().extract_section(section, lines))
        return lesson(found, checks("\n".join(lines))).split("\n")

"""What a page shows of a module, and what its button copies of a block.

The module keeps its whole docstrings; a page shows the first line of each, and links to the rest in the reference. It
shows no empty line within a function or class, which would end it at a prompt: what is shown can be copied by hand.
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


def lesson(code: str) -> str:
    """Code as a page shows it: of each docstring its first line, and else as a prompt takes it."""
    lines, left = code.split("\n"), set()
    for _, said in docstrings(code):
        lines[said.lineno - 1] += '"""'
        left |= set(range(said.lineno, said.end_lineno))
    return typed("\n".join(line for number, line in enumerate(lines) if number not in left))


def shortened(code: str) -> list[str]:
    """The functions and classes at the top of some code of whose docstrings the page shows one line only."""
    return list(dict.fromkeys(name for name, _ in docstrings(code)))


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
        return lesson("\n".join(super().extract_section(section, lines))).split("\n")

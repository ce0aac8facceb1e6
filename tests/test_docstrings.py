"""One dialect for the docstrings of taught code.

The first line says what is computed; explanation follows; then, each where there is something to say and in this
order: Args, with every argument; Returns or Yields; Raises; Source; Examples, where the doctest stands.
"""

import ast
import re
from pathlib import Path

import pytest

CODE = Path(__file__).parents[1] / "code/deepcourse"
TAUGHT = ["gradflow", "graphs"]
APART = {"gradflow/planted.py"}  # the docstrings are part of the exercise
ORDER = ["Args", "Returns", "Yields", "Raises", "Source", "Examples"]
HEADS = "|".join(ORDER)


def taught():
    """Every public function, class and method of the modules that a post shows, with its place."""
    for slug in TAUGHT:
        for path in sorted((CODE / slug).glob("*.py")):
            place = path.relative_to(CODE).as_posix()
            for node in defined(ast.parse(path.read_text(encoding="utf-8"))):
                if node.name[0] != "_" and place not in APART:
                    yield pytest.param(node, id=f"{place}:{node.name}")


def defined(scope):
    """The functions and classes of a module, and the methods of its classes; not what a function defines for itself."""
    for node in scope.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node
        if isinstance(node, ast.ClassDef):
            yield from defined(node)


def sections(node):
    """Its docstring as pairs of a section's name and text, the first one without a name."""
    text = ast.get_docstring(node) or ""
    parts = re.split(rf"^({HEADS}):", text, flags=re.MULTILINE)
    return [("", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]


def problems(node):
    (_, first), *rest = sections(node)
    names, said = [name for name, _ in rest], dict(rest)
    if not re.match(r"[A-Z`].*[.](\n\n|\n?$)", first):
        yield "the first line is a sentence, and a blank line follows"
    if names != sorted(set(names), key=ORDER.index):
        yield f"the sections are {names}, expected each once, in the order of {ORDER}"
    if ">>>" in "".join(text for name, text in [("", first), *rest] if name != "Examples"):
        yield "a doctest stands under Examples"
    if isinstance(node, ast.ClassDef):
        return
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
    arguments = [a.arg for a in every if a and a.arg != "self"]
    found = re.findall(r"^    \**(\w+): ", said.get("Args", ""), flags=re.MULTILINE)
    if found != arguments:
        yield f"Args has {found}, expected {arguments}"
    gives = [n for n in ast.walk(node) if isinstance(n, ast.Return | ast.Yield | ast.YieldFrom) and n.value]
    if gives and not said.keys() & {"Returns", "Yields"}:
        yield "it returns something, and doesn't say what"
    for text in re.findall(r"^    \w+: (.*)", said.get("Raises", ""), flags=re.MULTILINE):
        if not text[0].isupper() and re.split(r"\W", text)[0] not in arguments:
            yield f"Raises begins with {text.split()[0]!r}, expected a capital letter or an argument"


@pytest.mark.parametrize("node", list(taught()))
def test_a_docstring_is_in_the_dialect_of_the_course(node):
    assert list(problems(node)) == []


GOOD = '''def f(x, y=1):
    """Compute.

    Args:
        x: one.
        y: two.

    Returns:
        Both.

    Raises:
        ValueError: x is bad.

    Examples:
        >>> f(1)
    """
    return x, y
'''


def test_a_good_one_has_no_problem():
    assert list(problems(ast.parse(GOOD).body[0])) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Compute.\n\n", "compute it\n", "the first line"),
        ("        y: two.\n", "", "Args has"),
        ("    Returns:\n        Both.\n\n", "", "doesn't say what"),
        ("x is bad", "all is bad", "a capital letter"),
        ("    Examples:\n        >>>", "    >>>", "under Examples"),
        ("Raises:", "Examples:", "in the order"),
        ("    Args:\n", "    Raises:\n", "in the order"),
    ],
)
def test_each_slip_is_seen(old, new, says):
    assert old in GOOD
    assert any(says in each for each in problems(ast.parse(GOOD.replace(old, new, 1)).body[0]))

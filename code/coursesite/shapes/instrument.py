"""Adds calls to a sheet (see `coursesite.shapes`) to the syntax tree of a source that states shapes."""

import ast
import io
import re
import tokenize
from dataclasses import dataclass, field

from coursesite.shapes.axes import ShapeError, read

SECTION = re.compile(r"(?P<indent> *)(?P<name>Args|Attributes|Returns|Yields):")
ENTRY = re.compile(r"(?P<name>\w+)(?: \([^)]*\))?: (?P<text>.*)")


@dataclass
class _Place:
    """The function, class or module whose body is being visited."""

    kind: str
    letters: str  # the variable that holds the letters of the call
    returns: tuple[str, ...] = ()
    yields: tuple[str, ...] = ()
    guarded: bool = False  # the arguments have stated shapes
    fields: dict = field(default_factory=dict)


def add_checks(sheet, source: str, offset: int = 0, mode: str = "exec", depth: int = 0) -> ast.AST:
    """The tree of `source` with its checks; line n of it is line `offset + n` of `sheet`, inside `depth` functions.

    Raises:
        ShapeError: a comment or docstring has half a shape, or one that says nothing about any value.
    """
    tree = ast.parse(source, mode=mode)
    adder = _Adder(sheet, source, offset, depth)
    adder.visit(tree)
    for line, (text, _) in adder.comments.items():
        adder.fail(line, f"`{text}` states the shape of nothing that is assigned, returned or yielded on its line")
    return tree


class _Adder(ast.NodeTransformer):
    def __init__(self, sheet, source, offset, depth):
        self.sheet, self.offset, self.depth = sheet, offset, depth
        self.places = [_Place("module", f"__letters_{depth - 1}__" if depth else "__letters__")]
        self.stated = 0
        self.comments = {}
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                shapes, rest = self.read(token.start[0], token.string.lstrip("# "))
                alone = not token.line[: token.start[1]].strip()
                if shapes and not (alone and rest):  # a line of prose may begin with a shape
                    self.comments[token.start[0]] = (token.string, shapes)

    def fail(self, line, problem):
        raise ShapeError(f"{self.sheet.where(line + self.offset)}: {problem}")

    def read(self, line, text):
        try:
            return read(text)
        except ShapeError as error:
            return self.fail(line, str(error))

    def state(self, line, what, text, shapes) -> str:
        self.stated += 1
        line += self.offset
        return self.sheet.state(f"{line}:{what}", line, text, shapes)

    def comment(self, node) -> tuple[str, ...]:
        """The key of the comment behind a statement, if it states a shape."""
        text, shapes = self.comments.pop(node.end_lineno, (None, None))
        return (self.state(node.end_lineno, "comment", text, shapes),) if shapes else ()

    def checked(self, keys, value: ast.expr) -> ast.expr:
        """The expression that checks and hands on `value`."""
        call = _code(f"{self.sheet.name}.check({self.places[-1].letters}, {keys!r}, None)", value).value
        call.args[2] = value
        return call

    def visit_Assign(self, node):
        """`h = value  # (B, H)`."""
        if keys := self.comment(node):
            node.value = self.checked(keys, node.value)
        return node

    def visit_AnnAssign(self, node):
        """`h: Tensor = value  # (B, H)`, or a field of a class."""
        keys = self.comment(node)
        if keys and self.places[-1].kind == "class" and isinstance(node.target, ast.Name):
            self.places[-1].fields[node.target.id] = keys[0]
        elif keys and node.value is None:
            self.fail(node.lineno, "a shape is stated, but nothing is assigned")
        elif keys:
            node.value = self.checked(keys, node.value)
        return node

    def visit_AugAssign(self, node):
        """`h += value  # (B, H)`: what `h` is afterwards."""
        if not (keys := self.comment(node)):
            return node
        now = _code(ast.unparse(node.target), node).value
        return [node, ast.copy_location(ast.Expr(self.checked(keys, now)), node)]

    def visit_Return(self, node):
        """`return value  # (B, H)`, and what the docstring says of it."""
        keys = self.comment(node) + self.places[-1].returns
        if keys or self.places[-1].guarded:
            node.value = self.checked(keys, node.value or _code("None", node).value)
        return node

    def visit_Expr(self, node):
        """`yield value  # (B, H)`, and what the docstring says of it."""
        if isinstance(node.value, ast.Yield) and (keys := self.comment(node) + self.places[-1].yields):
            node.value.value = self.checked(keys, node.value.value or _code("None", node).value)
        return node

    def visit_ClassDef(self, node):
        """Fields are checked when an instance is made; the docstring may speak of the arguments of `__init__`."""
        said = self.docstring(node)
        place = _Place("class", self.places[-1].letters, fields=said["Attributes"])
        maker = next((n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"), None)
        if maker is None:
            place.fields |= said["Args"]
        else:
            maker.said = said["Args"]
        self.places.append(place)
        self.generic_visit(node)
        self.places.pop()
        if place.fields:
            node.decorator_list.insert(0, _code(f"{self.sheet.name}.fields({place.fields!r})", node).value)
        return node

    def visit_FunctionDef(self, node):
        """A function that says something of shapes binds its letters when it is called."""
        before = self.stated
        said = self.docstring(node)
        arguments = said["Args"] | getattr(node, "said", {})
        named = {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
        if wrong := [name for name in arguments if name not in named]:
            self.fail(node.lineno, f"a shape is stated of {wrong[0]!r}, which is no argument of {node.name}")
        outer = self.places[-1].letters if self.depth else "None"
        returns, yields = tuple(said["Returns"].values()), tuple(said["Yields"].values())
        place = _Place("function", f"__letters_{self.depth}__", returns, yields, guarded=bool(arguments))
        self.places.append(place)
        self.depth += 1
        self.generic_visit(node)
        if self.stated > before:
            at = 0 if ast.get_docstring(node) is None else 1
            where = node.body[-1]
            values = ", ".join(f"{key!r}: {name}" for name, key in arguments.items())
            if place.guarded and not isinstance(where, ast.Return):
                node.body.append(_code(f"{self.sheet.name}.check({place.letters}, (), None)", where))
            node.body.insert(
                at, _code(f"{place.letters} = {self.sheet.name}.enter({outer}, {{{values}}})", node.body[0])
            )
        self.depth -= 1
        self.places.pop()
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - as above

    def docstring(self, node) -> dict[str, dict[str, str]]:
        """What a docstring says about shapes: for each section, the name of each entry and its key."""
        found = {"Args": {}, "Attributes": {}, "Returns": {}, "Yields": {}}
        if ast.get_docstring(node) is None:
            return found
        text = node.body[0].value
        for section, line, entries in _sections(text.value.split("\n"), text.lineno):
            if section in ("Args", "Attributes"):
                for at, entry in entries:
                    if (match := ENTRY.match(entry)) and (shapes := self.read(at, match["text"])[0]):
                        key = self.state(at, match["name"], entry, shapes)
                        found[section][match["name"]] = key
            elif entries and self.read(*entries[0])[0]:
                shapes = [shape for at, entry in entries for shape in self.read(at, entry)[0]]
                key = self.state(line, section, entries[0][1], shapes)
                found[section][section] = key
        return found


def _sections(lines: list[str], first: int):
    """The sections of a docstring: name, line, and its entries (line, text) without what continues them."""
    for number, line in enumerate(lines):
        if not (head := SECTION.fullmatch(line.rstrip())):
            continue
        entries, indent = [], 0
        for at, text in enumerate(lines[number + 1 :], first + number + 1):
            depth = len(text) - len(text.lstrip())
            if text.strip() and depth <= len(head["indent"]):
                break
            indent = indent or depth
            if text.strip() and depth == indent:
                entries.append((at, text.strip()))
        yield head["name"], first + number, entries


def _code(text: str, where: ast.AST) -> ast.stmt:
    """One statement of Python, all of it at the place of `where`."""
    statement = ast.parse(text).body[0]
    for node in ast.walk(statement):
        ast.copy_location(node, where)
    return statement

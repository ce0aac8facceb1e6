"""What a reader can get wrong in a line: each break changes one place of a function as a page shows it.

A sign, an operator, the order of a product, a transpose, a factor, a term, a comparison, an axis, the smaller for the
larger, a sum for a mean, two arguments swapped. Left alone is what can't show in an output: annotations, strings,
refusals of bad input, and what is as small as epsilon.
"""

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

OPERATORS = {
    **{ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*")},
    **{ast.Lt: ("<", ">="), ast.LtE: ("<=", ">"), ast.Gt: (">", "<="), ast.GtE: (">=", "<")},
    **{ast.Eq: ("==", "!="), ast.NotEq: ("!=", "==")},
}
PAIRS = [("max", "min"), ("maximum", "minimum"), ("argmax", "argmin"), ("reduce_max", "reduce_min")]
PAIRS += [("mean", "sum"), ("reduce_mean", "reduce_sum")]
NAMES = dict(PAIRS) | {b: a for a, b in PAIRS}
SYMMETRIC = {"max", "min", "maximum", "minimum", "add", "multiply", "isinstance", "allclose", "isclose"}
LIBRARIES = {"np", "tf", "keras"}
TINY = 1e-3


@dataclass(frozen=True)
class Break:
    """One change of a source: `new` stands in place of its bytes from `start` to `end`."""

    source: str
    function: str
    kind: str
    start: int
    end: int
    new: str

    @property
    def broken(self) -> str:
        """The source with the change."""
        text = self.source.encode()
        return (text[: self.start] + self.new.encode() + text[self.end :]).decode()

    @property
    def line(self) -> int:
        """The number, from 1, of the line of the source on which the change begins."""
        return self.source.encode()[: self.start].count(b"\n") + 1

    def shows(self) -> tuple[str, str]:
        """The changed lines before and after, each as one."""
        below = self.source.encode()[self.end :].count(b"\n")
        texts = [text.split("\n") for text in (self.source, self.broken)]
        before, after = (" ".join(" ".join(lines[self.line - 1 : len(lines) - below]).split()) for lines in texts)
        return before, after


def spread(found: list[Break], page: str) -> list[Break]:
    """The same breaks, those first that have most different functions, lines and kinds.

    Else their order depends on the page's name and on each changed line alone, so that few of the first ones change
    when the page does.
    """

    def traits(each):
        return [(each.source, each.function), (each.source, each.line), each.kind]

    left = sorted(found, key=lambda each: hashlib.sha256(repr((page, each.function, each.shows())).encode()).digest())
    seen, ordered = Counter(), []
    while left:
        first = min(left, key=lambda each: [seen[trait] for trait in traits(each)])
        left.remove(first)
        seen.update(traits(first))
        ordered.append(first)
    return ordered


def breaks(source: str) -> list[Break]:
    """Every break in the functions of a source, each of which is still Python; none if the source isn't."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    found, changes = [], _Changes(source)
    for owner, function in _functions(tree):
        for node in (each for statement in function.body for each in _looked_at(statement)):
            found += [Break(source, owner, *change) for change in changes.of(node)]
    return [each for each in found if _parses(each.broken)]


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _functions(tree: ast.AST, owner: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """The outermost functions and the methods; what is defined within one belongs to it."""
    for node in ast.iter_child_nodes(tree):
        name = f"{owner}{getattr(node, 'name', '')}"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield name, node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{name}.")


def _looked_at(node: ast.AST) -> Iterator[ast.AST]:
    """A node and those below it, but for annotations, messages and what refuses bad input."""
    refuses = isinstance(node, ast.If) and isinstance(node.body[0], ast.Raise) and not node.orelse
    if refuses or isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr | ast.arguments):
        return
    yield node
    for name, value in ast.iter_fields(node):
        if name not in ("annotation", "returns", "decorator_list"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _looked_at(child)


class _Changes:
    """What can be changed at a node: a kind, the first and the last byte, and what comes in their place."""

    def __init__(self, source: str):
        self.text = source.encode()
        self.starts = [0]
        for line in self.text.split(b"\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)

    def of(self, node: ast.AST) -> Iterator[tuple[str, int, int, str]]:
        """Every change at this node, and none below it."""
        match node:
            case ast.BinOp(left=left, op=ast.MatMult(), right=right):
                yield self._swap("order", left, right)
            case ast.BinOp(left=left, op=op, right=right) if not _joins(left) and not _joins(right):
                yield from self._arithmetic(node, left, op, right)
            case ast.UnaryOp(op=ast.USub(), operand=operand) if not isinstance(operand, ast.Constant):
                yield self._take("sign", node, operand)
            case ast.AugAssign(target=target, op=op, value=value) if type(op) in OPERATORS:
                yield self._operator("operator", target, op, value)
                if isinstance(op, ast.Add | ast.Sub):
                    start = self._end(target)
                    end = self._start(value)
                    yield "term", start, end, self._text(start, end).replace(OPERATORS[type(op)][0], "", 1)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in OPERATORS:
                yield self._operator("comparison", left, op, right)
            case ast.Attribute(value=value, attr="T"):
                yield self._take("transpose", node, value)
            case ast.keyword(arg="axis", value=value) if (axis := _number(value)) is not None:
                yield "axis", self._start(value), self._end(value), "1" if axis == 0 else "0"
            case ast.keyword(arg=arg, value=ast.Constant(value=True) as value) if (arg or "").startswith("transpose"):
                yield "transpose", self._start(value), self._end(value), "False"
            case ast.Call():
                yield from self._call(node)

    def _arithmetic(self, node, left, op, right):
        small = isinstance(op, ast.Add | ast.Sub) and (_tiny(left) or _tiny(right))
        if type(op) in OPERATORS and not small:
            yield self._operator("operator", left, op, right)
        if isinstance(op, ast.Add | ast.Sub) and not small:
            yield self._take("term", node, left)
            if isinstance(op, ast.Add) or _number(left) is not None:
                yield self._take("term", node, right)
        if isinstance(op, ast.Mult | ast.Div | ast.Pow):
            for each in (left, right):
                if isinstance(each, ast.Constant) and _number(each):
                    yield "factor", self._start(each), self._end(each), repr(2 * each.value)

    def _call(self, node):
        called = node.func
        name = getattr(called, "attr", getattr(called, "id", ""))
        if name in NAMES and (name != "sum" or isinstance(called, ast.Attribute)):
            end = self._end(called)
            yield "reduction", end - len(name), end, NAMES[name]
        if name in ("transpose", "swapaxes", "reversed"):
            method = isinstance(called, ast.Attribute) and getattr(called.value, "id", "") not in LIBRARIES
            if method or node.args:
                yield self._take("transpose", node, called.value if method else node.args[0])
        if name not in SYMMETRIC:
            plain = [each for each in node.args if not isinstance(each, ast.Starred)]
            for one, other in pairwise(plain):
                if ast.dump(one) != ast.dump(other):
                    yield self._swap("arguments", one, other)

    def _operator(self, kind, left, op, right):
        old, new = OPERATORS[type(op)]
        at = self._end(left) + self._text(self._end(left), self._start(right)).index(old)
        return kind, at, at + len(old), new

    def _swap(self, kind, one, other):
        between = self._text(self._end(one), self._start(other))
        loose = (ast.BinOp, ast.IfExp, ast.Compare, ast.BoolOp)
        first, second = (
            f"({text})" if kind == "order" and isinstance(each, loose) else text
            for each, text in ((one, self._of(one)), (other, self._of(other)))
        )
        return kind, self._start(one), self._end(other), second + between + first

    def _take(self, kind, node, child):
        atom = isinstance(child, ast.Name | ast.Attribute | ast.Call | ast.Subscript | ast.Constant)
        return kind, self._start(node), self._end(node), self._of(child) if atom else f"({self._of(child)})"

    def _start(self, node) -> int:
        return self.starts[node.lineno - 1] + node.col_offset

    def _end(self, node) -> int:
        return self.starts[node.end_lineno - 1] + node.end_col_offset

    def _text(self, start: int, end: int) -> str:
        return self.text[start:end].decode()

    def _of(self, node) -> str:
        return self._text(self._start(node), self._end(node))


def _number(node: ast.AST) -> float | None:
    """The number that is typed here, with its sign."""
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _joins(node: ast.AST) -> bool:
    """Whether an operator at this node joins texts, lists or tuples, or repeats them."""
    joined = ast.JoinedStr | ast.List | ast.Tuple | ast.ListComp
    return isinstance(node, joined) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))


def _tiny(node: ast.AST) -> bool:
    name = getattr(node, "id", getattr(node, "attr", ""))
    number = _number(node)
    return name.lower() in ("eps", "epsilon") or (number is not None and 0 < abs(number) <= TINY)

r"""Reads a displayed formula as the course writes it, and computes both of its sides from given arrays.

`sides(statement, names)` is what a test checks: `dx_{nd} = \sum_h dy_{nh}\,w_{dh}` with the arrays `dx`, `dy` and `w`,
for all n and d. A name is what the test binds, in TeX; any other letter is an index and runs over the axis that it
indexes, which must be equally long everywhere. Between arrays nothing or `\cdot` is a matrix product and `\odot` a
product element by element, as the table of notation says.

SymPy's parser doesn't serve: it gives the product of two matrices in alphabetical order, `dx` as d times x, and reads
`y = ab + cd` as y = cd.
"""

import functools
import itertools
import operator
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from coursesite.equations import tokens
from coursesite.run.formulas import PAIRS, RELATIONS, TRANSPOSED, FormulaError, argument_at, outside, unscripted

ORDERS = {
    ">": np.greater,
    "<": np.less,
    "=": np.equal,
    r"\text{is no multiple of}": lambda a, b: a % b != 0,
}
INNER = {r"\lfloor": np.floor, r"\lceil": np.ceil, r"\lVert": np.linalg.norm}
GREEK = {"alpha", "beta", "gamma", "delta", "epsilon", "eta", "kappa", "lambda", "mu", "nu", "sigma", "varsigma"}
FUNCTIONS = {
    r"\tanh": np.tanh,
    r"\log": np.log,
    r"\tan": np.tan,
    r"\sigma": lambda a: 1 / (1 + np.exp(-a)),
    r"\max": np.maximum,
    r"\min": np.minimum,
    r"\operatorname{diag}": np.diag,
    r"\operatorname{sign}": np.sign,
    r"\operatorname{relu}": lambda a: np.maximum(a, 0),
    r"\operatorname{E}": np.mean,
    r"\operatorname{Var}": np.var,
}


@dataclass(frozen=True)
class Name:
    """What a test binds: the tokens before the scripts, those of the scripts if it has any, and the value."""

    base: list[str]
    sub: list[str] | None
    sup: list[str] | None
    value: Any


def names(bound: dict[str, Any]) -> list[Name]:
    r"""Names by their TeX, the most particular first; `gamma` and `dgamma` may stand for `\gamma` and `d\gamma`."""
    found = []
    for tex, value in bound.items():
        greek = tex if tex in GREEK else tex[1:] if tex[:1] == "d" and tex[1:] in GREEK else None
        read = tokens(tex.replace(greek, "\\" + greek) if greek else tex)
        start, scripts = unscripted(read)
        known = value if callable(value) or isinstance(value, range) else np.asarray(value)
        found.append(Name(start, scripts.get("_"), scripts.get("^"), known))
    return sorted(found, key=lambda name: (len(name.base), bool(name.sub), bool(name.sup)), reverse=True)


def sides(statement: list[str], bound: list[Name]) -> Iterator[tuple[int, str, Any, Any]]:
    """Both sides of each relation of a line, for all free indices: (number of the relation, itself, left, right)."""
    if any(statement[i] == ":" for i in outside(statement)):
        yield from _shape(statement, bound)
        return
    marks = [i for i in outside(statement) if statement[i] in RELATIONS]
    cuts = [-1, *marks, len(statement)]
    reader = _Reader(bound)
    parts = [reader.read(statement[a + 1 : b]) for a, b in itertools.pairwise(cuts)]
    if not marks:
        raise FormulaError(f"`{' '.join(statement)}` has no two sides")
    free = sorted(reader.free)
    for values in itertools.product(*(reader.span(letter) for letter in free)):
        found = [part(dict(zip(free, values, strict=True))) for part in parts]
        for k, (left, right) in enumerate(itertools.pairwise(found)):
            yield k, statement[marks[k]], left, right


def _shape(statement: list[str], bound: list[Name]) -> Iterator[tuple[int, str, Any, Any]]:
    """`x:(B, D)`: the axes, each equal to the number that the test gives for its letter."""
    at = statement.index(":")
    spelt = statement[:at]
    named = [name for name in bound if [*name.base, *(["_", *name.sub] if name.sub else [])] == spelt]
    if not named:
        raise FormulaError(f"`{' '.join(spelt)}` is no name of an array")
    letters = [token for token in statement[at + 2 : -1] if token != ","]
    sizes = [int(other.value) for letter in letters for other in bound if other.base == [letter]]
    yield 0, "=", np.array(named[0].value.shape), np.array(sizes)


class _Reader:
    """A recursive descent through one line; what it returns computes the value for given indices."""

    def __init__(self, bound: list[Name]):
        self.bound, self.at, self.tokens = bound, 0, []
        self.free, self.summed, self.bars, self.whole = set(), [], False, False
        self.sizes: dict[str, set[int]] = defaultdict(set)

    def span(self, letter: str) -> range:
        """What an index runs over: what the test says, or the axes that it indexes."""
        given = [name.value for name in self.bound if name.base == [letter] and isinstance(name.value, range)]
        if given:
            return given[0]
        if len(self.sizes[letter]) != 1:
            raise FormulaError(f"`{letter}` is no name, and as an index runs over axes of {self.sizes[letter] or 'no'}")
        return range(*self.sizes[letter])

    def read(self, part: list[str]):
        """All of `part` as one expression."""
        kept, self.tokens, self.at = (self.tokens, self.at), part, 0
        value = self.terms()
        if self.at < len(part):
            raise FormulaError(f"can't read `{' '.join(part)}` from `{part[self.at]}` on")
        self.tokens, self.at = kept
        return value

    @property
    def next(self) -> str:
        """The next token, empty at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        """The next token if it is one of those wanted, else nothing."""
        token = self.next if self.next in wanted else ""
        self.at += bool(token)
        return token

    def argument(self):
        """One argument of a command."""
        group, self.at = argument_at(self.tokens, self.at)
        return self.read(group)

    def terms(self):
        """Terms with + and - between them."""
        found = [(self.take("+", "-"), self.product())]
        while sign := self.take("+", "-"):
            found.append((sign, self.product()))

        def value(at):
            signed = (-term(at) if sign == "-" else term(at) for sign, term in found)
            return functools.reduce(operator.add, signed)

        return value

    def product(self):
        """Factors with nothing, a dot, a circle or a slash between them."""
        first, rest = self.factor(), []
        while True:
            sign = self.take(r"\cdot", r"\odot", "/")
            if not sign and self.ends():
                break
            rest.append((sign, self.factor()))

        def value(at):
            found, signs = first(at), set()
            for sign, factor in rest:
                other = factor(at)
                if sign == "/":
                    found = found / other
                elif sign == r"\odot" or not np.ndim(found) or not np.ndim(other):
                    signs.add(sign if sign == r"\odot" else "")
                    found = found * other
                else:
                    signs.add("@")
                    found = found @ other
            if {"@", r"\odot"} <= signs:
                raise FormulaError(r"a matrix product and \odot in one term; put brackets around one of them")
            return found

        return value if rest else first

    def ends(self) -> bool:
        """Whether no factor can begin here."""
        closing = {"", "+", "-", ",", "^", "_", "}", *PAIRS.values(), *RELATIONS, *ORDERS}
        return self.next in closing or (self.next == "|" and self.bars)

    def factor(self):
        """What is multiplied, with its power."""
        value = self.named() or self.atom()
        while self.take("^"):
            group, self.at = argument_at(self.tokens, self.at)
            value = self.raised(value, group)
        return value

    def raised(self, value, group: list[str]):
        """A power, or a transposition."""
        if group in TRANSPOSED:
            return self.applied(_transposed, value)
        return self.applied(operator.pow, value, self.read(group))

    def named(self):
        """A name that the test binds, with its indices, its arguments and its power; nothing if none stands here."""
        for name in self.bound:
            if self.tokens[self.at : self.at + len(name.base)] != name.base or isinstance(name.value, range):
                continue
            if self.whole and (callable(name.value) or name.value.dtype.kind not in "iu"):
                continue  # an index is a whole number: the gradient dh isn't meant by w_{dh}
            kept, self.at = self.at, self.at + len(name.base)
            scripts = {}
            while self.next in {"_", "^"} and self.next not in scripts:
                script = self.take("_", "^")
                scripts[script], self.at = argument_at(self.tokens, self.at)
            sub, sup = scripts.get("_", []), scripts.get("^")
            fits = name.sub is None or name.sub == sub or [*name.sub, ","] == sub[: len(name.sub) + 1]
            if fits and (name.sup is None or name.sup == sup):
                sub = sub[len(name.sub) + 1 :] if name.sub else sub
                value = self.indexed(name, sub)
                return value if sup is None or name.sup else self.raised(value, sup)
            self.at = kept
        return self.derivative()

    def derivative(self):
        r"""`\frac{\partial y_j}{\partial x_n}` as the name `\frac{\partial y}{\partial x}` with the indices j, n."""
        if self.tokens[self.at : self.at + 3] != [r"\frac", "{", r"\partial"]:
            return None
        above, at = argument_at(self.tokens, self.at + 1)
        below, at = argument_at(self.tokens, at)
        (top, over), (bottom, under) = unscripted(above), unscripted(below)
        base = [r"\frac", "{", *top, "}", "{", *bottom, "}"]
        name = next((name for name in self.bound if name.base == base), None)
        if name is None:
            raise FormulaError(f"no value for `{' '.join(base)}`")
        self.at = at
        subs = [group["_"] for group in (over, under) if "_" in group]
        return self.indexed(name, [*subs[0], ",", *subs[1]] if len(subs) == 2 else [*itertools.chain(*subs)])

    def indexed(self, name: Name, sub: list[str]):
        """The value of a name at its indices; of a function, at its arguments as well."""
        places = self.indices(sub, whole=not callable(name.value))
        if callable(name.value):
            arguments = self.arguments() if self.next in {"(", "["} else []
            return lambda at: np.asarray(name.value(*(f(at) for f in places + arguments)))
        for axis, group in enumerate(self.groups(sub)):
            if len(group) == 1 and group[0].isalpha() and axis < name.value.ndim and not self.value_of(group[0]):
                self.sizes[group[0]].add(name.value.shape[axis])
        return lambda at: _entry(name, [place(at) for place in places])

    def value_of(self, letter: str) -> bool:
        """Whether a letter has a value of its own, so that it is no index."""
        return any(name.base == [letter] and not name.sub and not name.sup for name in self.bound)

    def groups(self, sub: list[str]) -> list[list[str]]:
        """The indices of a subscript: `nk` are two, `t+1,nj` three, `n y_n` two."""
        found: list[list[str]] = []
        cuts = [-1, *(i for i in outside(sub) if sub[i] == ","), len(sub)]
        for a, b in itertools.pairwise(cuts):
            group = sub[a + 1 : b]
            if {"+", "-", "^", "("} & set(group) or len(group) == 1:
                found.append(group)
                continue
            while group:
                end = 1
                while end < len(group) and group[end] == "_":
                    end = argument_at(group, end + 1)[1]
                found.append(group[:end])
                group = group[end:]
        return found

    def indices(self, sub: list[str], whole: bool) -> list:
        """What computes each index of a subscript; those of an array are whole numbers."""
        kept, self.whole = self.whole, whole
        found = [(lambda at: slice(None)) if group == [":"] else self.read(group) for group in self.groups(sub)]
        self.whole = kept
        return found

    def arguments(self) -> list:
        """What computes the arguments between brackets."""
        end, found = PAIRS[self.take("(", "[")], []
        kept, self.bars = self.bars, False
        while not found or self.take(","):
            found.append(self.terms())
        self.bars = kept
        self.close(end)
        return found

    def close(self, end: str):
        """The closing bracket."""
        if not self.take(end):
            raise FormulaError(f"got `{self.next or 'the end'}`, expected `{end}`")

    def atom(self):
        """A number, a letter, brackets, or a command with what it is applied to."""
        token, found = self.next, None
        self.at += 1
        ways = {
            "[": self.bracket,
            r"\frac": self.fraction,
            r"\tfrac": self.fraction,
            r"\sqrt": self.root,
            r"\underbrace": self.braced,
            r"\sum": self.total,
        }
        if token in ways:
            found = ways[token]()
        elif token.isdigit():
            found = self.number(token)
        elif token in {"(", "{"}:
            self.at -= 1
            found = self.argument() if token == "{" else self.arguments()[0]
        elif token == "|" or token in INNER:
            found = self.inner(token)
        elif token in FUNCTIONS:
            found = self.function(FUNCTIONS[token])
        elif token == "e" and self.take("^"):
            found = self.applied(np.exp, self.argument())
        elif len(token) == 1 and token.isalpha() and self.next != "_":
            if token not in self.summed:
                self.free.add(token)
            found = operator.itemgetter(token)
        else:
            raise FormulaError(
                f"can't read `{token or 'the end'}` in `{' '.join(self.tokens)}`; bind it, or correct it"
            )
        return found

    def applied(self, f, *inner):
        """A function of values."""
        return lambda at: f(*(value(at) for value in inner))

    def inner(self, token: str):
        """What stands between bars or in the brackets of a floor: a length, a size without its sign, a whole number."""
        kept, self.bars = self.bars, token == "|"
        value = self.terms()
        self.bars = kept
        self.close("|" if token == "|" else PAIRS[token])
        return self.applied(INNER.get(token, _length), value)

    def fraction(self):
        """One argument over the other."""
        return self.applied(operator.truediv, self.argument(), self.argument())

    def root(self):
        """A square root."""
        return self.applied(np.sqrt, self.argument())

    def braced(self):
        """What stands over a brace; what stands under it is words."""
        value = self.argument()
        self.close("_")
        _, self.at = argument_at(self.tokens, self.at)
        return value

    def number(self, token: str):
        """Digits in a row."""
        while self.next.isdigit():
            token += self.next
            self.at += 1
        return lambda at: int(token)

    def bracket(self):
        """A group, or 1 if the statement in it holds and else 0."""
        left = self.terms()
        relation = self.take(*ORDERS)
        right = self.terms() if relation else None
        self.close("]")
        return (lambda at: 1 * ORDERS[relation](left(at), right(at))) if relation else left

    def function(self, f):
        r"""A function of what stands in brackets or is the next factor: `\tanh^2 c_t`, `\max(x, 0)`."""
        power = self.argument() if self.take("^") else None
        arguments = self.arguments() if self.next in {"(", "["} else [self.factor()]
        value = self.applied(f, *arguments)
        return self.applied(operator.pow, value, power) if power else value

    def total(self):
        r"""A sum over indices, `\sum_{p, q}`, from one number to another, `\sum_{s=1}^{t}`, or over all entries."""
        if not self.take("_"):
            return self.applied(np.sum, self.product())
        group, self.at = argument_at(self.tokens, self.at)
        letters = [token for token in group if token.isalpha()]
        first = last = None
        if "=" in group:
            letters = group[:1]
            self.close("^")
            first, last = self.read(group[2:]), self.argument()
        self.summed += letters
        body = self.product()
        del self.summed[-len(letters) :]

        def value(at):
            spans = [range(first(at), last(at) + 1)] if first else [self.span(letter) for letter in letters]
            every = (dict(zip(letters, each, strict=True)) for each in itertools.product(*spans))
            return sum(body({**at, **each}) for each in every)

        return value


def _length(value):
    return np.linalg.norm(value) if np.ndim(value) else abs(value)


def _transposed(value):
    if np.ndim(value) != 2:
        raise FormulaError(f"a transposed array of {np.ndim(value)} axes, expected 2")
    return np.transpose(value)


def _entry(name: Name, places: list[int]):
    shape = name.value.shape
    fits = (i == slice(None) or 0 <= i < n for i, n in zip(places, shape, strict=False))
    if len(places) > len(shape) or not all(fits):
        raise FormulaError(f"`{' '.join(name.base)}` of shape {shape} has no entry {places}")
    return name.value[tuple(places)]

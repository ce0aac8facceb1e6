"""What counts as a statement of a shape, and whether a value has that shape.

A shape is a tuple of axes and nothing else: `(B, H)`, `(H,)`, `()` for a scalar. An axis is one upper-case letter, an
integer, or sums and products of those (`4H`, `I*J`, `I-U+1`, `N//B`); `...` in front stands for any leading axes.
Text may follow a shape, as in `(B, D) float32, 0 .. 1`; several shapes are separated by commas: `(B, T, H), (B, H)`.
"""

import numbers
import re
from dataclasses import dataclass

TERM = r"(?:\d+\*?[A-Z]|[A-Z]|\d+)"
AXIS = rf"{TERM}(?:\s*(?://|[-+*])\s*{TERM})*"
SHAPE = re.compile(
    rf"\((?P<axes>\s*|\s*(?:\.\.\.|{AXIS})\s*,\s*|\s*(?:\.\.\.|{AXIS})(?:\s*,\s*{AXIS})+\s*,?\s*)\)(?=$|[\s.,;:])"
)
GROUP = re.compile(r"\(([^()]*)\)(?=$|[\s.,;:])")
WORD = re.compile(r"[\w.+*/-]*|" + AXIS)


class ShapeError(Exception):
    """A stated shape that is false, can't be read, or says nothing about any value."""


@dataclass(frozen=True)
class Shape:
    """A stated shape: its text and the text of each axis."""

    text: str
    axes: tuple[str, ...]


class Letters(dict):
    """The size that each letter has in one call; None where TensorFlow does not know it yet."""

    refusal: str = ""  # what is wrong with an argument, until the function had its chance to refuse it itself


def read(text: str) -> tuple[list[Shape], str]:
    """The shapes that `text` starts with, and the rest of it.

    Raises:
        ShapeError: `text` starts with something that is half a shape, such as `(B)` or `(B, hidden)`.
    """
    shapes, rest = [], text.strip()
    while match := SHAPE.match(rest):
        axes = [axis.strip() for axis in match["axes"].split(",")]
        shapes.append(Shape(match[0], tuple(axis for axis in axes if axis)))
        rest = rest[match.end() :]
        separator = re.match(r",\s*(?=\()", rest)
        if not separator:
            break
        rest = rest[separator.end() :]
    if shapes and rest.lstrip().startswith(("->", "→")):
        raise ShapeError(f"{text!r} goes on with an arrow; state the shape of the result alone")
    if (half := GROUP.match(rest)) and _half_a_shape(half[1]):
        raise ShapeError(
            f"{half[0]} is half a shape; write a tuple of upper-case letters, integers and sums or products of them, "
            "such as (B,), (B, 4H) or (I-U+1, J), or put a word in front if it is none"
        )
    return shapes, rest.strip()


def _half_a_shape(group: str) -> bool:
    """Whether some, but not all, of the parts between the parentheses are letters for an axis."""
    parts = [part.strip() for part in group.split(",")]
    letters = [re.fullmatch(AXIS, part) and not part.isdigit() for part in parts]
    return any(letters) and all(WORD.fullmatch(part) for part in parts)


def shape_of(value) -> tuple | None:
    """The shape of anything that has one, of a number, or of nested lists of such; None if its rank is unknown.

    >>> shape_of(2.5), shape_of([[1, 2, 3], [4, 5, 6]])
    ((), (2, 3))
    """
    if hasattr(value, "shape"):
        return None if getattr(value.shape, "rank", 0) is None else tuple(value.shape)
    if isinstance(value, numbers.Number):
        return ()
    if isinstance(value, list | tuple):
        inner = {shape_of(item) for item in value}
        if len(inner) == 1 and None not in inner:
            return (len(value), *inner.pop())
        if not inner:
            return (0,)
    raise TypeError(f"a {type(value).__name__}, which has no shape")


def contradiction(pairs: list[tuple[Shape, object]], letters: Letters) -> str:
    """Compare values with their stated shapes, and bind the letters that are new; say what is wrong, or ''.

    Letters that stand alone are bound first, so that `(D, 4H)` may stand before `(B, H)`.
    """
    compound = []
    for shape, value in pairs:
        if value is None:
            continue
        try:
            actual = shape_of(value)
        except TypeError as error:
            return f"states {shape.text}, but the value is {error}"
        if actual is None:
            continue
        axes = shape.axes
        if axes[:1] == ("...",):
            axes, tail = axes[1:], actual[max(len(actual) - len(axes) + 1, 0) :]
        else:
            tail = actual
        wrong = f"states {shape.text}, but the value has shape {_write(actual)}"
        if len(axes) != len(tail):
            return wrong
        for axis, size in zip(axes, tail, strict=True):
            if len(axis) > 1 or axis.isdigit():
                compound.append((axis, size, wrong))
            elif letters.get(axis) is None:
                letters[axis] = size
            elif size is not None and letters[axis] != size:
                return wrong
    return next((found for each in compound if (found := _contradicts(*each, letters))), "")


def _contradicts(axis: str, size: int | None, wrong: str, letters: Letters) -> str:
    names = set(re.findall("[A-Z]", axis))
    if unbound := sorted(names - letters.keys()):
        return f"has the axis {axis}, but no shape before it in this call has the axis {unbound[0]} alone"
    if size is None or any(letters[name] is None for name in names):
        return ""
    computed = eval(
        re.sub(r"(\d)([A-Z])", r"\1*\2", axis), {"__builtins__": {}}, dict(letters)
    )  # only what AXIS allows
    return "" if computed == size else wrong


def _write(shape: tuple) -> str:
    return "(" + ", ".join(map(str, shape)) + (",)" if len(shape) == 1 else ")")

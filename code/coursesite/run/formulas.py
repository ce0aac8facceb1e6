r"""What a displayed formula consists of: its lines, its brackets and scripts, and the ways to spoil it."""

import re
from collections.abc import Iterator

from coursesite.equations import tokens

BREAKS = {r"\\", r"\quad", r"\qquad", ",", ":", r"\Longleftrightarrow"}
RELATIONS = {"=", r"\approx", r"\to"}
PAIRS = {"(": ")", "[": "]", "{": "}", r"\lfloor": r"\rfloor", r"\lceil": r"\rceil", r"\lVert": r"\rVert"}
TRANSPOSED = ([r"\top"], [r"\mathsf", "T"])


class FormulaError(ValueError):
    """A formula that can't be read, or whose arrays don't fit it."""


def unscripted(read: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """The tokens before the first script outside of brackets, and the scripts behind them."""
    end = next((i for i in outside(read) if read[i] in "_^"), len(read))
    scripts, at = {}, end
    while at < len(read):
        group, after = argument_at(read, at + 1)
        scripts[read[at]], at = group, after
    return read[:end], scripts


def outside(read: list[str]) -> Iterator[int]:
    """The places of a formula that stand in no brackets."""
    closing = []
    for i, token in enumerate(read):
        if token in PAIRS:
            closing.append(PAIRS[token])
        elif closing and token == closing[-1]:
            closing.pop()
        elif not closing:
            yield i


def argument_at(read: list[str], at: int) -> tuple[list[str], int]:
    """The tokens of one argument, `{...}` or a single token, and where it ends."""
    if at >= len(read):
        raise FormulaError("the formula ends where an argument should stand")
    if read[at] != "{":
        return [read[at]], at + 1
    depth = 0
    for end in range(at, len(read)):
        depth += (read[end] == "{") - (read[end] == "}")
        if not depth:
            return read[at + 1 : end], end + 1
    raise FormulaError("a brace isn't closed")


def statements(tex: str) -> list[list[str]]:
    r"""The lines of a displayed formula: one relation or chain of relations each, without layout.

    A condition, `\text{where } ...`, is a factor of what it stands behind: 1 where it holds, else 0.
    """
    read = [token for token in tokens(tex) if not re.fullmatch(r"\\text\{.*:\}", token)]
    free, pieces = set(outside(read)), [[]]
    for i, token in enumerate(read):
        to = token == ":" and pieces[-1][:1] == [r"\text{to}"]
        shape = token == ":" and read[i + 1 : i + 2] == ["("]
        if i in free and token in BREAKS and not (shape or to):
            pieces.append([])
        elif token not in {r"\\", r"\quad", r"\qquad"}:
            pieces[-1].append("=" if to else token)
    found: list[list[str]] = []
    for piece in filter(None, pieces):
        if piece[0] in {r"\text{where}", r"\text{and}"}:
            found[-1] += ["[", *piece[1:], "]"]
        elif found and (piece[0] in {"+", "-", *RELATIONS} or found[-1][-1] in RELATIONS):
            found[-1] += piece
        else:
            found.append(piece)
    return [_assigned(piece) for piece in found]


def _assigned(piece: list[str]) -> list[str]:
    r"""`w \leftarrow f(w)` as `\leftarrow w = f(w)`: the new value has the name `\leftarrow w`."""
    if r"\leftarrow" not in piece:
        return piece
    at = piece.index(r"\leftarrow")
    return [r"\leftarrow", *piece[:at], "=", *piece[at + 1 :]]


def mutants(statement: list[str]) -> Iterator[list[str]]:
    r"""A line with one thing changed: a sign, an order, a digit, a transposition left out, two indices swapped."""
    other = {"+": "-", "-": "+", ">": "<", "<": ">", r"\max": r"\min", r"\min": r"\max"}
    for i, token in enumerate(statement):
        if token in other:
            yield [*statement[:i], other[token], *statement[i + 1 :]]
        if token.isdigit():
            yield [*statement[:i], str((int(token) + 1) % 10), *statement[i + 1 :]]
        if token in "_^":
            group, end = argument_at(statement, i + 1)
            if group in TRANSPOSED:
                yield statement[:i] + statement[end:]
            for k in range(len(group) - 1) if token == "_" else ():
                if group[k].isalpha() and group[k + 1].isalpha():
                    at = i + 2 + k
                    yield [*statement[:at], group[k + 1], group[k], *statement[at + 2 :]]

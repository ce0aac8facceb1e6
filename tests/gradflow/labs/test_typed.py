"""The labs' place to type: what stands there says "not yet", the folded lines are right, and a wrong one is told."""

import re
from pathlib import Path

import pytest

LABS = Path(__file__).parents[3] / "docs/labs/gradflow"
TODO = re.compile(r"^(\w+) = \.\.\.", re.MULTILINE)
CELL = re.compile(r"^# %%", re.MULTILINE)
LINE = re.compile(r"`(\w+ = [^`]+)`")


def places():
    """Each cell with lines to type: its lab, its number, and the code of the fold below it."""
    found = []
    for lab in sorted(LABS.glob("*.py")):
        cells = CELL.split(lab.read_text(encoding="utf-8"))
        for n, cell in enumerate(cells):
            if TODO.search(cell) and "[markdown]" not in cell.split("\n")[0]:
                assert "<summary>Solution</summary>" in cells[n + 1]
                fold = re.sub(r"\s*\n# ", " ", cells[n + 1].split("<details>")[1])
                found.append(pytest.param((cells[:n], cell, LINE.findall(fold)), id=f"{lab.stem}-{n}"))
    return found


def code(cells):
    """What Python runs of these cells: no Markdown, no figure."""
    return "\n".join(cell for cell in cells if cell.startswith("\n"))


@pytest.fixture(params=places())
def place(request, capsys):
    before, cell, lines = request.param
    session = {}
    exec(code(before), session)
    capsys.readouterr()

    def told(typed):
        """What is said, by name, with these lines in their places."""
        text = cell.split("\n", 1)[1]
        for line in typed:
            name = line.split("; ")[-1].split(" = ")[0]
            text, count = re.subn(rf"^{name} = \.\.\..*$", lambda _, line=line: line, text, flags=re.MULTILINE)
            assert count == 1
        exec(text, dict(session))
        return dict(line.split(": ") for line in capsys.readouterr().out.splitlines())

    return cell, lines, told


def test_as_it_stands_each_line_is_not_yet_there(place):
    cell, lines, told = place
    names = TODO.findall(cell)
    assert [line.split(" = ")[0] for line in lines] == names
    assert set(told([]).values()) == {"not yet"}
    assert len(told([])) == len(names)


def test_the_folded_lines_are_all_right(place):
    _, lines, told = place
    said = told(lines)
    assert len(said) == len(lines)
    assert all(word == "exact" or word.startswith("close") for word in said.values())


def test_a_wrong_line_is_told_and_by_how_much(place):
    _, lines, told = place
    for n, line in enumerate(lines):
        name, right = line.split(" = ", 1)
        said = told([*lines[:n], f"import numpy as np; {name} = 3.0 * np.array({right})"])
        assert list(said.values())[n].startswith("wrong, off by")

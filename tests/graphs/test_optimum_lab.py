"""In the lab one writes five lines, and is told of each whether it is right."""

import re
from pathlib import Path

import jupytext
import pytest

LAB = Path(__file__).parents[2] / "docs/labs/lessons/01-graphs-optimum.py"
CELLS = [cell for cell in jupytext.read(LAB).cells]
TO_WRITE = next(i for i, cell in enumerate(CELLS) if "dw = None" in cell.source)
SOLUTION = dict(re.findall(r"`(dw|d|dy|lack|dx) = ([^`]+)`", CELLS[TO_WRITE + 1].source))


def told(capsys, **lines):
    """What the judge says when these lines stand in place of `None`."""
    source, names = CELLS[TO_WRITE].source, {}
    for name, line in lines.items():
        source, times = re.subn(rf"^{name} = None", f"{name} = {line}", source, flags=re.MULTILINE)
        assert times == 1, f"the lab has no line {name}"
    before = [cell.source for cell in CELLS[:TO_WRITE] if cell.cell_type == "code"]
    exec("\n".join(before), names)
    capsys.readouterr()
    exec(source, names)
    return dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines())


def test_the_solution_is_right_in_every_line(capsys):
    assert set(SOLUTION) == {"dw", "d", "dy", "lack", "dx"}
    assert told(capsys, **SOLUTION) == dict.fromkeys(SOLUTION, "right")
    assert told(capsys) == dict.fromkeys(SOLUTION, "still to be written")


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("dw", "a.T @ a @ (w - 1 / 3)", "wrong, off by 67%"),
        ("d", "points - y", "(7, 2), not (7,)"),
        ("lack", "h - m @ x", "wrong, off by"),
        ("dx", "prices + weight * m.T @ lack", "wrong, off by 2"),
    ],
)
def test_a_wrong_line_is_told_by_how_much_it_is_off(capsys, name, line, said):
    assert told(capsys, **SOLUTION | {name: line})[name].startswith(said)

"""In the lab one writes gradients, and is told line by line whether each is right."""

import re
from pathlib import Path

import jupytext
import pytest

LAB = Path(__file__).parents[2] / "docs/labs/lessons/02-mnist.py"
CELLS = [cell for cell in jupytext.read(LAB).cells]
TO_WRITE = next(i for i, cell in enumerate(CELLS) if "dz = None" in cell.source)
SOLUTION = dict(re.findall(r"`(d\w+) = ([^`]+)`", CELLS[TO_WRITE + 1].source))


@pytest.fixture(scope="module")
def before():
    """What the cells above have defined: the first one, and the one of the gradients."""
    names = {}
    first = next(cell.source for cell in CELLS if cell.cell_type == "code" and "import numpy" in cell.source)
    for source in (first, CELLS[TO_WRITE - 1].source):
        exec(source, names)
    return names


def told(before, capsys, **lines):
    """What the judge says when these lines stand in place of `None`."""
    source = CELLS[TO_WRITE].source
    for name, line in lines.items():
        source, times = re.subn(rf"^{name} = None", f"{name} = {line}", source, flags=re.MULTILINE)
        assert times == 1, f"the lab has no line {name}"
    capsys.readouterr()
    exec(source, dict(before))
    return dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines())


def test_the_solution_is_right_in_every_line(before, capsys):
    assert set(SOLUTION) == {"dz", "dw2", "dh", "da", "dw1"}
    assert told(before, capsys, **SOLUTION) == dict.fromkeys(SOLUTION, "right")


def test_a_line_that_is_not_written_is_told(before, capsys):
    assert told(before, capsys) == dict.fromkeys(SOLUTION, "still to be written")


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("dz", "p - truth", "wrong, off by 700%"),
        ("dw2", "dz.T @ h", "(10, 16), not (16, 10)"),
        ("da", "dh", "wrong, off by"),
        ("dw1", "-x.T @ da", "wrong, off by 200%"),
    ],
)
def test_a_wrong_line_is_told_by_how_much_it_is_off(before, capsys, name, line, said):
    found = told(before, capsys, **SOLUTION | {name: line})
    assert found.pop(name).startswith(said)
    if name in ("dw2", "dw1"):  # nothing below depends on them
        assert set(found.values()) == {"right"}

"""In the lab one writes gradients of operations, and is told at once whether each is right."""

import re
from pathlib import Path

import jupytext
import pytest

LAB = Path(__file__).parents[2] / "docs/labs/lessons/01-graphs.py"
CELLS = [cell for cell in jupytext.read(LAB).cells]
TO_WRITE = next(i for i, cell in enumerate(CELLS) if 'compare("product"' in cell.source)
SOLUTION = dict(re.findall(r"- ([a-z ]+): `([^`]+)`", CELLS[TO_WRITE + 1].source))


@pytest.fixture(scope="module")
def before():
    """What the first cell and that of the judge have defined."""
    names = {}
    first = next(cell.source for cell in CELLS if "import numpy" in cell.source)
    for source in (first, CELLS[TO_WRITE - 1].source):
        exec(source, names)
    return names


def told(before, capsys, **lines):
    """What the judge says when these stand in place of `None`."""
    source = CELLS[TO_WRITE].source
    for name, line in lines.items():
        written = f'"{name}", lambda dn, n: None'
        assert written in source
        source = source.replace(written, f'"{name}", lambda dn, n: {line}')
    capsys.readouterr()
    exec(source, before)
    return dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines())


def test_the_solution_is_right_in_every_line(before, capsys):
    assert set(SOLUTION) == set(before["operations"])
    assert told(before, capsys, **SOLUTION) == dict.fromkeys(SOLUTION, "right")


def test_a_line_that_is_not_written_is_told(before, capsys):
    assert told(before, capsys) == dict.fromkeys(SOLUTION, "still to be written")


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("product", "-dn * v", "wrong, off by 200%"),
        ("quotient", "dn * n / u", "wrong, off by 200%"),
        ("matrix product", "V @ dn.T", "(3, 2), not (2, 3)"),
        ("exponential", "dn * u", "wrong, off by"),
        ("logarithm", "dn * n", "wrong, off by"),
    ],
)
def test_a_wrong_line_is_told_by_how_much_it_is_off(before, capsys, name, line, said):
    found = told(before, capsys, **SOLUTION | {name: line})
    assert found.pop(name).startswith(said)
    assert set(found.values()) == {"right"}


def test_what_the_solutions_of_the_last_section_say(before):
    names = dict(before)
    cell = next(cell.source for cell in CELLS if "hidden = tanh" in cell.source)
    exec(cell, names)
    run, train, feed, assign, b2 = (names[k] for k in ("run", "train", "feed", "assign", "b2"))
    run([*train, *train], feed)
    with pytest.raises(ValueError, match="two assigns, expected one in a run"):
        run([*train, assign(b2, b2 * 0.9)], feed)
    [db] = names["gradients"](names["loss"], [b2])
    [ddb] = names["gradients"](db, [b2])
    assert run(ddb, feed) == pytest.approx(2)
    [small], _ = names["optimize"]([ddb])
    assert len(names["evaluate"]([ddb], feed)) > len(small.graph.nodes)

"""In the lab on the inside of TensorFlow one predicts counts and writes a loop, and is told what is right."""

import re
from pathlib import Path

import jupytext
import pytest
import tensorflow as tf

LAB = Path(__file__).parents[2] / "docs/labs/lessons/01-graphs-inside.py"
CELLS = jupytext.read(LAB).cells
CODE = [cell.source for cell in CELLS if cell.cell_type == "code"]
TEXT = "\n".join(cell.source for cell in CELLS if cell.cell_type == "markdown")
COUNTS = next(source for source in CODE if "a = None" in source)
LOOP = next(source for source in CODE if "go_on = None" in source)
SOLUTION = dict(re.findall(r"`([a-e]|go_on|turn) = ([^`]+)`", TEXT))


@pytest.fixture(scope="module")
def before():
    """What the cells above have defined."""
    names = {}
    for source in CODE[: CODE.index(COUNTS)]:
        exec(source, names)
    return names


def told(before, capsys, source, **lines):
    """What a cell prints when these lines stand in place of `None`."""
    for name, line in lines.items():
        source, times = re.subn(rf"^{name} = None", f"{name} = {line}", source, flags=re.MULTILINE)
        assert times == 1
    capsys.readouterr()
    exec(source, dict(before))
    return capsys.readouterr().out


def test_the_solution_is_right_in_every_line(before, capsys):
    counts = {name: SOLUTION[name] for name in "abcde"}
    assert told(before, capsys, COUNTS, **counts) == "".join(f"{name}: right\n" for name in "abcde")
    loop = {name: SOLUTION[name] for name in ("go_on", "turn")}
    assert told(before, capsys, LOOP, **loop).count("right") == 4


@pytest.mark.usefixtures("optimized")
def test_grappler_removes_a_product_with_one_and_a_sum_with_zero(before):
    def same(x):
        return (x * 1.0 + 0.0 + 1.0) * (tf.constant(2.0) * 3.0)

    counts, left = before["before_and_after"](same, before["tf"].ones(4))
    assert (counts["Mul"], counts["AddV2"]) == (3, 2)
    assert (left["Mul"], left["AddV2"]) == (1, 1)


def test_what_is_not_written_or_wrong_is_told(before, capsys):
    said = told(before, capsys, COUNTS, a="3").splitlines()
    assert said == ["a: 3, but there are 2", *(f"{name}: still to be written" for name in "bcde")]
    assert told(before, capsys, LOOP) == "still to be written\n"
    wrong = {"go_on": "lambda count, n, x: n < x", "turn": "lambda count, n: (count + 1, 2 * n)"}
    assert "not 0" in told(before, capsys, LOOP, **wrong)

"""In the lab one writes five lines, and is told of each whether it is right."""

import re
from pathlib import Path

import jupytext
import pytest
from deepcourse.datasets import digits
from deepcourse.training.begin import begin
from deepcourse.training.norms import norms

LAB = Path(__file__).parents[2] / "docs/labs/lessons/03-training.py"
CELLS = [cell for cell in jupytext.read(LAB).cells]
TO_WRITE = next(i for i, cell in enumerate(CELLS) if "da2 = None" in cell.source)
SOLUTION = dict(re.findall(r"`(h2|da2|da1|dw2|jacobian) = ([^`]+)`", CELLS[TO_WRITE + 1].source))


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
    assert set(SOLUTION) == {"h2", "da2", "da1", "dw2", "jacobian"}
    assert told(capsys, **SOLUTION) == dict.fromkeys(SOLUTION, "right")
    assert told(capsys) == dict.fromkeys(SOLUTION, "still to be written")


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("h2", "h1 @ w2", "wrong, off by"),
        ("da1", "da2 @ w2 * (1 - h1**2)", "wrong, off by"),
        ("dw2", "h1 @ da2.T", "(128, 128), not (30, 30)"),
        ("jacobian", "w2.T * (1 - h2[0] ** 2)", "wrong, off by"),
    ],
)
def test_a_wrong_line_is_told_by_how_much_it_is_off(capsys, name, line, said):
    assert told(capsys, **SOLUTION | {name: line})[name].startswith(said)


def test_what_the_solutions_say_of_scale_and_biases_holds():
    data = digits()
    x, labels = data.images[:128].reshape(128, -1) / 255, data.labels[:128]
    drawn = begin([64, *[100] * 19, 10], "glorot", 0)
    first, *_, last = norms(x, labels, [(2 * w, b) for w, b in drawn], "tanh")
    assert 5 < first / last < 20
    centred = [(4 * w, -2 * w.sum(axis=0) if i else b) for i, (w, b) in enumerate(drawn)]
    first, *_, last = norms(x, labels, centred, "sigmoid")
    assert 0.1 < first / last < 0.5

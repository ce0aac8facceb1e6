"""In the lab one writes five lines, and is told of each whether it is right."""

import numpy as np
import pytest
from deepcourse.convolution.conv import conv
from deepcourse.datasets import digits
from judged import Lab

LAB = Lab("lessons/04-convolution", ("window", "shared", "local", "dk", "dense"))


def test_the_solution_is_right_and_what_is_not_written_is_told(capsys):
    LAB.asked(capsys)


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("window", "x[0, 2:4, 3:5, 0]", "(2, 2), not (3, 3)"),
        ("shared", 'np.einsum("npqcuv,uvck->npqk", seen, k[::-1, ::-1])', "wrong, off by"),
        ("local", 'np.einsum("npqcuv,qpuvck->npqk", seen, own)', "wrong, off by"),
        ("dk", "0 * k", "wrong, off by"),
    ],
)
def test_a_wrong_line_is_told_by_how_much_it_is_off(capsys, name, line, said):
    assert LAB.told(capsys, **LAB.solution | {name: line})[name].startswith(said)


def test_what_the_solutions_say_of_strides_holds():
    x = digits().images[:16, :, :, None] / 255
    w = np.array([[1, 0, -1]] * 3, float).reshape(1, 1, 3, 3, 1, 1)
    there = conv(x, w, 2)[:, :, 1:]
    assert np.array_equal(conv(x[:, :, 2:], w, 2), there)
    assert np.abs(conv(x[:, :, 1:], w, 2)[:, :, : there.shape[2]] - there).max() > 0.1


def test_the_code_of_the_solution_runs_behind_the_cells_of_the_lab(capsys):
    names = dict(LAB.before)
    cell = next(cell.source for cell in LAB.cells if "edge = " in cell.source and cell.cell_type == "code")
    exec(cell.split("pictures = ")[0], names)
    code = LAB.cells[-1].source.split("```python\n")[1].split("```")[0]
    capsys.readouterr()
    exec(code, names)
    said = dict(line.split(": ") for line in capsys.readouterr().out.splitlines())
    assert set(said) == {"shared 1", "shared 2", "tiled 1", "tiled 2"}
    assert {name for name, off in said.items() if off == "0.0"} == {"shared 2"}

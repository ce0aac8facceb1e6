"""In the labs one writes lines, and is told line by line whether each is right."""

import functools
import re
from pathlib import Path

import jupytext
import pytest

LABS = Path(__file__).parents[2] / "docs/labs/lessons"
LINES = {"02-mnist": ("dz", "dw2", "dh", "da", "dw1"), "02-mnist-recipe": ("dropped", "new_m", "new_v", "step")}


class Lab:
    """The cells of a lab, and the solution that it prints."""

    def __init__(self, name):
        self.cells = jupytext.read(LABS / f"{name}.py").cells
        self.names = LINES[name]
        self.at = next(i for i, cell in enumerate(self.cells) if f"{self.names[0]} = None" in cell.source)
        said = self.cells[self.at + 1].source
        self.solution = dict(re.findall(rf"`({'|'.join(self.names)}) = ([^`]+)`", said))

    @functools.cached_property
    def before(self):
        """What the cells above have defined: the first one, and the one of the judge."""
        names = {}
        first = next(cell.source for cell in self.cells if cell.cell_type == "code" and "import numpy" in cell.source)
        for source in (first, self.cells[self.at - 1].source):
            exec(source, names)
        return names

    def told(self, capsys, **lines):
        """What the judge says when these lines stand in place of `None`."""
        source = self.cells[self.at].source
        for name, line in lines.items():
            source, times = re.subn(rf"^{name} = None", f"{name} = {line}", source, flags=re.MULTILINE)
            assert times == 1, f"the lab has no line {name}"
        before = dict(self.before)
        capsys.readouterr()
        exec(source, before)
        return dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines())


@pytest.fixture(scope="module", params=LINES)
def lab(request):
    return Lab(request.param)


def test_the_solution_is_right_in_every_line(lab, capsys):
    assert set(lab.solution) == set(lab.names)
    assert lab.told(capsys, **lab.solution) == dict.fromkeys(lab.names, "right")


def test_a_line_that_is_not_written_is_told(lab, capsys):
    assert lab.told(capsys) == dict.fromkeys(lab.names, "still to be written")


WRONG = {
    "02-mnist": [
        ("dz", "p - truth", "wrong, off by 700%"),
        ("dw2", "dz.T @ h", "(10, 16), not (16, 10)"),
        ("da", "dh", "wrong, off by"),
        ("dw1", "-x.T @ da", "wrong, off by 200%"),
    ],
    "02-mnist-recipe": [
        ("dropped", "np.where(lot >= r, x, 0)", "wrong, off by 20%"),
        ("dropped", "x[0] / (1 - r)", "(6,), not (4, 6)"),
        ("new_v", "beta2 * v + (1 - beta2) * g", "wrong, off by"),
        ("step", "rate * new_m / (np.sqrt(new_v) + epsilon)", "wrong, off by"),
    ],
}


def test_a_wrong_line_is_told_by_how_much_it_is_off(lab, capsys):
    alone = {"dw2", "dw1", "dropped", "step"}  # nothing below depends on them
    for name, line, said in WRONG["02-mnist" if "dz" in lab.names else "02-mnist-recipe"]:
        found = lab.told(capsys, **lab.solution | {name: line})
        assert found.pop(name).startswith(said)
        if name in alone:
            assert set(found.values()) == {"right"}

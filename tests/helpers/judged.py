"""Labs in which one writes lines in place of `None`, and is told of each whether it is right."""

import functools
import re
from pathlib import Path

import jupytext

LABS = Path(__file__).parents[2] / "docs" / "labs"


class Lab:
    """The cells of a lab, and the solution that it prints for the lines to be written."""

    def __init__(self, name, lines):
        self.lines = lines
        self.cells = jupytext.read(LABS / f"{name}.py").cells
        self.at = next(i for i, cell in enumerate(self.cells) if f"{lines[0]} = None" in cell.source)
        said = self.cells[self.at + 1].source
        self.solution = dict(re.findall(rf"`({'|'.join(lines)}) = ([^`]+)`", said))

    @functools.cached_property
    def before(self):
        """What the cells that it needs have defined: the first one, and the one of the judge."""
        names = {}
        first = next(cell.source for cell in self.cells if cell.cell_type == "code" and "import numpy" in cell.source)
        for source in (first, self.cells[self.at - 1].source):
            exec(source, names)
        return names

    def told(self, capsys, **written):
        """What the judge says when these lines stand in place of `None`."""
        source = self.cells[self.at].source
        for name, line in written.items():
            source, times = re.subn(rf"^{name} = None", f"{name} = {line}", source, flags=re.MULTILINE)
            assert times == 1, f"the lab has no line {name}"
        before = dict(self.before)
        capsys.readouterr()
        exec(source, before)
        return dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines())

    def asked(self, capsys):
        """The solution is right in every line, and a line that isn't written is told."""
        assert tuple(sorted(self.solution)) == tuple(sorted(self.lines))
        assert self.told(capsys, **self.solution) == dict.fromkeys(self.lines, "right")
        assert self.told(capsys) == dict.fromkeys(self.lines, "still to be written")

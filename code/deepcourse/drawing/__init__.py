"""The kit under every figure: what is drawn, and how it gets onto a page.

`shapes` has canvas, words, boxes, grids, arrows and wires; `plots` what plots
of measured numbers share; `page` saves a drawing as a page wants it. A module
of figures says `from deepcourse import drawing as draw`; it is its drawings,
and a table of them, `Figures`, at its end.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib as mpl

# All that the three define is the kit's: a figure says draw.box, draw.paper.
from deepcourse.drawing.page import *  # noqa: F403
from deepcourse.drawing.page import STYLE, Drawing, save
from deepcourse.drawing.plots import *  # noqa: F403
from deepcourse.drawing.shapes import *  # noqa: F403
from deepcourse.records import QUICK, RUNS, RecordError


@dataclass(frozen=True)
class Figures:
    """The figures of a post, each by the name of its file.

    A module of figures ends with `if __name__ == "__main__": FIGURES.main()`.
    """

    slug: str  # of the lesson, and of its folder below `runs/`
    computed: Mapping[str, Callable[[], Drawing]] = field(default_factory=dict)
    # Those that show a record get the folder of all records.
    measured: Mapping[str, Callable[[Path], Drawing]] = field(
        default_factory=dict
    )

    @property
    def names(self) -> list[str]:
        """The names of all figures."""
        return [*self.computed, *self.measured]

    def draw(self, runs: Path, names: Iterable[str] = ()) -> list[str]:
        """Draw the figures named, or all, and say what is missing for which.

        Args:
            runs: The folder of all records, where the drawings go as well.
            names: Some of the figures; none means all of them.

        Returns:
            A line for each figure whose record is missing.
        """
        missing = []
        for name in names or self.names:
            try:
                with mpl.rc_context(STYLE):
                    if name in self.computed:
                        drawing = self.computed[name]()
                    else:
                        drawing = self.measured[name](runs)
                    save(drawing, runs / self.slug / f"{name}.svg")
            except RecordError as error:
                missing.append(f"{name}: {error}")
        return missing

    def main(self) -> None:
        """Draw what the command line names, or all."""
        parser = argparse.ArgumentParser(description="Draw figures of a post.")
        known = ", ".join(self.names)
        parser.add_argument(
            "names", nargs="*", metavar="name", help=f"{known}; none means all"
        )
        parser.add_argument(
            "--quick", action="store_true", help="of the quick runs' records"
        )
        options = parser.parse_args()
        for name in options.names:
            if name not in self.names:
                parser.error(f"name: got {name}, expected one of {known}")
        runs = QUICK if options.quick else RUNS
        sys.exit("\n".join(self.draw(runs, options.names)) or 0)

r"""What both sides of an equation differ by: measured where a test checks it, and recorded with `--equation-errors`.

A test claims an equation by `@pytest.mark.equation("slug/name")` and takes the fixture `proof`. Then it either has the
formula evaluated as the page displays it, `proof.tex(dx=dx, dy=dy, w=w)`, or it compares two sides of its own,
`proof(left, right)`, and its mark carries the digest of the formula that its author read. Evaluating takes the formula
with a sign flipped, two indices swapped, a transposition left out, one after the other: a test that any of these passes
proves too little, and fails.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from coursesite import equations
from coursesite.run import formulas, tex

FLOOR = 1e-12  # what is smaller is rounding, and another one on another machine
ERRORS = pytest.StashKey[dict[str, float]]()
PROOF = pytest.StashKey["Proof"]()


def pytest_addoption(parser):
    """The option of the recorded run."""
    text = "write the largest error of each equation of a slug into this record, such as runs/gradflow/equations.json"
    parser.getgroup("course").addoption("--equation-errors", metavar="PATH", type=Path, help=text)


def pytest_configure(config):
    """Nothing is measured yet; what several processes measure, none of them could record."""
    config.stash[ERRORS] = {}
    if config.getoption("--equation-errors") and (
        hasattr(config, "workerinput") or config.getoption("numprocesses", None)
    ):
        raise pytest.UsageError("--equation-errors: measured in one process; leave -n out")


def relative_error(left, right, scale: float = 0.0) -> float:
    """The largest difference of two arrays of one shape, in units of the largest value in either, or of `scale`."""
    left, right = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    if left.shape != right.shape:
        raise ValueError(f"both sides: got shapes {left.shape} and {right.shape}, expected the same")
    if not (np.isfinite(left).all() and np.isfinite(right).all()):
        raise ValueError("both sides: got values that aren't finite")
    scale = max(np.abs(left).max(initial=0), np.abs(right).max(initial=0), scale)
    return float(np.abs(left - right).max(initial=0) / scale) if scale else 0.0


def rounded(error: float) -> float:
    """Rounded up to a power of ten, so that a record doesn't change with the noise of a machine.

    >>> rounded(2.1e-9), rounded(1e-9), rounded(9.7e-10), rounded(4e-16), rounded(0.0)
    (1e-08, 1e-09, 1e-09, 1e-12, 1e-12)
    """
    return float(f"1e{math.ceil(round(math.log10(max(error, FLOOR)), 9))}")


@dataclass
class Formula:
    """A displayed equation under test: its lines, and those wrong ones that no numbers have told from it yet."""

    shown: equations.Equation
    lines: list[list[str]]
    passing: list[tuple[int, list[str]]]


@dataclass
class Proof:
    """What one test has shown of the equations that it claims."""

    claimed: dict[str, str | None]  # their digests, where the marks have one
    shown: dict[str, equations.Equation]  # all that pages show
    errors: dict[str, float]  # of the whole session
    compared: set[str] = field(default_factory=set)
    formulas: dict[str, Formula] = field(default_factory=dict)

    def __call__(self, left, right, tolerance=1e-10, of=None):
        """Compare two sides: fails above the tolerance. The error belongs to every equation claimed, or to `of`."""
        error = relative_error(left, right)
        if np.any(left) or np.any(right):  # neither empty nor 0 everywhere, which anything equals
            for name in self._named(of):
                self._keep(name, error)
        assert error <= tolerance, f"both sides differ by {error:.2e}, allowed are {tolerance:.0e}"

    def tex(self, bound=None, /, *, of=None, lines=None, tolerance=1e-10, approx=None, scale=0.0, **more):
        r"""Evaluate the displayed formula for all of its free indices, and compare its sides.

        Args:
            bound: values by their TeX, `{r"\hat x": xhat}`: numbers, arrays, functions, a `range` for an index.
            of: the equation, if the test claims several.
            lines: the numbers of the lines that these values belong to; all, if left out.
            tolerance: the largest relative error of an equality.
            approx: the same where the formula says approximately.
            scale: what counts as large, for sides that are 0.
            more: values by names that are plain words, `dx`, `w_h`, `gamma`.
        """
        for name in self._named(of):
            formula, names = self._formula(name), tex.names({**(bound or {}), **more})
            limits = {"=": tolerance, r"\approx": approx, r"\to": approx}
            wanted = [lines] if isinstance(lines, int) else lines or range(len(formula.lines))
            for k in wanted:
                sizes = self._evaluate(name, formula, k, names, limits, scale)
                with np.errstate(all="ignore"):
                    formula.passing = [
                        (at, wrong)
                        for at, wrong in formula.passing
                        if at != k or not _told(wrong, names, limits, sizes)
                    ]

    def _evaluate(self, name, formula, k, names, limits, scale) -> list[float]:
        """One line as it stands: its error is kept; what is largest in each of its relations comes back."""
        place = f"docs/{formula.shown.page}:{formula.shown.line}: {name}, `{' '.join(formula.lines[k])}`"
        found: dict[int, list] = {}
        try:
            for number, relation, left, right in tex.sides(formula.lines[k], names):
                found.setdefault(number, [relation, [], []])
                found[number][1].append(np.asarray(left, float))
                found[number][2].append(np.asarray(right, float))
            sizes = []
            for relation, left, right in found.values():
                error, largest = relative_error(left, right, scale), max(np.abs([*left, *right]).max(initial=0), scale)
                if limits[relation] is None:
                    raise ValueError(rf"it says {relation}; give the relative error that may be left, approx=")
                if largest:
                    self._keep(name, error)
                sizes.append(largest)
                assert error <= limits[relation], (
                    f"{place}: both sides differ by {error:.2e}, allowed are {limits[relation]:.0e}"
                )
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise ValueError(f"{place}: {error}") from error
        return sizes

    def _formula(self, name: str) -> Formula:
        if name not in self.formulas:
            if name not in self.shown:
                raise ValueError(f"no page shows the equation {name}")
            lines = formulas.statements(self.shown[name].tex)
            wrong = [(k, wrong) for k, line in enumerate(lines) for wrong in formulas.mutants(line)]
            self.formulas[name] = Formula(self.shown[name], lines, wrong)
        return self.formulas[name]

    def _named(self, of: str | None) -> list[str]:
        if of is not None and of not in self.claimed:
            raise ValueError(f"of: got {of!r}, expected one of the claimed {list(self.claimed)}")
        return [of] if of else list(self.claimed)

    def _keep(self, name: str, error: float):
        self.compared.add(name)
        self.errors[name] = max(error, self.errors.get(name, 0.0))

    def missing(self) -> Iterator[str]:
        """What is left to prove at the end of the test."""
        for name, digest in self.claimed.items():
            shown = self.shown.get(name)
            if name not in self.compared:
                yield f"the test claims {name} and compares nothing; hand both sides to the fixture `proof`"
            elif shown is None:
                yield f"the test claims {name}, which no page shows"
            elif digest is None and name not in self.formulas:
                yield f"the test claims {name} and doesn't evaluate it; {equations.remedy(shown)}"
            elif digest is not None and digest != equations.digest(shown.tex):
                yield equations.changed(shown, digest)
            elif digest is None:
                for k, wrong in self.formulas[name].passing:
                    yield (
                        f"the test passes {name} with a wrong line {k}, `{' '.join(wrong)}`; give it numbers that tell "
                        f"this from what is displayed, or the mark the digest of what you read: "
                        f'digest="{equations.digest(shown.tex)}"'
                    )


def _told(wrong: list[str], names, limits, sizes: list[float]) -> bool:
    """Whether a wrong line fails with these numbers."""
    try:
        for number, relation, left, right in tex.sides(wrong, names):
            if np.shape(left) != np.shape(right):
                return True
            difference = np.abs(np.asarray(left, float) - right).max(initial=0)
            if not difference <= limits[relation] * sizes[number]:
                return True
    except Exception:  # whatever goes wrong tells it from the right one
        return True
    return False


def claimed(item) -> dict[str, str | None]:
    """The equations that a test claims, with the digests that its marks carry."""
    return {name: mark.kwargs.get("digest") for mark in item.iter_markers("equation") for name in mark.args}


@pytest.fixture(scope="session")
def displayed_equations(request) -> dict[str, equations.Equation]:
    """All that the pages show, by id."""
    return {shown.id: shown for shown in equations.shown(request.config.rootpath / "docs")}


@pytest.fixture
def proof(request, displayed_equations):
    """Compare both sides: the displayed ones with `proof.tex(x=x, …)`, others with `proof(left, right)`."""
    found = Proof(claimed(request.node), displayed_equations, request.config.stash[ERRORS])
    request.node.stash[PROOF] = found
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Fail a test that claims an equation and proves too little of it."""
    result = yield
    if names := claimed(item):
        missed = list(item.stash.get(PROOF, Proof(names, {}, {})).missing())
        if missed:
            pytest.fail("\n".join(missed), pytrace=False)
    return result


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    """Write the record of a run that passed and measured every equation of the slug, and no other."""
    path, errors = session.config.getoption("--equation-errors"), session.config.stash[ERRORS]
    if path is None or exitstatus != pytest.ExitCode.OK:
        return
    slug = path.parent.name
    shown = equations.by_slug(session.config.rootpath / "docs").get(slug, [])
    missing = [e.id for e in shown if e.id not in errors]
    if missing or not shown:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        print(f"\n{path} is not written: the run measured nothing of {', '.join(missing) or slug}")
        return
    write(path, {e.id: errors[e.id] for e in shown}, equations.digests(shown))


def write(path: Path, errors: dict[str, float], formulas: str) -> Path:
    """Write the largest error of each equation as a record, whole or not at all."""
    from deepcourse import records  # not before coursesite.shapes watches the course's imports

    slug = path.parent.name
    values = {name.split("/")[1]: rounded(error) for name, error in sorted(errors.items())}
    record = {
        "command": f"pytest tests/{slug} -m equation --equation-errors {path.as_posix()}",
        "values": values,
        "units": dict.fromkeys(values, "relative error"),
        "settings": {
            "equations": len(values),
            "measure": "largest difference over largest value, rounded up to a power of ten, at least 1e-12",
            "formulas": formulas,
        },
        "seeds": [],
        "data": {"name": "seeded random arrays; each test says which"},
    }
    return records.write(f"{slug}/{path.stem}", record, path.parents[1])

"""What both sides of an equation differ by: measured where a test checks it, and recorded with `--equation-errors`.

A test that claims an equation takes the fixture `proof` and hands it both sides. One that claims and hands over nothing
fails, so that no equation passes by an empty test.
"""

import time
from pathlib import Path

import numpy as np
import pytest

from coursesite import equations

RECORD = Path("runs", f"{equations.RECORD}.json")
ERRORS = pytest.StashKey[dict[str, float]]()
START = pytest.StashKey[float]()
CLAIMED = pytest.StashKey[list[str]]()
PROVED = pytest.StashKey[set[str]]()


def pytest_addoption(parser):
    """The option of the recorded run."""
    text = f"write the largest error of each equation into this record, such as {RECORD}"
    parser.getgroup("course").addoption("--equation-errors", metavar="PATH", type=Path, help=text)


def pytest_configure(config):
    """Nothing is measured yet."""
    config.stash[ERRORS], config.stash[START] = {}, time.perf_counter()


def relative_error(left, right) -> float:
    """The largest difference of two arrays of one shape, in units of the largest value in either."""
    left, right = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    if left.shape != right.shape:
        raise ValueError(f"both sides: got shapes {left.shape} and {right.shape}, expected the same")
    if not (np.isfinite(left).all() and np.isfinite(right).all()):
        raise ValueError("both sides: got values that aren't finite")
    scale = max(np.abs(left).max(initial=0), np.abs(right).max(initial=0))
    return float(np.abs(left - right).max(initial=0) / scale) if scale else 0.0


def claimed(item) -> list[str]:
    """The equations that a test claims."""
    return [name for mark in item.iter_markers("equation") for name in mark.args]


@pytest.fixture
def proof(request):
    """Call `proof(left, right, tolerance)` once or more often: fails above the tolerance, and keeps the largest error.

    The error belongs to every equation that the test claims, or to the one named: `proof(left, right, of="slug/name")`.
    """
    names, found = claimed(request.node), request.config.stash[ERRORS]
    proved = request.node.stash.setdefault(PROVED, set())

    def check(left, right, tolerance=1e-10, of=None):
        if of is not None and of not in names:
            raise ValueError(f"of: got {of!r}, expected one of the claimed {names}")
        error = relative_error(left, right)
        if np.any(left) or np.any(right):  # neither empty nor 0 everywhere, which anything equals
            for name in [of] if of else names:
                found[name] = max(error, found.get(name, 0.0))
                proved.add(name)
        assert error <= tolerance, f"both sides differ by {error:.2e}, allowed are {tolerance:.0e}"

    return check


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Fail a test that claims an equation and compares no two sides of it."""
    result = yield
    if missed := [name for name in claimed(item) if name not in item.stash.get(PROVED, set())]:
        pytest.fail(
            f"the test claims {', '.join(missed)} and compares nothing; hand both sides to the fixture `proof`",
            pytrace=False,
        )
    return result


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    """Write the record of a run in which everything passed."""
    path = session.config.getoption("--equation-errors")
    if path and exitstatus == pytest.ExitCode.OK:
        write(path, session.config.stash[ERRORS], time.perf_counter() - session.config.stash[START])


def write(path: Path, errors: dict[str, float], seconds: float) -> Path:
    """Write the largest error of each equation as a record, whole or not at all."""
    from deepcourse import records  # not before coursesite.shapes watches the course's imports

    values: dict[str, dict[str, float]] = {}
    for name, error in sorted(errors.items()):
        slug, short = name.split("/")
        values.setdefault(slug, {})[short] = error
    record = {
        "command": f"pytest tests -m equation --equation-errors {path.as_posix()}",
        "values": values,
        "units": {name.replace("/", "."): "relative error" for name in errors},
        "settings": {"equations": len(errors), "measure": "largest difference over largest value"},
        "seeds": [],
        "data": {"name": "seeded random arrays; each test says which"},
        "seconds": round(seconds, 1),
    }
    return records.write(path.with_suffix("").relative_to(path.parents[1]).as_posix(), record, path.parents[1])

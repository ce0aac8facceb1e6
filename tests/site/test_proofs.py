"""The fixture `proof`: what it measures, what it refuses, and the record of a run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from coursesite import equations
from coursesite.build import macros
from coursesite.run.proofs import relative_error

CODE = Path(__file__).parents[2] / "code"
CONFIG = """[pytest]
addopts = --import-mode=importlib --strict-markers -p coursesite.shapes -p coursesite.run.proofs
markers = equation(id): a displayed equation
"""
HEAD = "import numpy as np\nimport pytest\n\n\n"
GOOD = """
@pytest.mark.equation("demo/double")
@pytest.mark.parametrize("x", [1.0, 2.0])
def test_double(x, proof):
    proof([x + x, 8.0], [2 * x, 8 + 8e-6 * x], 1e-5)


@pytest.mark.equation("demo/square")
@pytest.mark.equation("demo/cube")
def test_powers(proof):
    proof(9.0, 3.0**2, of="demo/square")
    proof(np.zeros(0), np.zeros(0))
    proof(27.0, 27.0 - 27e-12, of="demo/cube")


def test_no_equation():
    pass
"""


@pytest.fixture
def run(tmp_path):
    """Run a test file in a folder of its own; its record would be runs/about/equations.json."""
    (tmp_path / "pytest.ini").write_text(CONFIG)

    def go(source, *options):
        (tmp_path / "test_demo.py").write_text(HEAD + source)
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *options],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(CODE), "PYTEST_ADDOPTS": ""},
            capture_output=True,
            text=True,
            check=False,
        )

    return go


RECORD = "runs/about/equations.json"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ([1.0, 100.0], [1.0, 101.0], 1 / 101),
        ([-100.0, 1.0], [-100.0, 0.0], 0.01),
        (3, 3, 0.0),
        (np.zeros(2), np.zeros(2), 0.0),
        (np.zeros((0, 3)), np.zeros((0, 3)), 0.0),
        (0.0, 1e-300, 1.0),
        (np.float32(0.1), 0.1, pytest.approx(1.5e-8, rel=0.01)),
    ],
)
def test_the_error_is_the_largest_difference_in_units_of_the_largest_value(left, right, expected):
    assert relative_error(left, right) == expected
    assert relative_error(right, left) == expected


@pytest.mark.parametrize(("left", "right"), [([1.0, 2.0], 1.0), (np.ones((2, 1)), np.ones(2))])
def test_two_shapes_are_refused_and_not_broadcast(left, right):
    with pytest.raises(ValueError, match=r"^both sides: got shapes \(\d.*\) and \(.*\), expected the same"):
        relative_error(left, right)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_refused(bad):
    with pytest.raises(ValueError, match=r"^both sides: got values that aren't finite"):
        relative_error([1.0, bad], [1.0, bad])


def test_a_run_records_the_largest_error_of_each_equation(run, tmp_path):
    done = run(GOOD, "-m", "equation", "--equation-errors", RECORD)
    assert done.returncode == 0, done.stdout
    record = json.loads((tmp_path / RECORD).read_text())
    assert record["values"]["demo"] == pytest.approx({"double": 16e-6 / 8.000016, "square": 0.0, "cube": 1e-12}, 1e-3)
    assert set(record["units"].values()) == {"relative error"}
    assert set(record["units"]) == {"demo.double", "demo.square", "demo.cube"}
    assert record["command"] == f"pytest tests -m equation --equation-errors {RECORD}"
    assert record["settings"]["equations"] == 3
    assert list(tmp_path.glob("runs/about/*")) == [tmp_path / RECORD]


def test_without_the_option_nothing_is_written(run, tmp_path):
    assert run(GOOD).returncode == 0
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("proof(1.0, 1.1)", "AssertionError: both sides differ by 9.09e-02, allowed are 1e-10"),
        ("proof(1.0, 1.0, of='demo/y')", "ValueError: of: got 'demo/y', expected one of the claimed ['demo/x']"),
        ("pass", "the test claims demo/x and compares nothing; hand both sides to the fixture `proof`"),
        ("proof(np.zeros(3), np.zeros(3))", "the test claims demo/x and compares nothing"),
        ("proof(np.ones((0, 3)), np.ones((0, 3)))", "the test claims demo/x and compares nothing"),
        ("assert False", "assert False"),
    ],
    ids=["too different", "of another equation", "no call", "zeros", "empty", "another assertion"],
)
def test_a_claim_fails_and_an_old_record_stays(run, tmp_path, body, says):
    old = tmp_path / RECORD
    old.parent.mkdir(parents=True)
    old.write_text("{}")
    source = f'@pytest.mark.equation("demo/x")\ndef test_x(proof):\n    {body}\n'
    done = run(source, "--equation-errors", RECORD)
    assert done.returncode == 1
    assert says in done.stdout
    assert "1 failed" in done.stdout
    assert old.read_text() == "{}"


def test_a_claim_without_the_fixture_fails(run):
    done = run('@pytest.mark.equation("demo/x")\ndef test_x():\n    assert 1 + 1 == 2\n')
    assert done.returncode == 1
    assert "the test claims demo/x and compares nothing" in done.stdout


def test_one_of_two_claims_is_not_enough(run):
    marks = '@pytest.mark.equation("demo/x")\n@pytest.mark.equation("demo/y")\n'
    done = run(marks + "def test_x(proof):\n    proof(1.0, 1.0, of='demo/x')\n")
    assert done.returncode == 1
    assert "the test claims demo/y and compares nothing" in done.stdout


def test_errors_are_read_by_the_ids_of_the_equations_and_are_none_without_a_record():
    record = {"values": {"demo": {"double": 1e-16, "a-b": 0.0}, "other": {"double": 1e-9}}}
    assert equations.errors({equations.RECORD: record, "demo/headline": {"values": {"x": 1}}}) == {
        "demo/double": 1e-16,
        "demo/a-b": 0.0,
        "other/double": 1e-9,
    }
    assert equations.errors({}) == {}


def test_the_page_of_equations_shows_each_error_and_calls_a_definition_one(tmp_path, monkeypatch):
    (tmp_path / "page.md").write_text(
        "# Page\n\n$$ x + x = 2x \\label{demo/double} $$\n\n$$ y = x^2 \\label{def:demo/square} $$\n"
    )
    claim = equations.Claim(Path("demo/test_demo.py"), 3, "test_double")
    monkeypatch.setattr(macros, "DOCS", tmp_path)
    monkeypatch.setattr(macros, "claims", lambda: {"demo/double": [claim]})
    monkeypatch.setattr(
        macros.numbers, "records", lambda: {equations.RECORD: {"values": {"demo": {"double": 3.4e-16}}}}
    )
    table = macros.equations_table().splitlines()
    assert table[0] == "| equation | checked by | largest error |"
    assert table[2].endswith("[demo/double](/page.md#eq-demo-double) | `test_double` | 3.40e-16 |")
    assert table[3].endswith("[demo/square](/page.md#eq-demo-square) | a definition |  |")

"""The fixture `proof`: what it measures, what it refuses, and the record of a run."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from coursesite import equations
from coursesite.build import macros, maths
from coursesite.run import formulas
from coursesite.run.proofs import relative_error, rounded
from markdown import Markdown

GENERIC = {"pymdownx.arithmatex": {"generic": True}}
ROOT = Path(__file__).parents[2]
CODE = ROOT / "code"
CONFIG = """[pytest]
addopts = --import-mode=importlib --strict-markers -p coursesite.shapes -p coursesite.run.proofs
markers = equation(id): a displayed equation
"""
PAGE = r"""# Page

$$ y = x + x \label{demo/double} $$

$$ y = x^2 \label{demo/square} $$

$$
dx_{nd} = \sum_h dy_{nh}\,w_{dh}, \qquad dx = dy\,w^\top
\label{demo/dense}
$$

$$ x = 1 \label{def:demo/one} $$
"""
HEAD = "import numpy as np\nimport pytest\n\nrng = np.random.default_rng(0)\n\n\n"
DENSE = """
@pytest.mark.equation("demo/dense")
def test_dense(proof):
    dy, w = rng.normal(size=(2, 4)), rng.normal(size=(3, 4))
    proof.tex(dx=dy @ w.T, dy=dy, w=w)
"""
GOOD = """
@pytest.mark.equation("demo/double")
@pytest.mark.parametrize("x", [1.0, 2.0])
def test_double(x, proof):
    proof.tex(y=2 * x + 5e-6, x=x, tolerance=1e-5)


@pytest.mark.equation("demo/square", digest="SQUARE")
def test_square(proof):
    proof(9.0, 3.0**2)
    proof(np.zeros(0), np.zeros(0))


def test_no_equation():
    pass
""".replace("SQUARE", equations.digest("y = x^2"))


@pytest.fixture
def run(tmp_path):
    """Run a test file beside a page of its own; its record would be runs/demo/equations.json."""
    (tmp_path / "pytest.ini").write_text(CONFIG)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/page.md").write_text(PAGE)

    def go(source, *options, page=PAGE):
        (tmp_path / "docs/page.md").write_text(page)
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


RECORD = "runs/demo/equations.json"


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


def test_a_run_records_the_largest_error_of_each_equation_rounded_up_and_twice_the_same(run, tmp_path):
    options = (GOOD + DENSE, "-m", "equation", "--equation-errors", RECORD)
    done = run(*options)
    assert done.returncode == 0, done.stdout
    text = (tmp_path / RECORD).read_text()
    record = json.loads(text)
    assert record["values"] == {"double": 1e-5, "square": 1e-12, "dense": 1e-12}
    assert record["units"] == dict.fromkeys(record["values"], "relative error")
    assert record["command"] == f"pytest tests/demo -m equation --equation-errors {RECORD}"
    assert record["settings"]["equations"] == 3
    assert record["settings"]["formulas"] == equations.digests(equations.by_slug(tmp_path / "docs")["demo"])
    assert list(tmp_path.glob("runs/demo/*")) == [tmp_path / RECORD]
    assert run(*options).returncode == 0
    assert (tmp_path / RECORD).read_text() == text


def test_without_the_option_nothing_is_written(run, tmp_path):
    assert run(GOOD).returncode == 0
    assert not (tmp_path / "runs").exists()


def test_a_run_that_leaves_an_equation_out_writes_nothing_and_fails(run, tmp_path):
    done = run(GOOD, "--equation-errors", RECORD)
    assert done.returncode == 1
    assert "is not written: the run measured nothing of demo/dense" in done.stdout
    assert not (tmp_path / "runs").exists()


def test_several_processes_record_nothing(run, tmp_path):
    pytest.importorskip("xdist")
    done = run(GOOD + DENSE, "-n", "1", "--equation-errors", RECORD)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--equation-errors: measured in one process; leave -n out" in done.stderr
    assert run(GOOD + DENSE, "-n", "1").returncode == 0
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("error", "expected"),
    [(0.0, 1e-12), (4e-16, 1e-12), (1e-12, 1e-12), (2.56e-11, 1e-10), (3.04e-11, 1e-10), (1e-9, 1e-9), (0.96, 1.0)],
)
def test_errors_are_rounded_up_to_a_power_of_ten_and_no_noise_is_recorded(error, expected):
    assert rounded(error) == expected


DIGEST = equations.digest("y = x + x")
FAILING = {  # a test's digest, its body, and what is said
    "too_different": (DIGEST, "proof(1.0, 1.1)", "both sides differ by 9.09e-02, allowed are 1e-10"),
    "of_another": ("", "proof(1.0, 1.0, of='demo/y')", "of: got 'demo/y', expected one of the claimed"),
    "no_call": ("", "pass", "claims demo/double and compares nothing; hand both sides to the fixture `proof`"),
    "zeros": ("", "proof(np.zeros(3), np.zeros(3))", "the test claims demo/double and compares nothing"),
    "empty": ("", "proof(np.ones((0, 3)), np.ones((0, 3)))", "the test claims demo/double and compares nothing"),
    "another_assertion": ("", "assert False", "assert False"),
    "neither": ("", "proof(1.0, 1.0)", f'write @pytest.mark.equation("demo/double", digest="{DIGEST}")'),
    "changed": (
        "00000000",
        "proof(1.0, 1.0)",
        f"docs/page.md:3: the formula demo/double has the digest {DIGEST}, "
        "and its test was read for 00000000; read the test again, then write digest=",
    ),
    "not_displayed": (
        "",
        "proof.tex(y=3.0, x=1.0)",
        "page.md:3: demo/double, `y = x + x`: both sides differ by 3.33e-01",
    ),
    "displayed_zeros": ("", "proof.tex(y=0.0, x=0.0)", "the test claims demo/double and compares nothing"),
    "too_coarse": (
        "",
        "proof.tex(y=4.0, x=2.0, tolerance=2)",
        "a wrong line 0, `y = x - x`; give it numbers that tell",
    ),
    "nothing_bound": ("", "proof.tex(y=4.0)", "`y = x + x`: `x` is no name, and as an index runs over axes of no"),
    "not_finite": ("", "proof.tex(y=[1.0, np.nan], x=[0.5, 1])", "`y = x + x`: both sides: got values that aren't"),
}


def test_claims_fail_and_say_what_to_do_and_an_old_record_stays(run, tmp_path):
    old = tmp_path / RECORD
    old.parent.mkdir(parents=True)
    old.write_text("{}")
    tests = []
    for name, (digest, body, _) in FAILING.items():
        mark = f'"demo/double", digest="{digest}"' if digest else '"demo/double"'
        tests.append(f"@pytest.mark.equation({mark})\ndef test_{name}(proof):\n    {body}\n\n\n")
    done = run("".join(tests), "--equation-errors", RECORD)
    assert done.returncode == 1
    found = dict(re.findall(r"^_+ test_(\w+) _+$\n(.*?)(?=^_+ test_|^=+ )", done.stdout, re.MULTILINE | re.DOTALL))
    assert found.keys() == FAILING.keys()
    for name, (_, _, says) in FAILING.items():
        assert says in found[name], name
    assert old.read_text() == "{}"


CHANGED = {
    "sign": ("x + x", "x - x", "demo/double, `y = x - x`"),
    "indices": ("{dh}", "{hd}", "demo/dense, `d x _ { n d } ="),
    "indices of the other factor": ("_{nh}", "_{hn}", "demo/dense, `d x _ { n d } ="),
    "indices on the left": ("_{nd}", "_{dn}", "demo/dense, `d x _ { d n } ="),
    "transposition": (r"w^\top", "w", "demo/dense, `d x = d y w`"),
    "order": (r"dy\,w^", r"w\,dy^", "demo/dense, `d x = w d y ^ \\top`"),
}


def test_a_formula_that_is_changed_on_its_page_fails(run):
    tests, page = "", "# Page\n"
    for number, (old, new, _) in enumerate(CHANGED.values()):
        formula = next(part for part in PAGE.split("$$") if old in part)
        page += f"\n$${formula.replace(old, new).replace('demo/', f'demo/n{number}-')}$$\n"
        good = DENSE if "dense" in formula else GOOD.partition('@pytest.mark.equation("demo/square')[0]
        tests += good.replace("demo/", f"demo/n{number}-").replace("def test_", f"def test_n{number}_") + "\n\n"
    done = run(tests, page=page)
    assert done.returncode == 1
    said = dict(
        re.findall(r"^_+ test_n(\d)_.*? _+$\n(.*?)(?=^_+ test_|^=+ |^-+ )", done.stdout, re.MULTILINE | re.DOTALL)
    )
    assert len(said) == len(CHANGED)
    for number, (_, _, says) in enumerate(CHANGED.values()):
        assert says.replace("demo/", f"demo/n{number}-") in said[str(number)]


def test_a_formula_bound_to_its_digest_may_be_moved_about_and_not_changed(run):
    assert run(GOOD + DENSE, page=PAGE.replace("y = x^2", r"y \;=\; x^{}2")).returncode == 0
    done = run(GOOD + DENSE, page=PAGE.replace("y = x^2", "y = -x^2"))
    assert "docs/page.md:5: the formula demo/square has the digest" in done.stdout


def test_a_square_matrix_that_equals_its_transpose_proves_too_little(run):
    done = run(DENSE.replace("(2, 4)", "(2, 3)").replace("rng.normal(size=(3, 4))", "np.eye(3)"))
    assert done.returncode == 1
    assert r"with a wrong line 1, `d x = d y w`; give it numbers that tell" in done.stdout


def test_a_claim_without_the_fixture_fails(run):
    done = run('@pytest.mark.equation("demo/double")\ndef test_x():\n    assert 1 + 1 == 2\n')
    assert done.returncode == 1
    assert "the test claims demo/double and compares nothing" in done.stdout


def test_one_of_two_claims_is_not_enough(run):
    marks = '@pytest.mark.equation("demo/double")\n@pytest.mark.equation("demo/square")\n'
    done = run(marks + "def test_x(proof):\n    proof.tex(y=2.0, x=1.0, of='demo/double')\n")
    assert done.returncode == 1
    assert "the test claims demo/square and compares nothing" in done.stdout


def test_every_way_to_spoil_a_formula_of_the_course_changes_its_digest():
    count = 0
    for shown in equations.shown(ROOT / "docs"):
        for line in formulas.statements(shown.tex):
            for wrong in formulas.mutants(line):
                assert equations.digest("".join(wrong)) != equations.digest("".join(line)), (shown.id, wrong)
                count += 1
    assert count > 500


def test_errors_are_read_by_the_ids_of_the_equations_and_are_none_without_a_record():
    records = {
        "demo/equations": {"values": {"double": 1e-12, "a-b": 2e-9}},
        "other/equations": {"values": {"double": 1e-9}},
        "demo/headline": {"values": {"x": 1}},
    }
    assert equations.errors(records) == {"demo/double": 1e-12, "demo/a-b": 2e-9, "other/double": 1e-9}
    assert equations.errors({}) == {}


def test_the_page_of_equations_says_how_each_is_proved_and_shows_its_error(tmp_path, monkeypatch):
    (tmp_path / "page.md").write_text(PAGE)
    path = Path("demo/test_demo.py")
    claims = {
        "demo/double": [equations.Claim(path, 3, "test_double", evaluated=True)],
        "demo/square": [equations.Claim(path, 9, "test_square", digest="1a2b3c4d")],
        "demo/dense": [equations.Claim(path, 12, "test_dense", evaluated=True, digest="5e6f7a8b")],
    }
    monkeypatch.setattr(macros, "DOCS", tmp_path)
    monkeypatch.setattr(macros, "claims", lambda: claims)
    monkeypatch.setattr(
        macros.numbers, "records", lambda: {"demo/equations": {"values": {"double": 3e-9, "dense": 0.02}}}
    )
    table, double = macros.equations_table().splitlines(), "<code>test_<wbr>double</code>"
    assert table[0] == "| equation | checked by | how | error at most |"
    assert f"[demo/<wbr>double](/page.md#eq-demo-double) | {double} | evaluated as displayed | 3" in table[2]
    assert table[2].endswith("\u202f×\u202f10⁻⁹ |")
    assert table[3].endswith("| <code>test_<wbr>square</code> | bound to its digest 1a2b3c4d |  |")
    assert table[4].endswith(
        "| <code>test_<wbr>dense</code> | evaluated as displayed, bound to its digest 5e6f7a8b | 0.02 |"
    )
    assert table[5].endswith("[demo/<wbr>one](/page.md#eq-demo-one) | a definition |  |  |")


def test_the_build_refuses_a_formula_that_was_changed_since_its_test_was_read(monkeypatch):
    claim = equations.Claim(Path("demo/test_demo.py"), 3, "test_square", digest=equations.digest("y = x^2"))
    monkeypatch.setattr(maths, "claims", lambda: {"demo/square": [claim]})
    page = Markdown(extensions=["pymdownx.arithmatex", maths.MathsExtension()], extension_configs=GENERIC)
    assert "eq-demo-square" in page.convert("$$ y = x^2 \\label{demo/square} $$")
    with pytest.raises(maths.MathsError, match=r"test_demo.py:3: test_square: .* was read for .* read the test again"):
        page.convert("$$ y = -x^2 \\label{demo/square} $$")

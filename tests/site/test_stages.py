"""A stage depends on what its command imports, every file of runs/ is written by one, and each record fits its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from coursesite import check
from coursesite.check import stages

ROOT = Path(__file__).parents[2]
STAGES = """# A comment that stays.
stages:
  demo-count:
    desc: "counts"
    cmd: python -m deepcourse.demo.runs.count
    deps:
      - code/deepcourse/demo/model.py
      - code/deepcourse/demo/runs/count.py
      - runs/demo/data.csv
    outs:
      - runs/demo/count.json: {cache: false, persist: true}
      - runs/demo/count.svg: {cache: false, persist: true}
  demo-data:  # twice
    cmd: >-
      python -m deepcourse.demo.runs.data &&
      python -m deepcourse.demo.model
    deps:
      - code/deepcourse/demo/model.py
      - code/deepcourse/demo/runs/data.py
    outs:
      - runs/demo/data.csv: {cache: false, persist: true}
"""
FILES = {
    "dvc.yaml": STAGES,
    ".dvc/config": "[core]\n    analytics = false\n",
    "code/deepcourse/demo/__init__.py": '"""It only says what lies here."""\n',
    "code/deepcourse/demo/model.py": "",
    "code/deepcourse/demo/other.py": "",
    "code/deepcourse/demo/runs/__init__.py": "",
    "code/deepcourse/demo/runs/count.py": "import numpy\n\n\ndef run():\n    from deepcourse.demo import model\n",
    "code/deepcourse/demo/runs/data.py": "",
    "code/coursesite/run/proofs.py": "",
    "tests/conftest.py": "",
    "tests/demo/test_model.py": "from deepcourse.demo.model import x\n",
    "tests/demo/runs/test_count.py": "from deepcourse.demo.runs import count\n",
    "runs/demo/count.json": "{}",
    "runs/demo/count.svg": "",
    "runs/demo/data.csv": "",
}
COUNT = "code/deepcourse/demo/runs/count.py"
PLACE, SECOND = "dvc.yaml:3: the stage demo-count", "dvc.yaml:13: the stage demo-data"


@pytest.fixture
def root(tmp_path):
    """A small project whose records fit; there is no git."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def change(root, name, old, new):
    text = (root / name).read_text(encoding="utf-8")
    assert old in text
    (root / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_small_project_passes(root):
    assert stages.dependencies(root) == stages.outputs(root) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (
            "dvc.yaml",
            "      - code/deepcourse/demo/model.py\n",
            "",
            f"{PLACE} lacks code/deepcourse/demo/model.py, which",
        ),
        ("dvc.yaml", f"      - {COUNT}\n", "", f"{PLACE} lacks {COUNT}, which its command imports; `nox -s check"),
        ("dvc.yaml", COUNT, f"{COUNT}\n      - code/x.py", f"{PLACE} has code/x.py, which its command doesn't import"),
        (
            "dvc.yaml",
            "    cmd: python -m deepcourse.demo.runs.count\n",
            "",
            f"{PLACE} can't be followed: '' is neither",
        ),
        ("dvc.yaml", "python -m deepcourse.demo.model", "true", f"{SECOND} can't be followed: 'true' is neither"),
        (
            "dvc.yaml",
            "demo.runs.data",
            "demo.runs.date",
            "followed: there is no code/deepcourse/demo/runs/date.py;",
        ),
        ("code/deepcourse/demo/model.py", "", "from .other import x\n", "lacks code/deepcourse/demo/other.py"),
        (
            "code/deepcourse/demo/runs/__init__.py",
            "",
            '"""It does."""\nx = 1\n',
            "lacks code/deepcourse/demo/runs/__init__",
        ),
    ],
)
def test_a_list_that_differs_from_the_imports_is_named_and_mended(root, name, old, new, said):
    change(root, name, old, new)
    found = stages.dependencies(root)
    assert any(problem.startswith("dvc.yaml:") and said in problem for problem in found), found
    stages.mend(root)
    left = stages.dependencies(root)
    assert left == ([] if "followed" not in said else found)
    assert (root / "dvc.yaml").read_text(encoding="utf-8").startswith("# A comment that stays.\nstages:\n  demo-count:")
    assert "  demo-data:  # twice\n    cmd: >-\n" in (root / "dvc.yaml").read_text(encoding="utf-8")
    assert "      - runs/demo/data.csv\n    outs:" in (root / "dvc.yaml").read_text(encoding="utf-8")


def test_a_list_is_mended_while_its_record_is_missing_and_another_module_cant_be_read(root):
    change(root, "dvc.yaml", "      - code/deepcourse/demo/model.py\n", "")
    (root / "runs/demo/count.json").unlink()
    (root / "code/deepcourse/demo/runs/data.py").write_text("def (", encoding="utf-8")
    command = [sys.executable, "-m", "coursesite.check"]
    how = {"cwd": root, "env": os.environ | {"PYTHONPATH": str(ROOT / "code")}, "capture_output": True, "text": True}
    mended = subprocess.run([*command, "--mend"], check=False, **how)
    assert (mended.returncode, mended.stdout) == (0, "dvc.yaml: corrected demo-count\n"), mended.stderr
    assert subprocess.run(command, check=False, **how).returncode == 1


def test_a_right_list_is_left_as_it_is(root):
    assert stages.mend(root) == []
    assert (root / "dvc.yaml").read_text(encoding="utf-8") == STAGES


def test_a_stage_of_tests_needs_their_folder_what_they_import_and_what_measures(root):
    assert stages.needs(root, "pytest tests/demo -m equation --equation-errors runs/demo/equations.json") == {
        *("tests/demo", "tests/conftest.py", "code/coursesite/run/proofs.py"),
        *("code/deepcourse/demo/model.py", COUNT),
    }
    with pytest.raises(ValueError, match="'pytest -m equation' is neither"):
        stages.needs(root, "pytest -m equation")


@pytest.mark.parametrize(
    "name", ["demo/orphan.json", "demo/orphan.csv", "demo/a/deep.svg", "other/orphan.webp", "top.txt"]
)
def test_a_file_that_no_stage_writes_is_found_whatever_it_is(root, name):
    (root / "runs" / name).parent.mkdir(parents=True, exist_ok=True)
    (root / "runs" / name).write_text("", encoding="utf-8")
    assert stages.outputs(root) == [
        f"runs/{name}:1: no stage of dvc.yaml writes it; add it to the outs of one, or delete it"
    ]


def test_a_file_that_is_missing_or_written_twice_is_found(root):
    (root / "runs/demo/data.csv").unlink()
    assert stages.outputs(root) == [
        f"{SECOND} has not written runs/demo/data.csv; run `nox -s train -- demo-data`, or take it from its outs"
    ]
    change(root, "dvc.yaml", "runs/demo/data.csv: ", "runs/demo/count.svg: ")
    assert f"{SECOND} writes runs/demo/count.svg, as demo-count does; leave it to one" in stages.outputs(root)


def test_a_record_that_no_longer_fits_is_found_without_git_too(root, monkeypatch):
    dvc = Path(sys.executable).with_name("dvc")
    (root / ".dvc/config").write_text("[core]\n    no_scm = true\n    analytics = false\n", encoding="utf-8")
    done = subprocess.run([dvc, "commit", "--force", "--quiet"], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (root / ".dvc/config").write_text("[core]\n    analytics = false\n", encoding="utf-8")
    assert not (root / ".git").exists()
    assert stages.stale(root) == []
    change(root, "runs/demo/count.json", "{}", "{ }")
    change(root, COUNT, "import numpy", "import numpy as np")
    found = sorted(stages.stale(root))
    assert len(found) == 2
    assert found[0].startswith(
        f"{PLACE} is stale (changed deps: {COUNT} modified); run it again with `nox -s train -- "
    )
    assert found[1].startswith(
        "runs/demo/count.json:1: modified since its run; run it again with `nox -s train -- demo-"
    )
    change(
        root,
        "dvc.yaml",
        "    cmd: python -m deepcourse.demo.runs.count\n",
        "    cmd: python -m deepcourse.demo.model\n",
    )
    change(root, "code/deepcourse/demo/model.py", "", "x = 1\n")
    monkeypatch.setattr(stages, "NAMED", 1)
    assert any(
        re.search(r"demo-count .*changed deps: \S+ modified, and 1 more[;)]", each) for each in stages.stale(root)
    )
    change(root, "code/deepcourse/demo/model.py", "x = 1\n", "")
    assert any("changed command" in problem for problem in stages.stale(root))
    change(root, "dvc.yaml", '    desc: "counts"\n', "    frozen: true\n")
    frozen = [problem for problem in stages.stale(root) if "changed deps" in problem]
    assert len(frozen) == 1, "a frozen stage ages unseen"
    assert "run `nox -s count` again" in frozen[0]
    change(root, "dvc.yaml", "    frozen: true\n", '    desc: "by `nox -s slow` alone, at night"\n    frozen: true\n')
    assert any("run `nox -s slow` again" in problem for problem in stages.stale(root))


def test_a_frozen_stage_of_the_course_names_a_session_that_there_is():
    sessions = re.findall(r"^def (\w+)\(session\)", (ROOT / "noxfile.py").read_text(encoding="utf-8"), re.MULTILINE)
    named = {stages._command(name, each) for name, each, _ in stages._stages(ROOT) if each.get("frozen")}
    assert "`nox -s bench`" in named
    assert named <= {f"`nox -s {name}`" for name in sessions}


def test_the_stages_of_the_course_are_followed_as_python_would():
    modules = re.findall(r"python -m (deepcourse[\w.]+)", (ROOT / "dvc.yaml").read_text(encoding="utf-8"))
    module = next(name for name in modules if "by_hand" in name)
    code = f"import sys, {module}; print(*(m.__file__ for m in sys.modules.values() if 'deepcourse' in m.__name__))"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "code")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    loaded = {Path(path).relative_to(ROOT).as_posix() for path in done.stdout.split() if "__init__" not in path}
    assert loaded <= stages.needs(ROOT, f"python -m {module}")


def test_the_checks_know_all_of_it():
    assert {"dependencies", "outputs", "stale"} <= check.CHECKS.keys()


def test_what_python_compiles_is_no_dependency():
    from dvc.repo import Repo

    with Repo(str(ROOT)) as repo:
        assert repo.dvcignore.is_ignored_dir(f"{ROOT}/tests/gradflow/__pycache__", ignore_subrepos=False)
        assert not repo.dvcignore.is_ignored_dir(f"{ROOT}/tests/gradflow", ignore_subrepos=False)

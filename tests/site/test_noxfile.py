"""A session of noxfile.py runs what is named behind `--` and no more, and empties no other checkout."""

import importlib.util
import subprocess
import sys
import types
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


@pytest.fixture
def noxfile(monkeypatch):
    """The module, with a stand-in for nox, which isn't in this environment."""
    nox, virtualenv = types.ModuleType("nox"), types.ModuleType("nox.virtualenv")
    nox.options = types.SimpleNamespace()
    nox.session = lambda function=None, **_: function or (lambda each: each)
    virtualenv.UV = "uv"
    monkeypatch.setitem(sys.modules, "nox", nox)
    monkeypatch.setitem(sys.modules, "nox.virtualenv", virtualenv)
    monkeypatch.setattr("os.environ", {"PATH": ""})
    spec = importlib.util.spec_from_file_location("noxfile", ROOT / "noxfile.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "prepare", lambda session: None)
    return module


@pytest.fixture
def commands(noxfile):
    """What a session would run, by its name and the words behind `--`."""

    def run(name, *posargs):
        ran = []
        session = types.SimpleNamespace(posargs=posargs, run=lambda *words, **_: ran.append(words))
        session.install = lambda *_: None
        getattr(noxfile, name)(session)
        return ran

    return run


def test_a_page_is_run_alone_and_all_of_them_with_the_docstrings(commands):
    blocks, docstrings, breaks = commands("pages", "-q")
    assert {"docs", "-q"} < set(blocks)
    assert "--doctest-modules" in docstrings
    assert "coursesite.run.noticed" in breaks
    [blocks] = commands("pages", "docs/lessons/02-mnist.md")
    assert "docs" not in blocks
    assert blocks[-1] == "docs/lessons/02-mnist.md"


def test_every_frozen_stage_of_the_bench_is_run_by_its_command_and_committed(commands):
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    mine = {n: each["cmd"] for n, each in stages.items() if each.get("frozen") and "`nox -s bench`" in each["desc"]}
    assert "mnist-pytorch" in mine
    _, _, *ran = commands("bench")
    assert [" ".join(each) for each in ran[::2]] == list(mine.values())
    assert [each[-1] for each in ran[1::2]] == list(mine)
    assert all(each[:3] == ("dvc", "commit", "--force") for each in ran[1::2])
    _, _, *one = commands("bench", "gradflow-bench")
    assert [" ".join(each) for each in one] == [mine["gradflow-bench"], "dvc commit --force gradflow-bench"]


NEEDS = 'importorskip("torch")'


def test_every_test_that_needs_pytorch_is_run_by_the_bench(commands):
    _, (command, *files), *_ = commands("bench")
    assert command == "pytest"
    tests = [path for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__)]
    need = {path.relative_to(ROOT).as_posix() for path in tests if NEEDS in path.read_text(encoding="utf-8")}
    assert "tests/mnist/runs/test_pytorch.py" in need
    assert set(files) == need, "such a test belongs into a folder tests/*/runs; elsewhere it is skipped everywhere"


STAGES = """# The stages
stages:
  demo-headline:
    desc: "what takes a second, unlike what `nox -s bench` makes"
    cmd: python -m deepcourse.demo.runs.headline
  demo-speed:
    frozen: true

    cmd: python -m deepcourse.demo.runs.other --slow
    deps:
      - code/deepcourse/records.py
    desc: "by `nox -s bench` alone"
  site-scale:
    desc: "by `nox -s scale` alone"
    cmd: python -m tools.scale
    frozen: true
  last-torch:
    cmd: python -m deepcourse.last.runs.torch
    desc: "by `nox -s bench` alone"
    frozen: true
"""


def test_what_another_lesson_adds_to_the_bench_is_run(commands, noxfile, monkeypatch, tmp_path):
    (tmp_path / "dvc.yaml").write_text(STAGES, encoding="utf-8")
    for name, text in {"demo/runs/test_speed": NEEDS, "last/runs/test_torch": NEEDS, "last/runs/test_a": ""}.items():
        (tmp_path / "tests" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tests" / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(noxfile, "ROOT", tmp_path)
    without_triton, *ran = commands("bench")
    assert [*without_triton[1:]] == ["pip", "uninstall", "--quiet", "triton"]
    assert [" ".join(each) for each in ran] == [
        "pytest tests/demo/runs/test_speed.py tests/last/runs/test_torch.py",
        "python -m deepcourse.demo.runs.other --slow",
        "dvc commit --force demo-speed",
        "python -m deepcourse.last.runs.torch",
        "dvc commit --force last-torch",
    ]


def test_packages_behind_a_link_are_left_alone(noxfile, monkeypatch, tmp_path):
    (tmp_path / "package-lock.json").write_text("{}", encoding="utf-8")
    (tmp_path / "theirs").mkdir()
    (tmp_path / "node_modules").symlink_to(tmp_path / "theirs")
    monkeypatch.setattr(noxfile, "ROOT", tmp_path)
    ran = []

    def error(said):
        raise RuntimeError(said)

    session = types.SimpleNamespace(run=lambda *words, **_: ran.append(words), error=error)
    with pytest.raises(RuntimeError, match="node_modules is a link"):
        noxfile.npm(session)
    assert ran == []


GROUPED = """
import pytest


@pytest.mark.parametrize("letter", [pytest.param(x, marks=pytest.mark.xdist_group(x)) for x in "abc"])
@pytest.mark.parametrize("turn", [1, 2, 3])
def test_one(letter, turn, worker_id):
    with open("seen.txt", "a", encoding="utf-8") as file:
        file.write(f"{letter} {worker_id}\\n")
"""


def test_tests_of_a_group_are_run_by_one_process(tmp_path):
    (tmp_path / "test_groups.py").write_text(GROUPED, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-n",
        "2",
        "--dist",
        "loadgroup",
        "--rootdir=.",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout
    seen = (tmp_path / "seen.txt").read_text(encoding="utf-8").split("\n")[:-1]
    assert len(seen) == 9
    assert len(set(seen)) == 3, "the groups of pytest-xdist are ignored: what a group shares is made in each process"

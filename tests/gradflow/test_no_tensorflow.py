"""deepcourse.gradflow is NumPy: it runs where TensorFlow and Keras can't be imported."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

CODE = Path(__file__).parents[2] / "code"
MODULES = sorted((CODE / "deepcourse" / "gradflow").glob("*.py"))
ALLOWED = {"numpy", "deepcourse", "matplotlib", "tqdm"} | sys.stdlib_module_names
FIRST = {"__init__", "activations", "batchnorm", "conv2d", "gru", "loss", "lstm", "matmul", "nets"}
SCRIPT = """
import importlib, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("tensorflow", "keras"):
            raise ImportError(f"{name} is refused here")

sys.meta_path.insert(0, Refuse())
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"tensorflow", "keras"}))
"""


def imported(path):
    """Every module that a source names in an import, at the top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name} imports relatively; write the module's whole name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def run(*modules):
    """Import modules of the course in a process that refuses TensorFlow and Keras."""
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *modules],
        env=os.environ | {"PYTHONPATH": str(CODE)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_module_is_imported_where_tensorflow_and_keras_are_refused():
    names = [path.stem for path in MODULES]
    assert set(names) > FIRST
    done = run(*(f"deepcourse.gradflow.{name}" for name in names))
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


def test_the_refusal_works():
    done = run("deepcourse.gradflow.against.twins")
    assert done.returncode == 1
    assert "ImportError: keras is refused here" in done.stderr


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_imports_only_numpy_what_draws_and_what_lies_below_the_lessons(path):
    found = set(imported(path))
    assert {name.partition(".")[0] for name in found} <= ALLOWED
    of_the_course = {name for name in found if name.startswith("deepcourse")}
    assert {name.split(".")[1] for name in of_the_course} <= {"gradflow", "records", "figures", "datasets"}

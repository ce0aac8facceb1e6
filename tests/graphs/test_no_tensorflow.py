"""The builder and the problems are NumPy and run where TensorFlow can't be imported, and the builder is small."""

import ast
import os
import subprocess
import sys
from pathlib import Path

CODE = Path(__file__).parents[2] / "code"
FOLDER = CODE / "deepcourse" / "graphs"
BUILDER = ["expect", "shapes", "graph", "operations", "run", "gradients", "passes"]
OTHERS = ["mean", "median", "diet", "page_graph"]
SCRIPT = """
import importlib, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("tensorflow", "keras"):
            raise ImportError(f"{name} is refused here")

sys.meta_path.insert(0, Refuse())
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def imported(*names):
    """Import modules of the lesson in a process that refuses TensorFlow and Keras."""
    command = [sys.executable, "-c", SCRIPT, *(f"deepcourse.graphs.{name}" for name in names)]
    environment = os.environ | {"PYTHONPATH": str(CODE)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)


def test_the_builder_and_its_problems_run_without_tensorflow():
    done = imported(*BUILDER, *OTHERS)
    assert done.returncode == 0, done.stderr
    assert "tensorflow is refused here" in imported("three_ways").stderr


def statements(path):
    """The lines of a module as Python writes them, without docstrings, and a line for each row of a table."""
    tree, rows = ast.parse(path.read_text(encoding="utf-8")), 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            del node.body[0]
        if isinstance(node, ast.Dict) and len(node.keys) > 3:
            rows += len(node.keys) + 1
    return rows + sum(bool(line.strip()) for line in ast.unparse(tree).splitlines())


def test_the_builder_is_small():
    assert sum(statements(FOLDER / f"{name}.py") for name in BUILDER) <= 300

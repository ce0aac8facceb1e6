"""The closure of what a file imports: every file that could change what it does, and no other."""

import subprocess
import sys
from pathlib import Path

import pytest
from coursesite.imports import closure

ROOT = Path(__file__).parents[2]
FILES = {
    "lab.py": "import numpy\nfrom one import both\n",
    "code/one/__init__.py": "",
    "code/one/both.py": "from one import deep\nfrom .deep import thing\nimport two.a.b as short\n",
    "code/one/deep.py": "def late():\n    from one.late import it\n",
    "code/one/late.py": "from one import both\n",
    "code/one/unused.py": "from . import late\n",
    "code/two/__init__.py": "",
    "code/two/a/__init__.py": "from ..c import x\n",
    "code/two/a/b.py": "",
    "code/two/c.py": "",
    "code/two/a/d.py": "from .. import c\n",
}


@pytest.fixture
def tree(tmp_path):
    """Write the files; a call gives the closure of some of them, as their names."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    def names(*paths):
        found = closure([tmp_path / path for path in paths], tmp_path / "code")
        return {path.relative_to(tmp_path).as_posix() for path in found}

    return names


def test_the_closure_follows_every_form_of_import_and_holds_the_packages_on_the_way(tree):
    assert tree("lab.py") == set(FILES) - {"code/one/unused.py", "code/two/a/d.py"}


def test_a_file_has_its_own_packages_and_relative_imports(tree):
    assert tree("code/two/a/d.py") == {
        f"code/two/{name}" for name in ("__init__.py", "a/__init__.py", "a/d.py", "c.py")
    }
    assert tree("code/one/unused.py") >= {"code/one/late.py", "code/one/both.py"}


def test_what_imports_nothing_is_alone(tree):
    assert tree("code/two/c.py") == {"code/two/c.py", "code/two/__init__.py"}
    assert tree() == set()


def test_a_saved_file_is_read_again(tree, tmp_path):
    assert "code/one/unused.py" not in tree("lab.py")
    (tmp_path / "lab.py").write_text("import one.unused\n", encoding="utf-8")
    assert "code/one/unused.py" in tree("lab.py")


def test_the_closure_is_what_python_imports():
    name = "deepcourse.gradflow.runs.scale_invariance"
    code = f"import sys, {name}\nprint(*(m.__file__ for n, m in sys.modules.items() if n.startswith('deepcourse')))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True).stdout
    file = ROOT / "code" / Path(*name.split(".")).with_suffix(".py")
    mine = closure([file], ROOT / "code")
    assert {Path(path).resolve() for path in loaded.split()} <= {path.resolve() for path in mine}

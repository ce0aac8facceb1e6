"""The blocks of a page run in order, in one session, each once, and a failure says where."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CODE = Path(__file__).parents[2] / "code"
MKDOCS = """
site_name: Demo
markdown_extensions:
  - pymdownx.snippets:
      base_path: [code, runs, "."]
      check_paths: true
      dedent_subsections: true
"""
MODULE = """
# --8<-- [start:double]
def double(x):
    return 2 * x  # (B,)
# --8<-- [end:double]
"""


@pytest.fixture
def pages(tmp_path):
    """Write pages into a small project and run them."""
    (tmp_path / "mkdocs.yml").write_text(MKDOCS)
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["code"]\n')
    (tmp_path / "code" / "deepcourse").mkdir(parents=True)
    (tmp_path / "code" / "deepcourse" / "__init__.py").write_text("")
    (tmp_path / "code" / "deepcourse" / "demo.py").write_text(MODULE)
    (tmp_path / "docs").mkdir()

    def run(*options, **texts):
        for name, text in texts.items():
            (tmp_path / "docs" / f"{name}.md").write_text(text.lstrip("\n"))
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-v",
            "-rs",
            "-p",
            "coursesite.run.blocks",
            "--markdown-docs",
            "docs",
        ]
        return subprocess.run(
            [*command, *options],
            cwd=tmp_path, env=os.environ | {"PYTHONPATH": f"{tmp_path}/code:{CODE}", "LOG": str(tmp_path / "log")},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


def log(tmp_path):
    """What the blocks wrote, in order."""
    return (tmp_path / "log").read_text().split() if (tmp_path / "log").exists() else []


EVERYWHERE = """
# Blocks

```python
import os
def note(what):
    with open(os.environ["LOG"], "a") as file:
        print(what, file=file)
note("top")
```

!!! note
    Text.

    ```python
    note("admonition")
    ```

??? tip "Hint"
    === "One"

        ```python hl_lines="1"
        if note:
            note("tab")
        ```

    === "Two"
        ```python
        note("second-tab")
        ```

- A list

    ```python
    note("list")
    ```

```pycon
>>> note("pycon")
>>> double = 21
```

```python
answer = double
--8<-- "deepcourse/demo.py:double"
note(sum(double([answer])))
assert os.listdir(".") == []
```

<!-- notest: shows what not to do -->
```python notest
note("notest")
```

```text
note("text")
```
"""


def test_every_block_runs_once_in_order_in_one_session(pages, tmp_path):
    done = pages(first=EVERYWHERE)
    assert done.returncode == 0, done.stdout
    assert log(tmp_path) == ["top", "admonition", "tab", "second-tab", "list", "pycon", "42"]
    assert "docs/first.md::[CodeFence#3][line:21] PASSED" in done.stdout


def test_a_block_alone_has_those_before_it(pages, tmp_path):
    done = pages("-k", "line:33", first=EVERYWHERE)
    assert done.returncode == 0, done.stdout
    assert "1 passed, 6 deselected" in done.stdout
    assert log(tmp_path) == ["top", "admonition", "tab", "second-tab", "list"]


def test_pages_share_nothing(pages):
    done = pages(a="```python\nx = 1\n```\n", b="```python\nx\n```\n")
    assert done.returncode == 1
    assert "docs/b.md:2: the block of line 2 fails" in done.stdout
    assert "NameError: name 'x' is not defined" in done.stdout


STOPS = """
# Stops

!!! note

    ```python
    import os
    --8<-- "deepcourse/demo.py:double"
    print("going", "well")
    os.write(os.open(os.environ["LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND), b"once ")
    1 + "one"
    ```

```python
never = 1
```

```pycon
>>> never
1
```
"""


def test_a_block_that_fails_stops_its_page_and_runs_once(pages, tmp_path):
    done = pages(stops=STOPS, works="```python\n1 + 1\n```\n")
    assert done.returncode == 1
    assert log(tmp_path) == ["once"]
    assert "1 failed, 1 passed, 2 skipped" in done.stdout
    assert "not run: the block of docs/stops.md:6 failed" in done.stdout
    assert "docs/stops.md:10: the block of line 6 fails" in done.stdout
    assert '>   10 1 + "one"' in done.stdout
    assert "     7     return 2 * x  # (B,)" in done.stdout
    assert "TypeError: unsupported operand" in done.stdout
    assert "Printed:\ngoing well" in done.stdout


def test_what_blocks_print_is_kept(pages):
    done = pages("-s", a='```python\nimport sys\nprint("spilled")\nprint("spilled", file=sys.stderr)\n```\n')
    assert done.returncode == 0
    assert "spilled" not in done.stdout + done.stderr


FAILING = [
    ("```python\nx = [1,\n2\n```", 4, "SyntaxError: '[' was never closed"),
    ('```python\n\n--8<-- "deepcourse/demo.py:nothing"\n```', 4, "section 'nothing' could not be located"),
    ("```pycon\n>>> x = 1\n>>> x + 1\n3\n```", 5, "Expected:\n3\nGot:\n2"),
    ("```pycon\n>>> x = 1\n\n>>> x + y\n3\n```", 6, "NameError: name 'y' is not defined"),
    ("```python\nh = [[1, 2]]  # (B, H)\ny = h  # (H, B)\n```", 5, "{page}:5: `# (H, B)` states (H, B)"),
    ("```python\ny = [1]  # (B)\n```", 4, "{page}:4: (B) is half a shape"),
    ("```pycon\n>>> x = 1\n>>> y = [x]  # ()\n```", 5, "{page}:5: `# ()` states ()"),
    ('```python\n--8<-- "deepcourse/demo.py:double"\n\ndouble(1)\n```', 6, "{page}:4: `# (B,)` states (B,)"),
    ("```python\nfrom deepcourse.demo import double\ndouble(1)\n```", 5, "deepcourse/demo.py:4: `# (B,)` states"),
]


def test_a_failure_says_where_and_what(pages):
    done = pages(**{f"page{i}": f"# Page\n\n{block}\n" for i, (block, _, _) in enumerate(FAILING)})
    reports = done.stdout.split("FAILURES")[1].split("short test summary")[0].split("\n____")[1:]
    assert len(reports) == len(FAILING)
    for i, (report, (_, line, said)) in enumerate(zip(reports, FAILING, strict=True)):
        assert f"docs/page{i}.md:{line}: " in report
        assert said.format(page=f"docs/page{i}.md") in report


def test_letters_bind_per_block_and_functions_keep_their_checks(pages):
    page = """
```python
def same(x):
    return x  # (N, 2)

a = [1, 2, 3]  # (B,)
```

```python
a = [1, 2]  # (B,)
b = same([a, a, a])  # (3, B)
```

```python
same(a)
```
"""
    done = pages(page=page)
    assert "1 failed, 2 passed" in done.stdout
    assert "docs/page.md:3: `# (N, 2)` states (N, 2), but the value has shape (2,)" in done.stdout


def test_a_source_can_be_found_by_what_parses_it(pages):
    page = """
```python
def f(x):
    return x

import inspect
assert inspect.getsource(f) == "def f(x):\\n    return x\\n"
```

```pycon
>>> def g(x):
...     return x
>>> inspect.getsource(g)
'def g(x):\\n    return x\\n'
```
"""
    done = pages(page=page)
    assert done.returncode == 0, done.stdout

"""Each check of the sources passes on a small project, and fails with the right message when one thing is broken."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from coursesite import check, equations, length

ROOT = Path(__file__).parents[2]
MKDOCS = """
site_name: Demo
markdown_extensions:
  - pymdownx.snippets:
      base_path: [code, runs, "."]
      check_paths: true
      dedent_subsections: true
"""
MODULE = """
# --8<-- [start:relu]
def relu(x):
    return max(x, 0)
# --8<-- [end:relu]
"""
LINES = """
def lines():
    # --8<-- [start:lines]
    print("loss 1")
    # --8<-- [end:lines]
"""
SOLUTIONS = """
# --8<-- [start:count]
parameters = 3
# --8<-- [end:count]
"""
STAGES = """stages:
  demo:
    cmd: python -m deepcourse.demo.model
    deps: [code/deepcourse/demo/model.py]
    frozen: true
    outs:
      - runs/demo/headline.json: {cache: false}
      - runs/demo/equations.json: {cache: false}
      - runs/demo/curves.svg: {cache: false}
      - runs/demo/photo.png: {cache: false}
  demo-lines:
    cmd: python -m deepcourse.demo.runs.lines
    deps: [code/deepcourse/demo/runs/lines.py]
    outs:
      - runs/demo/curves.csv
      - runs/demo/lines.json: {cache: false}
"""
TEST = """
import pytest

@pytest.mark.equation("demo/relu")
def test_relu(proof):
    proof.tex(x=-1.0, y=0.0)
"""
RECORD = {
    "command": "python -m deepcourse.demo.experiment",
    "values": {
        "accuracy": 0.98456,
        "accuracy_sd": 0.0004,
        "parameters": 407050,
        "seconds": 2.7149,
        "curve": [0.123],
        "error": 3.21e-9,
    },
    "units": {"accuracy": "fraction", "parameters": "count", "seconds": "s", "error": "relative error"},
    "settings": {"epochs": 20},
    "alternatives": {"photo": "A digit."},
}
FORMULA = r"y = \max(x, 0)"
ERRORS = {
    "values": {"relu": 1e-12},
    "units": {"relu": "relative error"},
    "settings": {"formulas": equations.digest("demo/relu" + FORMULA)},
}
SVG = """<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 1 1">
<title>Loss by epoch</title><desc>It falls.</desc><path stroke="currentColor" fill="none" d="M0 0"/></svg>
"""
EXERCISE = """
### {n}. Count

How many?

??? tip "Hint"

    Count them.

??? success "Solution"

    ```python
    --8<-- "deepcourse/demo/solutions/demo.py:count"
    ```
"""
POST = """---
title: A demonstration
description: What a post has.
result: "[= runs.demo.headline.accuracy =] of it."
needs: []
slug: demo
---

# A demonstration

[= head() =]

It gets [= runs.demo.headline.accuracy =] right.

[% call figure("demo/curves") %]
The loss falls.
[% endcall %]

## It runs { #run }

## What you will be able to do { #can-do }

## Without a bend { #bend }

$$
y = \\max(x, 0)
\\label{demo/relu}
$$

```python
--8<-- "deepcourse/demo/model.py:relu"
```

## Second { #second }

FILLER

## Third { #third }

```pycon
>>> relu(-1)
0
```

## The library { #library }

!!! note

    <!-- notest: it needs a library -->
    ```python notest
    --8<-- "deepcourse/demo/runs/lines.py:lines"
    ```

    [= printed("demo/lines") =]

## Measured { #measured }

| net | theirs | ours |
|---|---|---|
| ReLU ([Nair 2010](../reference/bibliography.md#nair2010)) | 1.25 % | [= runs.demo.headline.accuracy =] |

## Since { #since }

## Exercises { #exercises }
EXERCISES
## References { #references }

- Nair 2010: [Rectified](../reference/bibliography.md#nair2010).
"""
DRAFT = """---
title: To come
description: A post that is begun.
needs: [lessons/02-demo.md]
slug: soon
draft: true
---

# To come
"""
INDEX = """---
title: Index
description: The index.
---

# Index

```python
import os

os.getcwd()
```
"""
PAGE, INDEX_PAGE = "docs/lessons/02-demo.md", "docs/index.md"
FILLER = "This sentence has exactly eight words in it. " * 300
FULL = POST.replace("FILLER", FILLER).replace("EXERCISES", "".join(EXERCISE.format(n=n) for n in range(1, 5)))
PROJECT = {
    "mkdocs.yml": MKDOCS,
    "dvc.yaml": STAGES,
    "code/deepcourse/demo/__init__.py": "",
    "code/deepcourse/demo/solutions/__init__.py": "",
    "code/deepcourse/demo/model.py": MODULE,
    "code/deepcourse/demo/solutions/demo.py": SOLUTIONS,
    "code/deepcourse/demo/runs/__init__.py": "",
    "code/deepcourse/demo/runs/lines.py": LINES,
    "tests/demo/test_model.py": TEST,
    "runs/demo/headline.json": json.dumps(RECORD),
    "runs/demo/equations.json": json.dumps(ERRORS),
    "runs/demo/lines.json": json.dumps({"values": {}, "printed": ["loss 1"]}),
    "runs/demo/curves.csv": "",
    "runs/demo/curves.svg": SVG,
    "runs/demo/photo.png": "",
    "docs/index.md": INDEX,
    "docs/labs/lessons/02-demo.py": "",
    PAGE: FULL,
    "docs/labs/lessons/03-soon.py": "",
    "docs/lessons/03-soon.md": DRAFT,
    "docs/reference/code/soon.md": "---\ntitle: soon\ndescription: Its modules.\n---\n\n"
    "[Post](../../lessons/03-soon.md)\n",
    "docs/reference/code/soon-runs.md": "---\ntitle: soon, runs\ndescription: What was measured.\n---\n\nNone.\n",
}
OF_SOURCES = check.CHECKS.keys() - {"stale"}  # which asks DVC: test_stages.py
# Each stands alone in a test of its own: no check may stumble over it.
ODD = {
    "empty": "",
    "without front matter": "Text.\n",
    "front matter alone": "---\ntitle: A page\n---\n",
    "front matter that is a list": "---\n- title\n---\n\n# A page\n",
    "empty front matter": "---\n---\n# A page\n",
    "without headings": "---\ntitle: A page\ndescription: It has none.\nslug: demo\n---\n\nText.\n",
    "title alone": "# A page",
    "a section that ends the page": "---\nslug: demo\n---\n\n# A page\n\n## Exercises { #exercises }",
    "one exercise that ends the page": "---\nslug: demo\n---\n\n# A page\n\n## Exercises { #exercises }\n\n### One",
    "sections without exercises": "---\nslug: demo\n---\n\n# A\n\n## Exercises { #exercises }\n\n## Last { #last }\n",
    "a fence that never ends": "# A page\n\n```python\nx = 1\n",
    "an empty block": "# A page\n\n```python\n```\n\n```pycon\n```\n",
    "a doctest that is none": "# A page\n\n```pycon\n  >>> x\n >>> y\n```\n",
    "carriage returns": FULL.replace("\n", "\r\n"),
    "a byte order mark": "\ufeff" + FULL,
    "numbers for words": "---\ntitle: 1\ndescription: 2\nslug: 3\nneeds: 4\n---\n\n# 5\n",
}


@pytest.fixture
def root(tmp_path):
    for name, text in PROJECT.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def replace(root, name, old, new):
    """Break one thing."""
    if old is None:
        (root / name).unlink()
        return
    text = (root / name).read_text()
    assert old in text
    (root / name).write_text(text.replace(old, new, 1))


def problems(root, name):
    """What one check says; all others say nothing that has to do with it."""
    return check.CHECKS[name](root)


def only(root, name, said):
    """The check finds exactly this, and names place, fault and remedy."""
    found = problems(root, name)
    assert len(found) == 1, found
    assert re.match(r"[\w./-]+:\d+: .+; .+", found[0]) or "fails" in found[0], found
    assert said in found[0]


@pytest.mark.parametrize("name", sorted(OF_SOURCES))
def test_the_small_project_passes(root, name):
    assert problems(root, name) == []


@pytest.mark.parametrize("name", check.CHECKS)
def test_an_empty_house_passes(tmp_path, name):
    (tmp_path / "mkdocs.yml").write_text(MKDOCS)
    assert problems(tmp_path, name) == []


@pytest.mark.parametrize("page", ODD)
@pytest.mark.parametrize("name", sorted(OF_SOURCES))
def test_no_check_stumbles_over_an_odd_page(root, name, page):
    (root / "docs/lessons/04-odd.md").write_bytes(ODD[page].encode())
    (root / "docs/odd.md").write_bytes(ODD[page].encode())
    check.CHECKS[name](root)


def test_how_a_page_was_saved_changes_nothing(root):
    (root / PAGE).write_bytes(FULL.replace("\n", "\r\n").encode())
    assert [problem for name in OF_SOURCES for problem in check.ask(name, root)] == []


@pytest.mark.parametrize("name", [PAGE, "docs/index.md", "code/deepcourse/demo/model.py", "tests/demo/test_model.py"])
def test_a_file_that_is_no_text_is_named_once(root, name):
    (root / name).write_bytes(b"\xff\xfe\x00\x89PNG")
    done = main(root)
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stdout.count(f"{name}:1: is not text in UTF-8; save it so") == 1


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            PAGE,
            "---\ntitle: A\nneeds: [a\nslug: b\n---\n",
            "4: the check 'descriptions' stumbles over this (ParserError: ",
        ),
        ("runs/demo/headline.json", "{", "1: the check 'named numbers' stumbles over this (JSONDecodeError: "),
        ("runs/demo/curves.svg", "<svg>", "1: the check 'drawings' stumbles over this (ParseError: "),
        ("code/deepcourse/demo/model.py", "\n\ndef (", "3: the check 'dependencies' stumbles over this (SyntaxError: "),
        ("tests/demo/test_model.py", "\n\ndef (", "3: the check 'equations' stumbles over this (SyntaxError: "),
        ("dvc.yaml", "stages:\n  {a: [}", "2: the check 'dependencies' stumbles over this (ParserError: "),
    ],
)
def test_a_check_that_stumbles_is_named_with_its_file_and_the_others_still_run(root, name, text, said):
    replace(root, "docs/index.md", "title: Index\n", "")
    (root / "dvc.yaml").write_text("stages: {a: {cmd: python -m deepcourse.demo.model}}\n")
    (root / name).write_text(text)
    done = main(root)
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert f"{name}:{said}" in done.stdout, done.stdout
    assert re.search(r", in \w+\.py:\d+\); mend the file, or the check$", done.stdout, re.MULTILINE)
    assert ("docs/index.md:1: the front matter has no title" in done.stdout) is (name != PAGE)


def main(root):
    """`nox -s check` over the small project."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "code"), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "coursesite.check"]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, encoding="utf-8", check=False)


MEASURED = "runs/demo/equations.json"
MODEL, TESTS, DRAWING = "code/deepcourse/demo/model.py", "tests/demo/test_model.py", "runs/demo/curves.svg"
START, END, EMBED = "# --8<-- [start:relu]\n", "# --8<-- [end:relu]\n", '--8<-- "deepcourse/demo/model.py:relu"'
LINES_EMBED, PRINTED = '--8<-- "deepcourse/demo/runs/lines.py:lines"', '[= printed("demo/lines") =]'
INDENTED = "Text\n\n     ```python\n     x = 1\n     ```\n\n## Third"
RELU = ">>> relu(-1)"
BREAKS = {
    "packages": [("code/deepcourse/demo/__init__.py", None, None, "demo/__init__.py:1: there is none; write one that")],
    "sections": [
        (MODEL, END, "", "model.py:2: the section 'relu' is marked by start;"),
        (MODEL, START, "", "is marked by end;"),
        (MODEL, END, END + START + END, "is marked by start and end and start and end;"),
        (MODEL, START, "", "is marked by end;"),
        (PAGE, EMBED, "pass", "is shown on no page"),
    ],
    "embeds": [
        (PAGE, ":relu", ":gelu", '02-demo.md:31: --8<-- "deepcourse/demo/model.py:gelu" fails'),
        (PAGE, "/model.py", "/models.py", "models.py' could not be found"),
        (PAGE, ":relu", ":1:3", "names lines by number"),
        (PAGE, ":relu", "", "embeds a whole module"),
        (PAGE, EMBED, "--8<--\ndeepcourse/demo/model.py\n", "names no file"),
    ],
    "reference": [
        (PAGE, "## Third", "::: deepcourse.demo.absent\n\n## Third", ": ::: deepcourse.demo.absent is no module below"),
    ],
    "fences": [
        (PAGE, "```python\n", "```python notest\n", "02-demo.md:30: the block ```python notest is not run"),
        (PAGE, "```pycon\n", "```python continuation\n", "asks for continuation"),
        (PAGE, "```python\n", "```py\n", "write ```python"),
        (PAGE, "```python\n", "```{.python}\n", "write ```python or ```pycon"),
        (PAGE, "## Third", INDENTED, "is not found by the page session"),
        (PAGE, RELU, ">>> relu([= runs.demo.headline.accuracy =])", "in a block"),
    ],
    "blocks not run": [
        (
            PAGE,
            LINES_EMBED,
            'print("loss 1")',
            "50: the block is not run, and is not one section of a module; write --8<-- ",
        ),
        (PAGE, LINES_EMBED, f"{LINES_EMBED}\n    {LINES_EMBED}", "is not one section of a module; write"),
        (PAGE, LINES_EMBED, EMBED, "no record of `python -m deepcourse.demo.model` has lines under 'printed'"),
        (
            PAGE,
            LINES_EMBED,
            '--8<-- "deepcourse/demo/solutions/demo.py:count"',
            "no stage of dvc.yaml has the cmd `python",
        ),
        (
            "dvc.yaml",
            "runs.lines",
            "runs.line",
            "no stage of dvc.yaml has the cmd `python -m deepcourse.demo.runs.lines`",
        ),
        (
            "runs/demo/lines.json",
            "printed",
            "said",
            "no record of `python -m deepcourse.demo.runs.lines` has lines under",
        ),
        ("runs/demo/lines.json", '["loss 1"]', "[]", "has lines under 'printed'; let its run keep what these print"),
        ("runs/demo/lines.json", None, None, "has lines under 'printed'; let its run keep what these print"),
        (PAGE, PRINTED, "", 'what it prints is not shown; write [= printed("demo/lines") =] right below it'),
        (PAGE, PRINTED, f"It prints:\n\n    {PRINTED}", "what it prints is not shown; write"),
        (PAGE, "demo/lines", "demo/headline", "what it prints is not shown; write"),
    ],
    "layout": [
        (PAGE, RELU, ">>> relu( -1)", "02-demo.md:41: `ruff format` would change the line 'relu( -1)'; lay it out as"),
        (
            PAGE,
            "```pycon",
            "```python\nif True:\n   a = 1\n```\n\n```pycon",
            "`ruff format` would change the line 'a = 1'",
        ),
        (
            PAGE,
            "```pycon",
            "```python\na = 1\n\ndef b():\n    return a\n```\n\n```pycon",
            "`ruff format` would change its blank lines",
        ),
        (PAGE, "```pycon", "```python\na = (1\n```\n\n```pycon", "this is no Python; correct it"),
    ],
    "widths": [
        (
            PAGE,
            RELU,
            f">>> relu(-1)  # {'a' * 60}",
            "02-demo.md:41: a line of 76 columns; break it, a page shows 66: >>> relu(-1)",
        ),
        (
            MODEL,
            "(x, 0)",
            f"(x, 0)  # {'a' * 50}",
            "02-demo.md:31: a line of 74 columns; break it, a page shows 66: return max",
        ),
        (
            "docs/labs/lessons/02-demo.py",
            "",
            f"# {'a' * 80}\n\nprint({'a' * 70})\n",
            "02-demo.py:3: a line of 77 columns; break it, a page shows 66: print",
        ),
    ],
    "names": [
        (PAGE, RELU, ">>> gelu(-1)", "the name gelu is shown nowhere on this page"),
        (
            PAGE,
            RELU,
            ">>> def never_called(x):\n...     return gelu(x)",
            "02-demo.md:41: the name gelu is shown nowhere",
        ),
        (PAGE, RELU, ">>> [gelu for relu in [1]]", "the name gelu is shown nowhere"),
        (PAGE, RELU, ">>> class A:\n...     b = gelu", "the name gelu is shown nowhere"),
        (PAGE, RELU, ">>> from deepcourse.demo.model import gelu", "gelu comes from deepcourse.demo.model"),
        (PAGE, RELU, ">>> from deepcourse.datasets import mnist", "link to reference/code/datasets.md"),
        (PAGE, RELU, ">>> import deepcourse.other", "link to the post or the modules of other"),
        (PAGE, RELU, ">>> relu(-1", "not Python"),
    ],
    "equations": [
        (PAGE, "## Second", "$$\ny\n$$\n\n## Second", "02-demo.md:34: the equation has no label"),
        (PAGE, "## Second", "$$ y \\label{def:demo/a}\\label{def:demo/b} $$\n\n## Second", "has no label, or several"),
        (PAGE, "## Second", "\\[ y \\]\n\n## Second", "has no label"),
        (PAGE, "{demo/relu}", "{def:demo/relu}", "test_model.py:5: test_relu claims the equation demo/relu, which its"),
        (TESTS, '"demo/relu"', "NAME", "test_model.py:4: the marker's argument is `NAME`"),
        (TESTS, "@pytest", '@pytest.mark.equation("demo/gelu")\n@pytest', "demo/gelu, which no page shows"),
        (TESTS, "@pytest.mark.equation", "@pytest.mark.other", "demo/relu is claimed by no test"),
        (
            TESTS,
            "proof.tex(x=",
            "print(",
            "test_relu claims demo/relu and doesn't evaluate it; evaluate it with proof.tex",
        ),
        (TESTS, '"demo/relu"', '"demo/relu", digest="00000000"', "02-demo.md:25: the formula demo/relu has the digest"),
        (TESTS, '"demo/relu"', '"demo/relu", digest=NEW', "test_model.py:4: the marker's argument is `NEW`"),
    ],
    "measured errors": [
        (MEASURED, "relu", "gelu", "02-demo.md:25: the equation demo/relu has no measured error in runs/"),
        (MEASURED, '"values"', '"value"', "run `nox -s train -- --force equations-demo`"),
        (PAGE, "(x, 0)", "(0, x)", "equations.json:1: the formulas of demo are not those that were measured"),
    ],
    "descriptions": [
        ("docs/index.md", "description: The index.\n", "", "index.md:1: the front matter has no description"),
        ("docs/index.md", "The index.", "The index. " * 20, "characters; shorten it to 155"),
        (PAGE, "title: A demonstration\n", "", "has no title"),
    ],
    "skeleton": [
        (PAGE, "needs: []\n", "", "has no needs"),
        (PAGE, "needs: []\n", "needs: [lessons/01-none.md]\n", "needs lessons/01-none.md, which isn't there"),
        (PAGE, "## Second", "# Another\n\n## Second", "2 titles"),
        (PAGE, "[= head() =]\n", "", "the line after the title isn't [= head() =]"),
        (PAGE, "## Since", "## Bare\n\n## Since", "the heading 'Bare' has no id"),
        (PAGE, "## Since { #since }\n", "", "0 sections with the id since"),
        (PAGE, "## Third { #third }\n", "", "2 sections between can-do and library; the argument takes 3"),
        (PAGE, "## Since", "## Stray { #stray }\n\n## Since", "the section stray stands outside of the argument"),
        (PAGE, EXERCISE.format(n=1), "", "3 exercises; write four to six"),
        (PAGE, '??? tip "Hint"', '??? success "Solution"', "the exercise '1. Count' has more than one ???"),
        (PAGE, '--8<-- "deepcourse/demo/solutions/demo.py:count"', "3", "a solution without tested code"),
        (PAGE, "result:", "outcome:", "the front matter has no result; write one sentence with the number of a record"),
        (PAGE, "needs: []", "needs: []\nminutes: 14", "has minutes, which the build computes; take them out"),
        (PAGE, "needs: []", "needs: []\npart: ten", "the part is 'ten'; let a post of gradflow, and none else, end"),
    ],
    "drafts": [
        (
            INDEX_PAGE,
            "# Index",
            "# Index\n\n[soon](lessons/03-soon.md)",
            "index.md:8: a link to lessons/03-soon.md, which is",
        ),
        (
            INDEX_PAGE,
            "# Index",
            "# Index\n\n[lab](/labs/lessons/03-soon.py)",
            "a link to /labs/lessons/03-soon.py, which",
        ),
        (
            PAGE,
            "## Second",
            "[its code](../reference/code/soon.md#a)\n\n## Second",
            "a draft; take it away, or publish",
        ),
        (
            PAGE,
            "## Second",
            "[its runs](../reference/code/soon-runs.md)\n\n## Second",
            "a draft; take it away, or publish",
        ),
    ],
    "named numbers": [
        (PAGE, "accuracy =] right", "precision =] right", "no record has runs.demo.headline.precision"),
        (PAGE, ".accuracy =] right", " =] right", "is not one value"),
    ],
    "figures": [(PAGE, '"demo/curves"', '"demo/losses"', "02-demo.md:15: the figure demo/losses was not drawn")],
    "drawings": [
        (DRAWING, "<title>Loss by epoch</title>", "", "curves.svg:1: the drawing has no text in <title>"),
        (DRAWING, "It falls.", " ", "has no text in <desc>"),
        (DRAWING, ' role="img"', "", 'has no role="img"'),
        (DRAWING, "currentColor", "#000000", "a <path> of stroke #000000"),
        (DRAWING, 'fill="none"', 'style="fill: white"', "a <path> of fill"),
        (DRAWING, "</svg>", "<text>= -0.5</text></svg>", "says '= -0.5', with a hyphen"),
        (DRAWING, "</svg>", "<text>error 4.3e-10</text></svg>", "says '4.3e-10', which is code"),
        (DRAWING, "It falls.", "It falls to 1e-5.", "says '1e-5', which is code"),
    ],
    "images": [
        (PAGE, "## Third", "![](a.png)\n\n## Third", "a picture without text alternative"),
        (PAGE, "## Third", '<img src="a.png" alt="">\n\n## Third', "a picture without text alternative"),
    ],
    "addresses": [(PAGE, "## Third", "[a](https://doi.org/10.1/00(64)9)\n\n## Third", "has a parenthesis; write %28")],
}


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "said"),
    [pytest.param(name, *each, id=f"{name}-{i}") for name, cases in BREAKS.items() for i, each in enumerate(cases)],
)
def test_one_thing_broken_is_found(root, name, file, old, new, said):
    replace(root, file, old, new)
    only(root, name, said)


def test_every_check_is_seen_to_fail():
    elsewhere = {"typed numbers", "dependencies", "outputs", "stale"}  # below, and in test_stages.py
    assert check.CHECKS.keys() - elsewhere == BREAKS.keys()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It gets 98.46 % right.", "02-demo.md:38: '98.46 %' is typed, and runs.demo.headline.accuracy has that value"),
        ("All 407050 of them.", "runs.demo.headline.parameters has that value"),
        ("It has 60,000.", "'60,000' is typed; name its record"),
        ("A share of 0.25, they say.", "'0.25' is typed; name its record"),
        ("In about 40 ms.", "'40 ms' is typed"),
        ("From one to the next, 32 milliseconds.", "'32 milliseconds' is typed"),
        ("Off by 3.21 × 10⁻⁹ of it.", "'3.21 × 10⁻⁹' is typed, and runs.demo.headline.error has that value"),
        ("Off by 3.21e-9 of it.", "'3.21e-9' is typed, and runs.demo.headline.error has that value"),
        ("All `60000` of them.", "`60000` is no code; name the setting of its record"),
        ("All `10 000` of them.", "`10 000` is no code"),
        ("Above `95 %`.", "`95 %` is no code"),
        ("Once in `32` milliseconds.", "`32` is no code"),
        ("Ten of 12 per cent.", "'12 per cent' is typed"),
        ("!!! note\n\n    An error of 1e-7.", "'1e-7' is typed"),
        ('??? bug "It stops at 1.46"', "'1.46' is typed"),
        ("| a | 1.25 % |\n| [Nair](../reference/bibliography.md#nair2010) | b |", "'1.25 %' is typed"),
        ("[Nair](../reference/bibliography.md#nair2010) said so. We find 1.3 of it.", "'1.3' is typed"),
        ("[% call figure('demo/curves') %]\nIt falls to 0.02.\n[% endcall %]", "'0.02' is typed"),
    ],
)
def test_a_measured_number_that_is_typed_is_found(root, text, said):
    replace(root, PAGE, "## Third", f"{text}\n\n## Third")
    only(root, "typed numbers", said)


def test_a_number_typed_in_the_result_is_found(root):
    replace(root, PAGE, "=] of it.", "=] of it, not 97.3 %.")
    only(root, "typed numbers", "02-demo.md:4: '97.3 %' is typed")


def test_a_post_too_short_or_too_long(root):
    for size in (4500, 45000):
        replace(root, PAGE, FILLER, (FILLER * 4)[:size])
        assert any("a post of this series has 2200 to 3000" in problem for problem in problems(root, "skeleton"))
        (root / PAGE).write_text(FULL)


def test_one_exercise_may_be_without_a_known_answer_and_no_second_one(root):
    replace(root, PAGE, '??? success "Solution"', '!!! success "Solution"')
    assert problems(root, "skeleton") == []
    text = (root / PAGE).read_text()
    (root / PAGE).write_text(text.replace('??? success "Solution"', '!!! success "Solution"', 1))
    only(root, "skeleton", "the exercise '2. Count' has no block ??? success \"Solution\", nor has '1. Count'")


def test_a_lesson_shows_no_more_code_than_one_reads_in_an_evening(root):
    def shows(blocks):
        (root / PAGE).write_text(FULL.replace("## Third", f"{blocks}\n\n## Third"))

    shows("```python\n" + "x = 1\n" * 25 + "```")
    assert problems(root, "skeleton") == []
    shows("```python\n" + "x = 1\n" * 26 + "```")
    only(root, "skeleton", "02-demo.md:39: a block of 26 lines of code, and 25 may be")
    shows("```pycon\n" + ">>> x\n1\n" * 25 + "```")
    assert problems(root, "skeleton") == []
    shows(("```python\n" + "x = 1\n" * 25 + "```\n\n") * 6)
    assert any("154 lines of code are shown, and 150 may be" in problem for problem in problems(root, "skeleton"))


def test_a_lesson_is_read_in_half_an_hour(root):
    replace(root, PAGE, "## Third", "$$\ny\n\\label{def:demo/y}\n$$\n\n" * 40 + "## Third")
    only(root, "skeleton", "33 minutes, and 30 may be")


def test_a_label_is_used_once_and_written_small(root):
    replace(root, PAGE, "\n## Second", "\n$$\ny\n\\label{demo/relu}\n$$\n\n## Second")
    found = problems(root, "equations")
    assert len(found) == 2
    assert all("demo/relu is labelled 2 times" in each for each in found)
    (root / PAGE).write_text(FULL.replace("{demo/relu}", "{demo/Relu}"))
    assert "write \\label{slug/name} in small letters" in problems(root, "equations")[0]


def test_a_first_screen_without_number_or_figure(root):
    replace(root, PAGE, "[= runs.demo.headline.accuracy =] right", "much right")
    assert problems(root, "skeleton") == []
    replace(root, PAGE, '[% call figure("demo/curves") %]\nThe loss falls.\n[% endcall %]', "Text.")
    only(root, "skeleton", "the first screen has no measured number and no figure")


def test_sections_in_another_order(root):
    replace(root, PAGE, "{ #measured }", "{ #sinc }")
    replace(root, PAGE, "{ #since }", "{ #measured }")
    replace(root, PAGE, "{ #sinc }", "{ #since }")
    only(root, "skeleton", "the sections come as run, can-do, library, since, measured")


def test_a_post_without_lab_or_under_another_name(root):
    (root / "docs/labs/lessons/02-demo.py").unlink()
    only(root, "skeleton", "there is no lab docs/labs/lessons/02-demo.py")
    (root / PAGE).rename(root / "docs/lessons/02-other.md")
    assert any("the slug is 'demo' and the file says 'other'" in problem for problem in problems(root, "skeleton"))
    (root / "docs/lessons/02-other.md").rename(root / "docs/lessons/demo.md")
    assert any("isn't NN-slug.md" in problem for problem in problems(root, "skeleton"))


def test_the_order_of_a_gradflow_post(root):
    text = FULL
    for old, new in {"#bend": "#forward", "#second": "#golden-rule", "slug: demo": "slug: gradflow"}.items():
        text = text.replace(old, new)
    text = text.replace("{ #since }", "{ #traps }")
    for name in ("run", "library"):
        text = re.sub(rf"## [^\n]*#{name} }}\n", "", text)
    text = text.replace("demo/solutions/demo.py", "gradflow/solutions/matmul.py")
    (root / "docs/gradflow").mkdir()
    (root / "docs/labs/gradflow").mkdir()
    (root / "docs/gradflow/01-matmul.md").write_text(text)
    (root / "docs/labs/gradflow/01-matmul.py").write_text("")
    assert problems(root, "skeleton") == []
    (root / "docs/gradflow/01-matmul.md").write_text(text.replace("#golden-rule", "#golden"))
    only(root, "skeleton", "0 sections with the id golden-rule")


def test_a_picture_of_pixels_needs_its_alternative_in_a_record(root):
    replace(root, PAGE, "demo/curves", "demo/photo")
    assert problems(root, "figures") == []
    replace(root, "runs/demo/headline.json", '"A digit."', '" "')
    only(root, "figures", "the figure demo/photo has no text alternative")


@pytest.mark.parametrize(
    "text",
    [
        "Type `0.25`, `1e-7`, `validation=5000`, `64` units, or $0.25$, or 512 units, 28×28 pixels, 1997 and lesson 2.",
        "It gets [= runs.demo.headline.seconds =] and <span title='1.5 s'>more</span>.",
        "As [Nair et al. 2010, §6.1.1](../reference/bibliography.md#nair2010) write, 1.25 % are wrong.",
        "- The best of\n  theirs is 1.25 % ([Nair 2010](../reference/bibliography.md#nair2010)). Ours? 12.5 %.",
        "See section 10.2, §3.4 or table 2.1 with Python 3.11 and TensorFlow 2.21.",
        "<!-- 0.25 -->",
        "[link](https://a.example/1.25/2.5) and ![alt](1.5.png)",
        "It stops at 1.46.\n\n```pycon\n>>> relu(1.4612)\n1.4612\n```",
        "$$\n1.25 \\label{def:demo/x}\n$$",
        "## Title { #a-1.25 }",
    ],
)
def test_what_may_be_typed(root, text):
    replace(root, PAGE, "## Third", f"{text}\n\n## Third")
    assert problems(root, "typed numbers") == []


def test_the_bibliography_may_type_identifiers(root):
    (root / "docs/reference").mkdir(exist_ok=True)
    (root / "docs/reference/bibliography.md").write_text("arXiv 1412.6980\n")
    assert problems(root, "typed numbers") == []


def test_what_a_block_that_is_not_run_reads_of_another_keeps_its_name_between_them(root):
    source = "code/deepcourse/demo/source.py"
    lines = (
        "# --8<-- [start:one]\nx = 1\n# --8<-- [end:one]\n\n# --8<-- [start:two]\ny = x\nx = 2\n# --8<-- [end:two]\n"
    )
    (root / source).write_text(MODULE.replace("relu", "gelu") + lines)
    one, two = (
        f'<!-- notest: why -->\n```python notest\n--8<-- "deepcourse/demo/source.py:{n}"\n```\n\n'
        for n in ("one", "two")
    )
    between = "```pycon\n>>> for {} in (3, 4):\n...     print(1)\n...\n```\n\n"
    replace(root, PAGE, "## Third", f"{one}{between.format('z')}{two}## Third")
    taken = "reads the 'x' of a block above"
    assert not any(taken in each for each in problems(root, "blocks not run"))
    replace(root, PAGE, "for z in (3", "for x in (3")
    assert [each for each in problems(root, "blocks not run") if taken in each]
    replace(root, PAGE, one, "")
    assert not any(taken in each for each in problems(root, "blocks not run"))


def test_a_function_that_is_not_run_where_it_stands_may_be_imported_below(root):
    (root / "code/deepcourse/demo/source.py").write_text(MODULE.replace("relu", "gelu"))
    shown = '<!-- notest: why -->\n```python notest\n--8<-- "deepcourse/demo/source.py:gelu"\n```\n\n'
    imported = "```python\nfrom deepcourse.demo.source import relu, gelu\n```\n\n"
    replace(root, PAGE, "## Third", f"{shown}{imported}## Third")
    assert problems(root, "blocks not run") == []
    replace(root, PAGE, "relu, gelu", "relu, gelu_2")
    only(root, "blocks not run", "no stage of dvc.yaml has the cmd `python -m deepcourse.demo.source`; write one, or")
    replace(root, PAGE, "relu, gelu_2", "relu, gelu")
    assert problems(root, "blocks not run") == []
    replace(root, PAGE, f"{shown}{imported}", f"{imported}{shown}")
    only(root, "blocks not run", "or import below what the section defines")


@pytest.mark.parametrize(
    "block",
    [
        "def f(x):\n    def g(y):\n        return x + y\n    return g(x)",
        "def f():\n    return later()\n\n\ndef later():\n    return __name__",
        "import os.path as p\n\n[p.join(a, b) for a, b in [('a', 'b')] if a]",
        "def f():\n    global made\n    made = 1\n\n\nf()\nmade",
        "class A:\n    x = 1\n    y = x\n\n    def f(self) -> 'A':\n        return type(self)()",
        "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    print(error)",
        "with open(os.devnull) as file:\n    lines = (line for line in file)",
    ],
)
def test_names_that_are_defined_are_not_found(root, block):
    replace(root, INDEX_PAGE, "import os\n", f"import os\n\n{block}\n")
    assert problems(root, "names") == []


@pytest.mark.parametrize(
    ("statement", "link", "allowed"),
    [
        ("from deepcourse.demo.model import relu", "", False),
        ("from deepcourse.demo.model import relu", "[post](lessons/02-demo.md#bend)", True),
        ("from deepcourse.datasets import digits", "[post](lessons/02-demo.md)", False),
        ("from deepcourse.datasets import digits", "[data](reference/code/datasets.md)", True),
        ("from numpy import array", "", True),
    ],
)
def test_imports_need_a_link(root, statement, link, allowed):
    (root / "docs/reference/code").mkdir(parents=True, exist_ok=True)
    (root / "docs/reference/code/datasets.md").write_text("")
    replace(root, "docs/index.md", "import os", f"import os\n{statement}")
    replace(root, "docs/index.md", "# Index", f"# Index\n\n{link}")
    assert bool(problems(root, "names")) is not allowed


def test_a_post_may_take_what_it_does_not_show_from_its_own_modules_if_it_links_to_them(root):
    plumbing = "from deepcourse.demo.loop import batches"
    replace(root, PAGE, ">>> relu(-1)", f">>> {plumbing}\n>>> relu(-1)")
    only(root, "names", "batches comes from deepcourse.demo.loop and is not shown here")
    replace(root, PAGE, "## Second", "[modules](../reference/code/demo.md)\n\n## Second")
    assert problems(root, "names") == []


def test_words_and_minutes_leave_out_what_is_not_read_as_prose(root):
    def read():
        return (root / PAGE).read_text(encoding="utf-8")

    counted = length.words(read())
    replace(root, PAGE, "    Count them.\n", "    Count them.\n\n    ```python\n    a_word = another\n    ```\n")
    replace(root, PAGE, "| ReLU", "| a b c | d | e |\n| ReLU")
    replace(root, PAGE, '??? success "Solution"\n', '??? success "Solution"\n\n    Here are more words.\n')
    replace(root, PAGE, "- Nair", "- Words of a reference.\n- Nair")
    replace(root, PAGE, "## Third", "`code` $x = y$ <!-- comment -->\n\n## Third")
    assert length.words(read()) == counted
    replace(root, PAGE, "## Third", "Two words.\n\n## Third")
    assert length.words(read()) == counted + 2


def test_a_minute_is_200_words_or_12_lines_of_code_or_2_equations(root):
    assert length.minutes(root, "word " * 1000) == 5
    assert length.minutes(root, "```python\n" + "x = 1\n\n" * 60 + "```\n") == 5
    assert length.minutes(root, "```text\n" + "x = 1\n" * 60 + "```\n") == 1
    typed = 'def f():\n    """Say it.\n' + "\n    More.\n" * 60 + '    """\n' + "    x = 1\n" * 57
    assert length.minutes(root, f"```python\n{typed}```\n") == 10  # what a page types it shows, docstrings too
    assert length.minutes(root, "$$\ny\n$$\n\n" * 10) == 5
    solution = '??? success "Solution"\n\n    ```python\n' + "    x = 1\n" * 60 + "    ```\n"
    assert length.minutes(root, solution) == 1


def test_minutes_count_the_lines_of_a_module_that_a_page_shows_and_see_it_saved(root):
    shown = '```python\n--8<-- "deepcourse/demo/model.py:relu"\n```\n'
    assert length.lines(root, shown) == 2
    assert length.minutes(root, shown) == 1
    (root / MODEL).write_text(START + "x = 1\n" * 60 + END)
    os.utime(root / MODEL, ns=(1, 1))
    assert length.minutes(root, shown) == 5


def test_a_draft_needs_no_skeleton_and_no_length_but_all_else(root):
    draft = "docs/lessons/03-soon.md"
    for old, new, said in [
        ("slug: soon", "slug: later", "the slug is 'later' and the file says 'soon'"),
        ("description: A post that is begun.\n", "", "has no description"),
        ("# To come", "# To come\n\nIt gets 12.3 % wrong.", "'12.3 %' is typed"),
        ("# To come", "# To come\n\n```python\nmissing\n```", "the name missing is shown nowhere"),
        ("# To come", "# To come\n\n$$ y $$", "the equation has no label"),
    ]:
        replace(root, draft, old, new)
        found = [problem for name in OF_SOURCES for problem in check.ask(name, root)]
        assert any(said in problem for problem in found), found
        (root / draft).write_text(DRAFT)
    replace(root, draft, "draft: true\n", "")
    assert len(problems(root, "skeleton")) > 5


def test_a_part_of_a_lesson_has_the_slug_of_the_lesson(root):
    (root / "docs/labs/lessons/03-soon.py").rename(root / "docs/labs/lessons/03-soon-after.py")
    (root / "docs/lessons/03-soon.md").rename(root / "docs/lessons/03-soon-after.md")
    assert problems(root, "skeleton") == []

"""Each check of the sources passes on a small project, and fails with the right message when one thing is broken."""

import json
import re

import pytest
from coursesite import check, equations
from coursesite.check import embedding, post

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
SOLUTIONS = """
# --8<-- [start:count]
parameters = 3
# --8<-- [end:count]
"""
TEST = """
import pytest

@pytest.mark.equation("demo/relu")
def test_relu(proof):
    proof.tex(x=-1.0, y=0.0)
"""
RECORD = {
    "command": "python -m deepcourse.demo.experiment",
    "values": {"accuracy": 0.98456, "accuracy_sd": 0.0004, "parameters": 407050, "seconds": 2.7149, "curve": [0.123]},
    "units": {"accuracy": "fraction", "parameters": "count", "seconds": "s"},
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
    --8<-- "deepcourse/demo/solutions.py:count"
    ```
"""
POST = """---
title: A demonstration
description: What a post has.
minutes: 14
needs: []
slug: demo
---

# A demonstration

[= head() =]

It gets [= runs.demo.headline.accuracy =] right.

[% call figure("demo/curves") %]
The loss falls.
[% endcall %]

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

## Measured { #measured }

| net | theirs | ours |
|---|---|---|
| ReLU ([Nair 2010](../reference/bibliography.md#nair2010)) | 1.25 % | [= runs.demo.headline.accuracy =] |

## Differences { #differences }

## Since { #since }

## Traps { #traps }

## Exercises { #exercises }
EXERCISES
## References { #references }

- Nair 2010: [Rectified](../reference/bibliography.md#nair2010).
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
PAGE = "docs/lessons/02-demo.md"
FILLER = "This sentence has exactly eight words in it. " * 300
FULL = POST.replace("FILLER", FILLER).replace("EXERCISES", "".join(EXERCISE.format(n=n) for n in range(1, 5)))
PROJECT = {
    "mkdocs.yml": MKDOCS,
    "code/deepcourse/demo/model.py": MODULE,
    "code/deepcourse/demo/solutions.py": SOLUTIONS,
    "tests/demo/test_model.py": TEST,
    "runs/demo/headline.json": json.dumps(RECORD),
    "runs/demo/equations.json": json.dumps(ERRORS),
    "runs/demo/curves.svg": SVG,
    "runs/demo/photo.png": "",
    "docs/index.md": INDEX,
    "docs/labs/lessons/02-demo.py": "",
    PAGE: FULL,
}


@pytest.fixture
def root(tmp_path):
    for name, text in PROJECT.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def replace(root, name, old, new):
    """Break one thing."""
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


@pytest.mark.parametrize("name", check.CHECKS)
def test_the_small_project_passes(root, name):
    assert problems(root, name) == []


@pytest.mark.parametrize("name", check.CHECKS)
def test_an_empty_house_passes(tmp_path, name):
    (tmp_path / "mkdocs.yml").write_text(MKDOCS)
    assert problems(tmp_path, name) == []


MEASURED = "runs/demo/equations.json"
MODEL, TESTS, DRAWING = "code/deepcourse/demo/model.py", "tests/demo/test_model.py", "runs/demo/curves.svg"
START, END, EMBED = "# --8<-- [start:relu]\n", "# --8<-- [end:relu]\n", '--8<-- "deepcourse/demo/model.py:relu"'
INDENTED = "Text\n\n     ```python\n     x = 1\n     ```\n\n## Third"
RELU = ">>> relu(-1)"
BREAKS = {
    "sections": [
        (MODEL, END, "", "model.py:2: the section 'relu' is marked by start;"),
        (MODEL, START, "", "is marked by end;"),
        (MODEL, END, END + START + END, "is marked by start and end and start and end;"),
        (MODEL, START, "", "is marked by end;"),
        (PAGE, EMBED, "pass", "is shown on no page"),
    ],
    "embeds": [
        (PAGE, ":relu", ":gelu", '02-demo.md:29: --8<-- "deepcourse/demo/model.py:gelu" fails'),
        (PAGE, "/model.py", "/models.py", "models.py' could not be found"),
        (PAGE, ":relu", ":1:3", "names lines by number"),
        (PAGE, ":relu", "", "embeds a whole module"),
        (PAGE, EMBED, "--8<--\ndeepcourse/demo/model.py\n", "names no file"),
    ],
    "fences": [
        (PAGE, "```python\n", "```python notest\n", "02-demo.md:28: the block ```python notest is not run"),
        (PAGE, "```pycon\n", "```python continuation\n", "asks for continuation"),
        (PAGE, "```python\n", "```py\n", "write ```python"),
        (PAGE, "```python\n", "```{.python}\n", "write ```python or ```pycon"),
        (PAGE, "## Third", INDENTED, "is not found by the page session"),
        (PAGE, RELU, ">>> relu([= runs.demo.headline.accuracy =])", "in a block"),
    ],
    "names": [
        (PAGE, RELU, ">>> gelu(-1)", "the name gelu is shown nowhere on this page"),
        (PAGE, RELU, ">>> from deepcourse.demo.model import gelu", "gelu comes from deepcourse.demo.model"),
        (PAGE, RELU, ">>> from deepcourse.datasets import mnist", "link to reference/code/datasets.md"),
        (PAGE, RELU, ">>> import deepcourse.other", "link to the post of other"),
        (PAGE, RELU, ">>> relu(-1", "not Python"),
    ],
    "equations": [
        (PAGE, "## Second", "$$\ny\n$$\n\n## Second", "02-demo.md:32: the equation has no label"),
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
        (TESTS, '"demo/relu"', '"demo/relu", digest="00000000"', "02-demo.md:23: the formula demo/relu has the digest"),
        (TESTS, '"demo/relu"', '"demo/relu", digest=NEW', "test_model.py:4: the marker's argument is `NEW`"),
    ],
    "measured errors": [
        (MEASURED, "relu", "gelu", "02-demo.md:23: the equation demo/relu has no measured error in runs/"),
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
        (PAGE, '??? tip "Hint"', '??? tip "Tip"', "the exercise '1. Count' has 0 blocks ??? tip \"Hint\""),
        (PAGE, '??? success "Solution"', '!!! success "Solution"', "0 blocks ??? success"),
        (PAGE, '--8<-- "deepcourse/demo/solutions.py:count"', "3", "a solution without tested code"),
        (PAGE, "minutes: 14", "minutes: 40", "the front matter says 40 minutes; write 14"),
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
    ],
    "images": [
        (PAGE, "## Third", "![](a.png)\n\n## Third", "a picture without text alternative"),
        (PAGE, "## Third", '<img src="a.png" alt="">\n\n## Third', "a picture without text alternative"),
    ],
}


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "said"),
    [pytest.param(name, *each, id=f"{name}-{i}") for name, cases in BREAKS.items() for i, each in enumerate(cases)],
)
def test_one_thing_broken_is_found(root, name, file, old, new, said):
    replace(root, file, old, new)
    only(root, name, said)


def test_every_check_is_seen_to_fail():
    assert check.CHECKS.keys() - {"typed numbers"} == BREAKS.keys()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It gets 98.46 % right.", "02-demo.md:36: '98.46 %' is typed, and runs.demo.headline.accuracy has that value"),
        ("All 407050 of them.", "runs.demo.headline.parameters has that value"),
        ("It has 60,000.", "'60,000' is typed; name its record"),
        ("A share of 0.25, they say.", "'0.25' is typed; name its record"),
        ("In about 40 ms.", "'40 ms' is typed"),
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


def test_a_post_too_short_or_too_long(root):
    for length in (4500, 45000):
        replace(root, PAGE, FILLER, (FILLER * 4)[:length])
        assert any("a post of this series has 2200 to 3700" in problem for problem in problems(root, "skeleton"))
        (root / PAGE).write_text(FULL)


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
    replace(root, PAGE, "{ #traps }", "{ #sinc }")
    replace(root, PAGE, "{ #since }", "{ #traps }")
    replace(root, PAGE, "{ #sinc }", "{ #since }")
    only(root, "skeleton", "the sections come as can-do, library, measured, differences, traps, since")


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
    for name in ("library", "differences", "since"):
        text = re.sub(rf"## [^\n]*#{name} }}\n", "", text)
    text = text.replace("demo/solutions.py", "gradflow/solutions.py")
    (root / "docs/gradflow").mkdir()
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
        "Type `0.25`, or $0.25$, or 512 units, 28×28 pixels, 1997 and lesson 2.",
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
    (root / "docs/reference").mkdir()
    (root / "docs/reference/bibliography.md").write_text("arXiv 1412.6980\n")
    assert problems(root, "typed numbers") == []


def test_a_block_that_is_not_run_gives_its_reason_and_is_counted(root):
    replace(
        root,
        PAGE,
        "## Third",
        "!!! note\n\n    <!-- notest: it would never end -->\n    ```python notest\n    x\n    ```\n\n## Third",
    )
    assert problems(root, "fences") == problems(root, "names") == []
    assert len(embedding.notests(root)) == 1


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
    (root / "docs/reference/code").mkdir(parents=True)
    (root / "docs/reference/code/datasets.md").write_text("")
    replace(root, "docs/index.md", "import os", f"import os\n{statement}")
    replace(root, "docs/index.md", "# Index", f"# Index\n\n{link}")
    assert bool(problems(root, "names")) is not allowed


def test_words_and_minutes_leave_out_what_is_not_read_as_prose(root):
    page = post.Post(root, root / PAGE)
    counted = post.words(page)
    replace(root, PAGE, "    Count them.\n", "    Count them.\n\n    ```python\n    a_word = another\n    ```\n")
    replace(root, PAGE, "| ReLU", "| a b c | d | e |\n| ReLU")
    replace(root, PAGE, '??? success "Solution"\n', '??? success "Solution"\n\n    Here are more words.\n')
    replace(root, PAGE, "- Nair", "- Words of a reference.\n- Nair")
    replace(root, PAGE, "## Third", "`code` $x = y$ <!-- comment -->\n\n## Third")
    assert post.words(post.Post(root, root / PAGE)) == counted
    replace(root, PAGE, "## Third", "Two words.\n\n## Third")
    assert post.words(post.Post(root, root / PAGE)) == counted + 2

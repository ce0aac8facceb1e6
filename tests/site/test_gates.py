"""Each gate of `nox` is seen to fail: one thing is broken in a small house, and the gate says where and what.

The house is tests/site/house, a site of one lesson that stays as it is while the course grows. It stands on what the
course itself stands on: its mkdocs.yml but for the menu, its theme, checks and tests of the site. It is built once, and
each gate passes on it first, so that none fails for another reason. Things are broken in a copy, which is thrown away
afterwards. `pytest -rP` shows what each gate said.
"""

import ast
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import chromium
import pytest
from coursesite.check import CHECKS, ask, stages

pytestmark = pytest.mark.gate

ROOT = Path(__file__).parents[2]
HOUSE = Path(__file__).with_name("house")
# What the house has in common with the course: nothing here grows with the number of posts.
SHARED = (
    *("README.md", "LICENSE", "LICENSE-text", "CITATION.cff"),
    *("mkdocs.yml", "pyproject.toml", "requirements/course.txt", "package.json", "package-lock.json", ".dvc/config"),
    *(
        "biome.json",
        "tsconfig.json",
        ".dvcignore",
        ".gitignore",
        ".github",
        "code/coursesite",
        "code/deepcourse/records.py",
    ),
    *("code/deepcourse/ruff.toml", "docs/assets", "tests/conftest.py", "tests/helpers", "tests/built", "tests/browser"),
)
CACHES = shutil.ignore_patterns("__pycache__", "*.ipynb")
OWN = ("REPO_URL", "SITE_URL", "PYTEST_", "LABS_CACHE")  # of the run around the gates
WORDS = "This sentence has exactly eight words in it. " * 300
EXERCISE = """
### {n}. Count

How many?

??? tip "Hint"

    Count them.

??? success "Solution"

    ```python
    --8<-- "deepcourse/demo/solutions/relu.py:count"
    ```
"""

# The commands of the sessions, each restricted to what is looked at; `test_nox_runs_these_commands` compares.
BLOCKS = ("pytest", "-p", "coursesite.run.blocks", "--markdown-docs", "--ignore=docs/labs", "docs/about/changes.md")
DOCTESTS = ("pytest", "--doctest-modules", "code/deepcourse/demo/relu.py")
NOTICED = ("python", "-m", "coursesite.run.noticed")
CHECK = ("python", "-m", "coursesite.check")
BUILD = ("mkdocs", "build", "--clean", "--strict")
LINKS, HOSTS, MARKUP, WEIGHT, RECORDS, PATHS = (
    ("pytest", f"tests/built/test_{name}.py") for name in ("links", "hosts", "markup", "weight", "records", "paths")
)
BROWSER = ("pytest", "tests/browser/test_pages.py", "-k")
ABOUT, LETTERS = ("pytest", "tests/built/test_about.py"), ("pytest", "tests/browser/test_letters.py")
VISIT, SEARCH = (*BROWSER, "about/changes"), (*BROWSER, "test_search")
RUFF, FORMAT, TYPOS = ("ruff", "check"), ("ruff", "format", "--check"), ("typos",)
BIOME, TSC = ("npx", "--no", "biome", "ci"), ("npx", "--no", "tsc")
ZIZMOR = ("zizmor", "--offline", "--quiet", ".github")
SCHEMA = ("check-jsonschema", "--builtin-schema", "vendor.github-workflows", ".github/workflows/ci.yml")

# Where things are broken.
PAGE, POST, LAB_OF_POST = "docs/about/changes.md", "docs/lessons/01-demo.md", "docs/labs/lessons/01-demo.py"
SCRIPT = "docs/assets/live/kit.js"
MODULE, TESTS, WORKFLOW = "code/deepcourse/demo/relu.py", "tests/demo/test_relu.py", ".github/workflows/ci.yml"
SITE_PAGE, SITE_INDEX = "site/about/changes/index.html", "site/index.html"
SITE_POST, SITE_LAB = "site/lessons/01-demo/index.html", "site/labs/lessons/01-demo/index.html"
HEADLINE = "runs/demo/headline.json"
ALL_FOUR = [f"[{scheme}-{width}]" for scheme in ("light", "dark") for width in (400, 1280)]


@dataclass(frozen=True)
class House:
    """The folder of a house, and the commands that have passed in it."""

    root: Path
    passed: set = field(default_factory=set)

    def run(self, command: tuple[str, ...], **environment: str) -> subprocess.CompletedProcess:
        """Run a command as a session of nox does; all that it says is in `stdout`."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(OWN)}
        done = subprocess.run(
            command,
            cwd=self.root,
            env=inherited
            | {
                "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
                "PYTHONPATH": "code",
                "NO_MKDOCS_2_WARNING": "1",
                "PYTEST_ADDOPTS": "",
                "COLUMNS": "200",
            }
            | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=180,
            check=False,
        )
        done.stdout = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)  # some tools colour what they say on GitHub
        return done

    def passes(self, command: tuple[str, ...]) -> None:
        """Fail unless the command passes, or has passed before."""
        if command not in self.passed:
            done = self.run(command)
            if done.returncode:
                pytest.fail(f"`{' '.join(command)}` should pass here:\n{done.stdout}", pytrace=False)
            self.passed.add(command)

    def copy(self, root: Path) -> "House":
        """Another copy, in which nothing has passed yet."""
        return House(shutil.copytree(self.root, root, symlinks=True))

    def change(self, name: str, old: str, new: str) -> None:
        """Replace the first match of a pattern in a file."""
        text = (self.root / name).read_text(encoding="utf-8")
        changed, times = re.subn(old, lambda match: match.expand(new), text, count=1, flags=re.DOTALL)
        assert times == 1, f"{name} has no {old}: break something else"
        assert changed != text
        (self.root / name).write_text(changed, encoding="utf-8")


def settle(root: Path) -> House:
    """Write the house into a folder, with all that it shares with the course."""
    for folder, names in ((HOUSE, os.listdir(HOUSE)), (ROOT, SHARED)):
        for name in names:
            copy = partial(shutil.copytree, ignore=CACHES, dirs_exist_ok=True)
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (copy if (folder / name).is_dir() else shutil.copy2)(folder / name, root / name)
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    own = {"tests/demo/proof.py": TESTS, "stages.yml": "dvc.yaml"}  # under these names the course would take them in
    for name, there in own.items():
        (root / name).rename(root / there)
    (root / "code/deepcourse/__init__.py").touch()
    stages.mend(root)  # the list of what measures the equations is theirs
    found = House(root)
    found.change("mkdocs.yml", r"\nnav:\n.*?\n\n", "\n" + (root / "nav.yml").read_text(encoding="utf-8") + "\n")
    found.change(POST, "FILLER", WORDS)
    found.change(POST, "EXERCISES", "".join(EXERCISE.format(n=n) for n in range(1, 5)))
    return found


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[House]:
    """The house, its records as its stages left them, its site built."""
    found = settle(tmp_path_factory.mktemp("house"))
    for command in (("git", "init", "--quiet"), ("dvc", "commit", "--force", "--quiet"), BUILD):
        found.passes(command)
    yield found
    shutil.rmtree(found.root)


@pytest.fixture
def broken(house, tmp_path) -> Iterator[House]:
    """A copy of the house, to be broken."""
    yield house.copy(tmp_path / "house")
    shutil.rmtree(tmp_path / "house")


def failed(done: subprocess.CompletedProcess) -> set[str]:
    """The tests that pytest names as failed, without their file."""
    return set(re.findall(r"^FAILED \S+?::(.+?)(?: - .*)?$", done.stdout, re.MULTILINE))


def problems(house: House) -> dict[str, list[str]]:
    """What the checks behind `nox -s check` find, by name; DVC, which takes its time, is asked with the records."""
    found = {name: ask(name, house.root) for name in CHECKS if name != "stale"}
    return {name: lines for name, lines in found.items() if lines}


def line_of(house: House, name: str, text: str) -> int:
    """The number of the line on which a text begins."""
    content = (house.root / name).read_text(encoding="utf-8")
    return content.count("\n", 0, content.index(text)) + 1


def fails(house: House, command: tuple[str, ...], *says: str) -> subprocess.CompletedProcess:
    """The command fails and says all of this."""
    done = house.run(command)
    if done.returncode == 0:
        pytest.fail(f"`{' '.join(command)}` passes:\n{done.stdout}", pytrace=False)
    for said in says:
        found = re.search(said, done.stdout)
        if not found:
            pytest.fail(f"`{' '.join(command)}` doesn't say {said!r}:\n{done.stdout}", pytrace=False)
        print(found[0])
    return done


SOURCES = [
    pytest.param(
        *("embeds", PAGE, '\n```python\n--8<-- "deepcourse/demo/relu.py:nothing"\n```\n', "--8<--"),
        r'--8<-- "deepcourse/demo/relu.py:nothing" fails: .*; correct the path below code/ or the section\'s name',
        id="a section that a page embeds is missing",
    ),
    pytest.param(
        *("sections", MODULE, "\n\n# --8<-- [start:gate]\nGATE = 1\n", "# --8<-- [start:gate]"),
        "the section 'gate' is marked by start; give it one start and, after it, one end",
        id="a section is not closed",
    ),
    pytest.param(
        *("sections", MODULE, "\n\n# --8<-- [start:gate]\nGATE = 1\n# --8<-- [end:gate]\n", "# --8<-- [start:gate]"),
        r"the section 'gate' is shown on no page; embed it \(--8<-- \"deepcourse/demo/relu.py:gate\"\)",
        id="a section is never shown",
    ),
    pytest.param(
        *(
            "blocks not run",
            PAGE,
            "\n<!-- notest: it takes an hour -->\n```python notest\nanswer\n```\n",
            "```python notest",
        ),
        r"the block is not run, and is not one section of a module; write --8<-- .* alone, or have it run",
        id="a block that is not run was typed",
    ),
    pytest.param(
        *("widths", PAGE, f"\n```text\n{'a column ' * 8}\n```\n", "a column"),
        "a line of 72 columns; break it, a page shows 66: a column",
        id="a line of a block is wider than a page shows",
    ),
    pytest.param(
        *("typed numbers", PAGE, "\nThe net gets 12.34 % wrong.\n", "The net gets"),
        r"'12.34 %' is typed; name its record \(\[= runs",
        id="a measured number is typed",
    ),
    pytest.param(
        *("typed numbers", PAGE, "\nIt has 407,050 parameters.\n", "It has"),
        r"'407,050' is typed, and runs\.demo\.headline\.parameters has that value; write \[= runs",
        id="the value of a record is typed",
    ),
    pytest.param(
        *("typed numbers", PAGE, "\nThe net gets `95 %` right.\n", "`95 %`"),
        "`95 %` is no code; name the setting of its record, cite its source, write a ",
        id="a number is dressed as code",
    ),
    pytest.param(
        *("named numbers", PAGE, "\n[= runs.demo.headline.precision =]\n", "[= runs.demo.headline.precision"),
        r"no record has runs.demo.headline.precision; .* run the stage, or correct the name",
        id="no record has a number",
    ),
    pytest.param(
        *("equations", PAGE, "\n$$\n1 + 1 = 2\n\\label{gate/sum}\n$$\n", "$$"),
        r'the equation gate/sum is claimed by no test; mark one with @pytest.mark.equation\("gate/sum"\)',
        id="no test claims an equation",
    ),
    pytest.param(
        *("equations", TESTS, '\n\n@pytest.mark.equation("demo/gate")\ndef test_gate():\n    pass\n', "def test_gate"),
        "test_gate claims the equation demo/gate, which no page shows; correct the name or take the mark away",
        id="no page shows an equation that a test claims",
    ),
    pytest.param(
        *("names", PAGE, "\n```python\ntwice(answer)\n```\n", "twice(answer)"),
        "the name twice is shown nowhere on this page; show or import it before",
        id="a name is shown nowhere",
    ),
    pytest.param(
        *("names", PAGE, "\n```python\nfrom deepcourse.gate import twice\n```\n", "from deepcourse.gate"),
        "twice comes from deepcourse.gate and is not shown here; show it, or link to the post or the modules of gate",
        id="a name comes from a lesson that is linked nowhere",
    ),
    pytest.param(
        *("images", PAGE, "\n![](../assets/favicon.svg)\n", "![]("),
        "a picture without text alternative; say what it shows",
        id="a picture has no text alternative",
    ),
    pytest.param(
        *(
            "figures",
            PAGE,
            '\n[% call live("demo/curves", record="demo/headline") %]\nIt falls.\n[% endcall %]\n',
            "[% call",
        ),
        r"the figure demo/curves can't answer without docs/assets/live/demo/curves.js, .*curves.html; write it, or",
        id="a figure that answers has no module",
    ),
]


@pytest.mark.xdist_group("sources")
@pytest.mark.parametrize(("check", "name", "text", "at", "says"), SOURCES)
def test_a_source_is_refused(house, broken, check, name, text, at, says):
    house.passes(CHECK)
    with (broken.root / name).open("a", encoding="utf-8") as file:
        file.write(text)
    found = problems(broken)
    assert list(found) == [check]
    assert len(found[check]) == 1
    assert re.match(rf"{re.escape(name)}:{line_of(broken, name, at)}: .*{says}", found[check][0]), found[check][0]
    print(found[check][0])


@pytest.mark.xdist_group("sources")
def test_what_a_check_of_the_sources_finds_stops_nox(house, broken):
    house.passes(CHECK)
    with (broken.root / PAGE).open("a", encoding="utf-8") as file:
        file.write("\nThe net gets 12.34 % wrong.\n")
    fails(broken, CHECK, rf"{PAGE}:\d+: '12.34 %' is typed; ")


@pytest.mark.xdist_group("sources")
@pytest.mark.parametrize(
    ("check", "name", "old", "new", "says"),
    [
        pytest.param(
            *("skeleton", POST, r"\{ #since \}", "{ #today }"),
            rf"{POST}:1: 0 sections with the id since; write one",
            id="a part of the skeleton is missing",
        ),
        pytest.param(
            *("measured errors", "runs/demo/equations.json", '"relu": ', '"rely": '),
            rf"{POST}:\d+: the equation demo/relu has no measured error in .*; run `nox -s train -- .*equations-demo`",
            id="an equation has no measured error",
        ),
        pytest.param(
            *("drawings", "runs/demo/curves.svg", "<desc.*?</desc>", ""),
            r"runs/demo/curves.svg:1: the drawing has no text in <desc>; let its stage write one",
            id="a drawing has no text alternative",
        ),
        pytest.param(
            *("figures", HEADLINE, r'"photo": "', '"photos": "'),
            rf"{POST}:\d+: the figure demo/photo has no text alternative; let its stage record",
            id="a figure of pixels has no text alternative",
        ),
    ],
)
def test_a_post_or_its_figure_is_refused(house, broken, check, name, old, new, says):
    house.passes(CHECK)
    broken.change(name, old, new)
    found = problems(broken)
    assert list(found) == [check]
    assert re.match(says, found[check][0]), found[check][0]
    print(found[check][0])


@pytest.mark.xdist_group("blocks")
@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        pytest.param(
            "```python\nanswer / 0\n```\n", "answer / 0", "ZeroDivisionError: division by zero", id="it raises"
        ),
        pytest.param(
            "```pycon\n>>> answer\n41\n```\n", ">>> answer", r"Expected:\s+41\s+Got:\s+42", id="another output"
        ),
        pytest.param(
            "```python\nrow = [1, 2, 3]  # (B, H)\n```\n",
            "row = ",
            r"`# \(B, H\)` states \(B, H\), but the value has shape \(3,\)",
            id="a false shape comment",
        ),
    ],
)
def test_a_block_of_a_page_is_refused(house, broken, text, at, says):
    house.passes(BLOCKS)
    with (broken.root / PAGE).open("a", encoding="utf-8") as file:
        file.write(f"\n{text}")
    fails(broken, BLOCKS, rf"{PAGE}:{line_of(broken, PAGE, at)}: the block of line \d+ fails", says)


@pytest.mark.xdist_group("blocks")
def test_a_false_shape_comment_in_a_module_is_refused(house, broken):
    house.passes(DOCTESTS)
    broken.change(MODULE, r"# \(N,\)", "# (N, K)")
    line = line_of(broken, MODULE, "# (N, K)")
    fails(broken, DOCTESTS, rf"ShapeError: {MODULE}:{line}: `# \(N, K\)` states \(N, K\), but the value has shape \(")


@pytest.mark.xdist_group("blocks")
def test_a_page_that_does_not_notice_a_wrong_line_is_refused(house, broken):
    house.passes(NOTICED)
    broken.change(
        POST, r"\n>>> relu\((.*?)\n```", r"\n>>> from deepcourse.demo import relu as module\n>>> module.relu(\1\n```"
    )
    broken.passes((*BLOCKS[:-1], POST))
    fails(
        broken,
        NOTICED,
        rf"{POST}:\d+: relu: y = np.maximum\(x, 0\) # \(N,\)  ->  y = np.minimum\(x, 0\) # \(N,\)\n    NOT NOTICED",
        f"{POST}: 0 of 1 breaks were noticed; at least 80% have to be: let later blocks ",
    )


@pytest.mark.xdist_group("records")
@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        pytest.param(
            *("code/deepcourse/demo/relu.py", r"\Z", "# changed\n"),
            r"dvc.yaml:\d+: the stage demo-headline is stale \(changed deps: code/deepcourse/demo/relu.py "
            r"modified\); run it again with `nox -s train -- demo-headline`",
            id="its code has changed",
        ),
        pytest.param(
            *("dvc.yaml", r"      - code/deepcourse/demo/relu.py\n", ""),
            r"dvc.yaml:\d+: the stage demo-headline lacks code/deepcourse/demo/relu.py, which its command imports; "
            "`nox -s check -- --mend`",
            id="its stage lacks a module",
        ),
        pytest.param(
            *("dvc.yaml", "runs.headline", "runs.headline --quick"),
            r"dvc.yaml:\d+: the stage demo-headline is stale \(changed command\); run it again",
            id="its command has changed",
        ),
        pytest.param(
            *(HEADLINE, r'("test_accuracy": 0\.)\d', r"\g<1>99"),
            f"{HEADLINE}:1: modified since its run; run it again with .*, or bring it back with `git checkout -- ",
            id="it was edited by hand",
        ),
    ],
)
def test_a_record_is_refused(house, broken, name, old, new, says):
    house.passes(CHECK)
    broken.change(name, old, new)
    fails(broken, CHECK, says)


@pytest.mark.xdist_group("records")
def test_a_record_that_no_stage_writes_is_refused(house, broken):
    house.passes(CHECK)
    shutil.copy(broken.root / HEADLINE, broken.root / "runs/demo/gate.json")
    fails(broken, CHECK, r"runs/demo/gate.json:1: no stage of dvc.yaml writes it; add it to the outs of one")


@pytest.mark.xdist_group("build")
@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(
            "A $\\frac{1$ of it.",
            r"'about/changes.md': wrong TeX in `\\frac\{1`: KaTeX parse error: .*; correct the formula",
            id="wrong TeX",
        ),
        pytest.param(
            "$$\n1 + 1 = 2\n\\label{demo/gate}\n$$",
            r"'about/changes.md': no test claims the equation 'demo/gate': mark one with @pytest.mark.equation",
            id="no test claims an equation",
        ),
        pytest.param(
            "[= runs.demo.headline.precision =]",
            r"_File_: `about/changes.md`\s+_UndefinedError_: no record has runs.demo.headline.precision; .* has: \w+,",
            id="no record has a number",
        ),
        pytest.param(
            "A [page](nothing.md), [there](checks.md#nothing) and [here](#nothing).",
            r"'about/changes.md' contains a link 'nothing.md', but the target 'about/nothing.md' is not found(?s:.*)"
            r"'about/changes.md' contains a link '#nothing', but there is no such anchor on this page(?s:.*)"
            r"contains a link 'checks.md#nothing', but the doc 'about/checks.md' does not contain an anchor '#nothing'",
            id="a dead link and dead anchors",
        ),
    ],
)
def test_a_page_is_not_built(house, broken, text, says):
    house.passes(BUILD)
    with (broken.root / PAGE).open("a", encoding="utf-8") as file:
        file.write(f"\n{text}\n")
    fails(broken, BUILD, says)


@pytest.mark.xdist_group("build")
@pytest.mark.parametrize(
    ("cell", "says"),
    [
        pytest.param(
            "# %%\n1 / 0\n", r"executing the following cell:\s+-+\s+1 / 0\s(?s:.*)division by zero", id="it raises"
        ),
        pytest.param(
            '# %%\nImage.new("L", (4, 4))\n',
            r'code cell 2 draws a figure without a text alternative: write `# %% alt="…"` above it',
            id="a figure has no text alternative",
        ),
        pytest.param(
            "# %% [markdown]\n# A $\\frac{1$ of it.\n",
            r"wrong TeX in `\\frac\{1`: KaTeX parse error: .*; correct the formula",
            id="wrong TeX",
        ),
    ],
)
def test_a_lab_is_not_built(house, broken, cell, says):
    house.passes(BUILD)
    with (broken.root / LAB_OF_POST).open("a", encoding="utf-8") as file:
        file.write(f"\n{cell}")
    fails(broken, BUILD, rf"Error reading page 'labs/lessons/01-demo.py': (?s:.*){says}")


@pytest.mark.xdist_group("built")
def test_a_dead_link_and_dead_anchors_of_a_lab_are_refused(house, broken):
    house.passes(LINKS)
    links = {"page": "../nothing/", "there": "../../../about/checks/#nothing", "here": "#nothing"}
    with (broken.root / LAB_OF_POST).open("a", encoding="utf-8") as file:
        file.write("\n# %% [markdown]\n# " + ", ".join(f"[{text}]({link})" for text, link in links.items()) + ".\n")
    fails(
        broken,
        BUILD,
        "'labs/lessons/01-demo.py' contains an unrecognized relative link '../nothing/'",
        "'labs/lessons/01-demo.py' contains an unrecognized relative link '../../../about/checks/#nothing'",
        "'labs/lessons/01-demo.py' contains a link '#nothing', but there is no such anchor on this page",
    )
    shutil.rmtree(broken.root / "site")
    shutil.copytree(house.root / "site", broken.root / "site")
    marked = "".join(f'<a href="{link}">{text}</a>' for text, link in links.items())
    broken.change(SITE_LAB, "</article>", f"{marked}</article>")
    fails(
        broken,
        LINKS,
        "Dead links; correct them in the source of the page named first",
        "/labs/lessons/01-demo/: <a> leads to ../nothing/, and there is no such file",
        "/labs/lessons/01-demo/: the link ../../../about/checks/#nothing leads to a page without that anchor",
        "/labs/lessons/01-demo/: the link #nothing leads to a page without that anchor",
    )


PADDING = random.Random(0).randbytes(90_000).hex()  # 90,000 bytes that can't be compressed


@pytest.mark.xdist_group("built")
@pytest.mark.parametrize(
    ("command", "name", "old", "new", "says"),
    [
        pytest.param(
            *(LINKS, SITE_POST, "</article>", '<a href="../nothing/">x</a></article>'),
            "/lessons/01-demo/: <a> leads to ../nothing/, and there is no such file",
            id="a dead link that Markdown doesn't see",
        ),
        pytest.param(
            *(HOSTS, SITE_PAGE, "</article>", '<script src="https://cdn.example/x.js"></script></article>'),
            "put the file into docs/assets(?s:.*)/about/changes/: <script src> asks for https://cdn.example/x.js",
            id="a page asks another host",
        ),
        pytest.param(
            *(HOSTS, "site/assets/css/course.css", r"\A", '@import "//cdn.example/x.css";\n'),
            "A style sheet names (?s:.*)assets/css/course.css: asks for //cdn.example/x.css",
            id="a style sheet asks another host",
        ),
        pytest.param(
            *(MARKUP, SITE_PAGE, "</article>", '<img src="../../assets/favicon.svg" width="9" height="9"></article>'),
            r"say what the picture shows:\s+/about/changes/: <img> \S+favicon.svg has the alternative None",
            id="a picture has no text alternative",
        ),
        pytest.param(
            *(MARKUP, SITE_POST, '(<svg[^>]*) role="img"', r"\1"),
            r"/lessons/01-demo/: the drawing in #\S+ needs role=img and a <title>",
            id="a drawing is none to a screen reader",
        ),
        pytest.param(
            *(RECORDS, SITE_POST, "#demo-headline.test_accuracy", "#demo-headline.parameters"),
            r"/lessons/01-demo/: 98.46\s% leads to the row 'parameters407,050' of the records",
            id="a number leads to the row of another",
        ),
        pytest.param(
            *(PATHS, SITE_LAB, '<nav class="place".*?</nav>', ""),
            r"/labs/lessons/01-demo/: it says '', and should say 'lab of lesson 1",
            id="nothing says where a lab stands",
        ),
        pytest.param(
            *(PATHS, SITE_POST, "<title>Lesson 1: ", "<title>"),
            r"A window's title is .*\s+/lessons/01-demo/: 'One bend · ",
            id="a window's title doesn't say which lesson it is",
        ),
        pytest.param(
            *(PATHS, SITE_POST, r"<dt>Run it</dt>\s*<dd>.*?</dd>", ""),
            r"/lessons/01-demo/: its lines are \['Reading', 'Needs'\]",
            id="a post doesn't say how to run it",
        ),
        pytest.param(
            *(PATHS, SITE_POST, '<h2 id="next">', "<h2>"),
            r"/lessons/01-demo/: it doesn't end with a section `Next`",
            id="a post doesn't say what comes next",
        ),
        pytest.param(
            *(PATHS, SITE_INDEX, '<div class="cards">.*?</div>', ""),
            r"/: no card with minutes for /lessons/01-demo/",
            id="the front page doesn't offer a post",
        ),
        pytest.param(
            *(WEIGHT, SITE_POST, "</article>", f"<!-- {PADDING} --></article>"),
            r"split the page or draw less:\s+/lessons/01-demo/: [\d,]+ bytes, allowed are 150,000; the heaviest: ",
            id="a lesson is too heavy",
        ),
        pytest.param(
            *(WEIGHT, SITE_LAB, "</article>", f"<!-- {PADDING} --></article>"),
            r"split the page or draw less:\s+/labs/lessons/01-demo/: [\d,]+ bytes, allowed are 170,000; ",
            id="a lab is too heavy",
        ),
        pytest.param(
            *(ABOUT, SITE_PAGE, r'<a href="[^"]*LICENSE.txt"[^>]*>MIT</a>', "MIT"),
            r"copyright.html, lacks something:\s+/about/changes/: no link to LICENSE.txt",
            id="the foot of a page names no licence",
        ),
        pytest.param(
            *(ABOUT, "site/feed.xml", "<updated>[^<]*</updated>", "<updated>today</updated>"),
            r"feed.xml is no Atom feed:\s+today is no moment",
            id="the feed has no date",
        ),
    ],
)
def test_a_built_page_is_refused(house, broken, command, name, old, new, says):
    house.passes(command)
    broken.change(name, old, new)
    assert len(failed(fails(broken, command, says))) == 1


FAINT = """<style>@media (max-width: 500px) { [data-md-color-scheme=slate] .gate { color: #3a3d44 } }</style>
<p class="gate">Hardly to be read</p></article>"""


@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize(
    ("command", "name", "old", "new", "where", "says"),
    [
        pytest.param(
            *(VISIT, SITE_PAGE, "</article>", '<img src="../../assets/favicon.svg" width="9" height="9"></article>'),
            [f"[/about/changes/-{each[1:]}" for each in ALL_FOUR],
            r"/about/changes/, light scheme, 400 px wide:(?s:.)*?\saxe image-alt \(Images must have .* text\): <img",
            id="axe finds something",
        ),
        pytest.param(
            *(VISIT, SITE_PAGE, "</article>", FAINT),
            ["[/about/changes/-dark-400]"],
            r"/about/changes/, dark scheme, 400 px wide:(?s:.)*?\saxe color-contrast .*<p class=\"gate\".*contrast",
            id="axe finds something in one scheme and width",
        ),
        pytest.param(
            *(SEARCH, SITE_INDEX, '(<div class="md-search__scrollwrap"[^>]*>)', r'\1<button class="gate"></button>'),
            ALL_FOUR,
            r"The search dialog, light scheme, 400 px wide:(?s:.)*?\saxe button-name \(Buttons must have .* text\)",
            id="axe finds something in the search dialog",
        ),
        pytest.param(
            *(VISIT, SITE_PAGE, "</article>", '<script>fetch("https://api.example/x.json")</script></article>'),
            [f"[/about/changes/-{each[1:]}" for each in ALL_FOUR],
            r"/about/changes/, light scheme, 400 px wide:(?s:.)*?\sit asks another host: https://api.example/x.json",
            id="a script asks another host",
        ),
    ],
)
def test_a_page_in_the_browser_is_refused(house, broken, command, name, old, new, where, says):
    house.passes(command)
    broken.change(name, old, new)
    test = "test_search" if command == SEARCH else "test_page"
    assert failed(fails(broken, command, says)) == {test + each for each in where}


@pytest.mark.xdist_group("browser")
def test_small_letters_of_a_drawing_are_refused(house, broken):
    house.passes(LETTERS)
    broken.change(
        SITE_POST, r'(<svg[^>]*role="img".*?)</svg>', r'\1<text y="9" style="font-size: 1px">tiny</text></svg>'
    )
    says = r"draw.WIDTH wide, with letters of draw.TEXT:\s+/lessons/01-demo/: [\d.]+ px: 'tiny' in "
    assert len(failed(fails(broken, LETTERS, says))) == 1


@pytest.mark.xdist_group("browser")
def test_without_a_browser_or_a_site_nothing_passes_by_skipping(broken):
    (broken.root / "bin").mkdir()
    (broken.root / "bin" / "python").symlink_to(sys.executable)
    alone = broken.run((sys.executable, "-m", *BROWSER, "changes"), PATH=str(broken.root / "bin"), CHROMIUM="")
    assert alone.returncode == 1
    assert chromium.MISSING in alone.stdout
    assert "passed" not in alone.stdout
    shutil.rmtree(broken.root / "site")
    for command in (VISIT, LINKS):
        fails(broken, command, r"There is no built site: run `nox -s site`\.")


@pytest.mark.xdist_group("lint")
@pytest.mark.parametrize(
    ("command", "name", "old", "new", "says"),
    [
        pytest.param(
            *(RUFF, MODULE, "import numpy", "import sys\n\nimport numpy"),
            rf"F401 .*`sys` imported but unused\s+--> {MODULE}:\d+:8(?s:.*)Remove unused import",
            id="style",
        ),
        pytest.param(
            *(FORMAT, MODULE, r"\Z", "GATE = [1,2]\n"),
            rf"File would be reformatted\s+--> {MODULE}:\d+",
            id="format",
        ),
        pytest.param(
            # In two parts, or this file would be found as well.
            *(TYPOS, PAGE, r"\Z", "\nYou will rec" + "ieve it.\n"),
            "`rec" + rf"ieve` should be `receive`\s+\S+ {PAGE}:\d+:10",
            id="spelling",
        ),
        pytest.param(
            *(BIOME, SCRIPT, r"if \(!step\)", "if (step == undefined)"),
            rf"{SCRIPT}:\d+:\d+ .*lint/suspicious/noDoubleEquals",
            id="style of a script",
        ),
        pytest.param(
            *(BIOME, SCRIPT, r"\Z", "const gate = [1,2]\n"),
            rf"{SCRIPT} format(?s:.*)File content differs from formatting output",
            id="format of a script",
        ),
        pytest.param(
            *(TSC, SCRIPT, r"\Z", "setTimeout(drag(document.body, 1));\n"),
            rf"{SCRIPT}\(\d+,\d+\): error TS2345: Argument of type 'number' is not assignable to parameter of type",
            id="a type of a script",
        ),
        pytest.param(
            *(ZIZMOR, WORKFLOW, r"(actions/checkout@)[0-9a-f]{40}[^\n]*", r"\1v7"),
            rf"unpinned action reference\s+--> {WORKFLOW}:\d+:15(?s:.*)action is not pinned to a hash",
            id="a workflow that isn't safe",
        ),
        pytest.param(
            *(SCHEMA, WORKFLOW, r"timeout-minutes: \d+", "timeout-minutes: soon"),
            rf"{WORKFLOW}::\$\.jobs\.check(?s:.*)\['timeout-minutes'\]: 'soon' is not of type 'number'",
            id="a workflow that isn't one",
        ),
    ],
)
def test_lint_refuses(house, broken, command, name, old, new, says):
    command = (*command, name) if command in (RUFF, FORMAT, TYPOS) else command
    house.passes(command)
    broken.change(name, old, new)
    fails(broken, command, says)


@pytest.mark.xdist_group("lint")
def test_nox_runs_these_commands():
    calls = [
        node.args
        for node in ast.walk(ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "session.run"
    ]
    known = []
    for arguments in calls:
        words = [argument.value if isinstance(argument, ast.Constant) else None for argument in arguments]
        known.append(words[: words.index(None)] if None in words else words)
    for command in (
        *(BLOCKS, DOCTESTS, NOTICED, CHECK, BUILD, LINKS, HOSTS, MARKUP, WEIGHT, RECORDS, PATHS),
        *(ABOUT, VISIT, SEARCH, LETTERS),
        *(RUFF, FORMAT, TYPOS, BIOME, TSC, ZIZMOR, SCHEMA),
    ):
        begun = [all(a.startswith(b) for a, b in zip(command, words, strict=False)) for words in known if words]
        assert any(begun), f"noxfile.py runs no `{' '.join(command)}`"

"""A lab's page is a page of ours, and its notebook can be downloaded, and runs where nothing is installed yet."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from built import SITE, fail
from coursesite.build import served, wheel

LABS = SITE.parent / "docs" / "labs"
CELLS = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell in json.load(open(sys.argv[1], encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        shell.run_cell("".join(cell["source"])).raise_error()
"""


@pytest.fixture(scope="session")
def labs(content):
    """The pages of the labs."""
    found = [page for page in content if page.url.startswith("/labs/") and page.url != "/labs/"]
    assert found, "no page below /labs/: docs/labs/*.py did not become pages"
    return found


def test_a_lab_brings_no_style_and_no_script(labs):
    found = [
        f"{lab.url}: <{tag.name}> of {len(str(tag)):,} bytes"
        for lab in labs
        for tag in lab.article.select("style, script")
    ]
    found += [f"{lab.url}: class {tag['class'][0]}" for lab in labs for tag in lab.article.select('[class^="jp-"]')[:1]]
    fail(found, "What mkdocs-jupyter inlines; is coursesite/build/jupyter found?")


def test_a_lab_was_run(labs):
    fail([lab.url for lab in labs if not lab.article.select(".output")], "A lab without any output was not run:")


def test_what_is_folded_in_a_lab_is_converted_as_well(labs):
    found = [
        f"{lab.url}: {text.strip()[:60]!r}"
        for lab in labs
        for folded in lab.article.select("details")
        for text in folded.find_all(string=True)
        if not text.find_parent(["code", "pre"]) and ("`" in text or (text.parent.name == "details" and text.strip()))
    ]
    fail(found, "Markdown as it is typed:")


def test_a_lab_can_be_downloaded_as_a_notebook(labs):
    found = []
    for lab in labs:
        links = [tag["href"] for tag in lab.article.select("a[download]")]
        files = [target[0] for link in links if (target := lab.target(link)) and target[0].suffix == ".ipynb"]
        if not files:
            found.append(f"{lab.url}: no link to a notebook")
        for file in files:
            if not file.is_file() or not json.loads(file.read_text(encoding="utf-8")).get("cells"):
                found.append(f"{lab.url}: {file.name} is missing or has no cells")
    fail(found, "Notebooks to download:")


def test_the_first_cell_of_every_notebook_installs_the_course(labs):
    site, repo = os.environ.get("SITE_URL", ""), os.environ.get("REPO_URL", "").rstrip("/")
    cell, found = served.install_cell(site.rstrip("/") + "/" if site else "", repo), []
    for file in sorted((SITE / "labs").rglob("*.ipynb")):
        code = [c for c in json.loads(file.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
        if "".join(code[0]["source"]) != cell:
            found.append(f"{file.relative_to(SITE)}: the first cell is {''.join(code[0]['source'])[:60]!r}")
    assert (SITE / "labs" / wheel.NAME).read_bytes() == wheel.made()
    fail(found, "A notebook that runs only where the course is installed already:")


@pytest.fixture
def elsewhere(tmp_path):
    """Run a notebook in an environment that has the course's libraries, and the course itself nowhere, offline."""
    venv.create(tmp_path / "environment", with_pip=True, symlinks=os.name != "nt")
    here = {"base": str(tmp_path / "environment"), "platbase": str(tmp_path / "environment")}
    packages = Path(sysconfig.get_path("purelib", "venv", here))
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    python = Path(sysconfig.get_path("scripts", "venv", here)) / Path(sys.executable).name
    own = {"MPLBACKEND": "agg", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | own

    def run(notebook: Path) -> subprocess.CompletedProcess:
        command = [str(python), "-c", CELLS, notebook.name]
        return subprocess.run(
            command, cwd=notebook.parent, env=environment, capture_output=True, encoding="utf-8", check=False
        )

    return run


def test_a_notebook_runs_where_the_course_is_not_installed(elsewhere, tmp_path):
    lab = LABS / "gradflow" / "02-lstm-gru.py"  # without TensorFlow, which takes longer to load than the lab to run
    notebook = tmp_path / "lab.ipynb"
    notebook.write_text(served.notebook(lab), encoding="utf-8")
    alone = elsewhere(notebook)
    assert alone.returncode != 0
    assert f"Download {wheel.NAME} into the folder of this notebook" in alone.stdout + alone.stderr
    shutil.copy(SITE / "labs" / wheel.NAME, tmp_path)
    together = elsewhere(notebook)
    assert together.returncode == 0, together.stdout + together.stderr
    assert "LSTM, forget bias 3" in together.stdout

"""A small site with two labs: how they are run, kept and shown, and what stops the build."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from coursesite.build import served, wheel
from coursesite.imports import closure

ROOT = Path(__file__).parents[2]
SETTINGS = """
site_name: Small
theme: {name: material, font: false}
plugins:
  - mkdocs-jupyter: {include: ["labs/**/*.py"], ignore: ["*.md"], execute: true, allow_errors: false}
hooks: [code/coursesite/build/served.py, code/coursesite/build/labs.py]
markdown_extensions: [attr_list, def_list, md_in_html, pymdownx.superfences, toc, coursesite.build.handles]
validation: {links: {absolute_links: relative_to_docs}}
"""
FIRST = """
# %% [markdown]
# # Lab 1 · First
#
# A lab with a [link](/one/01-first.md), and `code`. More of it.

# %%
from deepcourse.one import double

text = "a < b & c > d <b>"
print(text, end=" ")
print(double(4))

# %% alt="A \\"grey\\" square."
from PIL import Image

Image.new("L", (4, 4))
"""
PROJECT = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "deepcourse"
version = "1.2"
requires-python = ">=3.11,<3.14"
[tool.setuptools.packages.find]
where = ["code"]
"""
FILES = {
    "mkdocs.yml": SETTINGS,
    "requirements/course.txt": "",
    "pyproject.toml": PROJECT,
    "LICENSE": "MIT",
    "LICENSE-text": "CC BY",
    "docs/about/run.md": "# Run it\n",
    "runs/one/record.json": "{}",
    "docs/index.md": "# Home\n",
    "docs/one/01-first.md": "---\ntitle: The first post\n---\n\n# First\n",
    "docs/one/02-second.md": "---\ntitle: The second post\n---\n\n# Second\n",
    "docs/labs/one/01-first.py": FIRST.lstrip(),
    "docs/labs/one/02-second.py": "# %% [markdown]\n# # Lab 2\n#\n# Alone.\n\n# %%\n1 + 1\n",
    "code/deepcourse/__init__.py": "",
    "code/deepcourse/one.py": "def double(x):\n    return 2 * x\n",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """The small project, built once, with what the build said."""
    root = tmp_path_factory.mktemp("labs")
    shutil.copytree(ROOT / "code" / "coursesite", root / "code" / "coursesite")
    for path in closure((ROOT / "code" / "coursesite").rglob("*.py"), ROOT / "code"):  # of the course, records alone
        (root / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, root / path.relative_to(ROOT))
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root, build(root)


def build(root: Path) -> str:
    """Build the site; what the build says."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    environment = os.environ | {"PYTHONPATH": str(root / "code"), "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        command,
        check=False,
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    return done.stdout


def shown(root: Path, lab: str) -> BeautifulSoup:
    """The article of a lab's page."""
    page = (root / "site" / "labs" / "one" / lab / "index.html").read_text(encoding="utf-8")
    return BeautifulSoup(page, "html.parser").select_one("article")


def kept(root: Path) -> dict[str, str]:
    """The folder in which the run of each lab is kept."""
    return {path.parents[1].name: path.parent.name for path in (root / ".cache" / "labs").rglob("*.json")}


def test_labs_that_were_never_run_are_run_before_the_pages_are_made(house):
    root, said = house
    assert said.count("Cache hit") == 2, said
    assert set(kept(root)) == {"01-first", "02-second"}


def test_a_lab_shows_its_code_and_what_came_out_letter_by_letter(house):
    article = shown(house[0], "01-first")
    code = [pre.get_text() for pre in article.select("pre > code")]
    assert code[0] == re.search("# %%\n(.*?\n)\n# %%", FIRST, re.DOTALL)[1]
    printed, drawn = article.select(".output")
    assert [pre.get_text() for pre in printed.select("pre")] == ["a < b & c > d <b> 8\n"]
    assert drawn.img["alt"] == 'A "grey" square.'
    assert drawn.img["src"].startswith("data:image/png;base64,iVBOR")
    assert not article.select("style, script")


def test_the_head_of_a_lab_leads_to_its_post_and_its_notebook(house):
    article = shown(house[0], "01-first")
    links = {tag.get_text(): tag["href"] for tag in article.select(".post-head a")}
    assert links == {
        "The first post": "../../../one/01-first/",
        "download": "../01-first.ipynb",
        "its package": "../../deepcourse-1.2-py3-none-any.whl",
        "how to run it": "../../../about/run/",
    }
    assert article.select_one(".post-head ~ p a")["href"] == "../../../one/01-first/"
    assert (house[0] / "site" / "runs" / "one" / "record.json").is_file()


def test_a_lab_is_run_again_when_what_it_imports_changed_and_no_other_is(house):
    root = house[0]
    before = kept(root)
    (root / "code/deepcourse/one.py").write_text("def double(x):\n    return 3 * x\n", encoding="utf-8")
    said = build(root)
    after = kept(root)
    (root / "code/deepcourse/one.py").write_text(FILES["code/deepcourse/one.py"], encoding="utf-8")
    assert said.count("Cache hit") == said.count("Cache miss") == 1, said
    assert after["01-first"] != before["01-first"]
    assert after["02-second"] == before["02-second"]
    assert "12" in shown(root, "01-first").select_one(".output").get_text()


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("# %%\n1 / 0\n", "division by zero"),
        ('# %%\nfrom PIL import Image\nImage.new("L", (4, 4))\n', "labs/one/02-second.py: code cell 2 draws a figure"),
        ("# %% [markdown]\n# [nowhere](/one/03.md)\n", "link '/one/03.md', but the target is not found"),
    ],
)
def test_a_lab_that_fails_stops_the_build(house, cell, says):
    lab = house[0] / "docs/labs/one/02-second.py"
    text = lab.read_text(encoding="utf-8")
    lab.write_text(f"{text}\n{cell}", encoding="utf-8")
    said = build(house[0])
    lab.write_text(text, encoding="utf-8")
    assert says in said
    assert "Aborted" in said or "Traceback" in said


def test_a_notebook_installs_the_course_and_links_to_the_published_site():
    lab = ROOT / "docs" / "labs" / "lessons" / "02-mnist.py"
    there = json.loads(served.notebook(lab, "https://site.example/", "https://github.com/a/b"))["cells"]
    from_git = json.loads(served.notebook(lab, "", "https://github.com/a/b"))["cells"]
    here = json.loads(served.notebook(lab))["cells"]
    assert f"deepcourse @ https://site.example/labs/{wheel.NAME}" in "".join(there[1]["source"])
    assert "deepcourse @ git+https://github.com/a/b" in "".join(from_git[1]["source"])
    assert f"%pip install --quiet ./{wheel.NAME}" in "".join(here[1]["source"])
    assert "[lesson](https://site.example/lessons/02-mnist/)" in "".join(there[0]["source"])
    assert "the lesson derives" in " ".join("".join(here[0]["source"]).split())


def test_no_notebook_is_made_twice_of_a_lab_that_stays_as_it_is(monkeypatch):
    lab = ROOT / "docs" / "labs" / "lessons" / "02-mnist.py"
    first = served.notebook(lab, "https://site.example/")
    monkeypatch.setattr(served, "jupytext", None)
    assert served.notebook(lab, "https://site.example/") == first


def test_the_same_sources_give_the_same_wheel(house, monkeypatch):
    root = house[0]
    site = root / "site" / "labs" / "deepcourse-1.2-py3-none-any.whl"
    monkeypatch.setattr(wheel, "ROOT", root)
    monkeypatch.setattr(wheel, "NAME", site.name)
    monkeypatch.setattr(wheel, "PROJECT", tomllib.loads(PROJECT)["project"])
    (root / "code/deepcourse/one.py").touch()
    assert wheel.made() == site.read_bytes()
    with zipfile.ZipFile(site) as packed:
        assert packed.read("deepcourse/one.py").decode() == FILES["code/deepcourse/one.py"]

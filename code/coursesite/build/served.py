"""What the site serves beside its pages: records, licences, and each lab as a notebook with the package it imports.

MkDocs takes its files from docs/ alone, and a link there is lost on Windows; a notebook can't be reviewed, so none is
tracked.
"""

import functools
import os
import re
from pathlib import Path

import jupytext
import material
from mkdocs.structure.files import File
from nbformat.v4 import new_code_cell

from coursesite.build import wheel
from coursesite.build.labs import is_lab
from coursesite.build.maths import ROOT
from coursesite.build.numbers import RUNS

BESIDE = """from pathlib import Path
if not Path("{name}").exists():
    raise FileNotFoundError("Download {name} into the folder of this notebook; its page has both.") from None
%pip install --quiet ./{name}"""
LICENCES = {"LICENSE.txt": "LICENSE", "LICENSE-text.txt": "LICENSE-text"}  # with an ending, or a browser saves them
# The one style sheet that a page waits for: Material's, KaTeX's and the course's own.
SHEET, KATEX = "assets/css/course.css", "assets/css/katex.css"
LINK = re.compile(r"\[([^\]]*)\]\(/([^)#]*?)\.(?:md|py)((?:#[^)]*)?)\)")


def install_cell(site: str, repo: str) -> str:
    """The source of the first cell: where `deepcourse` can't be imported, it is installed from where the notebook is.

    A published site has the wheel at an address, a repository has the sources; without either, the wheel lies beside
    the notebook, since a reader downloads both.
    """
    if site or repo:
        origin = f"{site}labs/{wheel.NAME}" if site else f"git+{repo}"
        how = f'%pip install --quiet "{wheel.PROJECT["name"]} @ {origin}"'
    else:
        how = BESIDE.format(name=wheel.NAME)
    lines = "\n".join(f"    {line}" for line in how.split("\n"))
    return f"try:\n    import {wheel.PROJECT['name']}\nexcept ImportError:\n{lines}"


def notebook(lab: Path, site: str = "", repo: str = "") -> str:
    """A lab as a notebook that installs the course by itself; a link leads to the published site, if there is one."""
    return _notebook(lab.read_text(encoding="utf-8"), site, repo)


@functools.lru_cache(maxsize=64)
def _notebook(text: str, site: str, repo: str) -> str:
    made = jupytext.reads(text, fmt="py")
    made.cells.insert(1, new_code_cell(install_cell(site, repo)))
    for number, cell in enumerate(made.cells):
        cell["id"] = f"cell-{number}"
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(rf"[\1]({site}\2/\3)" if site else r"\1", cell.source)
    return jupytext.writes(made, fmt="ipynb")


def stylesheet(own: str, katex: str) -> str:
    """The style sheets of a page in one, in their order: three would each open a connection before the first paint.

    Comments stay behind, nearly two kilobytes of every first visit; a licence (`/*!`) would be kept.
    """
    (main,) = (Path(material.__file__).parent / "templates" / "assets" / "stylesheets").glob("main.*.min.css")
    whole = "\n".join((main.read_text(encoding="utf-8"), katex, own))
    return re.sub(r"\n{2,}", "\n", re.sub(r"/\*(?!!).*?\*/", "", whole, flags=re.DOTALL))


def on_config(config):
    """MkDocs' hook: what styles docstrings is linked by main.html, and only where some are."""
    config.extra_css[:] = [css for css in config.extra_css if css != "assets/_mkdocstrings.css"]


def on_files(files, config):
    """MkDocs' hook: what is served beside the pages."""
    for path in sorted(RUNS.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            name = f"runs/{path.relative_to(RUNS).as_posix()}"
            files.append(File.generated(config, name, abs_src_path=str(path)))
    sheets = [file for name in (SHEET, KATEX) if (file := files.get_file_from_path(name))]
    if len(sheets) == 2:  # or it is no course, but a small site with labs
        for file in sheets:
            files.remove(file)
        files.append(File.generated(config, SHEET, content=stylesheet(*(file.content_string for file in sheets))))
    repo = os.environ.get("REPO_URL", "").rstrip("/")
    for lab in [file for file in files if is_lab(file)]:
        text = notebook(Path(lab.abs_src_path), config.site_url or "", repo)
        files.append(File.generated(config, lab.src_uri.replace(".py", ".ipynb"), content=text))
    files.append(File.generated(config, f"labs/{wheel.NAME}", content=wheel.made()))
    for name, licence in LICENCES.items():
        files.append(File.generated(config, name, content=(ROOT / licence).read_text(encoding="utf-8")))
    return files

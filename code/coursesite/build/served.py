"""What the site serves beside its pages: the records, and each lab as a notebook for Jupyter and Colab.

MkDocs takes its files from docs/ alone, and a link there is lost on Windows; a notebook can't be reviewed, so none is
tracked.
"""

import functools
import os
import re
from pathlib import Path

import jupytext
from mkdocs.structure.files import File
from nbformat.v4 import new_code_cell

from coursesite.build.labs import is_lab
from coursesite.build.numbers import RUNS

LINK = re.compile(r"\[([^\]]*)\]\(/([^)#]*?)\.(?:md|py)((?:#[^)]*)?)\)")


def install_cell(repo: str) -> str:
    """The source of the first cell: nothing happens where `deepcourse` can be imported."""
    how = (
        f'    %pip install --quiet "deepcourse @ git+{repo}"'
        if repo
        else '    raise SystemExit("Install the course first: pip install . in a copy of its repository.")'
    )
    return f"try:\n    import deepcourse\nexcept ImportError:\n{how}"


def notebook(lab: Path, site: str = "", repo: str = "") -> str:
    """A lab as a notebook that installs the course by itself; a link leads to the published site, if there is one."""
    return _notebook(lab.read_text(encoding="utf-8"), site, repo)


@functools.lru_cache(maxsize=64)
def _notebook(text: str, site: str, repo: str) -> str:
    made = jupytext.reads(text, fmt="py")
    made.cells.insert(1, new_code_cell(install_cell(repo)))
    for number, cell in enumerate(made.cells):
        cell["id"] = f"cell-{number}"
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(rf"[\1]({site}\2/\3)" if site else r"\1", cell.source)
    return jupytext.writes(made, fmt="ipynb")


def on_files(files, config):
    """MkDocs' hook: every file of a record and the notebook of every lab is one of the site, too."""
    for path in sorted(RUNS.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            name = f"runs/{path.relative_to(RUNS).as_posix()}"
            files.append(File.generated(config, name, abs_src_path=str(path)))
    repo = os.environ.get("REPO_URL", "").rstrip("/")
    for lab in [file for file in files if is_lab(file)]:
        text = notebook(Path(lab.abs_src_path), config.site_url or "", repo)
        files.append(File.generated(config, lab.src_uri.replace(".py", ".ipynb"), content=text))
    return files

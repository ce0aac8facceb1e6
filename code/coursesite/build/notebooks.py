"""Writes each lab as a notebook for Jupyter and Colab: `python -m coursesite.build.notebooks`.

The notebook of `docs/labs/NN-slug.py` lies beside it and is not tracked. Its first cell installs the course where it
is not installed, from the repository that the environment names; without one it says how to get the course.
"""

import os
from pathlib import Path

import jupytext
from nbformat.v4 import new_code_cell

LABS = Path(__file__).parents[3] / "docs" / "labs"


def install_cell(repo: str) -> str:
    """The source of the first cell: nothing happens where `deepcourse` can be imported."""
    how = (
        f'    %pip install --quiet "deepcourse @ git+{repo}"'
        if repo
        else '    raise SystemExit("Install the course first: pip install . in a copy of its repository.")'
    )
    return f"try:\n    import deepcourse\nexcept ImportError:\n{how}"


def main():
    """Convert every lab whose notebook would differ from what lies there."""
    repo = os.environ.get("REPO_URL", "").rstrip("/")
    for lab in sorted(LABS.rglob("*.py")):
        notebook = jupytext.read(lab)
        notebook.cells.insert(1, new_code_cell(install_cell(repo)))
        for number, cell in enumerate(notebook.cells):
            cell["id"] = f"cell-{number}"
        text = jupytext.writes(notebook, fmt="ipynb")
        target = lab.with_suffix(".ipynb")
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

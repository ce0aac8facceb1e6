"""What the course says of itself: its authors, how it is cited, and its labs to take away.

Authors and title are those of CITATION.cff, versions those of pyproject.toml.
"""

import functools
import os
import re

import yaml

from coursesite import series
from coursesite.build import wheel
from coursesite.build.maths import ROOT

DOCS = ROOT / "docs"
REPO = os.environ.get("REPO_URL", "").rstrip("/")
COLAB = "https://colab.research.google.com/github/"
TITLE = re.compile(r"^# # (.+)$", re.MULTILINE)


@functools.cache
def citation() -> dict:
    """What CITATION.cff says."""
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def authors() -> str:
    """The authors' names; a name that holds the title of the course says "this course"."""
    cited = citation()
    names = [each.get("name") or f"{each['given-names']} {each['family-names']}" for each in cited["authors"]]
    ours = f"The contributors of {cited['title']}"
    return ", ".join("the contributors of this course" if name == ours else name for name in names)


def bibtex(site: str, year: int) -> str:
    """An entry for a bibliography."""
    cited = citation()
    names = [
        f"{{{each['name']}}}" if "name" in each else f"{each['family-names']}, {each['given-names']}"
        for each in cited["authors"]
    ]
    fields = {"author": " and ".join(names), "title": f"{{{cited['title']}}}", "year": str(year)}
    if address := site or REPO:
        fields["url"] = address
    lines = "".join(f"  {name} = {{{text}}},\n" for name, text in fields.items())
    return f"```bibtex\n@misc{{{wheel.PROJECT['name']},\n{lines}}}\n```\n"


def pythons() -> str:
    """The versions of Python that pyproject.toml allows: `3.11, 3.12 or 3.13`."""
    least, below = map(int, re.fullmatch(r">=3\.(\d+),<3\.(\d+)", wheel.PROJECT["requires-python"]).groups())
    *others, last = [f"3.{minor}" for minor in range(least, below)]
    return f"{', '.join(others)} or {last}"


def package(site: str, labs: str = "../../labs") -> str:
    """The package that a notebook installs, to download with it, where there is no address `site` or `REPO` for it."""
    return "" if site or REPO else f'with <a href="{labs}/{wheel.NAME}" download>its package</a>'


def colab(lab: str) -> str:
    """A link that opens the notebook of a lab in Colab, which opens those of GitHub alone; '' anywhere else."""
    host, _, owner = REPO.split("://", 1)[-1].partition("/")
    return f"[open in Colab]({COLAB}{owner}/blob/notebooks/{lab}.ipynb)" if host == "github.com" else ""


def labs_table() -> str:
    """Every lab, as the posts are ordered: to read, to download, and to open in Colab. For a page of about/."""
    rows = []
    for name in [f"labs/{each.name}" for each in series.entries(DOCS) if each.readable]:
        title = TITLE.search((DOCS / f"{name}.py").read_text(encoding="utf-8"))[1]
        ways = [f'<a href="../../{name}.ipynb" download>download</a>', colab(name.removeprefix("labs/"))]
        rows.append(f"| [{title}](/{name}.py) | {', '.join(filter(None, ways))} |")
    return "\n".join(["| lab | notebook |", "|---|---|", *rows])

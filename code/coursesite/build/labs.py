"""A lab is a page of Markdown that mkdocs-jupyter makes by running it; from there it is a page like any other.

Jupyter finds our template for mkdocs-jupyter before its own (`JUPYTER_PATH`), so that what comes out of a run is
Markdown without styles and scripts. It is kept in a folder named after all that the run depends on: the lab, what it
imports, the pinned packages. Labs that were never run are run two at a time. An image takes its text alternative from
its cell: `# %% alt="What the figure shows."`
"""

import functools
import hashlib
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.plugins import event_priority

from coursesite import reading
from coursesite.build import about
from coursesite.build.maths import ROOT
from coursesite.imports import closure

JUPYTER = Path(__file__).with_name("jupyter")
CACHE = ROOT / ".cache" / "labs"
AT_ONCE = 2
PLUGIN = "mkdocs-jupyter"
START = re.compile(r"\s*# (.+)\n\s*\n((?:.+\n)+)([^\0]*)")  # title, first paragraph, the rest
os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(JUPYTER), os.environ.get("JUPYTER_PATH")]))


class LabError(Exception):
    """A lab that cannot be shown as it is."""


@functools.cache
def folder(lab: Path) -> Path:
    """Where the run of a lab is kept: another one as soon as anything changed that could change its results.

    It stays while `mkdocs serve` runs, so that a saved module shows at once in the posts: a lab is run again there when
    the lab itself is saved, and all that changed when the site is built anew.
    """
    read = [*sorted(closure([lab], ROOT / "code")), ROOT / "requirements" / "course.txt", *JUPYTER.rglob("*.j2")]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in read)).hexdigest()
    return CACHE / lab.relative_to(ROOT / "docs" / "labs").with_suffix("") / digest[:16]


def is_lab(file) -> bool:
    """Whether a file of the site is one of `docs/labs/**/*.py`."""
    return file.src_uri.startswith("labs/") and file.src_uri.endswith(".py")


def on_nav(nav, config, files):
    """MkDocs' hook, when the files are known: run the labs that were never run, if there are several."""
    names = [file.src_uri for file in files if is_lab(file) and not folder(Path(file.abs_src_path)).exists()]
    if len(names) > 1:
        command = (sys.executable, "-m", "coursesite.build.labs")
        with ThreadPoolExecutor(AT_ONCE) as pool:  # one that fails is run again below, where it stops the build
            list(
                pool.map(
                    lambda name: subprocess.run([*command, name], cwd=ROOT, capture_output=True, check=False), names
                )
            )


def run(name: str):
    """Fill the cache of one lab: a build of it alone, by the settings that the site has for mkdocs-jupyter."""
    options = dict(load_config(str(ROOT / "mkdocs.yml")).plugins[PLUGIN].config)
    options["cache_dir"] = str(folder(ROOT / "docs" / name))
    with tempfile.TemporaryDirectory() as site:
        alone = {"exclude_docs": f"*\n!/{name}", "nav": None, "theme": "mkdocs", "hooks": [], "markdown_extensions": []}
        build(load_config(str(ROOT / "mkdocs.yml"), site_dir=site, plugins=[{PLUGIN: options}], **alone))


@event_priority(100)
def on_pre_page(page, config, files):
    """MkDocs' hook, before mkdocs-jupyter's: say where the run of this lab is kept, and forget its older ones."""
    if is_lab(page.file):
        kept = folder(Path(page.file.abs_src_path))
        config.plugins[PLUGIN].config["cache_dir"] = str(kept)
        for old in kept.parent.glob("*"):
            if old != kept:
                shutil.rmtree(old)
    return page


def on_page_markdown(markdown, page, config, files):
    """MkDocs' hook, after the macros: the Markdown of a lab, with the box at its head."""
    if not is_lab(page.file):
        return markdown
    page.render(config, files)  # mkdocs-jupyter's: by our template its HTML is Markdown
    del page.render
    made = html.unescape(page.content).replace('</pre><pre tabindex="0">', "")  # printed bit by bit
    made = re.sub("^<details>", '<details markdown="1">', made, flags=re.MULTILINE)  # which a notebook does by itself
    if 'alt="">' in made:
        number = made[: made.index('alt="">')].count("``````python\n")
        raise LabError(
            f"{page.file.src_uri}: code cell {number} draws a figure without a text alternative: "
            'write `# %% alt="…"` above it'
        )
    if not (start := START.match(made)):
        raise LabError(f"{page.file.src_uri} must begin with a text cell: `# # Title`, `#`, and a first paragraph")
    title, first, text = start.groups()
    page.meta.update(title=title, description=sentence(first))
    return f"# {title}\n\n{head(page, config)}\n\n{first}\n{text}"


def sentence(paragraph: str) -> str:
    """The first sentence of a paragraph, without its marks."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", " ".join(paragraph.split()))
    return re.match(r".*?[.:](?= |$)", plain)[0]


def head(page, config) -> str:
    """The box below a lab's title: its post, and the notebook, with the package where there is no address for it."""
    lab = Path(page.file.abs_src_path)
    post = ROOT / "docs" / page.file.src_uri.removeprefix("labs/").replace(".py", ".md")
    if not post.exists():
        raise LabError(f"{page.file.src_uri} belongs to no post; write docs/{post.parent.name}/{post.name}")
    title = reading.front_matter(post.read_text(encoding="utf-8"))["title"]
    ways = [f'<a href="../{lab.stem}.ipynb" download>download</a>']
    ways += [
        about.package(config.site_url or "", "../.."),
        about.colab(f"{post.parent.name}/{post.stem}"),
        "[how to run it](/about/run.md)",
    ]
    return (
        '<div class="post-head" markdown="1">\n\n'
        f"Post\n:   [{title}](/{post.parent.name}/{post.name})\n\n"
        f"Notebook\n:   {', '.join(filter(None, ways))}\n\n</div>"
    )


if __name__ == "__main__":
    run(sys.argv[1])

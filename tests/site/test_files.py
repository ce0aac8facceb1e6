"""The files of the project come out of git as they went in, on every system."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GENERATED = {".git", ".nox", ".cache", "node_modules", "site", "tmp"}


def links(root):
    """The symbolic links below a folder, but for what is generated."""
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in GENERATED]
        found += [Path(folder, name) for name in [*folders, *files] if Path(folder, name).is_symlink()]
    return [path.relative_to(root).as_posix() for path in found if path.name not in GENERATED]


def test_no_file_is_a_symbolic_link_which_windows_makes_a_text_of():
    assert links(ROOT) == []


def test_a_symbolic_link_is_found(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "node_modules").symlink_to(tmp_path / "docs")
    (tmp_path / "docs/runs").symlink_to(tmp_path / "docs")
    (tmp_path / "docs/a.md").symlink_to(tmp_path / "b.md")
    assert sorted(links(tmp_path)) == ["docs/a.md", "docs/runs"]


@pytest.mark.parametrize(
    "name",
    ["runs/mnist/headline.csv", "runs/mnist/headline.json", "runs/mnist/net.svg", "runs/mnist/front.webp", ".ci/run"],
)
def test_a_checkout_with_the_line_ends_of_windows_changes_no_byte(tmp_path, name):
    here, there = tmp_path / "here", tmp_path / "there"
    (here / name).parent.mkdir(parents=True)
    for each in (name, ".gitattributes"):
        shutil.copy(ROOT / each, here / each)
    author = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "core.autocrlf=true"]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message=test"]):
        subprocess.run(["git", *author, *command], cwd=here, check=True, capture_output=True)
    subprocess.run(["git", "clone", "--quiet", "--config=core.autocrlf=true", here, there], check=True)
    assert (there / name).read_bytes() == (ROOT / name).read_bytes()

"""A post is pasted again only when what its answer depends on has changed."""

import paste
import pasted
import pytest

BLOCK = {"text": "import helper\n\nhelper.HELP", "raises": False}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A small project in place of this one, with one module and its pinned packages."""
    monkeypatch.setattr(pasted, "ROOT", tmp_path)
    for name in ("code/helper.py", "code/other.py", "tests/paste.py", "course.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    monkeypatch.setattr(pasted, "PACKAGES", tmp_path / "course.txt")
    monkeypatch.setattr(paste, "__file__", str(tmp_path / "tests" / "paste.py"))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "again"),
    [("code/helper.py", True), ("code/other.py", False), ("tests/paste.py", True), ("course.txt", True)],
)
def test_what_a_block_imports_the_way_of_pasting_and_the_packages_count(project, name, again):
    before = pasted.fingerprint([BLOCK])
    assert before == pasted.fingerprint([BLOCK])
    (project / name).write_text("HELP = 1\n", encoding="utf-8")
    assert (pasted.fingerprint([BLOCK]) != before) is again


def test_what_is_copied_counts(project):
    prints = {pasted.fingerprint([block]) for block in (BLOCK, BLOCK | {"raises": True}, BLOCK | {"text": "1"})}
    assert len({*prints, pasted.fingerprint([BLOCK, BLOCK])}) == 4


def test_nothing_is_on_record_without_a_record(project, monkeypatch):
    monkeypatch.setattr(pasted, "RECORD", project / "none.json")
    assert pasted.on_record() == {}

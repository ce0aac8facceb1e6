"""When a page last changed, by git or by the page of changes, and what a feed refuses."""

import datetime
import subprocess

import pytest
from coursesite.build import changes


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A repository of one page, which changed twice."""
    (tmp_path / "docs" / "about").mkdir(parents=True)
    (tmp_path / "docs" / "about" / "changes.md").write_text("## 3 June 2026\n\n## May 2026\n", encoding="utf-8")
    author = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    for text, date in (("one", "2026-05-01T12:00:00Z"), ("two", "2026-05-09T12:00:00Z")):
        (tmp_path / "docs" / "page.md").write_text(text, encoding="utf-8")
        subprocess.run(["git", "add", "docs/page.md"], cwd=tmp_path, check=True)
        command = ["git", *author, "commit", "--quiet", "--message=test"]
        subprocess.run(command, cwd=tmp_path, check=True, env={"GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date})
    monkeypatch.setattr(changes, "ROOT", tmp_path)
    changes.committed.cache_clear()
    yield tmp_path
    changes.committed.cache_clear()


def test_a_page_has_the_date_of_its_last_commit(course):
    assert changes.committed() == {"docs/page.md": "2026-05-09"}
    assert changes.latest() == datetime.date(2026, 6, 3)


def test_a_copy_without_the_whole_history_dates_no_page(course, tmp_path, monkeypatch):
    subprocess.run(["git", "clone", "--quiet", "--depth=1", f"file://{course}", tmp_path / "copy"], check=True)
    monkeypatch.setattr(changes, "ROOT", tmp_path / "copy")
    changes.committed.cache_clear()
    assert changes.committed() == {}


def test_a_page_of_changes_without_any_makes_no_feed(course):
    with pytest.raises(ValueError, match="lists no change: write `## November 2026`"):
        changes.feed("# What changed\n\nNothing.\n", {}, None)

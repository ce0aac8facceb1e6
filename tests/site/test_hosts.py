"""Colab opens notebooks from github.com only: elsewhere no page links to it."""

import re
from types import SimpleNamespace

import pytest
from coursesite.build import about, paths, wheel

POST = SimpleNamespace(file=SimpleNamespace(src_uri="lessons/02-mnist.md"), meta={"redo": "3 hours"})


@pytest.mark.parametrize(
    ("repo", "link"),
    [
        ("https://github.com/some/one", "https://colab.research.google.com/github/some/one/blob/notebooks/"),
        ("https://git.example.org/some/one", None),
        ("https://notgithub.com/some/one", None),
        ("", None),
    ],
)
def test_a_lab_is_opened_in_colab_from_github_alone(repo, link, monkeypatch):
    monkeypatch.setattr(about, "REPO", repo)
    shown = paths.head(POST)
    assert ("colab" in shown) == (link is not None)
    assert (link or "") in shown


@pytest.mark.parametrize(
    ("site", "repo"), [("", ""), ("https://course.example.org/", ""), ("", "https://github.com/a/b")]
)
def test_a_post_offers_the_package_where_its_notebook_has_no_address_for_it(site, repo, monkeypatch):
    monkeypatch.setattr(about, "REPO", repo)
    shown = paths.head(POST, site)
    assert (f'href="../../labs/{wheel.NAME}"' in shown) == (not (site or repo))


def test_what_it_takes_to_redo_a_post_stands_beside_the_minutes_of_reading():
    assert "minutes; 3 hours to be able to redo it" in paths.head(POST)
    assert "redo" not in paths.head(SimpleNamespace(file=POST.file, meta={}))
    took = paths.head(SimpleNamespace(file=POST.file, meta={"read": "an hour", "redo": "3 hours"}))
    assert re.search(
        r"an hour \(estimated by reading it; \d+ minutes by its length\); 3 hours to be able to redo it", took
    )

"""The posts of a course, written and announced: their names, their order, and the map of what needs what."""

import re

import pytest
from coursesite import series
from coursesite.build import needs, paths

FILES = {
    "index.md": """---
title: Course
coming:
  lessons/01-first: {title: First, says: It begins., needs: []}
  lessons/02-second: {title: Second, says: Forgotten., needs: []}
  lessons/04-fourth: {title: Fourth, says: It ends., needs: [lessons/02-second.md, lessons/03-third.md]}
map:
  - "1 2"
  - "3 ."
---
""",
    "lessons/index.md": "---\ntitle: Lessons\n---\n",
    "lessons/02-second.md": "---\ntitle: The second\nresult: It holds.\nslug: second\nneeds: []\n---\n",
    "lessons/03-third.md": "---\ntitle: Third\nslug: third\nneeds: [lessons/02-second.md]\n---\n",
    "lessons/03-third-part.md": "---\ntitle: Part\nslug: third\nneeds: []\ndraft: true\n---\n",
    "gradflow/01-one-two.md": "---\ntitle: One\nslug: gradflow\nneeds: [lessons/03-third.md]\n---\n",
    "gradflow/01-one-two-more.md": "---\ntitle: More\nslug: gradflow\npart: more\nneeds: []\ndraft: true\n---\n",
}


MENU = """nav:
  - Course: index.md
  - Lessons:
      - lessons/index.md
      - lessons/02-second.md
      - lessons/03-third.md
  - gradflow:
      - gradflow/01-one-two.md
  - Labs:
      - labs/lessons/02-second.py
"""


@pytest.fixture
def docs(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(MENU, encoding="utf-8")
    return tmp_path / "docs"


def test_a_post_speaks_for_itself_once_it_can_be_read_and_a_draft_is_not_named(docs):
    found = {each.name: (each.title, each.says, each.readable) for each in series.entries(docs)}
    assert found == {
        "lessons/01-first": ("First", "It begins.", False),
        "lessons/02-second": ("The second", "It holds.", True),
        "lessons/03-third": ("Third", "", True),
        "lessons/04-fourth": ("Fourth", "It ends.", False),
        "gradflow/01-one-two": ("One", "", True),
    }
    assert list(found) == [each.name for each in sorted(series.entries(docs), key=lambda each: each.order)]


@pytest.mark.parametrize(
    ("page", "full", "readable"),
    [
        ("lessons/02-second.md", "Lesson 2: The second", True),
        ("labs/lessons/02-second.py", "Lesson 2: The second", True),
        ("lessons/03-third-part.md", "Lesson 3, part: Part", False),
        ("gradflow/01-one-two.md", "gradflow 1: One", True),
        ("gradflow/01-one-two-more.md", "gradflow 1, more: More", False),
    ],
)
def test_a_post_and_its_lab_are_found_by_their_paths(docs, page, full, readable):
    found = series.entry(docs, page)
    assert (found.full, found.readable) == (full, readable)


@pytest.mark.parametrize(
    ("page", "line"),
    [
        ("lessons/02-second.md", "Lesson 2 of 4"),
        ("lessons/03-third.md", "Lesson 3 of 4"),  # nothing tells of its draft
        ("lessons/03-third-part.md", "Lesson 3, part 2 of 2"),
        ("gradflow/01-one-two.md", "gradflow 1 of 1"),
        ("gradflow/01-one-two-more.md", "gradflow 1, part 2 of 2"),
    ],
)
def test_the_line_above_a_title_says_which_one_a_post_is(docs, page, line):
    assert paths.where(docs, series.entry(docs, page)) == line


def test_the_parts_of_a_lesson_stand_as_in_the_menu_and_announced_ones_come_after_them(docs):
    part = docs / "lessons/03-third-part.md"
    part.write_text(part.read_text(encoding="utf-8").replace("draft: true\n", ""), encoding="utf-8")
    menu, post = docs.with_name("mkdocs.yml"), "      - lessons/03-third.md\n"
    menu.write_text(MENU.replace(post, "      - lessons/03-third-part.md\n" + post), encoding="utf-8")
    index = docs / "index.md"
    more = "coming:\n  lessons/03-third-and-last: {title: Last, says: Not yet., needs: []}\n"
    index.write_text(index.read_text(encoding="utf-8").replace("coming:\n", more), encoding="utf-8")
    found = [paths.where(docs, series.entry(docs, f"lessons/03-third{each}.md")) for each in ("-part", "")]
    assert found == ["Lesson 3, part 1 of 3", "Lesson 3, part 2 of 3"]
    lesson = [each.name.removeprefix("lessons/03-") for each in series.entries(docs) if each.number == 3]
    assert lesson == ["third-part", "third", "third-and-last"]


@pytest.mark.parametrize("page", ["index.md", "lessons/index.md", "labs/index.md", "lessons/01-first.md"])
def test_any_other_page_is_none_of_them(docs, page):
    assert series.entry(docs, page) is None


def test_the_map_has_a_box_for_each_post_and_links_those_that_can_be_read(docs):
    drawn = needs.drawing(docs, "about/")
    assert drawn.count("<rect") == len(series.entries(docs))
    assert re.findall(r'<a href="([^"]*)"', drawn) == [
        "../lessons/02-second/",
        "../lessons/03-third/",
        "../gradflow/01-one-two/",
    ]
    assert "lesson 4 needs lesson 3;" in drawn


def test_an_arrow_that_follows_from_others_is_left_out(docs):
    pairs = [(a.place, b.place) for a, b in series.reduced(series.entries(docs))]
    assert pairs == [("lesson 2", "lesson 3"), ("lesson 3", "lesson 4"), ("lesson 3", "gradflow 1")]
    assert needs.drawing(docs, "").count('marker-end="') == len(pairs)


def test_a_post_without_a_place_in_the_rows_comes_below_them(docs):
    at = needs.placed(series.entries(docs), ["1 2", "3 ."])
    assert at["lessons/03-third"] == (0, 1)
    assert at["lessons/04-fourth"] == (0, 2)
    assert at["gradflow/01-one-two"] == (1, 2)


def test_of_the_records_of_a_lesson_in_parts_each_part_lists_those_that_it_names(docs, monkeypatch):
    monkeypatch.setattr(paths, "DOCS", docs)
    monkeypatch.setattr(paths.numbers, "records", lambda: ["third/one", "third/two", "second/one"])
    part = docs / "lessons/03-third-part.md"
    part.write_text(part.read_text(encoding="utf-8").replace("draft: true\n", ""), encoding="utf-8")
    for name, number in [("", "one"), ("-part", "two")]:
        page = docs / f"lessons/03-third{name}.md"
        page.write_text(page.read_text(encoding="utf-8") + f"[= runs.third.{number}.x =]\n", encoding="utf-8")
        listed = paths._behind(series.entry(docs, f"lessons/03-third{name}.md"))["Records"]
        assert re.findall(r"\[([^\]]*)\]", listed) == [f"third/{number}"]

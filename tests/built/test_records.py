"""A measured number leads to its own row on the page of the records, and finds itself there."""

import json

import pytest
from built import SITE, fail


@pytest.fixture(scope="session")
def rows(content) -> dict[str, str]:
    """What each row of the records says, by the ids in it."""
    page = next(page for page in content if page.url == "/reference/records/")
    found = {}
    for row in page.article.select("dl.record > div"):
        for tag in [row, *row.select("[id]")]:
            if tag.get("id"):
                found[tag["id"]] = row.get_text()
    return found


def test_a_number_leads_to_its_row(content, rows):
    found, links = [], 0
    for page in content:
        for link in page.article.select("a.measured"):
            links += 1
            file, anchor = page.target(link["href"])
            row = rows.get(anchor, "") if file.parts[-3:] == ("reference", "records", "index.html") else ""
            if link.get_text() not in row:
                found.append(f"{page.url}: {link.get_text()} leads to the row {row!r} of the records, #{anchor}")
    assert links, "no page has a measured number"
    fail(found, "See coursesite.build.recorded:")


def test_a_row_that_no_number_leads_to_carries_no_address(content, rows):
    linked = {link["href"].partition("#")[2] for page in content for link in page.article.select("a.measured")}
    assert set(rows) == linked, "an id that nothing leads to is half of what a row weighs"


def test_the_index_names_every_record(content):
    page = next(page for page in content if page.url == "/reference/records/")
    named = {link["href"] for link in page.article.select(".record-index a")}
    assert named == {f"#{heading['id']}" for heading in page.article.select("h2[id]")}


def test_what_a_stage_printed_stands_as_it_was_printed(content):
    shown = [code.get_text() for page in content for code in page.article.select("code.printed")]
    records = (json.loads(path.read_text(encoding="utf-8")) for path in (SITE.parent / "runs").rglob("*.json"))
    printed = {"\n".join(record["printed"]) for record in records if "printed" in record}
    fail(sorted(set(shown) - printed), "No record says what these blocks show; Markdown may have changed a sign:")

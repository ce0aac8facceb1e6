"""A lab's page is a page of ours, and its notebook can be downloaded."""

import json

import pytest
from built import fail


@pytest.fixture(scope="session")
def labs(content):
    """The pages of the labs."""
    found = [page for page in content if page.url.startswith("/labs/") and page.url != "/labs/"]
    assert found, "no page below /labs/: docs/labs/*.py did not become pages"
    return found


def test_a_lab_brings_no_style_and_no_script(labs):
    found = [
        f"{lab.url}: <{tag.name}> of {len(str(tag)):,} bytes"
        for lab in labs
        for tag in lab.article.select("style, script")
    ]
    found += [f"{lab.url}: class {tag['class'][0]}" for lab in labs for tag in lab.article.select('[class^="jp-"]')[:1]]
    fail(found, "What mkdocs-jupyter inlines; is coursesite/build/jupyter found?")


def test_a_lab_was_run(labs):
    fail([lab.url for lab in labs if not lab.article.select(".output")], "A lab without any output was not run:")


def test_a_lab_can_be_downloaded_as_a_notebook(labs):
    found = []
    for lab in labs:
        links = [tag["href"] for tag in lab.article.select("a[download]")]
        files = [target[0] for link in links if (target := lab.target(link)) and target[0].suffix == ".ipynb"]
        if not files:
            found.append(f"{lab.url}: no link to a notebook")
        for file in files:
            if not file.is_file() or not json.loads(file.read_text(encoding="utf-8")).get("cells"):
                found.append(f"{lab.url}: {file.name} is missing or has no cells")
    fail(found, "Notebooks to download:")

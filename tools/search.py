"""Where the search finds what readers look for: `python -m tools.search`, on the site that was built last.

Chromium opens the front page and types each of 25 queries into the field, as a reader would. The record is
runs/site/search.json: how many have a right page among the first three, how many find nothing, and the place of the
first right page for each, 0 where there is none. What the search lists is pages with their sections; a page is right
if a section that it lists answers the query.
"""

import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from deepcourse import records
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests" / "helpers"))  # Chromium and the server of the tests
import built  # noqa: E402 - found by the path above
import chromium  # noqa: E402 - found by the path above

FIRST = 3  # pages that a reader looks at before typing something else
L2, RECIPE = "lessons/02-mnist/", "lessons/02-mnist-recipe/"
G1, G2, G3 = "gradflow/01-matmul-conv2d/", "gradflow/02-lstm-gru/", "gradflow/03-batchnorm/"
GLOSSARY, NOTATION, RUN = "reference/glossary/", "reference/notation/", "about/run/"
CITE = "about/cite/"
REFERENCE = "reference/code/"
# Each query with what answers it, a section or a whole page. Where a glossary entry is right as well as a section of a
# post, the one says it in a sentence, and links to the other, which derives it.
QUERIES = {
    "softmax": (f"{L2}#linear", f"{GLOSSARY}#softmax"),
    "dropout": (f"{RECIPE}#dropout", f"{GLOSSARY}#dropout"),
    "adam": (f"{RECIPE}#adam", f"{GLOSSARY}#adam"),
    "vanishing gradient": (f"{G2}#jacobians", f"{G2}#carousel", f"{GLOSSARY}#vanishing-gradient"),
    "what is a batch": (f"{GLOSSARY}#batch", f"{L2}#linear"),
    "learning rate": (f"{RECIPE}#adam", f"{G3}#scale", f"{GLOSSARY}#learning-rate"),
    "forget gate": (f"{G2}#lstm", f"{G2}#carousel", f"{GLOSSARY}#forget-gate"),
    "conv2d padding same": (f"{G1}#conv2d",),
    "batch norm inference": (f"{G3}#frozen", f"{GLOSSARY}#batch-normalization"),
    "exercises": tuple(f"{post}#exercises" for post in (L2, RECIPE, G1, G2, G3)),  # no post is named
    "notation D": (f"{NOTATION}#axes", NOTATION),
    "relu dead": (f"{L2}#bend", f"{G1}#small-steps", f"{GLOSSARY}#relu"),  # its gradient where the unit is off
    "overfitting": (f"{RECIPE}#dropout", f"{RECIPE}#run", f"{GLOSSARY}#overfitting"),
    "initialisation": (f"{L2}#start", f"{GLOSSARY}#initialization"),
    "cross entropy derivative": (f"{G1}#small-steps", f"{L2}#linear", f"{GLOSSARY}#cross-entropy"),  # G1 derives it
    "lstm mask": (f"{G2}#masks",),
    "truncated bptt": (f"{G2}#truncation", f"{GLOSSARY}#truncation"),
    "im2col": (f"{G1}#im2col", f"{GLOSSARY}#im2col"),
    "transposed convolution": (f"{G1}#transposed", f"{GLOSSARY}#transposed-convolution"),
    "gradient check": (f"{G1}#forward", f"{GLOSSARY}#gradient-check"),
    "colab": (RUN,),
    "download notebook": (RUN,),
    "python version": (RUN,),
    "licence": (RUN, CITE),  # either may say it
    "author": (RUN, CITE),
}
LISTED = """() => {
  const items = [...document.querySelectorAll(".md-search-result__item")]
  if (items.some(item => item.dataset.seen)) return null
  if (!items.length && !/no matching/i.test(document.querySelector(".md-search-result__meta").textContent)) return null
  return items.map(item => [...item.querySelectorAll("a.md-search-result__link")].map(link => link.href))
}"""


def listed(tab: Page, query: str, base: str) -> list[list[str]]:
    """Type a query into the field of an open search: the addresses of each page that is listed, in order.

    Args:
        tab: a page of the site, its search open.
        query: at least two characters.
        base: the address of the site, with a slash at its end.
    """
    tab.evaluate("for (const item of document.querySelectorAll('.md-search-result__item')) item.dataset.seen = 1")
    field = tab.locator(".md-search__input")
    field.fill(query[:-1])  # no key was pressed yet: Material looks at the next one
    field.press_sequentially(query[-1])
    pages = tab.wait_for_function(LISTED).json_value()
    paths = [[urlsplit(address) for address in page] for page in pages]
    start = urlsplit(base).path
    return [[p.path.removeprefix(start) + (f"#{p.fragment}" if p.fragment else "") for p in page] for page in paths]


def right(address: str, answers: tuple[str, ...]) -> bool:
    """Whether an address is one of the answers, or on a page that answers as a whole."""
    return any(answer in (address, address.partition("#")[0]) for answer in answers)


def rank(pages: list[list[str]], answers: tuple[str, ...]) -> int:
    """The place of the first right page, from 1, or 0."""
    places = [place for place, page in enumerate(pages, 1) if any(right(each, answers) for each in page)]
    return min(places, default=0)


def measure(tab: Page, base: str, queries: dict[str, tuple[str, ...]]) -> dict:
    """The values of the record.

    Args:
        tab: an empty tab.
        base: the address of the site, with a slash at its end.
        queries: each with the addresses that answer it.
    """
    tab.goto(base)
    tab.locator("html.js").wait_for(state="attached")
    tab.keyboard.press("/")
    found = {query: listed(tab, query, base) for query in queries}
    ranks = {query: rank(pages, queries[query]) for query, pages in found.items()}
    code = [
        query for query, pages in found.items() if pages and ranks[query] != 1 and pages[0][0].startswith(REFERENCE)
    ]
    return {
        "queries": len(queries),
        "right_in_first_three": sum(0 < place <= FIRST for place in ranks.values()),
        "right_first": sum(place == 1 for place in ranks.values()),
        "failed_queries": sum(not pages for pages in found.values()),
        "code_first": len(code),
        "rank": {query.replace(" ", "_"): place for query, place in ranks.items()},
    }


def main() -> None:
    """Measure, and write the record."""
    start = time.perf_counter()
    with chromium.served(built.SITE) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        values = measure(browser.new_page(), base, QUERIES)
        browser.close()
    for query, place in values["rank"].items():
        print(f"{place:3} {query.replace('_', ' ')}")
    record = {
        "command": "python -m tools.search",
        "values": values,
        "units": dict.fromkeys([*values, *(f"rank.{query}" for query in values["rank"])], "count"),
        "settings": {"first": FIRST},
        "seeds": [],
        "data": {"name": "the index of the built site, and the queries in tools/search.py"},
        "seconds": round(time.perf_counter() - start, 1),
    }
    print(records.write("site/search", record))


if __name__ == "__main__":
    main()

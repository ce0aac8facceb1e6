"""A post printed from a fresh tab, a second after loading, has each sign of its formulas, its address, its sources."""

import functools
import io
import re
from collections import Counter
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

# The signs of each face of KaTeX that the formulas of a page are set in.
SIGNS = """() => {
  const counts = {};
  for (const set of document.querySelectorAll(".katex-html")) {
    const walker = document.createTreeWalker(set, NodeFilter.SHOW_TEXT);
    for (let node; node = walker.nextNode();) {
      const face = getComputedStyle(node.parentElement).fontFamily.split(",")[0];
      const signs = node.data.replace(/[\\s\\u200b]/g, "").length;
      if (face.startsWith("KaTeX") && signs) counts[face] = (counts[face] || 0) + signs;
    }
  }
  return counts;
}"""
SUMS = """[...document.querySelectorAll("math > semantics > :first-child")]
  .map(row => row.textContent.split("∑").length - 1).reduce((a, b) => a + b, 0)"""


SOURCES = """[...document.querySelectorAll("#references ~ :is(ul, details.quote) a[href^=http]")]
  .map(a => a.textContent)"""


@pytest.fixture(scope="session")
def prints(browser, base):
    """Print a post once, from a tab of its own a second after it has loaded; ask the tab what should be on paper."""

    @functools.cache
    def printed(post: str) -> SimpleNamespace:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        tab = context.new_page()
        tab.goto(base + post, wait_until="load")
        tab.wait_for_timeout(1000)  # nobody is faster
        text, faces = [], Counter()

        def visit(said, _cm, _tm, font, _size):
            text.append(said)
            if font and (face := re.search("KaTeX_[A-Za-z0-9]+", font.get("/BaseFont", ""))):
                faces[face[0]] += len(re.sub(r"\s", "", said))

        for page in PdfReader(io.BytesIO(tab.pdf())).pages:
            page.extract_text(visitor_text=visit)
        paper = {"text": "".join(text), "faces": faces}
        asked = {"sums": SUMS, "signs": SIGNS, "sources": SOURCES}
        paper |= {name: tab.evaluate(question) for name, question in asked.items()}
        paper["address"] = tab.locator(".on-paper").text_content()
        context.close()
        return SimpleNamespace(**paper)

    return printed


def test_no_sign_is_lost_on_paper(prints, post):
    paper = prints(post)
    counts = ", ".join(f"{face} {count}" for face, count in sorted(paper.signs.items()))
    print(f"{post}: {paper.sums} sums; {counts}")
    found = paper.faces
    lost = [f"{n - found[face]} of {n} of {face}" for face, n in paper.signs.items() if found[face] < n]
    assert not lost, f"{post}: on paper there lack {', '.join(lost)}; see the faces of formulas in theme/main.html"
    signs = paper.text.count("∑")
    assert signs >= paper.sums, f"{post}: {paper.sums} sums on the page, {signs} on paper"


def test_a_paper_copy_says_where_it_is_from(prints, post):
    paper = prints(post)
    text = re.sub(r"\s", "", paper.text)
    assert paper.sources, f"{post}: no reference has an address; see build/references.py"
    for said in [paper.address, "CC BY 4.0", *paper.sources]:
        assert re.sub(r"\s", "", said) in text, f"{post}: {said!r} is not on paper"
    assert post in paper.address

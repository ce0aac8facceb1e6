"""A post printed from a fresh tab, a second after loading, has each sign of its formulas, its address, its sources."""

import io
import re
from collections import Counter

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


@pytest.fixture(scope="session")
def printed(browser, base, post):
    """A post, printed from a tab of its own a second after it has loaded: its text, its signs by face, the tab."""
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
    yield "".join(text), faces, tab
    context.close()


def test_no_sign_is_lost_on_paper(printed, post):
    text, faces, tab = printed
    sums, signs = tab.evaluate(SUMS), tab.evaluate(SIGNS)
    print(f"{post}: {sums} sums; " + ", ".join(f"{face} {count}" for face, count in sorted(signs.items())))
    lost = [f"{count - faces[face]} of {count} of {face}" for face, count in signs.items() if faces[face] < count]
    assert not lost, f"{post}: on paper there lack {', '.join(lost)}; see the faces of formulas in theme/main.html"
    assert text.count("∑") >= sums, f"{post}: {sums} sums on the page, {text.count('∑')} on paper"


def test_a_paper_copy_says_where_it_is_from(printed, post):
    text, _, tab = printed
    text = re.sub(r"\s", "", text)
    sources = tab.evaluate(
        """[...document.querySelectorAll("#references + ul a[href^=http]")].map(a => a.textContent)"""
    )
    assert sources, f"{post}: no reference has an address; see build/references.py"
    for said in [tab.locator(".on-paper").text_content(), "CC BY 4.0", *sources]:
        assert re.sub(r"\s", "", said) in text, f"{post}: {said!r} is not on paper"
    assert post in tab.locator(".on-paper").text_content()

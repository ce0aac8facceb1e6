"""A post in a browser that was never here loads little; printed, it has each sign, its address, its sources."""

import ctypes
import functools
import re
from collections import Counter
from types import SimpleNamespace

import pypdfium2 as pdfium
import pytest
from weight import first_visit

BUDGET = 300_000  # bytes that cross the network, compressed as a host would

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
def fresh(browser, base):
    """Open a post once in a browser that was never here, and print it; what it loaded, and what is on paper."""

    @functools.cache
    def opened(post: str) -> SimpleNamespace:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        tab = context.new_page()
        files = first_visit(tab, base + post)
        tab.wait_for_timeout(1000)  # nobody is faster
        asked = {"sums": SUMS, "signs": SIGNS, "sources": SOURCES}
        text, faces = read(tab.pdf())
        page = {name: tab.evaluate(question) for name, question in asked.items()}
        page["address"] = tab.locator(".on-paper").text_content()
        context.close()
        return SimpleNamespace(files=files, text=text, faces=faces, **page)

    return opened


def read(pdf: bytes) -> tuple[str, Counter]:
    """The text of a printed page, and how many signs of it each face of KaTeX has drawn."""
    text, faces = "", Counter()
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    with pdfium.PdfDocument(pdf) as document:
        for sheet in document:
            on = sheet.get_textpage()
            text += on.get_text_range()
            for i in range(on.count_chars()):
                known = pdfium.raw.FPDFText_GetFontInfo(on, i, name, len(name), flags)
                if known and b"KaTeX" in name.value and not chr(pdfium.raw.FPDFText_GetUnicode(on, i)).isspace():
                    faces[re.search("KaTeX_[A-Za-z0-9]+", name.value.decode())[0]] += 1
    return text, faces


def test_no_sign_is_lost_on_paper(fresh, post):
    paper = fresh(post)
    counts = ", ".join(f"{face} {count}" for face, count in sorted(paper.signs.items()))
    print(f"{post}: {paper.sums} sums; {counts}")
    found = paper.faces
    lost = [f"{n - found[face]} of {n} of {face}" for face, n in paper.signs.items() if found[face] < n]
    assert not lost, f"{post}: on paper there lack {', '.join(lost)}; see the faces of formulas in theme/main.html"
    signs = paper.text.count("∑")
    assert signs >= paper.sums, f"{post}: {paper.sums} sums on the page, {signs} on paper"


def test_a_paper_copy_says_where_it_is_from(fresh, post):
    paper = fresh(post)
    text = re.sub(r"\s", "", paper.text)
    assert paper.sources, f"{post}: no reference has an address; see build/references.py"
    for said in [paper.address, "CC BY 4.0", *paper.sources]:
        assert re.sub(r"\s", "", said) in text, f"{post}: {said!r} is not on paper"
    assert post in paper.address


def test_a_first_visit_of_a_post_is_light(fresh, post):
    files = fresh(post).files
    total = sum(files.values())
    print(f"{post}: {total:,} bytes in {len(files)} files")
    most = sorted(files, key=files.get, reverse=True)[:8]
    parts = ", ".join(f"{url.rsplit('/', 1)[1] or 'the page'} {files[url]:,}" for url in most)
    said = f"{post}: {total:,} bytes, allowed are {BUDGET:,}; the heaviest: {parts}"
    assert total <= BUDGET, f"{said}; draw less, or see what loads a typeface"

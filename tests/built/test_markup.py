"""What every page owes a reader who can't see it, and a search engine."""

import re
from collections import Counter

from bs4 import NavigableString
from built import SITE, fail

# KaTeX writes these classes for faces that docs/assets/fonts/katex lacks; tools.vendor lists those that are there.
NO_FACE = ".mathfrak .mathboldfrak .textfrak .mathscr .textscr .mathboldsf .textboldsf .mathitsf .mathsfit .textitsf"

STRAIGHT = re.compile("[\"']")
CODE = ["code", "pre", "annotation", "script", "style"]


def name_of(svg) -> str:
    """The text alternative of a drawing."""
    if svg.get("aria-label"):
        return svg["aria-label"]
    ids = svg.get("aria-labelledby", "").split()
    named = [svg.find(id=name) for name in ids] if ids else [svg.find("title", recursive=False)]
    return " ".join(tag.get_text(" ", strip=True) for tag in named if tag)


def test_every_picture_has_a_text_alternative(content):
    found = []
    for page in content:
        for image in page.article.select("img"):
            if len(image.get("alt", "").strip()) < 5 or image["alt"].startswith("No description"):
                found.append(f"{page.url}: <img> {image.get('src', '')[:60]} has the alternative {image.get('alt')!r}")
        for svg in page.article.select("svg"):
            if svg.get("aria-hidden") == "true" or svg.find_parent(attrs={"aria-hidden": "true"}):
                continue
            where = svg.find_parent(id=True)
            role = "group" if svg.find("a") else "img"  # what is in an image is no link to those who can't see it
            if svg.get("role") != role or len(name_of(svg)) < 5:
                found.append(
                    f"{page.url}: the drawing in #{where['id'] if where else '?'} needs role={role} and a <title>"
                )
    fail(found, "Pictures without a text alternative; say what the picture shows:")


def test_every_page_has_one_heading_of_the_first_level(content):
    found = []
    for page in content:
        titles = [tag.get_text(" ", strip=True) for tag in page.article.select("h1")]
        if len(titles) != 1:
            found.append(f"{page.url}: {len(titles)} of them: {titles}")
    fail(found, "A page has exactly one `# Title`:")


def test_every_page_has_a_description_of_its_own(content):
    said = {}
    for page in content:
        tag = page.soup.select_one('meta[name="description"]')
        said[page.url] = tag["content"].strip() if tag else ""
    times = Counter(said.values())
    found = [f"{url}: {text!r}" for url, text in said.items() if not 15 <= len(text) <= 155 or times[text] > 1]
    fail(found, "Each page needs a `description` of 15 to 155 characters that no other page has:")


def test_ids_are_unique(content):
    found = []
    for page in content:
        times = Counter(tag["id"] for tag in page.article.select("[id]") if not tag.find_parent("svg"))
        found += [
            f"{page.url}: #{name}, {count} times" for name, count in times.items() if count > 1 and name[:5] != "code-"
        ]
    fail(found, "An id stands once on a page:")


def test_no_tex_is_left_in_the_text(content):
    found = []
    for page in content:
        for text in page.article.find_all(string=re.compile(r"\\\(|\\\[|\$\$|\\label\{")):
            if not text.find_parent(["code", "pre", "annotation", "script"]):
                found.append(f"{page.url}: {text.strip()[:80]!r}")
        found += [
            f"{page.url}: a face that is not vendored, class {t['class']}"
            for t in page.article.select(", ".join(NO_FACE.split()))
        ]
    fail(found, "Formulas that are not rendered as they should be:")


def test_no_power_became_bold(content):
    found = [
        f"{page.url}: {(tag.previous_sibling or '').strip()[-20:]!r} before bold {tag.get_text()[:20]!r}"
        for page in content
        for tag in page.article.select("strong, em")
        if isinstance(tag.previous_sibling, NavigableString) and tag.previous_sibling[-1:].isalnum()
    ]
    fail(found, "Stars within a word are bold type; put code between backticks:")


def test_all_that_is_read_has_the_quotes_of_printers(pages):
    found = []
    for page in pages:
        said = [text for text in page.soup.find_all(string=STRAIGHT) if not text.find_parent(CODE)]
        shown = [tag.get(name, "") for name in ("content", "title") for tag in page.soup.select(f"[{name}]")]
        found += [f"{page.url}: {text.strip()[:80]!r}" for text in [*said, *shown] if STRAIGHT.search(text)]
    feed = re.findall(">([^<>]+)<", (SITE / "feed.xml").read_text(encoding="utf-8"))
    found += [f"feed.xml: {text!r}" for text in feed if STRAIGHT.search(text)]
    fail(found, "Typed quotes; what is not converted from Markdown asks `curled` of coursesite.build.quotes:")


def test_sizes_of_pictures_are_known_before_they_load(content):
    found = [
        f"{page.url}: {image['src'][:60]}"
        for page in content
        for image in page.article.select("img")
        if not image["src"].startswith("data:") and not (image.get("width") and image.get("height"))
    ]
    fail(found, "The text moves when a picture without width and height arrives; the macro `figure` writes both:")

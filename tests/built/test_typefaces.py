"""A Greek letter of a drawing or a table is in the typeface that is cut down to a few of them."""

import re

import built
from fontTools.ttLib import TTFont

ASSETS = built.SITE.parent / "docs" / "assets"
GREEK = re.compile("[\u0370-\u03ff]")
OTHER = ".katex, .katex-display, math, .arithmatex, code, pre, script, style, title, desc"
FACES = {
    name: set(TTFont(ASSETS / "fonts" / f"{name}.woff2").getBestCmap()) for name in ("sans-greek", "sans-greek-bold")
}


def test_the_letters_of_pages_are_in_the_typeface(content):
    said = {}
    for page in content:
        for text in page.soup.find_all(string=GREEK):
            if not any(parent.css.match(OTHER) for parent in text.parents):
                said |= dict.fromkeys(GREEK.findall(text), page.url)
    for script in (ASSETS / "live").rglob("*.js"):
        said |= dict.fromkeys(GREEK.findall(script.read_text(encoding="utf-8")), script.name)
    assert said, "No page has a Greek letter outside formulas and code, which can't be."
    found = [f"{where}: {x}" for x, where in said.items() if not all(ord(x) in face for face in FACES.values())]
    built.fail(found, "Letters that sans-greek lacks; add them to LETTERS of tools/fonts.py and to course.css:")


def test_the_style_sheet_names_the_letters_of_the_typeface():
    css = (ASSETS / "css" / "course.css").read_text(encoding="utf-8")
    for name, letters in FACES.items():
        parts = re.search(rf"/{name}\.woff2.*?unicode-range: ([^;]+);", css)[1].replace("U+", "").split(", ")
        ends = [[int(end, 16) for end in part.split("-")] for part in parts]
        named = {x for first, *last in ends for x in range(first, (last or [first])[0] + 1)}
        assert named == letters, f"{name}: {sorted(map(chr, named ^ letters))} is only in one of face and course.css"

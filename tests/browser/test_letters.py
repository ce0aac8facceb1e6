"""The letters of a figure are letters on a phone, none smaller than 12 px, and no larger than the text elsewhere."""

import re

import built

LEAST = 12
# Of each text of a drawing: its size on the screen, by the scale of the drawing around it.
SMALL = """least => [...document.querySelectorAll("article .figure-art svg text, article svg[role=img] text")]
  .map(text => ({
    size: parseFloat(getComputedStyle(text).fontSize) * Math.hypot(text.getScreenCTM().a, text.getScreenCTM().b),
    of: (text.closest("svg").querySelector("title") || {}).textContent, says: text.textContent.trim(),
  })).filter(found => found.says && found.size < least - 0.01)"""
MOST = 1.3
LARGE = """most => [...document.querySelectorAll("article .figure-art svg[role=img]")]
  .map(svg => ({by: svg.getScreenCTM().a, of: (svg.querySelector("title") || {}).textContent}))
  .filter(found => found.by > most + 0.01)"""
# Matplotlib's inline figures have 100 dots to an inch: ten points are 13.9 px of the picture.
SHRUNK = """least => [...document.querySelectorAll("article .output img")]
  .map(image => ({of: image.alt, size: 10 / 72 * 100 * image.getBoundingClientRect().width / image.naturalWidth}))
  .filter(found => found.size < least)"""
LABS = built.SITE.parent / "docs" / "labs"
TOO_SMALL = "Too small at 400 px: a figure is at most 4 inches wide, with letters of 10 points or more:"
FONT = re.compile(r"fontsize=(\d+)")


def test_the_letters_of_a_drawing_can_be_read_on_a_phone(visit, drawn):
    tab, _ = visit(drawn, "light", 400)
    found = [f"{drawn}: {x['size']:.1f} px: {x['says']!r} in {x['of']!r}" for x in tab.evaluate(SMALL, LEAST)]
    built.fail(found, "Too small at 400 px: draw at most draw.WIDTH wide, with letters of draw.TEXT:")


def test_a_drawing_is_enlarged_no_more_than_makes_its_letters_those_of_the_text(visit, drawn):
    tab, _ = visit(drawn)
    found = [f"{drawn}: by {x['by']:.2f}: {x['of']!r}" for x in tab.evaluate(LARGE, MOST)]
    built.fail(found, f"Enlarged by more than {MOST} at 1280 px: see `.figure-art` in course.css:")


def test_the_letters_of_a_labs_figure_can_be_read_on_a_phone(visit, lab):
    tab, _ = visit(lab, "light", 400)
    found = [f"{lab}: {x['size']:.1f} px in {x['of']!r}" for x in tab.evaluate(SHRUNK, LEAST)]
    built.fail(found, TOO_SMALL)


def test_the_letters_of_a_labs_figure_are_drawn_large_enough():
    found = []
    for lab in LABS.rglob("*.py"):
        sizes = FONT.findall(lab.read_text(encoding="utf-8"))
        found += [f"{lab.name}: fontsize={size}" for size in sizes if int(size) < 10]
    built.fail(found, TOO_SMALL)

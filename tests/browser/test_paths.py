"""What stands where: the button on a phone's first screen, two right edges on a desk, letters of the map."""

import pytest

# Where the text and the blocks of a post end, and by which elements, rounded to a pixel.
EDGES = """() => {
  const own = "p, ul, ol, dl, h1, h2, h3, .highlight, .equation, .figure, .table, .admonition, .post-head, .post-foot"
  const within = "article > figure figcaption, article > .table > table, .equation-claim"
  const found = {}
  for (const e of document.querySelectorAll(`article > :is(${own}), ${within}`)) {
    const box = e.getBoundingClientRect()
    if (box.width) (found[Math.round(box.right)] ??= []).push(`${e.tagName.toLowerCase()}.${e.className}`)
  }
  return found
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_button_is_on_the_first_screen_of_a_phone(visit, scheme):
    tab, _ = visit("/", scheme, 400)
    box = tab.locator("article .md-button--primary").first.bounding_box()
    assert box["y"] + box["height"] <= 800, f"the first button ends at {box['y'] + box['height']:.0f} px of 800"


def test_everything_of_a_post_ends_at_one_of_two_edges(visit, post_or_lab):
    tab, _ = visit(post_or_lab)
    edges = tab.evaluate(EDGES)
    said = {edge: sorted(set(names))[:6] for edge, names in edges.items()}
    assert edges, f"{post_or_lab}: there is nothing that ends"
    assert len(edges) <= 2, f"{post_or_lab}: at 1280 px its parts end at {len(edges)} edges: {said}"


def test_a_caption_is_as_wide_as_its_figure(visit, post_or_lab):
    tab, _ = visit(post_or_lab)
    wrong = tab.evaluate("""[...document.querySelectorAll("article figure figcaption")].filter(c =>
      Math.abs(c.offsetWidth - c.parentElement.offsetWidth) > 1).map(c => c.parentElement.id)""")
    assert not wrong, f"{post_or_lab}: the captions of {wrong} have another width than their figures"


def test_text_uses_the_width_of_a_tablet_and_leaves_room_for_the_marks_of_formulas(visit, post_or_lab):
    tab, _ = visit(post_or_lab, "light", 400)
    tab.set_viewport_size({"width": 820, "height": 900})
    try:
        used = tab.evaluate("document.querySelector('article > .post-head + p').offsetWidth / innerWidth")
        heights = tab.evaluate("[...document.querySelectorAll('.equation-claim')].map(e => e.offsetHeight)")
    finally:
        tab.set_viewport_size({"width": 400, "height": 900})
    assert used >= 0.9, f"{post_or_lab}: a paragraph takes {used:.0%} of 820 px"
    high = max(heights, default=0)
    assert high < 30, f"{post_or_lab}: the mark of a formula breaks into lines, {high} px high"


def test_the_letters_of_the_map_are_large_enough_on_a_phone(visit):
    tab, _ = visit("/", "light", 400)
    sizes = tab.evaluate("""[...document.querySelectorAll(".needs-map text")].map(t =>
      parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a)""")
    assert sizes, "the front page has no map"
    assert min(sizes) >= 12, f"letters of {min(sizes):.1f} px"
    spilt = tab.evaluate("""[...document.querySelectorAll(".needs-map text")].filter(t => {
      const box = t.parentElement.querySelector("rect").getBoundingClientRect(), own = t.getBoundingClientRect()
      return own.left < box.left || own.right > box.right }).map(t => t.textContent)""")
    assert not spilt, f"these words are wider than their boxes: {spilt}"

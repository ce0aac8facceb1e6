"""What stands where: the button on a phone's first screen, two right edges on a desk, letters of the map."""

import built
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


@pytest.fixture(scope="session")
def posts() -> list[str]:
    """The addresses of all posts."""
    if not (built.SITE / "index.html").exists():
        pytest.exit(built.BUILD_FIRST, returncode=1)
    return [page.url for page in built.read(built.SITE) if page.article and page.article.select_one(".post-head + p")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_button_is_on_the_first_screen_of_a_phone(visit, scheme):
    tab, _ = visit("/", scheme, 400)
    box = tab.locator("article .md-button--primary").first.bounding_box()
    assert box["y"] + box["height"] <= 800, f"the first button ends at {box['y'] + box['height']:.0f} px of 800"


def test_everything_of_a_post_ends_at_one_of_two_edges(visit, posts):
    for url in posts:
        tab, _ = visit(url)
        tab.add_style_tag(content="* { content-visibility: visible !important }")
        edges = tab.evaluate(EDGES)
        said = {edge: sorted(set(names))[:6] for edge, names in edges.items()}
        assert len(edges) <= 2, f"{url}: at 1280 px its parts end at {len(edges)} edges: {said}"


def test_a_caption_is_as_wide_as_its_figure(visit, posts):
    for url in posts:
        tab, _ = visit(url)
        wrong = tab.evaluate("""[...document.querySelectorAll("article figure figcaption")].filter(c =>
          Math.abs(c.offsetWidth - c.parentElement.offsetWidth) > 1).map(c => c.parentElement.id)""")
        assert not wrong, f"{url}: the captions of {wrong} have another width than their figures"


def test_text_uses_the_width_of_a_tablet_and_leaves_room_for_the_marks_of_formulas(browser, base, posts):
    tab = browser.new_page(viewport={"width": 820, "height": 900})
    try:
        for url in posts:
            tab.goto(base + url, wait_until="load")
            used = tab.evaluate("document.querySelector('article > .post-head + p').offsetWidth / innerWidth")
            assert used >= 0.9, f"{url}: a paragraph takes {used:.0%} of 820 px"
            high = tab.evaluate(
                "Math.max(0, ...[...document.querySelectorAll('.equation-claim')].map(e => e.offsetHeight))"
            )
            assert high < 30, f"{url}: the mark of a formula breaks into lines, {high} px high"
    finally:
        tab.close()


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

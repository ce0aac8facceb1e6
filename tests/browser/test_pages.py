"""Every page in both schemes, at both widths: accessible, still, within its width, quiet, alone on the network."""

import built
import chromium
import pytest
from axe import ALL, SEEN, findings, findings_but_plain_formulas
from bs4 import BeautifulSoup

OVERFLOW = """() => [...document.querySelectorAll("article *")]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest("pre, .table, .equation, .katex-mathml"))
  .slice(0, 3).map(e => e.tagName.toLowerCase() + "." + e.className + " " + e.textContent.trim().slice(0, 40))"""


def test_page(visit, axe, url, scheme, width, reads):
    tab, complaints = visit(url, scheme, width)
    wrong, shift = [], tab.evaluate("window.moved")
    wide = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        wrong.append(f"it is {wide} px wider than the window: {tab.evaluate(OVERFLOW)}")
    if shift >= 0.01:
        wrong.append(f"it moves while it loads, by {shift:.3f} (allowed is 0.01)")
    if reads == "all":
        wrong += findings(tab, axe)
    elif reads != "nothing":
        wrong += findings_but_plain_formulas(tab, axe, SEEN if reads == "seen" else ALL)
    if url != "/404.html":  # it is served with the status 404 elsewhere, and looks for its files from the top
        wrong = complaints + wrong
    if wrong:
        lines = "\n".join(f"  {line}" for line in wrong)
        pytest.fail(f"{url}, {scheme} scheme, {width} px wide:\n{lines}", pytrace=False)


def test_a_long_menu_moves_no_footer_before_a_script_has_come(browser, base):
    """A script that comes after the first paint would move it: seen on a busy machine, as on a slow phone."""
    beside = [page for page in built.read(built.SITE) if 'md-sidebar--primary" data-md' in page.text]
    longest = max(beside, key=lambda page: page.text.count("md-nav__item"))
    places = []
    for scripts in (True, False):
        context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=scripts)
        tab = context.new_page()
        tab.goto(base + longest.url)
        if scripts:
            tab.wait_for_selector(chromium.MATERIAL, state="attached")
        tab.locator("article").evaluate("e => { e.style.display = 'none' }")
        places.append(tab.locator(".md-footer").bounding_box()["y"])
        context.close()
    assert places[0] == places[1], f"{longest.url}: {places[0]} px down with scripts, {places[1]} without"


def test_a_footer_comes_when_it_is_whole(browser, base):
    """At the lower end of a short page a footer that comes piece by piece would grow upwards."""
    page = min(built.read(built.SITE), key=lambda page: ("md-footer" not in page.text, len(page.text)))
    start, end = page.text.index('class="md-footer-meta'), page.text.index("<p hidden></p>")
    assert not BeautifulSoup(page.text[end:].partition("</footer>")[0], "html.parser").text.strip()
    tab = browser.new_page()
    for length, shown in (((start + end) // 2, False), (end, False), (end + 30, True), (len(page.text), True)):
        come = page.text[:length]
        tab.unroute_all()
        tab.route(base + page.url, lambda route, _, come=come: route.fulfill(body=come, content_type="text/html"))
        tab.goto(base + page.url)
        assert tab.locator(".md-footer").is_visible() == shown, (
            f"{page.url}: after {length} of {len(page.text)} letters"
        )
    tab.close()


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_search(visit, axe, scheme, width):
    tab, complaints = visit("/", scheme, width, changes=True)
    tab.keyboard.press("/")
    tab.locator(".md-search__input").press_sequentially("dropout")
    tab.locator(".md-search-result__link").first.wait_for(state="visible")
    wrong = complaints + findings(tab, axe)
    if wrong:
        lines = "\n".join(f"  {line}" for line in wrong)
        pytest.fail(f"The search dialog, {scheme} scheme, {width} px wide:\n{lines}", pytrace=False)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_menu_of_a_phone(visit, axe, scheme):
    tab, complaints = visit("/", scheme, 400, changes=True)
    tab.locator('label.md-header__button[for="__drawer"]').click()
    tab.locator(".md-nav--primary .md-nav__item").first.wait_for(state="visible")
    wrong = complaints + findings(tab, axe)
    if wrong:
        lines = "\n".join(f"  {line}" for line in wrong)
        pytest.fail(f"The menu at 400 px, {scheme} scheme:\n{lines}", pytrace=False)

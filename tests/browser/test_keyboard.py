"""Without a mouse, on a narrow screen or at 400 % zoom: menu and scheme are reached, seen and used."""

import chromium
import pytest

POST = "/gradflow/01-matmul-conv2d/"
FOCUSED = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect();
  const inside = box.width > 0 && box.right > 0 && box.left < innerWidth;
  const shown = inside && e.checkVisibility({visibilityProperty: true});
  const name = e.getAttribute("aria-label") || e.textContent.trim().slice(0, 40);
  return {tag: e.tagName, name, shown: shown || e.matches(".md-option, .md-skip")};
}"""


@pytest.fixture
def tab(browser, base):
    """A fresh tab of 320 px, in which nothing was chosen yet."""
    context = browser.new_context(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    tab = context.new_page()
    tab.goto(base + POST, wait_until="load")
    tab.set_default_timeout(5000)
    tab.wait_for_selector(chromium.MATERIAL, state="attached")
    yield tab
    context.close()


def stops(tab, most: int = 40) -> list[dict]:
    """Where Tab leads, one stop after the other, up to the text of the page."""
    found = []
    for _ in range(most):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.closest('article') !== null"):
            break
        found.append(tab.evaluate(FOCUSED))
    return found


def test_every_tab_stop_before_the_text_is_seen(tab):
    found = stops(tab)
    assert found[0]["name"].startswith("Skip to")
    assert {"Menu", "Search"} <= {stop["name"] for stop in found}  # a search is open as long as it has the focus
    assert not [stop for stop in found if not stop["shown"]]
    assert len(found) < 12, f"{len(found)} stops before the text: the closed menu's are among them"


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_menu_is_opened_used_and_closed(tab, key):
    button = tab.get_by_role("button", name="Menu")
    button.focus()
    assert button.get_attribute("aria-expanded") == "false"
    tab.keyboard.press(key)
    assert button.get_attribute("aria-expanded") == "true"
    for _ in range(25):  # through the level that is open and on
        stop = tab.evaluate(FOCUSED)
        assert stop["shown"], stop
        tab.keyboard.press("Tab")
    links = tab.locator(".md-nav--primary a.md-nav__link:visible")
    assert links.count() > 1
    assert links.last.evaluate("e => e.getBoundingClientRect().left") >= 0, "the menu is open and blank"
    tab.keyboard.press("Escape")
    assert button.get_attribute("aria-expanded") == "false"
    assert tab.evaluate("document.activeElement.getAttribute('aria-label')") == "Menu"


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_scheme_is_switched(tab, key):
    tab.locator(".md-option:checked, .md-option").first.focus()
    for media in ("(prefers-color-scheme: light)", "(prefers-color-scheme: dark)", "(prefers-color-scheme)"):
        tab.keyboard.press(key)
        tab.wait_for_function("media => document.body.dataset.mdColorMedia === media", arg=media)


def test_the_scheme_is_the_systems_until_one_is_chosen(tab):
    shown = "scheme => document.body.dataset.mdColorScheme === scheme"
    for system, expected in (("dark", "slate"), ("light", "default"), ("dark", "slate")):
        tab.emulate_media(color_scheme=system)
        tab.wait_for_function(shown, arg=expected)
    tab.locator(".md-option").first.focus()
    tab.keyboard.press("Space")
    tab.wait_for_function(shown, arg="default")
    tab.emulate_media(color_scheme="light")
    tab.emulate_media(color_scheme="dark")
    tab.wait_for_timeout(200)
    assert tab.evaluate(shown, "default"), "a chosen scheme gives way to the system's"


def test_the_first_visit_is_dark_before_any_script_file_has_come(browser, base):
    context = browser.new_context(color_scheme="dark")
    tab = context.new_page()
    tab.route("**/*.js", lambda route: route.abort())
    tab.goto(base + POST, wait_until="domcontentloaded")
    assert tab.evaluate("document.body.dataset.mdColorScheme") == "slate"
    tab.wait_for_selector("html.no-js", state="attached")  # and what stands in for the scripts is back
    context.close()


def test_a_heading_does_not_read_its_sign(tab):
    signs = tab.evaluate("[...document.querySelectorAll('.headerlink')].map(e => e.ariaLabel)")
    assert signs
    assert set(signs) == {"Link to this section"}

"""One Chromium for all checks, and the built site on this machine; no other host can be reached."""

from types import SimpleNamespace

import axe as accessibility
import built
import chromium
import pytest
from playwright.sync_api import sync_playwright

VIEWS = [("light", 400), ("light", 1280), ("dark", 400), ("dark", 1280)]
TWO = [("light", 400), ("dark", 1280)]
MAKES = ("/lessons/", "/gradflow/", "/labs/", "/reference/code/")
POSTS = ("/lessons/", "/gradflow/")
GENERATED = ("/labs/", "/reference/code/")
PAGES = {
    "post": lambda page: page.url.startswith(POSTS) and page.url not in POSTS,
    "lab": lambda page: page.url.startswith("/labs/"),
    "post_or_lab": lambda page: 'class="post-head"' in page.text,
    "drawn": lambda page: 'role="img"' in page.text and page.article and page.article.select("svg[role=img]"),
}
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
SHIFTS = """
window.shifted = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
# All of the page is laid out, not the first screens; what moved until then is kept.
WHOLE = """() => {
  window.moved = window.shifted;
  const style = document.createElement("style");
  style.textContent = "* { content-visibility: visible !important }";
  document.head.append(style);
}"""


def pytest_generate_tests(metafunc):
    """Run a test that takes `post`, or another name of PAGES, for each of them, and a test of views for all pages.

    Such a test takes `url`, `scheme`, `width`, and `reads`: what axe reads in that view. See `views`.
    """
    for name in {"url", *PAGES} & set(metafunc.fixturenames):
        if not (built.SITE / "index.html").exists():
            pytest.exit(built.BUILD_FIRST, returncode=1)
        pages = built.read(built.SITE)
        if name == "url":
            metafunc.parametrize(("url", "scheme", "width", "reads"), list(views(pages)))
        else:
            found = [of_page(page.url) for page in pages if PAGES[name](page)]
            assert found, f"the site has no page that is a `{name}`"
            metafunc.parametrize(name, found, scope="session")


def views(pages):
    """The views that a page is opened in, and what axe reads in each.

    Pages that are of no make, and the first of each make, are opened in all four views: what only one of them shows
    lies in the frame, or in what all pages of that make are made of. Other posts are opened in the two views that the
    checks of posts look at, other labs and pages of the reference, which are generated, in one. Axe reads a page in
    each of its views, but a generated one at 400 px only, and in the second view of a post what depends on colours and
    sizes; formulas that look like the text around them, which one renderer makes, are read in one page of each make.
    """
    made = set()
    for page in pages:
        make = next((make for make in MAKES if page.url.startswith(make) and page.url != make), None)
        generated = make in GENERATED
        for view in VIEWS if make is None or make not in made else TWO[:1] if generated else TWO:
            whole = make is None or make not in made
            reads = "all" if whole and view == TWO[0] else "but plain formulas" if whole or view == TWO[0] else "seen"
            yield of_page(page.url, *view, reads if view[1] == 400 or not generated else "nothing")
        made.add(make)


def of_page(url: str, *view):
    """A test of a page, in the process of all others of that page, so that their tabs show it already."""
    name = "-".join(map(str, [url, *view[:2]]))
    return pytest.param(url, *view, marks=pytest.mark.xdist_group(url), id=name)


@pytest.fixture(scope="session")
def base():
    """The address of the served site, without the slash at its end."""
    with chromium.served(built.SITE) as address:
        yield address.rstrip("/")


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, or the end of the run with the line that says how to get it."""
    try:
        executable = chromium.find()
    except FileNotFoundError as error:
        pytest.exit(str(error), returncode=1)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=[*chromium.FLAGS, OFFLINE])
        yield running
        running.close()


@pytest.fixture(scope="session")
def tabs(browser, base):
    """A tab for each scheme and width, kept for the whole run, and what it shows: `tabs("dark", 400)`."""
    made = {}

    def tab(scheme: str, width: int):
        if (scheme, width) not in made:
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,
                reduced_motion="reduce",
                permissions=["clipboard-read", "clipboard-write"],
            )
            context.add_init_script(SHIFTS)
            made[scheme, width] = shown = SimpleNamespace(tab=context.new_page(), url="", complaints=[])
            listen(shown, base)
        return made[scheme, width]

    return tab


def listen(shown, base: str):
    """Collect what the page in a tab asks other hosts for and what it complains about."""

    def asked(request):
        if not request.url.startswith((base, "data:", "blob:")):
            shown.complaints.append(f"it asks another host: {request.url}")

    def said(message):
        if message.type == "error":
            shown.complaints.append(f"it says on the console: {message.text}")

    def failed(error):
        shown.complaints.append(f"its script fails: {error}")

    for event, handler in {"request": asked, "console": said, "pageerror": failed}.items():
        shown.tab.on(event, handler)


@pytest.fixture
def visit(tabs, base):
    """Open a page, unless the tab shows it since another test looked at it; gives the tab, and what is wrong until now.

    A test that doesn't only look says that it `changes` the page: nobody else gets to see it then.
    """
    changed = []

    def opened(url: str, scheme: str = "dark", width: int = 1280, *, changes: bool = False):
        shown = tabs(scheme, width)
        if shown.url != url:
            shown.url, shown.complaints = "", []
            shown.tab.goto(base + url, wait_until="load")
            shown.tab.wait_for_selector(chromium.MATERIAL, state="attached")
            shown.tab.evaluate("document.fonts.ready")
            shown.tab.evaluate(WHOLE)
            shown.url = url
        if changes:
            changed.append(shown)
        return shown.tab, shown.complaints

    yield opened
    for shown in changed:
        shown.url = ""


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    if not accessibility.SCRIPT.exists():
        pytest.exit(f"There is no {accessibility.SCRIPT}: run `npm ci`.", returncode=1)
    return accessibility.SCRIPT.read_text(encoding="utf-8")

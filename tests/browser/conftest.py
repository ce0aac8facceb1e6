"""One Chromium for all checks, and the built site on this machine; no other host can be reached."""

import contextlib

import axe as accessibility
import built
import chromium
import pytest
from playwright.sync_api import sync_playwright

VIEWS = [("light", 400), ("light", 1280), ("dark", 400), ("dark", 1280)]
TWO = [("light", 400), ("dark", 1280)]
MAKES = ("/lessons/", "/gradflow/", "/labs/", "/reference/code/")
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
SHIFTS = """
window.shifted = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""


def pytest_generate_tests(metafunc):
    """Run a test that takes `url`, `scheme` and `width` for each page, in each scheme and at each width at least once.

    The first page of each make is opened in each scheme at each width, and so are all pages that are of no make: what
    only one of the four shows lies in the frame, or in what all pages of that make are made of.
    """
    if "url" in metafunc.fixturenames:
        if not (built.SITE / "index.html").exists():
            pytest.exit(built.BUILD_FIRST, returncode=1)
        views, made = [], set()
        for page in built.read(built.SITE):
            make = next((make for make in MAKES if page.url.startswith(make) and page.url != make), page.url)
            views += [(page.url, *view) for view in (VIEWS if make not in made else TWO)]
            made.add(make)
        metafunc.parametrize(("url", "scheme", "width"), views)


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
def tabs(browser):
    """A tab for each scheme and width, kept for the whole run: `tabs("dark", 400)`."""
    made = {}

    def tab(scheme: str, width: int):
        if (scheme, width) not in made:
            size = {"width": width, "height": 900}
            context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
            context.add_init_script(SHIFTS)
            made[scheme, width] = context.new_page()
        return made[scheme, width]

    return tab


@pytest.fixture
def visit(tabs, base):
    """Open a page and collect what it asks other hosts for and what it complains about."""
    with contextlib.ExitStack() as stack:

        def opened(url: str, scheme: str = "light", width: int = 1280):
            tab, complaints = tabs(scheme, width), []

            def asked(request):
                if not request.url.startswith((base, "data:", "blob:")):
                    complaints.append(f"it asks another host: {request.url}")

            def said(message):
                if message.type == "error":
                    complaints.append(f"it says on the console: {message.text}")

            def failed(error):
                complaints.append(f"its script fails: {error}")

            for event, handler in {"request": asked, "console": said, "pageerror": failed}.items():
                tab.on(event, handler)
                stack.callback(tab.remove_listener, event, handler)
            tab.goto(base + url, wait_until="load")
            tab.wait_for_selector("html.js", state="attached")  # Material's script has come
            tab.evaluate("document.fonts.ready")
            return tab, complaints

        yield opened


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    if not accessibility.SCRIPT.exists():
        pytest.exit(f"There is no {accessibility.SCRIPT}: run `npm ci`.", returncode=1)
    return accessibility.SCRIPT.read_text(encoding="utf-8")

"""What makes a post readable: the measure of a line, code without scrolling, nothing that moves, a clean paper copy."""

import re
import time

import built
import pytest

# Counts the characters of every full line of the running text, by the height of the rectangles of its words.
LINES = """() => {
  const counts = [];
  for (const p of document.querySelectorAll("article > p")) {
    if (p.querySelector(".katex")) continue;
    const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT), lines = [];
    for (let node; node = walker.nextNode();) {
      for (let i = 0; i < node.length; i++) {
        const range = document.createRange();
        range.setStart(node, i); range.setEnd(node, i + 1);
        const top = Math.round(range.getBoundingClientRect().bottom / 8);
        const last = lines.at(-1);
        if (last && Math.abs(last.top - top) < 2) last.n += 1; else lines.push({top, n: 1});
      }
    }
    counts.push(...lines.slice(0, -1).map(line => line.n));
  }
  return counts;
}"""
# Signs that stand at the start of a line behind a formula, and short code or short formulas on two lines.
BROKEN = """() => {
  const found = [];
  for (const formula of document.querySelectorAll("article span.arithmatex")) {
    const text = formula.nextSibling, last = [...formula.querySelectorAll(".katex-html > *")].at(-1);
    if (!last || !formula.checkVisibility() || text?.nodeType !== 3 || !/^[.,;:!?)\\]]/.test(text.data)) continue;
    const range = document.createRange();
    range.setStart(text, 0); range.setEnd(text, 1);
    if (range.getBoundingClientRect().left < last.getBoundingClientRect().right - 2)
      found.push(formula.querySelector("math").textContent + text.data.slice(0, 8));
  }
  for (const code of document.querySelectorAll("article :is(p, li, dd) code"))
    if (code.textContent.length < 24 && !code.closest("pre, .highlight") && code.getClientRects().length > 1)
      found.push(code.textContent);
  return found;
}"""
SCROLLING = """() => {
  const folds = [...document.querySelectorAll("article details:not([open])")];
  for (const fold of folds) fold.open = true;
  const found = [...document.querySelectorAll("article pre > code")]
    .filter(code => code.scrollWidth > code.clientWidth + 1)
    .map(code => code.textContent.split("\\n").reduce((a, b) => b.length > a.length ? b : a));
  for (const fold of folds) fold.open = false;
  return found;
}"""

# A paragraph of a page's source that has formulas and nothing else that the page shows in other words.
PLAIN = re.compile(r"(?<=\n\n)(?=.*\$)[A-Z](?:[^\n$`*_#\[\]<>\"|:-]|\n(?!\n)|\$[^$]+\$)+\.(?=\n\n)")
COPIED = """shown => {
  const copy = new ClipboardEvent("copy", {clipboardData: new DataTransfer(), bubbles: true, cancelable: true})
  shown.dispatchEvent(copy)
  getSelection().removeAllRanges()
  return copy.clipboardData.getData("text/plain")
}"""
SENTENCES = f"""() => [...document.querySelectorAll("article > p")].filter(p => p.querySelector(".katex")).map(p => {{
  getSelection().selectAllChildren(p)
  return ({COPIED})(p)
}})"""
WITHIN = f"""() => {{
  const p = [...document.querySelectorAll("article > p")].find(p => p.querySelectorAll("annotation").length > 1)
  const shown = [...p.querySelectorAll(".katex:has(annotation)")], ends = [shown[0], shown.at(-1)]
  const [first, last] = ends.map(e => document.createTreeWalker(e.querySelector(".katex-html"), NodeFilter.SHOW_TEXT))
  getSelection().setBaseAndExtent(first.nextNode(), 0, last.nextNode(), 1)
  return [...ends.map(e => e.querySelector("annotation").textContent), ({COPIED})(p)]
}}"""


@pytest.fixture(scope="session")
def first() -> str:
    """The address of one post, for what is the same in all of them."""
    return next(page.url for page in built.read(built.SITE) if 'class="post-head"' in page.text)


def test_a_line_of_text_has_about_68_characters(visit, post):
    tab, _ = visit(post)
    counts = sorted(tab.evaluate(LINES))
    assert len(counts) > 10, f"{post}: hardly any running text"
    median = counts[len(counts) // 2]
    print(f"{post}: a full line has {median} characters (median of {len(counts)} lines)")
    assert 60 <= median <= 75, f"{post}: a line has {median} characters at 1280 px; change --text in course.css"


@pytest.mark.parametrize("width", [400, 1280])
def test_code_needs_no_scrolling(visit, post, width):
    tab, _ = visit(post, "light" if width == 400 else "dark", width)
    longer = tab.evaluate(SCROLLING)
    assert not longer, f"{post}: a block scrolls at {width} px, with {len(longer[0])} columns: {longer[0].strip()}"


def test_nothing_moves_when_the_typefaces_come_late(browser, base, first):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.add_init_script("""window.shifted = 0; new PerformanceObserver(list => {
      for (const entry of list.getEntries()) window.shifted += entry.value;
    }).observe({type: "layout-shift", buffered: true});""")

    def late(route):
        time.sleep(0.2)
        route.continue_()

    tab.route("**/*.woff2", late)
    tab.goto(base + first, wait_until="load")
    tab.evaluate("document.fonts.ready")
    tab.wait_for_timeout(300)
    shift = tab.evaluate("window.shifted")
    context.close()
    print(f"{first}: moved by {shift:.4f}")
    assert shift < 0.05, (
        f"{first}: the text moves by {shift:.3f} when a typeface arrives; see the fallbacks in course.css"
    )


def test_a_code_block_is_copied_by_its_button_and_a_body_is_closed(browser, base):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    tab, left = context.new_page(), {False, True}  # blocks that end with a body, and those that don't
    for url in [page.url for page in built.read(built.SITE) if 'class="post-head"' in page.text]:
        tab.goto(base + url, wait_until="load")
        blocks = tab.locator("article pre:not(details pre):has(> .md-code__button[data-clipboard-target])")
        ends = [each.rstrip().split("\n")[-1].startswith(" ") for each in blocks.locator("code").all_text_contents()]
        for end in left & set(ends):
            block = blocks.nth(ends.index(end))
            button = block.locator(".md-code__button")
            button.focus()
            button.click()
            tab.wait_for_timeout(100)
            copied, shown = tab.evaluate("navigator.clipboard.readText()"), block.locator("code").inner_text()
            assert copied.rstrip() == shown.rstrip(), f"a button of {url} copies something else"
            assert copied.endswith("\n\n") == end, "a prompt waits for the end of this body"
        if not (left := left - set(ends)):
            break
    context.close()
    assert not left, "no post has a block with such an end"


@pytest.mark.parametrize("width", [400, 1280])
def test_a_line_begins_with_no_sign_and_breaks_no_short_code(visit, post, width):
    tab, _ = visit(post, "light" if width == 400 else "dark", width)
    broken = tab.evaluate(BROKEN)
    assert not broken, f"{post}, {width} px: {len(broken)} breaks, such as {broken[:3]}; see `.kept` in course.css"


def test_a_wide_table_scrolls_by_keyboard(visit, post):
    tab, _ = visit(post, "light", 400)
    boxes = tab.evaluate("""[...document.querySelectorAll("article table")]
      .filter(t => t.scrollWidth > t.parentElement.clientWidth + 1)
      .filter(t => t.parentElement.tabIndex !== 0).map(t => t.textContent.trim().slice(0, 40))""")
    assert not boxes, f"{post}: a table that is wider than a phone can't be scrolled by keyboard: {boxes}"


def test_a_paper_copy_is_clean(visit, post):
    tab, _ = visit(post)
    tab.emulate_media(media="print")
    try:
        left = tab.evaluate("""[".md-header", ".md-tabs", ".md-sidebar", ".md-footer__inner", ".md-search",
          ".md-code__button", ".headerlink", ".equation-claim", ".docstrings", "figcaption a[href$='.csv']"]
          .filter(s => [...document.querySelectorAll(s)]
          .some(e => e.checkVisibility() && e.getBoundingClientRect().height > 0))""")
        closed = tab.evaluate("""[...document.querySelectorAll("details:not([open]) > :not(summary, .docstrings)")]
          .filter(e => e.getBoundingClientRect().height === 0).length""")
        schemes = tab.evaluate("""[document.documentElement, document.body]
          .map(e => getComputedStyle(e).colorScheme)""")
        cut = tab.evaluate("""[...document.querySelectorAll("article pre > code")]
          .filter(c => c.scrollWidth > c.clientWidth + 1).length""")
    finally:
        tab.emulate_media(media="screen")
    assert not left, f"{post}: on paper there is still {left}; see print.css"
    assert "dark" not in schemes, f"{post}: on paper the scheme of page and margins is {schemes}"
    assert not closed, f"{post}: {closed} folded parts stay closed on paper"
    assert not cut, f"{post}: {cut} code blocks are cut off on paper"


def test_a_sentence_is_copied_with_the_tex_of_its_formulas(visit, post):
    tab, _ = visit(post)
    copied = {text.replace("’", "'") for text in tab.evaluate(SENTENCES)}
    source = (built.SITE.parent / "docs" / f"{post.strip('/')}.md").read_text(encoding="utf-8")
    found = [" ".join(match[0].split()) for match in PLAIN.finditer(source)]
    lost = [text for text in found if text not in copied]
    assert not lost, f"{post}: {len(lost)} of {len(found)} paragraphs are copied otherwise, such as {lost[0]!r}"


def test_a_selection_that_begins_within_a_formula_is_copied_with_the_whole_of_it(visit, post):
    tab, _ = visit(post)
    first, last, copied = tab.evaluate(WITHIN)
    assert copied.startswith(f"${first}$")
    assert copied.endswith(f"${last}$")


def test_the_menu_is_beside_no_post(visit, post):
    tab, _ = visit(post)
    assert not tab.locator(".md-sidebar--primary").is_visible(), "the menu takes the margin of a post at 1280 px"
    assert tab.locator(".md-sidebar--secondary").is_visible(), "a post has no table of contents at 1280 px"


def test_a_formula_is_copied_as_its_tex(visit, post):
    tab, _ = visit(post, changes=True)
    shown = tab.locator("article .equation").first
    tex = shown.locator("annotation").text_content()
    tab.evaluate("navigator.clipboard.writeText('')")
    shown.evaluate("e => getSelection().selectAllChildren(e)")
    tab.keyboard.press("ControlOrMeta+c")
    tab.wait_for_timeout(100)
    copied = tab.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == f"$${tex}$$", f"{post}: a formula is copied as {copied!r}"

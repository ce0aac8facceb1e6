"""What a page costs once it is there: no second styling of everything, and the rest laid out in idle time."""

import json

import built
import chromium

CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline"]


def test_the_late_script_has_little_styled_anew(browser, base):
    """Each whole pass is 40 ms on the heaviest page, four times that on a phone; there were five."""
    tab = browser.new_page()
    browser.start_tracing(page=tab, categories=CATEGORIES)
    tab.goto(base + "/reference/notation/")
    tab.wait_for_selector(chromium.MATERIAL, state="attached")
    tab.wait_for_timeout(1000)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    elements = tab.evaluate("document.querySelectorAll('*').length")
    tab.close()
    script = [e for e in events if e["name"] == "EvaluateScript" and "/bundle." in str(e["args"].get("data"))]
    assert script, "Material's script was not seen in the trace"
    passes = [
        e["args"]["elementCount"]
        for e in events
        if e["name"] == "UpdateLayoutTree" and e["pid"] == script[0]["pid"] and e["ts"] >= script[0]["ts"]
    ]
    assert max(passes) < elements / 4, f"{passes} of {elements} elements are styled once Material's script has come"


def test_what_is_out_of_sight_is_laid_out_in_idle_time(browser, base):
    """Without it a picture of the whole page is empty below the first screens, and a long jump misses its place."""
    posts = [page for page in built.read(built.SITE) if page.url.startswith(("/lessons/", "/gradflow/"))]
    tab = browser.new_page()
    tab.goto(base + max(posts, key=lambda page: len(page.text)).url, wait_until="load")
    left = """() => [...document.querySelectorAll(".md-content__inner *")]
      .filter(e => getComputedStyle(e).contentVisibility === "auto").map(e => e.outerHTML.slice(0, 80))"""
    began = tab.evaluate(left)
    tab.wait_for_timeout(1000)
    for _ in range(20):
        if not (late := tab.evaluate(left)):
            break
        tab.wait_for_timeout(500)
    tab.close()
    assert not late, f"{len(late)} of {len(began)} blocks wait for their reader: {late[:3]}"

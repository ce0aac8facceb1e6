"""A first visit of a post, as Chromium makes it: every byte that crosses the network, compressed as a host would."""

from weight import first_visit

BUDGET = 300_000


def test_a_first_visit_of_a_post_is_light(browser, base, post):
    files = first_visit(browser, base + post)
    total = sum(files.values())
    print(f"{post}: {total:,} bytes in {len(files)} files")
    most = sorted(files, key=files.get, reverse=True)[:8]
    parts = ", ".join(f"{url.rsplit('/', 1)[1] or 'the page'} {files[url]:,}" for url in most)
    said = f"{post}: {total:,} bytes, allowed are {BUDGET:,}; the heaviest: {parts}"
    assert total <= BUDGET, f"{said}; draw less, or see what loads a typeface"

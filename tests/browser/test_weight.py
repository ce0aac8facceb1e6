"""A first visit of a post, as Chromium makes it: every byte that crosses the network, compressed as a host would."""

import built
from weight import first_visit

BUDGET = 300_000


def test_a_first_visit_of_a_post_is_light(browser, base):
    visited, heavy = 0, []
    for page in built.read(built.SITE):
        if page.url.startswith(("/lessons/", "/gradflow/")):
            files = first_visit(browser, base + page.url)
            total, visited = sum(files.values()), visited + 1
            print(f"{page.url}: {total:,} bytes in {len(files)} files")
            if total > BUDGET:
                most = sorted(files, key=files.get, reverse=True)[:8]
                parts = ", ".join(f"{url.rsplit('/', 1)[1] or 'the page'} {files[url]:,}" for url in most)
                heavy.append(f"{page.url}: {total:,} bytes, allowed are {BUDGET:,}; the heaviest: {parts}")
    assert visited
    built.fail(heavy, "Too heavy for a first visit; draw less, or see what loads a typeface:")

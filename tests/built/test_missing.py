"""The page for a wrong address is served at every depth, and below a path of the host: it depends on neither."""

import os
from urllib.parse import urlsplit

from built import fail


def test_the_page_for_a_wrong_address_leads_nowhere_wrong(pages):
    page = next(page for page in pages if page.url == "/404.html")
    root = urlsplit(os.environ.get("SITE_URL", "")).path
    tags = page.soup.select("[href], [src], [data-late]")
    links = [tag.get("href") or tag.get("src") or tag.get("data-late") or "" for tag in tags]
    wrong = [link for link in links if not link.startswith(("data:", "#", "https:"))]
    if root:
        wrong = [link for link in wrong if not link.startswith((root.rstrip("/") + "/", os.environ["SITE_URL"]))]
    fail(sorted(set(wrong)), "These are looked for beside the wrong address, or at the top of the host:")

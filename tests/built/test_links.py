"""Every link and every anchor inside the site leads somewhere, in posts, labs and generated pages alike."""

from built import fail


def test_no_link_and_no_anchor_is_dead(pages):
    anchors = {
        page.file: {tag["id"] for tag in page.soup.select("[id]")}
        | {tag["name"] for tag in page.soup.select("a[name]")}
        for page in pages
    }
    dead = []
    for page in pages:
        for tag in page.soup.select("a[href], link[href], img[src], script[src], script[data-late]"):
            link = tag.get("href") or tag.get("src") or tag.get("data-late") or ""
            if link.startswith(("mailto:", "data:", "javascript:")) or (found := page.target(link)) is None:
                continue
            file, anchor = found
            if not file.is_file():
                dead.append(f"{page.url}: <{tag.name}> leads to {link}, and there is no such file")
            elif anchor and anchor not in anchors.get(file, {anchor}):
                dead.append(f"{page.url}: the link {link} leads to a page without that anchor")
    fail(dead, "Dead links; correct them in the source of the page named first:")

"""The site asks no other host for anything; a link that a reader may follow is not a request."""

import re

from built import fail

ABSOLUTE = re.compile(r"^(?:[a-z]+:)?//", re.IGNORECASE)
LOADING = {"stylesheet", "icon", "preload", "prefetch", "preconnect", "dns-prefetch", "modulepreload", "manifest"}
ATTRIBUTES = {
    *(("script", "src"), ("img", "src"), ("img", "srcset"), ("source", "src"), ("source", "srcset"), ("iframe", "src")),
    *(("video", "src"), ("video", "poster"), ("audio", "src"), ("track", "src"), ("embed", "src"), ("object", "data")),
    *(("image", "href"), ("image", "xlink:href"), ("use", "href"), ("use", "xlink:href"), ("form", "action")),
    *(("input", "src"), ("script", "data-late")),
}
NAMES = sorted({name for name, _ in ATTRIBUTES})
IN_STYLE = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""")


def asked(page):
    """Everything that the page makes a browser load, as (where, address)."""
    for tag in page.soup.find_all(NAMES):
        for attribute in tag.attrs:
            if (tag.name, attribute) in ATTRIBUTES:
                for address in tag[attribute].split(",") if attribute == "srcset" else [tag[attribute]]:
                    yield f"<{tag.name} {attribute}>", address.strip()
    for tag in page.soup.select("link[href]"):
        if LOADING & set(tag.get("rel", [])):
            yield f"<link rel={' '.join(tag['rel'])}>", tag["href"]
    for tag in page.soup.select("[data-md-component=source]"):
        yield "Material's script, for the stars of the repository,", tag["href"]
    styles = [tag.string or "" for tag in page.soup.find_all("style")]
    styles += [tag["style"] for tag in page.soup.select("[style]")]
    for style in styles:
        for found in IN_STYLE.finditer(style):
            yield "style", found[1] or found[2]


def test_no_page_asks_another_host(pages):
    found = [
        f"{p.url}: {where} asks for {address}" for p in pages for where, address in asked(p) if ABSOLUTE.match(address)
    ]
    fail(found, "Served by another host; put the file into docs/assets and its licence beside it:")


def test_no_style_sheet_asks_another_host(pages):
    site, found = pages[0].site, []
    for sheet in sorted(site.rglob("*.css")):
        for match in IN_STYLE.finditer(sheet.read_text(encoding="utf-8")):
            address = (match[1] or match[2]).strip()
            if ABSOLUTE.match(address):
                found.append(f"{sheet.relative_to(site)}: asks for {address}")
            elif not address.startswith(("data:", "#")) and not (sheet.parent / address.split("?")[0]).is_file():
                found.append(f"{sheet.relative_to(site)}: {address} does not exist")
    fail(found, "A style sheet names what the site does not serve:")

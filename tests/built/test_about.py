"""Whose the course is, how it is cited, and what changed, are told on every page and to those who only read feeds."""

import os
import re
import xml.etree.ElementTree as ET

from built import SITE, fail
from coursesite.build import cards
from PIL import Image, ImageColor

ATOM = "{http://www.w3.org/2005/Atom}"
DATE = re.compile(r"This page last changed (?:on \d{1,2}|in) [A-Z][a-z]+ 20\d\d\.")


def test_the_foot_of_every_page_names_authors_licences_and_a_date(content):
    found = []
    for page in content:
        foot = page.soup.select_one(".md-copyright")
        links = {file.relative_to(SITE).as_posix() for tag in foot.select("a[href]") if (file := _inside(page, tag))}
        lacking = {
            "about/cite/index.html",
            "about/run/index.html",
            "feed.xml",
            "LICENSE.txt",
            "LICENSE-text.txt",
        } - links
        found += [f"{page.url}: no link to {name}" for name in sorted(lacking)]
        if not DATE.search(" ".join(foot.get_text(" ").split())):
            found.append(f"{page.url}: no date")
        if os.environ.get("REPO_URL") and not foot.select_one('a[href*="/issues/new?title=Mistake"]'):
            found.append(f"{page.url}: no link to report a mistake")
    fail(found, "The foot of a page, theme/partials/copyright.html, lacks something:")


def _inside(page, tag):
    found = page.target(tag["href"])
    return found[0] if found else None


def test_the_feed_is_valid_atom(pages):
    """What RFC 4287 asks of a feed and its entries."""
    root = ET.parse(SITE / "feed.xml").getroot()
    assert root.tag == f"{ATOM}feed"
    entries, found = root.findall(f"{ATOM}entry"), []
    assert entries
    for element in [root, *entries]:
        for name in ("id", "title", "updated"):
            if len(given := element.findall(f"{ATOM}{name}")) != 1 or not given[0].text:
                found.append(f"{element.tag}: {len(given)} of {name}")
        if not re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", element.findtext(f"{ATOM}updated")):
            found.append(f"{element.findtext(f'{ATOM}updated')} is no moment")
        if not re.fullmatch(r"(?:urn:uuid:[0-9a-f-]{36}|https?://\S+|tag:\S+)", element.findtext(f"{ATOM}id")):
            found.append(f"{element.findtext(f'{ATOM}id')} is no address")
        for link in element.findall(f"{ATOM}link"):
            file = pages[0].target(link.get("href") if "//" in link.get("href") else f"/{link.get('href')}")
            if file and not file[0].is_file():
                found.append(f"{link.get('href')} leads nowhere")
    ids = [element.findtext(f"{ATOM}id") for element in [root, *entries]]
    if len(ids) != len(set(ids)):
        found.append("two entries have one id")
    if not root.findtext(f"{ATOM}author/{ATOM}name"):
        found.append("nobody wrote it")
    fail(found, "feed.xml is no Atom feed:")


def test_every_page_names_the_feed(content):
    links = {page.url: page.soup.select('link[rel~="alternate"][type="application/atom+xml"]') for page in content}
    fail([url for url, found in links.items() if len(found) != 1], "No feed in the head of:")


def test_every_post_has_a_picture_for_links_to_it(content):
    posts, found = [page for page in content if page.article.select_one(".post-head") and "/labs/" not in page.url], []
    assert posts
    pictures = {}
    for page in posts:
        file = SITE / "assets" / "cards" / f"{page.url.strip('/')}.png"
        if not file.is_file():
            found.append(f"{page.url}: no {file.relative_to(SITE)}")
            continue
        with Image.open(file) as picture:
            if picture.size != (1200, 630):
                found.append(f"{page.url}: {picture.size}")
            below = picture.convert("RGB").crop((0, 60, 1200, 520))  # the bar at its top
        inks = {ink: count for count, ink in below.getcolors(1200 * 460)}
        # A draft may wait for the record that has its number.
        if not page.draft and inks.get(ImageColor.getrgb(cards.ACCENT), 0) < 300:
            found.append(f"{page.url}: no number stands out")
        pictures[page.url] = file.read_bytes()
        if os.environ.get("SITE_URL") and not page.soup.select_one('meta[property="og:image"][content^="http"]'):
            found.append(f"{page.url}: no og:image")
    assert len(set(pictures.values())) == len(pictures), "two posts have one picture"
    fail(found, "Pictures of posts, by coursesite.build.cards:")

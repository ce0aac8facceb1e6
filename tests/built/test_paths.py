"""A reader of a post or a lab is told where it stands, what comes next and how to run it, and finds all of its kind."""

import re

import pytest
from built import SITE, fail

MENU = re.compile(r"^ +- ((?:labs/)?(?:lessons|gradflow)/[\w-]+)\.(?:md|py)$", re.MULTILINE)
KIND = re.compile(r"/(?P<lab>labs/)?(?P<series>lessons|gradflow)/(?P<number>\d\d)-[^/]+/")


@pytest.fixture(scope="session")
def found(content) -> dict:
    """The posts and labs, by what their addresses say."""
    matches = {page: KIND.fullmatch(page.url) for page in content}
    posts = {page: match for page, match in matches.items() if match}
    assert posts, "the site has no post below /lessons/ or /gradflow/"
    return posts


@pytest.fixture(scope="session")
def offered(found) -> list:
    """Those that are no drafts, in the order of the menu."""
    menu = MENU.findall((SITE.parent / "mkdocs.yml").read_text(encoding="utf-8"))
    return sorted((page for page in found if not page.draft), key=lambda page: menu.index(page.url.strip("/")))


def place(match) -> str:
    """What the others call it: `lesson 2`, `gradflow 1`."""
    return f"{'lesson' if match['series'] == 'lessons' else 'gradflow'} {int(match['number'])}"


def leads(page, within) -> set:
    """The files that the links of an element lead to."""
    targets = [page.target(tag["href"]) for tag in within.select("a[href]")] if within else []
    return {target[0] for target in targets if target}


def beside(page, found, offered) -> list:
    """The other parts of its lesson, or all of gradflow; of a lab, the labs of these."""
    match, alike = found[page], ("lab", "series", "number") if found[page]["series"] == "lessons" else ("lab", "series")
    return [each for each in offered if all(found[each][name] == match[name] for name in alike)]


def part(page, found, offered) -> str:
    """That a post is a part, if its lesson has several; of drafts none knows but a draft, and one may be announced."""
    known = offered if page in offered else found
    parts = [each for each in known if not found[each]["lab"] and place(found[each]) == place(found[page])]
    return r", part \d+" if len(parts) > 1 else r"(, part \d+)?"


def test_the_line_above_a_title_says_where_a_post_or_lab_stands_and_leads_to_the_others(found, offered):
    wrong = []
    for page, match in found.items():
        line, expected = page.article.select_one("nav.place"), place(match)
        said = " ".join(line.span.get_text().split()).lower() if line else ""
        pattern = rf"lab of {expected}\b" if match["lab"] else rf"{expected}{part(page, found, offered)} of \d+"
        if not (re.match if match["lab"] else re.fullmatch)(pattern, said):
            wrong.append(f"{page.url}: it says {said!r}, and should say {pattern!r}")
        elif line.find_next("h1") is None:
            wrong.append(f"{page.url}: the line stands below the title")
        index = SITE / ("labs" if match["lab"] else match["series"]) / "index.html"
        wanted = {other.file for other in beside(page, found, offered) if other is not page} | {index}
        if wanted != leads(page, line):
            names = sorted(file.relative_to(SITE).as_posix() for file in wanted ^ leads(page, line))
            wrong.append(f"{page.url}: its links lack, or have too much, {', '.join(names)}")
    fail(wrong, "The line above a title, of coursesite.build.paths:")


def test_the_title_of_a_window_begins_with_the_place(found):
    wrong = []
    for page, match in found.items():
        place_of = f"Lab of {place(match)}" if match["lab"] else place(match).replace("lesson", "Lesson")
        heading = page.article.h1.get_text().removesuffix("¶").strip()
        if not re.match(rf"{place_of}(, [^:]*)?: {re.escape(heading)} · ", page.soup.title.get_text()):
            wrong.append(f"{page.url}: {page.soup.title.get_text()!r}")
    fail(wrong, "A window's title is `Lesson 2: Title · Course`:")


def test_a_window_has_the_name_of_the_course_once(content):
    name = content[0].soup.select_one('meta[property="og:site_name"]')["content"]
    titles = {page.url: page.soup.title.get_text() for page in content}
    fail([f"{url}: {title!r}" for url, title in titles.items() if title.count(name) != 1], f"Not {name!r} once:")


def test_the_menu_is_missing_beside_posts_labs_and_the_front_page_alone(content):
    wrong = []
    for page in content:
        missing = page.soup.select_one(".md-sidebar--primary").has_attr("hidden")
        if missing is not (page.url == "/" or page.url.startswith(("/lessons/", "/gradflow/", "/labs/"))):
            wrong.append(f"{page.url}: {'no' if missing else 'a'} menu")
    fail(wrong, "The menu on the left, of theme/main.html:")


def test_the_box_at_the_head_of_a_post_has_three_lines(found):
    wrong = []
    for page, match in found.items():
        if match["lab"]:
            continue
        box = page.article.select_one(".post-head")
        names = [" ".join(tag.get_text().split()) for tag in box.select("dt")] if box else []
        if names != ["Reading", "Needs", "Run it"]:
            wrong.append(f"{page.url}: its lines are {names}")
            continue
        run, name = leads(page, box.select("dd")[-1]), page.url.strip("/")
        site = page.site
        for file in (f"labs/{name}/index.html", f"labs/{name}.ipynb", "about/run/index.html"):
            if site / file not in run:
                wrong.append(f"{page.url}: `Run it` has no link to {file}")
    fail(wrong, "The box at the head of a post, of coursesite.build.paths:")


def test_a_post_and_a_lab_end_with_what_comes_next(found, offered):
    wrong = []
    for page, match in found.items():
        end = page.article.select_one(".post-foot")
        if end is None or page.article.select("h2")[-1] is not end.select_one("h2#next"):
            wrong.append(f"{page.url}: it doesn't end with a section `Next`")
            continue
        other = page.url.replace("/labs", "", 1) if match["lab"] else f"/labs{page.url}"
        wanted = {page.site / other.strip("/") / "index.html": "its post" if match["lab"] else "its lab"}
        alike = [each for each in offered if bool(found[each]["lab"]) == bool(match["lab"])]
        if page in alike[:-1]:
            wanted[alike[alike.index(page) + 1].file] = "the next one"
        wrong += [f"{page.url}: no link to {what}" for file, what in wanted.items() if file not in leads(page, end)]
        # A draft may wait for its records.
        behind = [tag.get_text() for tag in end.select(".behind ~ dl dt")]
        if not match["lab"] and not page.draft and behind != ["Code", "Tests", "Records"]:
            wrong.append(f"{page.url}: what stands behind it isn't code, tests and records")
    fail(wrong, "The end of a post or lab, of coursesite.build.paths:")


def test_the_links_to_the_previous_and_the_next_page_name_the_series(found):
    wrong = []
    for page in found:
        for link in page.soup.select("a.md-footer__link"):
            name = " ".join(link.select_one(".md-footer__title .md-ellipsis").get_text().split())
            if not re.match(r"(?:Lesson|gradflow|Lab of lesson|Lab of gradflow) \d+|The labs$", name):
                wrong.append(f"{page.url}: {name!r}")
    fail(wrong, "The footer leads out of the series, or doesn't name it:")


def test_each_index_offers_all_of_its_kind_with_minutes(content, found, offered):
    wrong, by_url = [], {page.url: page for page in content}
    for url in ("/", "/lessons/", "/gradflow/", "/labs/"):
        own = [
            page for page in offered if f"/{page.url.split('/')[1]}/" == url or (url == "/" and not found[page]["lab"])
        ]
        if not own:
            continue
        if url not in by_url:
            wrong.append(f"{url}: there is no such page")
            continue
        cards = by_url[url].article.select(".cards li")
        for page in own:
            card = next((each for each in cards if page.file in leads(by_url[url], each)), None)
            if card is None or not re.search(r"\d+ minutes", card.get_text()):
                wrong.append(f"{url}: no card with minutes for {page.url}")
            elif url != "/labs/" and not card.select_one("a.measured"):
                wrong.append(f"{url}: the card of {page.url} has no measured number")
    fail(wrong, "An index lacks what can be read; its macro is `cards` or `lab_cards`:")


def test_a_tab_opens_the_index_of_its_section(content):
    front = next(page for page in content if page.url == "/")
    opened = {tag.get_text().strip(): front.target(tag["href"])[0] for tag in front.soup.select(".md-tabs__link")}
    wrong = []
    for page in content:
        section = page.url.strip("/")
        if section in ("lessons", "gradflow", "labs", "reference") and page.file not in opened.values():
            wrong.append(f"{page.url}: no tab opens it; put it first in its section of the nav")
    fail(wrong, "Tabs:")


def test_the_list_of_notebooks_has_each_lab_with_its_place_in_the_order_of_the_posts(content, found, offered):
    run = next((page for page in content if page.url == "/about/run/"), None)
    if run is None:
        pytest.skip("this site doesn't say how it is run")
    labs = [page for page in offered if found[page]["lab"]]
    links = run.article.select("table td:first-child a[href]")
    assert [run.target(each["href"])[0] for each in links] == [page.file for page in labs]
    wrong = []
    for page, link in zip(labs, links, strict=True):
        line = page.article.select_one("nav.place span")  # that there is one says another test
        place_of = line.get_text().strip().removeprefix("Lab of ") if line else ""
        said = link.get_text().removeprefix("Lab ").partition(" · ")[0]
        if line and said != place_of.removeprefix("lesson "):
            wrong.append(f"{page.url}: {link.get_text()!r}, and not {place_of!r}")
    fail(wrong, "The list of notebooks, of coursesite.build.about:")

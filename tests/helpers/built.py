"""The built site, every page parsed once: what the checks in tests/built and tests/browser share."""

import dataclasses
import functools
import os
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup

SITE = Path(__file__).parents[2] / "site"
BUILD_FIRST = "There is no built site: run `nox -s site`."


@dataclasses.dataclass(frozen=True)
class Page:
    """One HTML file of the site."""

    file: Path
    site: Path

    @functools.cached_property  # pytest makes a fixture anew for an equal address that is another object
    def url(self) -> str:
        """Where it is served, from the top of the site: `/lessons/02-mnist/`."""
        return "/" + self.file.relative_to(self.site).as_posix().removesuffix("index.html")

    @functools.cached_property
    def text(self) -> str:
        """The page as it is served."""
        return self.file.read_text(encoding="utf-8")

    @functools.cached_property
    def soup(self) -> BeautifulSoup:
        """The parsed page."""
        return BeautifulSoup(self.text, "html.parser")

    @property
    def article(self):
        """What is the page's own, without the frame around it."""
        return self.soup.select_one("article")

    @property
    def draft(self) -> bool:
        """Whether nothing offers it: it is being written, and search engines are told to pass by."""
        return self.soup.select_one('meta[name="robots"][content="noindex"]') is not None

    def target(self, link: str) -> tuple[Path, str] | None:
        """The file and the anchor that a link of this page leads to; None if it leaves the site."""
        prefix = urlsplit(os.environ.get("SITE_URL", "")).path.rstrip("/")
        parts = urlsplit(urljoin(f"http://course.invalid{prefix}{self.url}", link))
        if parts.netloc != "course.invalid":
            return None
        path = unquote(parts.path).removeprefix(prefix)
        file = self.site / path.lstrip("/")
        return (file / "index.html" if path.endswith("/") else file), unquote(parts.fragment)


@functools.cache
def read(site: Path) -> tuple[Page, ...]:
    """All pages of a built site."""
    return tuple(Page(file, site) for file in sorted(site.rglob("*.html")))


def fail(findings: list[str], what_to_do: str):
    """Fail with every finding and what to do about it; pass if there is none."""
    if findings:
        pytest.fail(f"{what_to_do}\n" + "\n".join(f"  {finding}" for finding in findings), pytrace=False)

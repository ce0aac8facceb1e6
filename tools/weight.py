"""What the course weighs: a first visit of its pages, and what it takes on a disk. `python -m tools.weight`.

Chromium opens each page of the built site as a reader who was never there, and every byte that it loads is counted,
compressed as a host of static sites would. On the disk stand the packages that a notebook needs, the environment of a
checkout, and the built site. The record is runs/site/weight.json.
"""

import importlib.metadata
import sys
import time
import tomllib
from pathlib import Path

from deepcourse import records
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
SITE = ROOT / "site"
SERIES = ("lessons", "gradflow", "labs/lessons", "labs/gradflow")
OTHERS = {"front": "", "notation": "reference/notation/", "records": "reference/records/"}
# What a reader loads only who searches.
SEARCH = "/search/search_index.json"


def pages() -> dict[str, str]:
    """The pages to visit, by their names in the record: `mnist`, `lab_mnist`."""
    found = dict(OTHERS)
    for series in SERIES:
        for page in sorted((SITE / series).glob("*-*/index.html")):
            name = page.parent.name.split("-", 1)[1].replace("-", "_")
            found["lab_" * series.startswith("labs/") + name] = f"{series}/{page.parent.name}/"
    return found


def first_visit(tab, address: str) -> dict[str, int]:
    """The bytes of each file that a page loads in a tab whose browser has nothing of the site yet."""
    requests = []
    tab.on("requestfinished", lambda request: requests.append(request))  # noqa: PLW0108 - a method can carry no mark of Playwright
    tab.goto(address, wait_until="networkidle")
    sizes = {request.url: _size(request) for request in requests if request.url[:5] != "data:"}
    return {url: size for url, size in sizes.items() if SEARCH not in url}


def _size(request) -> int:
    """The bytes of an answer; of a worker's script, of which Playwright counts none, what the host says."""
    return request.sizes()["responseBodySize"] or int(request.response().headers.get("content-length", 0))


def needed(*names: str) -> set[str]:
    """These packages and all that they need, as far as they are installed here."""
    found, waiting = set(), list(names)
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name not in found:
            found.add(name)
            required = [Requirement(each) for each in importlib.metadata.requires(name) or ()]
            waiting += [each.name for each in required if each.marker is None or each.marker.evaluate({"extra": ""})]
    return found


def size(files) -> int:
    """Megabytes of some files, in whole numbers."""
    return round(sum(path.stat().st_size for path in files if path.is_file() and not path.is_symlink()) / 1e6)


def measure() -> dict:
    """All values of the record."""
    sys.path.append(str(ROOT / "tests" / "helpers"))
    import chromium
    from playwright.sync_api import sync_playwright

    visits = {}
    with chromium.served(SITE) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        for name, page in pages().items():
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            visits[name] = round(sum(first_visit(context.new_page(), base + page).values()) / 1e3)
            context.close()
            print(f"{name}: {visits[name]} kB", flush=True)
        browser.close()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = needed(*(Requirement(each).name for each in project["dependencies"]))
    files = [file.locate() for name in packages for file in importlib.metadata.files(name) or ()]
    return {
        "first_visit_kb": visits,
        "heaviest_post_kb": max(kb for name, kb in visits.items() if name[:4] != "lab_" and name not in OTHERS),
        "notebook_mb": size(map(Path, files)),
        "environment_mb": size(Path(sys.prefix).rglob("*")),
        "site_mb": size(SITE.rglob("*")),
    }


def main() -> None:
    """Measure, and write the record."""
    start = time.perf_counter()
    values = measure()
    record = {
        "command": "python -m tools.weight",
        "values": values,
        "units": {name: "MB" if name.endswith("_mb") else "kB" for name, _ in records.leaves(values)},
        "settings": {
            "first_visit": "all that Chromium loads until the network is idle, at 1280 by 900 px, without scrolling",
            "compression": "text by gzip, level 6; typefaces and pictures as they are",
            "left_out": "the index of the search",
        },
        "seeds": [],
        "data": {"name": "the built site"},
        "versions": records.versions("tensorflow", "keras", "mkdocs-material"),
        "seconds": round(time.perf_counter() - start, 1),
    }
    print(records.write("site/weight", record, records.RUNS))


if __name__ == "__main__":
    main()

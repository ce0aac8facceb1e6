"""What a reader has to load before reading: HTML, all CSS and all JavaScript of a page, compressed."""

import gzip
import re

from built import fail

BUDGET, LAB_BUDGET = 150_000, 170_000


def referenced(page) -> set:
    """The style sheets and scripts of a page, with what a sheet imports; the search comes when it is opened."""
    links = [tag["href"] for tag in page.soup.select('link[rel~="stylesheet"]')]
    links += [tag["src"] for tag in page.soup.select("script[src]")]
    links += [tag["data-late"] for tag in page.soup.select("script[data-late]")]  # comes after the first paint
    files = {found[0] for link in links if (found := page.target(link)) and found[0].is_file()}
    for sheet in [file for file in files if file.suffix == ".css"]:
        for name in re.findall(r'@import\s+(?:url\()?["\']?([^"\')\s;]+)', sheet.read_text(encoding="utf-8")):
            files.add((sheet.parent / name).resolve())
    assert any(file.name.startswith("bundle.") for file in files), f"{page.url}: the theme's script is not counted"
    return files


def test_a_page_is_light(content):
    sizes, heavy = {}, []
    for page in content:
        files = [page.file, *referenced(page)]
        for file in files:
            if file not in sizes:
                sizes[file] = len(gzip.compress(file.read_bytes(), compresslevel=6))
        total, budget = sum(sizes[file] for file in files), LAB_BUDGET if page.url.startswith("/labs/") else BUDGET
        if total > budget:
            parts = ", ".join(f"{file.name} {sizes[file]:,}" for file in sorted(files, key=sizes.get, reverse=True)[:4])
            heavy.append(f"{page.url}: {total:,} bytes, allowed are {budget:,}; the heaviest: {parts}")
    print(*(f"{page.url} {sizes[page.file]:,} bytes of HTML, compressed" for page in content), sep="\n")
    fail(heavy, "Too heavy (HTML, CSS and JavaScript, compressed); split the page or draw less:")


def test_a_page_waits_for_one_style_sheet(content):
    """Each opens a connection before the first paint; what styles docstrings comes with them alone."""
    sheets = 'link[rel~="stylesheet"]:not([media="print"]):not([href$="_mkdocstrings.css"])'
    waits = {page.url: [tag["href"] for tag in page.soup.select(sheets)] for page in content}
    found = [f"{url}: {', '.join(asked)}" for url, asked in waits.items() if len(asked) != 1]
    fail(found, "More than one style sheet, or none; join them in coursesite.build.served:")
